package budget

import (
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Receive counts a request of Grafana of size bytes until the context of its call ends. It
// doesn't wait, because a waiting request needs the memory. The error is a
// fault.Overloaded.
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
			return fault.New(fault.Overloaded, "The request has %.1f MiB, and large requests of %s have %d MiB together already, which is the limit. Send fewer requests concurrently, or try again later.",
				float64(size)/(1<<20), of.whose, of.maxInputs>>20)
		}
	}
	context.AfterFunc(ctx, func() {
		s.inputs.Release(n)
		s.process.inputs.Release(n)
	})
	return nil
}
