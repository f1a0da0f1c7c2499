package process

import (
	"context"
	"time"
)

// A process is idle if it uses at most quietCPU in quietTime and none of its threads is
// running or waiting for a CPU.
const (
	quietTime = 200 * time.Millisecond
	quietCPU  = 10 * time.Millisecond // the kernel's resolution
)

// Quiet waits until a process is idle and returns the CPU time that the process used while
// Quiet waited. Other load of the machine makes Quiet wait longer, but hardly changes the
// result. If ctx ends first, Quiet returns the CPU time used so far and context.Cause(ctx).
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
