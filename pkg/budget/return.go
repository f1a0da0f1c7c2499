package budget

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// ReturnMemory returns memory to the operating system soon after a peak, until ctx
// ends. By itself Go's runtime collects what a peak leaves behind after up to two
// minutes of quiet, and returns it little by little.
func ReturnMemory(ctx context.Context) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var r returner
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if r.due(readUsage()) {
			debug.FreeOSMemory()
			r.returned(readUsage())
		}
	}
}

// usage is what the process uses at a moment.
type usage struct {
	resident  uint64 // bytes of memory that the operating system has given
	allocated uint64 // bytes of all objects so far
}

func readUsage() usage {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/gc/heap/allocs:bytes"},
	}
	metrics.Read(samples)
	total, released, allocated := samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()
	return usage{total - released, allocated}
}

// returner decides when memory is returned.
type returner struct {
	lowest    uint64 // resident memory that can't be returned
	allocated uint64 // at the last look
}

// due reports whether memory should be returned now: there is a peak's, and little is
// going on.
func (r *returner) due(u usage) bool {
	recent := u.allocated - r.allocated
	r.allocated = u.allocated
	return u.resident > r.lowest+peak && recent < quiet
}

// returned notes what is in use after memory was returned, which stays there.
func (r *returner) returned(u usage) { *r = returner{u.resident, u.allocated} }
