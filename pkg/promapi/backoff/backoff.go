// Package backoff computes how long promapi waits before it retries a request.
package backoff

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Bounds of the waits.
const (
	// minBackoff and maxBackoff bound the delay that Delay returns.
	// docs/contracts/lango.md#retries defines them.
	minBackoff = time.Second
	maxBackoff = 30 * time.Second
	// maxRetryAfter bounds the wait that the header Retry-After demands. A longer wait could
	// overflow a time.Duration, and no request waits that long.
	maxRetryAfter = 24 * time.Hour
)

// Pause waits for the duration d. It returns false as soon as the context ends.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Delay returns the wait after an attempt, counted from 1: a random duration between
// half of d and d, where d is min(minBackoff * 2^(attempt-1), maxBackoff). Randomness
// keeps the panels of a dashboard from retrying at the same time.
func Delay(attempt int) time.Duration {
	d := minBackoff
	for i := 1; i < attempt && d < maxBackoff; i++ {
		d *= 2
	}
	d = min(d, maxBackoff)
	return d/2 + rand.N(d/2) //nolint:gosec // G404: the jitter of a delay is not a secret
}

// After returns the wait that the header Retry-After demands, but at most maxRetryAfter. It
// returns 0 if the header is missing or invalid, or demands no wait. The value of the header is a
// number of seconds or a date.
func After(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		const second = time.Second
		wait := min(time.Until(at), maxRetryAfter)
		return max((wait + second - 1).Truncate(second), 0) // rounded up
	}
	return 0
}
