package budget

import (
	"sync/atomic"

	"golang.org/x/time/rate"
)

// retries bounds how often requests are sent again: a few per second in any case, and
// beyond them one for several requests. So a server that fails everything gets
// little more than what it is asked, and one that fails now and then is asked again
// each time.
type retries struct {
	free   *rate.Limiter
	earned atomic.Int64 // in parts, requestsPerRetry of which are a retry
	most   int64        // of earned
}

func newRetries(perSecond rate.Limit, burst int) *retries {
	return &retries{free: rate.NewLimiter(perSecond, burst), most: int64(burst) * requestsPerRetry}
}

// earn counts a request, which is a part of a retry.
func (r *retries) earn() {
	for earned := r.earned.Load(); earned < r.most; earned = r.earned.Load() {
		if r.earned.CompareAndSwap(earned, earned+1) {
			return
		}
	}
}

// spend reports whether a request may be sent again, and counts it.
func (r *retries) spend() bool {
	for earned := r.earned.Load(); earned >= requestsPerRetry; earned = r.earned.Load() {
		if r.earned.CompareAndSwap(earned, earned-requestsPerRetry) {
			return true
		}
	}
	return r.free.Allow()
}
