// Package budget divides what a process has among its data sources: memory for
// answers, requests to servers, retries, and turns to parse an input. promapi takes
// a share before it sends a request or reads on in an answer, and plugin and rest
// before they parse one. Whoever finds nothing left waits until its context ends.
//
// Errors are fault.Overloaded, which say what there is too much of, or those of
// the context where the caller went away.
package budget

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Process is what the data sources of a process share.
type Process struct {
	share
	large *semaphore.Weighted // of one
	short *semaphore.Weighted // of inputs that are parsed
	long  *semaphore.Weighted
}

// Source is one data source's part of a Process. Its methods are safe for concurrent
// use; those of a nil Source bound nothing.
type Source struct {
	share
	process *Process
}

// share is what both have, each of its own size.
type share struct {
	whose    string
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

// inFlight returns what bounds the requests of alert rules, or all others, and how
// many there may be.
func (s *share) inFlight(isAlert bool) (*semaphore.Weighted, int64) {
	if isAlert {
		return s.alerts, s.maxAlerts
	}
	return s.requests, s.maxRequests
}

// New returns the budget of a process.
func New() *Process {
	return &Process{
		share: newShare("the plugin", processSmall, processWaiting, processRequests, processAlerts, newRetries(processRetries, processRetryBurst)),
		large: semaphore.NewWeighted(1),
		short: semaphore.NewWeighted(shortTurns),
		long:  semaphore.NewWeighted(longTurns),
	}
}

// Source returns the part of a new data source.
func (p *Process) Source() *Source {
	return &Source{
		share:   newShare("the data source", sourceSmall, sourceWaiting, sourceRequests, sourceAlerts, newRetries(sourceRetries, sourceRetryBurst)),
		process: p,
	}
}

// Acquire waits until a request may be sent to the server for the first time, or
// again after MayRetry. Alert rules don't wait for panels. release must be called
// when the answer has been read; calls after the first do nothing.
func (s *Source) Acquire(ctx context.Context, isAlert bool) (release func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	own, most := s.inFlight(isAlert)
	if err := own.Acquire(ctx, 1); err != nil {
		return nil, waitedInVain(ctx, tooMany, most, s.whose)
	}
	all, most := s.process.inFlight(isAlert)
	if err := all.Acquire(ctx, 1); err != nil {
		own.Release(1)
		return nil, waitedInVain(ctx, tooMany, most, s.process.whose)
	}
	s.retries.earn()
	s.process.retries.earn()
	return sync.OnceFunc(func() {
		own.Release(1)
		all.Release(1)
	}), nil
}

const tooMany = "%d requests of %s were in flight, which is the limit. Send fewer queries at once, or later."

// MayRetry reports whether a request may be sent again now, and counts it.
func (s *Source) MayRetry() bool {
	return s == nil || s.retries.spend() && s.process.retries.spend()
}

// Parse calls do once it is this input's turn, whose length in bytes is size. Hostile
// inputs take a large part of a second and tens of MiB to parse, so few are parsed at
// a time, and a long one never keeps a short one waiting.
func (s *Source) Parse(ctx context.Context, size int, do func() error) error {
	if s == nil {
		return do()
	}
	turns := s.process.short
	if size > longInput {
		turns = s.process.long
	}
	waiting, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	if err := turns.Acquire(waiting, 1); err != nil {
		return waitedInVain(waiting, "the plugin was busy with other queries. Send fewer queries at once, or later.")
	}
	defer turns.Release(1)
	return do()
}

// waitedInVain is the error of a wait that the context ended. The reason completes
// a sentence.
func waitedInVain(ctx context.Context, reason string, args ...any) error {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return ctx.Err()
	}
	return fault.New(fault.Overloaded, "The query was not sent in time: "+reason, args...).Because(ctx.Err())
}
