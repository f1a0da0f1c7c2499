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
	"golang.org/x/time/rate"

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
	retries  *rate.Limiter

	maxWaiting, maxRequests int64
}

func newShare(whose string, small, waiting, requests int64, retries rate.Limit, burst int) share {
	return share{
		whose:    whose,
		small:    semaphore.NewWeighted(small),
		waiting:  semaphore.NewWeighted(waiting),
		requests: semaphore.NewWeighted(requests),
		retries:  rate.NewLimiter(retries, burst),

		maxWaiting: waiting, maxRequests: requests,
	}
}

// New returns the budget of a process.
func New() *Process {
	return &Process{
		share: newShare("the plugin", processSmall, processWaiting, processRequests, processRetries, processRetryBurst),
		large: semaphore.NewWeighted(1),
		short: semaphore.NewWeighted(shortTurns),
		long:  semaphore.NewWeighted(longTurns),
	}
}

// Source returns the part of a new data source.
func (p *Process) Source() *Source {
	return &Source{
		share:   newShare("the data source", sourceSmall, sourceWaiting, sourceRequests, sourceRetries, sourceRetryBurst),
		process: p,
	}
}

// Acquire waits until a request may be sent to the server. release must be called
// when its answer has been read; calls after the first do nothing.
func (s *Source) Acquire(ctx context.Context) (release func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	for _, of := range []*share{&s.share, &s.process.share} {
		if err := of.requests.Acquire(ctx, 1); err != nil {
			if of == &s.process.share {
				s.requests.Release(1)
			}
			return nil, waitedInVain(ctx, "%d requests of %s were in flight, which is the limit. Send fewer queries at once, or later.", of.maxRequests, of.whose)
		}
	}
	return sync.OnceFunc(func() {
		s.requests.Release(1)
		s.process.requests.Release(1)
	}), nil
}

// MayRetry reports whether a request may be sent again now, and counts it.
func (s *Source) MayRetry() bool {
	return s == nil || s.retries.Allow() && s.process.retries.Allow()
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
