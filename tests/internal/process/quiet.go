package process

import (
	"context"
	"time"
)

// How a process proves to be quiet: over this time it uses no more than that of a
// processor, and none of its threads waits for one.
const (
	quietTime = 200 * time.Millisecond
	quietCPU  = 10 * time.Millisecond // the kernel's unit
)

// Quiet waits until a process does nothing and returns the processor time that it
// used until then. A machine that is busy with other work makes this take longer,
// and changes the result little. The error is that of ctx where the process works
// on until ctx ends.
func Quiet(ctx context.Context, pid int) (used time.Duration, err error) {
	begun, err := CPU(pid)
	if err != nil {
		return 0, err
	}
	last, since := begun, time.Now()
	tick := time.NewTicker(quietTime / 10)
	defer tick.Stop()
	for {
		running, err := isRunning(pid)
		if err != nil {
			return 0, err
		}
		now, err := CPU(pid)
		if err != nil {
			return 0, err
		}
		switch {
		case running || now-last > quietCPU:
			last, since = now, time.Now()
		case time.Since(since) >= quietTime:
			return now - begun, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return now - begun, context.Cause(ctx)
		}
	}
}
