// Package budget limits what the data sources of a process use together and each: memory
// for responses of servers, requests to servers, retries, and concurrent parsing. promapi
// acquires a share before it sends a request and while it reads a response, plugin and
// rest before they parse a query. A caller waits for a share until its context ends.
//
// Errors are fault.Overloaded with the limit that was reached, or the error of the
// context if it was canceled.
package budget

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Process is the budget that the data sources of a process share.
type Process struct {
	share
	large *semaphore.Weighted // of capacity 1
	short *semaphore.Weighted // short inputs that are being parsed
	long  *semaphore.Weighted // long inputs that are being parsed
}

// Source is the budget of one data source. Its methods are safe for concurrent use. A
// nil Source has no limits.
type Source struct {
	share
	process *Process
}

// share contains the limits that a process and a data source have in common.
type share struct {
	whose    string              // "the plugin" or "the data source", for errors
	small    *semaphore.Weighted // bytes of memory
	waiting  *semaphore.Weighted // large answers
	requests *semaphore.Weighted
	alerts   *semaphore.Weighted // requests of alert rules
	retries  *retries

	maxWaiting, maxRequests, maxAlerts int64
}

func newShare(whose string, small, waiting, requests, alerts int64, retries *retries) share {
	return share{
		whose:    whose,
		small:    semaphore.NewWeighted(small),
		waiting:  semaphore.NewWeighted(waiting),
		requests: semaphore.NewWeighted(requests),
		alerts:   semaphore.NewWeighted(alerts),
		retries:  retries,

		maxWaiting: waiting, maxRequests: requests, maxAlerts: alerts,
	}
}

// inFlight returns the semaphore of the requests of alert rules or of all others, and its
// size.
func (s *share) inFlight(isAlert bool) (*semaphore.Weighted, int64) {
	if isAlert {
		return s.alerts, s.maxAlerts
	}
	return s.requests, s.maxRequests
}

// New returns a budget for a process.
func New() *Process {
	return &Process{
		share: newShare("the plugin", processSmall, processWaiting, processRequests, processAlerts, newRetries(processRetries, processRetryBurst)),
		large: semaphore.NewWeighted(1),
		short: semaphore.NewWeighted(shortTurns),
		long:  semaphore.NewWeighted(longTurns),
	}
}

// Source returns the budget of a new data source.
func (p *Process) Source() *Source {
	return &Source{
		share:   newShare("the data source", sourceSmall, sourceWaiting, sourceRequests, sourceAlerts, newRetries(sourceRetries, sourceRetryBurst)),
		process: p,
	}
}

// Acquire waits until a request may be sent to the server. Requests of alert rules have a
// limit of their own, so that they don't wait for panels. The caller must call release
// after it has read the response; further calls do nothing.
func (s *Source) Acquire(ctx context.Context, isAlert bool) (release func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	own, maxOwn := s.inFlight(isAlert)
	if err := own.Acquire(ctx, 1); err != nil {
		return nil, waitError(ctx, tooMany, maxOwn, s.whose)
	}
	all, maxAll := s.process.inFlight(isAlert)
	if err := all.Acquire(ctx, 1); err != nil {
		own.Release(1)
		return nil, waitError(ctx, tooMany, maxAll, s.process.whose)
	}
	s.retries.earn()
	s.process.retries.earn()
	return sync.OnceFunc(func() {
		own.Release(1)
		all.Release(1)
	}), nil
}

const tooMany = "%d requests of %s were in flight, which is the limit. Send fewer queries concurrently, or try again later."

// MayRetry reports whether a request may be sent again now, and counts it.
func (s *Source) MayRetry() bool {
	return s == nil || s.retries.spend() && s.process.retries.spend()
}

// Parse waits until an input of size bytes may be parsed, and calls parse. A hostile input
// can take a second and tens of MiB to parse, so few are parsed concurrently. A short
// input doesn't wait for a long one.
func (s *Source) Parse(ctx context.Context, size int, parse func() error) error {
	if s == nil {
		return parse()
	}
	turns := s.process.short
	if size > longInput {
		turns = s.process.long
	}
	waiting, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	if err := turns.Acquire(waiting, 1); err != nil {
		return waitError(waiting, "the plugin was busy with other queries. Send fewer queries concurrently, or try again later.")
	}
	defer turns.Release(1)
	return parse()
}

// waitError returns the error for a wait that ended with its context. The reason
// completes a sentence.
func waitError(ctx context.Context, reason string, args ...any) error {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return ctx.Err()
	}
	return fault.New(fault.Overloaded, "The query was not sent in time: "+reason, args...).Because(ctx.Err())
}
