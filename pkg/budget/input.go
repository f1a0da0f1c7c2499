package budget

import (
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Receive counts a request of size bytes from Grafana until ctx, the context of its gRPC
// call, ends. It doesn't count a request of less than minCounted bytes. If the request would
// exceed a limit, Receive returns a fault.Overloaded. It doesn't wait, because a waiting
// request would stay in memory.
func (s *Source) Receive(ctx context.Context, size int) error {
	if s == nil || size < minCounted {
		return nil
	}
	n := int64(size)
	for _, of := range []*share{&s.share, &s.process.share} {
		if !of.inputs.TryAcquire(n) {
			if of != &s.share {
				s.inputs.Release(n)
			}
			return fault.New(fault.Overloaded, "The request has %.1f MiB. Together with the large requests of %s that are in progress, it would exceed the limit of %d MiB. Send fewer requests concurrently, or try again later.",
				float64(size)/(1<<20), of.whose, of.maxInputs>>20)
		}
	}
	context.AfterFunc(ctx, func() {
		s.inputs.Release(n)
		s.process.inputs.Release(n)
	})
	return nil
}
