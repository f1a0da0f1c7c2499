// Package budget limits what each data source uses, and what all data sources of the process
// use together: memory for requests from Grafana and for responses of servers, requests to
// servers, retries, and concurrent parsing and decoding. promapi acquires a share of these
// resources before it sends a request and while it reads a response. plugin and rest acquire a
// share before they parse a request. If no share is available, most functions wait for one, at
// most until their context ends or a time limit passes.
//
// A request that would exceed a limit of the process or of its data source usually fails with
// a fault.Overloaded. If the caller cancels the context, the error is that of the context.
package budget

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Process is the budget that the data sources of a process share.
type Process struct {
	share
	requests *turns
	alerts   *turns // requests of alert rules
	large    *turns // large responses in memory
	decoding *turns // long responses that are being decoded
	short    *turns // short inputs that are being parsed
	long     *turns // long inputs that are being parsed
	outgoing *atomic.Int64

	processors *processors // nil to leave GOMAXPROCS unchanged
}

// Source is the budget of one data source. Its methods are safe for concurrent use. A
// nil Source has no limits.
type Source struct {
	share
	process    *Process
	guaranteed *semaphore.Weighted // bytes for small responses that don't count towards the limit of the process
	requests   *semaphore.Weighted
	alerts     *semaphore.Weighted // requests of alert rules
}

// share contains the limits that both a Process and a Source have.
type share struct {
	whose   string              // "the plugin" or "the data source", for errors
	small   *semaphore.Weighted // bytes of memory for small responses
	inputs  *semaphore.Weighted // bytes of requests from Grafana
	waiting *semaphore.Weighted // large responses that wait for memory
	retries *retries

	maxInputs, maxWaiting int64
}

func newShare(whose string, small, inputs, waiting int64, retries *retries) share {
	return share{
		whose:   whose,
		small:   semaphore.NewWeighted(small),
		inputs:  semaphore.NewWeighted(inputs),
		waiting: semaphore.NewWeighted(waiting),
		retries: retries,

		maxInputs: inputs, maxWaiting: waiting,
	}
}

// New returns a budget for a process.
func New() *Process {
	return &Process{
		share:    newShare("the plugin", processSmall, processInputs, processWaiting, newRetries(processRetries, processRetryBurst)),
		requests: newTurns(processRequests, guaranteedRequests),
		alerts:   newTurns(processAlerts, guaranteedAlerts),
		large:    newTurns(1, 0),
		decoding: newTurns(decodingTurns(), 0),
		short:    newTurns(shortTurns, 0),
		long:     newTurns(longTurns, 0),
		outgoing: &outgoing,
	}
}

// Source returns the budget of a new data source.
func (p *Process) Source() *Source {
	return &Source{
		share:   newShare("the data source", sourceSmall, sourceInputs, sourceWaiting, newRetries(sourceRetries, sourceRetryBurst)),
		process: p,

		guaranteed: semaphore.NewWeighted(guaranteedSmall),
		requests:   semaphore.NewWeighted(sourceRequests),
		alerts:     semaphore.NewWeighted(sourceAlerts),
	}
}

// Acquire waits until a request may be sent to the server. Requests of alert rules have a
// separate limit, so that they don't wait for panels. The caller must call release after it
// has read the response. Further calls of release do nothing.
func (s *Source) Acquire(ctx context.Context, isAlert bool) (release func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	own, all, maxOwn := s.requests, s.process.requests, sourceRequests
	if isAlert {
		own, all, maxOwn = s.alerts, s.process.alerts, sourceAlerts
	}
	if err := own.Acquire(ctx, 1); err != nil {
		return nil, waitError(ctx, tooMany, maxOwn, s.whose)
	}
	if err := all.acquire(ctx, s); err != nil {
		own.Release(1)
		return nil, waitError(ctx, tooMany, all.max, s.process.whose)
	}
	s.retries.earn()
	s.process.retries.earn()
	return sync.OnceFunc(func() {
		own.Release(1)
		all.release(s)
	}), nil
}

const tooMany = "%d requests of %s were in flight, which is the limit. Send fewer queries concurrently, or try again later."

// MayRetry reports whether a request may be sent again now. If so, it counts the retry, both
// for the data source and for the process. It first checks whether the process permits a
// retry. Otherwise a retry that the process refuses would count for the data source.
func (s *Source) MayRetry() bool {
	return s == nil || s.process.retries.available() && s.retries.spend() && s.process.retries.spend()
}

// Parse waits until an input of size bytes may be parsed, and calls parse. A hostile input
// can take a second and tens of MiB to parse, so few inputs are parsed concurrently. A short
// input doesn't wait for long ones, and data sources take turns.
func (s *Source) Parse(ctx context.Context, size int, parse func() error) error {
	if s == nil {
		return parse()
	}
	turns := s.process.short
	if size > maxShortInput {
		turns = s.process.long
	}
	waiting, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	if err := turns.acquire(waiting, s); err != nil {
		return waitError(waiting, "the plugin was busy with other queries. Send fewer queries concurrently, or try again later.")
	}
	defer turns.release(s)
	return parse()
}

// ParseJSON is Parse for an input whose syntax is JSON, which is parsed fast. Input smaller
// than minCounted doesn't wait.
func (s *Source) ParseJSON(ctx context.Context, size int, parse func() error) error {
	if size < minCounted {
		return parse()
	}
	return s.Parse(ctx, size, parse)
}

// waitError returns the error for a wait that ended because its context ended. If the context
// wasn't canceled, the error is a fault.Overloaded, and reason and args complete its text.
func waitError(ctx context.Context, reason string, args ...any) error {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return ctx.Err()
	}
	return fault.New(fault.Overloaded, "The query was not sent in time: "+reason, args...).Because(ctx.Err())
}
