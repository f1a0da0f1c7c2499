package process

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// Cap limits the resident memory of a process. It records the peak and kills the process
// if the memory exceeds the limit.
type Cap struct {
	pid        int
	bytes      int64
	peak, over atomic.Int64
	end, ended chan struct{}
}

// capInterval is the interval at which the memory is read. In practice, it is short enough to
// kill a process before it allocates another few hundred megabytes. The peak doesn't depend on
// the interval, because the kernel records it.
const capInterval = 5 * time.Millisecond

// Limit caps the memory of a process until End.
func Limit(pid int, bytes int64) *Cap {
	c := &Cap{pid: pid, bytes: bytes, end: make(chan struct{}), ended: make(chan struct{})}
	go c.watch()
	return c
}

func (c *Cap) watch() {
	defer close(c.ended)
	tick := time.NewTicker(capInterval)
	defer tick.Stop()
	for c.record() {
		select {
		case <-tick.C:
		case <-c.end:
			c.record()
			return
		}
	}
}

// record reads the peak and kills the process if the peak exceeds the limit. It reports
// whether the process is still running.
func (c *Cap) record() bool {
	mib, err := Memory(c.pid, Peak)
	if err != nil {
		return false // the process has ended
	}
	size := int64(mib * (1 << 20))
	c.peak.Store(max(c.peak.Load(), size))
	if size <= c.bytes {
		return true
	}
	c.over.Store(size)
	if process, err := os.FindProcess(c.pid); err == nil {
		_ = process.Kill()
	}
	return false
}

// Peak returns the peak resident memory in bytes.
func (c *Cap) Peak() int64 { return c.peak.Load() }

// Over returns the memory, in bytes, at which the process was killed. It returns 0 if the
// process wasn't killed.
func (c *Cap) Over() int64 { return c.over.Load() }

// ResetPeak resets the recorded peak.
func (c *Cap) ResetPeak() error {
	// 5 resets the kernel's record (proc(5), clear_refs).
	const resetPeak = "5"
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", c.pid), []byte(resetPeak), 0); err != nil {
		return err
	}
	c.peak.Store(0)
	return nil
}

// End stops watching. It must be called only once.
func (c *Cap) End() {
	close(c.end)
	<-c.ended
}
