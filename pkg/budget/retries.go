package budget

import (
	"sync/atomic"

	"golang.org/x/time/rate"
)

// retries limits retries to a few per second, and beyond them to a fraction of the
// requests. A server that fails every request receives little more than the requests
// themselves, and every occasional failure is retried.
type retries struct {
	free   *rate.Limiter
	earned atomic.Int64 // fractions, of which requestsPerRetry permit a retry
	max    int64        // of earned
}

func newRetries(perSecond rate.Limit, burst int) *retries {
	return &retries{free: rate.NewLimiter(perSecond, burst), max: int64(burst) * requestsPerRetry}
}

// earn counts a request, which permits a fraction of a retry.
func (r *retries) earn() {
	for earned := r.earned.Load(); earned < r.max; earned = r.earned.Load() {
		if r.earned.CompareAndSwap(earned, earned+1) {
			return
		}
	}
}

// spend reports whether a retry is permitted, and counts it.
func (r *retries) spend() bool {
	for earned := r.earned.Load(); earned >= requestsPerRetry; earned = r.earned.Load() {
		if r.earned.CompareAndSwap(earned, earned-requestsPerRetry) {
			return true
		}
	}
	return r.free.Allow()
}
