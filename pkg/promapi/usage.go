package promapi

import (
	"context"
	"sync/atomic"
)

// Usage counts requests that are sent with a context, except those that identify the server,
// and the data in the responses. It is logged. It is safe for concurrent use.
type Usage struct {
	Requests atomic.Int64
	Retries  atomic.Int64
	Series   atomic.Int64
	Samples  atomic.Int64
	Bytes    atomic.Int64 // of responses, decompressed

	// Exhausted describes the last request whose retries were exhausted; nil if there is none.
	Exhausted atomic.Pointer[Exhausted]
}

// Exhausted describes a request that failed in a way that permits retries, but for which no
// further retry was allowed.
type Exhausted struct {
	API      string // such as query_range
	Reason   string // rate_limit, transient, timeout or other
	Attempts int
}

type usageKey struct{}

// WithUsage returns a context whose requests are counted in the returned Usage.
func WithUsage(ctx context.Context) (context.Context, *Usage) {
	usage := new(Usage)
	return context.WithValue(ctx, usageKey{}, usage), usage
}

// usageOf returns the Usage of a context. Without one, it returns a new Usage, so that
// callers don't have to check for nil.
func usageOf(ctx context.Context) *Usage {
	if usage, ok := ctx.Value(usageKey{}).(*Usage); ok {
		return usage
	}
	return new(Usage)
}

// countSamples adds decoded series and their samples to the Usage and the Observer.
func (c *Client) countSamples(ctx context.Context, seriesCount, samples int) {
	c.opts.Observer.Samples(samples)
	usage := usageOf(ctx)
	usage.Series.Add(int64(seriesCount))
	usage.Samples.Add(int64(samples))
}
