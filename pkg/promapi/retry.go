package promapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/backoff"
)

// retryClass classifies failures by how often the request is retried.
// docs/contracts/lango.md#retries defines the limits.
type retryClass uint8

const (
	final     retryClass = iota // not retried, because a retry would probably fail as well
	rateLimit                   // HTTP 429
	transient                   // HTTP 502 or 503, or the connection closed before a response
	timedOut                    // the server didn't accept the connection or respond in time
	other                       // connection refused, or the host name doesn't resolve
)

// String returns the name of the class in metrics and logs.
func (c retryClass) String() string {
	return [...]string{final: "final", rateLimit: "rate_limit", transient: "transient", timedOut: "timeout", other: "other"}[c]
}

// maxRetries returns the maximum number of retries after failures of the given class.
func (c *Client) maxRetries(class retryClass) int {
	retries := 0
	switch class {
	case rateLimit:
		retries = maxRateLimitRetries
	case transient, timedOut:
		retries = maxTransientRetries
	case other:
		retries = c.opts.MaxRetries
	}
	return retries
}

type alertKey struct{}

// ForAlert returns a context for the requests of an alert rule. They are retried at most
// once. Results that the server marks as partial are errors unless Options.PartialAlerts is
// set, and results over a limit are always errors.
func ForAlert(ctx context.Context) context.Context {
	return context.WithValue(ctx, alertKey{}, true)
}

// IsAlert reports whether ForAlert returned the context or a parent of it.
func IsAlert(ctx context.Context) bool { return ctx.Value(alertKey{}) != nil }

// failure is the result of a failed attempt.
type failure struct {
	class retryClass
	after time.Duration // from the header Retry-After; 0 if there is none
	fault *fault.Error
}

// sent is a response, and the function that releases its share of the budget.
type sent struct {
	resp    *http.Response
	release func()
}

// send sends a call until it succeeds with status 2xx or can't be retried. The caller
// must call release after it has read the response.
//
// If the server couldn't be reached a moment ago, send returns the same error immediately (see
// breaker). Alert rules and the data source's health check always ask the server.
func (c *Client) send(ctx context.Context, call apiCall) (resp *http.Response, release func(), err error) {
	if !call.governed {
		return nil, nil, errNotGoverned(call.api)
	}
	sendRetrying := func(once bool) (sent, error) { return c.sendRetrying(ctx, call, once) }
	var result sent
	if call.always || IsAlert(ctx) {
		result, err = c.breaker.Always(sendRetrying)
	} else {
		result, err = c.breaker.Do(sendRetrying)
	}
	return result.resp, result.release, err
}

// sendRetrying sends a call until it succeeds or can't be retried. If once is true, it doesn't
// retry the call.
//
// The time for all attempts is the query timeout, or if ctx has a deadline, the time until the
// deadline. There is no retry if the wait before it would end after the first half of this
// time. The retry itself can begin later, because Budget.Acquire can delay it after the wait.
func (c *Client) sendRetrying(ctx context.Context, call apiCall, once bool) (sent, error) {
	start := time.Now()
	latest := start.Add(c.opts.Timeout / 2)
	if deadline, ok := ctx.Deadline(); ok {
		latest = start.Add(deadline.Sub(start) / 2)
	}
	retries := map[retryClass]int{}
	for attempt := 1; ; attempt++ {
		release, err := c.opts.Budget.Acquire(ctx, IsAlert(ctx))
		if err != nil {
			return sent{}, err
		}
		usageOf(ctx).Requests.Add(1)
		resp, failed := c.attempt(ctx, call) //nolint:bodyclose // the caller of send closes it
		if failed == nil {
			return sent{resp, release}, nil
		}
		release()
		maxRetries := c.maxRetries(failed.class)
		wait := failed.after
		if wait == 0 {
			wait = backoff.Delay(attempt)
		}
		isExhausted := once || retries[failed.class] >= maxRetries || IsAlert(ctx) && attempt > maxAlertRetries
		if isExhausted || time.Now().Add(wait).After(latest) || !c.opts.Budget.MayRetry() {
			if maxRetries > 0 {
				usageOf(ctx).Exhausted.Store(&Exhausted{call.api, failed.class.String(), attempt})
			}
			return sent{}, failed.finalFault(attempt)
		}
		retries[failed.class]++
		if !c.pause(ctx, wait) {
			return sent{}, c.contextFault(ctx)
		}
		c.opts.Observer.Retry(failed.class.String())
		usageOf(ctx).Retries.Add(1)
	}
}

// attempt sends a call once, or a second time with GET if the server refuses POST.
func (c *Client) attempt(ctx context.Context, call apiCall) (*http.Response, *failure) {
	req, err := c.newRequest(ctx, call)
	if err != nil {
		return nil, &failure{fault: fault.New(fault.Misconfigured, "The data source's URL can't be used: %v.", innermost(err))}
	}
	resp, err := c.roundTrip(call.api, req)
	if err != nil {
		return nil, c.transportFailure(ctx, req, err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	response := c.readErrorResponse(ctx, resp)
	_ = resp.Body.Close() // before the next attempt
	if resp.StatusCode == http.StatusMethodNotAllowed && req.Method == http.MethodPost {
		c.setRefusesPost(call.path)
		return c.attempt(ctx, call)
	}
	failed := c.statusFailure(response)
	_ = failed.fault.Because(&ServerError{resp.StatusCode, response.api})
	return nil, failed
}

// finalFault returns the fault of the last attempt. If the server was too busy, the text
// contains the number of attempts, and the wait if the server requested one.
func (f *failure) finalFault(attempts int) error {
	if f.fault.Kind == fault.Busy {
		f.fault.Text += " Attempts made: " + strconv.Itoa(attempts) + "."
		if f.after > 0 {
			f.fault.Text += " The server requested a wait of " + f.after.String() + "."
		}
	}
	return f.fault
}
