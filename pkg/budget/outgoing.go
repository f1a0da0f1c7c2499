package budget

import (
	"context"
	"sync/atomic"
	"time"
)

// outgoing is the total size of the process's responses to Grafana that have not yet been
// sent, in bytes. Most short responses aren't counted.
var outgoing atomic.Int64

// CountOutgoing adds n to the number of bytes of responses that have not yet been sent, and
// returns the sum. A negative n means that bytes have been sent. Package receive calls it.
func CountOutgoing(n int64) int64 { return outgoing.Add(n) }

// isCongested reports whether the responses that have not yet been sent exceed their limit,
// so that large responses must wait.
func (p *Process) isCongested() bool { return p.outgoing.Load() > maxOutgoing }

// waitSent waits until the responses that have not yet been sent are within their limit.
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
