package promapi

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// class sorts failures by whether and how often the request is sent again.
// Limits and backoff are those of docs/contracts/lango.md#retries.
type class uint8

const (
	final     class = iota // sending it again can't help
	rateLimit              // 429
	transient              // 502, 503, a connection cut before the answer
	timedOut               // a connection that took too long to open
	other                  // refused, DNS
)

// String names the class where retries are counted.
func (k class) String() string {
	return [...]string{final: "final", rateLimit: "rate_limit", transient: "transient", timedOut: "timeout", other: "other"}[k]
}

func (c *Client) limit(k class) int {
	switch k {
	case rateLimit:
		return 5
	case transient, timedOut:
		return 3
	case other:
		return c.opts.MaxRetries
	}
	return 0
}

const (
	baseDelay  = time.Second
	maxBackoff = 30 * time.Second
	// maxRetryAfter is longer than anybody waits; more would overflow.
	maxRetryAfter = 24 * time.Hour
)

type alertKey struct{}

// ForAlert marks the requests of an alert's evaluation, which are sent again
// once at most: the scheduler evaluates again soon.
func ForAlert(ctx context.Context) context.Context {
	return context.WithValue(ctx, alertKey{}, true)
}

// IsAlert reports whether ForAlert marked the context.
func IsAlert(ctx context.Context) bool { return ctx.Value(alertKey{}) != nil }

// failure is one attempt's end.
type failure struct {
	class class
	after time.Duration // what Retry-After asked for
	fault *fault.Error
}

// send returns the first answer with status 2xx, and a function that must be called
// once it has been read. Waiting for another attempt never goes past half of the
// request's own time.
func (c *Client) send(ctx context.Context, what call) (resp *http.Response, release func(), err error) {
	begun := time.Now()
	latest := begun.Add(c.opts.Timeout / 2)
	if deadline, ok := ctx.Deadline(); ok {
		latest = begun.Add(deadline.Sub(begun) / 2)
	}
	tries := map[class]int{}
	for attempt := 0; ; attempt++ {
		release, err := c.opts.Budget.Acquire(ctx, IsAlert(ctx))
		if err != nil {
			return nil, nil, err
		}
		usageOf(ctx).Requests.Add(1)
		resp, failed := c.once(ctx, what)
		if failed == nil {
			return resp, release, nil
		}
		release()
		most := c.limit(failed.class)
		if IsAlert(ctx) {
			most = min(most, 1)
		}
		wait := failed.after
		if wait == 0 {
			wait = backoff(attempt)
		}
		if tries[failed.class] >= most || time.Now().Add(wait).After(latest) || !c.opts.Budget.MayRetry() {
			if most > 0 {
				usageOf(ctx).Exhausted.Store(&Exhausted{what.api, failed.class.String(), attempt + 1})
			}
			return nil, nil, failed.giveUp(attempt + 1)
		}
		tries[failed.class]++
		if !c.pause(ctx, wait) {
			return nil, nil, c.contextFault(ctx)
		}
		c.opts.Observer.Retry(failed.class.String())
		usageOf(ctx).Retries.Add(1)
	}
}

// pause waits, and reports whether the context lived on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// backoff is min(1s * 2^attempt, 30s), of which a random half is taken off so
// that many panels don't come back at the same moment.
func backoff(attempt int) time.Duration {
	wait := maxBackoff
	if attempt < 5 {
		wait = baseDelay << attempt
	}
	return wait/2 + rand.N(wait/2)
}

func (f *failure) giveUp(attempts int) error {
	if f.fault.Kind == fault.Busy {
		f.fault.Text += " Attempts made: " + strconv.Itoa(attempts) + "."
		if f.after > 0 {
			f.fault.Text += " It asked to wait " + f.after.String() + "."
		}
	}
	return f.fault
}

// once sends the request one time, or twice where the server doesn't take POST.
func (c *Client) once(ctx context.Context, what call) (*http.Response, *failure) {
	req, err := c.request(ctx, what)
	if err != nil {
		return nil, &failure{fault: fault.New(fault.Misconfigured, "The data source's URL can't be used: %v.", withoutURL(err))}
	}
	resp, err := c.do(what.api, req)
	if err != nil {
		return nil, c.transportFailure(ctx, req, err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	refused := c.readRefusal(ctx, resp)
	_ = resp.Body.Close() // before another attempt begins
	if resp.StatusCode == http.StatusMethodNotAllowed && req.Method == http.MethodPost {
		refusesPost := new(verdict)
		refusesPost.remember()
		c.found.refusesPost.Store(what.path, refusesPost)
		return c.once(ctx, what)
	}
	failed := c.statusFailure(refused)
	_ = failed.fault.Because(statusError(resp.StatusCode))
	return nil, failed
}

// retryAfter reads the header's seconds or date; 0 where there is none.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		const second = time.Second
		return max((time.Until(at) + second - 1).Truncate(second), 0) // not a moment before
	}
	return 0
}

// withoutURL takes the URL off an error: its query may hold secrets.
func withoutURL(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
