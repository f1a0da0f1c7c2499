package budget

import (
	"sync/atomic"

	"golang.org/x/time/rate"
)

// retries limits retries to a few per second, plus a fraction of the number of requests.
// Occasional failures can therefore be retried, but a server that fails every request receives
// few retries.
type retries struct {
	free   *rate.Limiter
	earned atomic.Int64 // requests that no retry has used; every requestsPerRetry permit one
	max    int64        // maximum of earned
}

func newRetries(perSecond rate.Limit, burst int) *retries {
	return &retries{free: rate.NewLimiter(perSecond, burst), max: int64(burst) * requestsPerRetry}
}

// earn counts a request, up to the maximum.
func (r *retries) earn() {
	for earned := r.earned.Load(); earned < r.max; earned = r.earned.Load() {
		if r.earned.CompareAndSwap(earned, earned+1) {
			return
		}
	}
}

// available reports whether spend would permit a retry now.
func (r *retries) available() bool {
	return r.earned.Load() >= requestsPerRetry || r.free.Tokens() >= 1
}

// spend reports whether a retry is permitted. If so, it counts the retry.
func (r *retries) spend() bool {
	for earned := r.earned.Load(); earned >= requestsPerRetry; earned = r.earned.Load() {
		if r.earned.CompareAndSwap(earned, earned-requestsPerRetry) {
			return true
		}
	}
	return r.free.Allow()
}
