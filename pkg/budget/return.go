package budget

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// ReturnMemory returns unused memory to the operating system soon after each peak, until
// ctx ends. Without ReturnMemory, Go's runtime could take two minutes to collect the garbage
// of a peak, and would then return the memory gradually.
func ReturnMemory(ctx context.Context) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var r returner
	r.returned(readUsage())
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

// usage is the memory use of the process.
type usage struct {
	resident  uint64 // bytes obtained from the operating system and not returned
	allocated uint64 // total bytes of all objects allocated so far
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

// returner determines when memory is returned.
type returner struct {
	lowest    uint64 // resident memory after the last return or at the start
	usual     uint64 // lowest resident memory at the start or after a return
	allocated uint64 // total allocated bytes at the last check
	checks    int    // number of checks since then
}

// due reports whether memory should be returned now: the resident memory has grown by more
// than peak, and little has been allocated since the last check.
func (r *returner) due(u usage) bool {
	recent := u.allocated - r.allocated
	r.allocated = u.allocated
	r.checks++
	than := r.lowest
	if r.checks > againAfter {
		than = r.usual
	}
	return u.resident > than+peak && recent < quiet
}

// returned records the memory use u, at the start and after memory has been returned.
func (r *returner) returned(u usage) {
	usual := u.resident
	if r.usual > 0 {
		usual = min(usual, r.usual)
	}
	*r = returner{lowest: u.resident, usual: usual, allocated: u.allocated}
}
