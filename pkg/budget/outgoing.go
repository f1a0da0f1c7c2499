package budget

import (
	"context"
	"sync/atomic"
	"time"
)

// outgoing is the memory of the process's responses to Grafana that have not been sent.
var outgoing atomic.Int64

// CountOutgoing adds n bytes, or subtracts them if n is negative, to the responses that have
// not been sent, and returns the sum.
func CountOutgoing(n int64) int64 { return outgoing.Add(n) }

// isCongested reports whether so many responses have not been sent that further large
// responses must not be read.
func (p *Process) isCongested() bool { return p.outgoing.Load() > maxOutgoing }

// waitSent waits until enough responses have been sent.
func (p *Process) waitSent(ctx context.Context) error {
	if !p.isCongested() {
		return nil
	}
	const interval = 20 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for p.isCongested() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
