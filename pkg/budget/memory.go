package budget

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// ErrTooLarge is the error of a request whose responses in memory exceed the limit that was
// passed to Begin.
var ErrTooLarge = errors.New("the responses to the request are too large")

// Answers counts the memory of the responses that the plugin reads for one request from
// Grafana, or for one query of a chunked request. It counts a response from the first byte
// until the request has been answered or the caller drops the response.
//
// The responses of small requests share a limited amount of memory. A request becomes large if
// it needs more than maxSmall bytes or more than is available. It then releases its share of
// this amount, so that requests can't block each other forever. Only one request at a time is
// large.
type Answers struct {
	source *Source
	limit  int64               // maximum of read
	taking *semaphore.Weighted // of capacity 1: one goroutine at a time acquires memory

	mu    sync.Mutex
	read  int64 // bytes of responses in memory
	extra int64 // bytes of memory for decoding and sending the responses
	taken int64 // bytes that the request has acquired of the memory for small responses

	guaranteed int64 // bytes of taken that don't count towards the limit of the process
	large      bool
	ended      bool
}

type answersKey struct{}

// Begin returns a context that contains Answers for a request from Grafana. limit is the
// maximum total size of the request's responses in memory, in bytes. The memory is released
// when ctx ends. gRPC ends the context of a call when it has put the response into its queue.
// CountOutgoing counts the responses in the queue.
func (s *Source) Begin(ctx context.Context, limit int64) context.Context {
	if s == nil {
		return ctx
	}
	a := &Answers{source: s, limit: limit, taking: semaphore.NewWeighted(1)}
	context.AfterFunc(ctx, a.end)
	s.process.processors.begin()
	context.AfterFunc(ctx, s.process.processors.end)
	return context.WithValue(ctx, answersKey{}, a)
}

// FromContext returns the Answers that Begin added to ctx or to one of its parents, or nil if
// there are none. A nil *Answers has no limit.
func FromContext(ctx context.Context) *Answers {
	a, _ := ctx.Value(answersKey{}).(*Answers)
	return a
}

// Add counts n bytes of a response and acquires memory for them. If the memory for small
// responses doesn't suffice, the request becomes the large request. Before that, Add waits if
// another request is large, or if too many bytes of responses have not been sent yet. It calls
// the function waits at the beginning of the wait. Add returns ErrTooLarge if the request's
// responses in memory exceed the limit of the request.
func (a *Answers) Add(ctx context.Context, n int64, waits func()) error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	a.read += n
	over := a.read > a.limit
	a.mu.Unlock()
	if over {
		return ErrTooLarge
	}
	return a.take(ctx, waits)
}

// AddMemory counts n bytes of memory for decoding or sending a response, such as the window of
// its compression, and waits as Add does. The bytes don't count towards the limit of the
// request.
func (a *Answers) AddMemory(ctx context.Context, n int64, waits func()) error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	a.extra += n
	a.mu.Unlock()
	return a.take(ctx, waits)
}

// take acquires the memory that is missing. If there isn't enough memory for small responses,
// it makes the request large.
func (a *Answers) take(ctx context.Context, waits func()) error {
	a.mu.Lock()
	enough := a.missing() <= 0
	a.mu.Unlock()
	if enough {
		return nil
	}
	if err := a.taking.Acquire(ctx, 1); err != nil {
		return ctx.Err()
	}
	defer a.taking.Release(1)
	if a.takeSmall() {
		return nil
	}
	return a.takeLarge(ctx, waits)
}

// Drop resets what Add counted. The caller must no longer use these bytes. If AddMemory has
// counted nothing, Drop also releases all acquired memory.
func (a *Answers) Drop() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.read = 0
	if a.extra == 0 {
		a.release()
	}
}

// missing returns the number of bytes that the request must still acquire. The number is
// negative if the request has acquired more than it needs, and 0 if it is large or has ended.
func (a *Answers) missing() int64 {
	if a.large || a.ended {
		return 0
	}
	return a.read*memoryPerByte + a.extra - uncounted - a.taken
}

// takeSmall acquires at least the missing number of bytes of the memory for small responses.
// It reports whether the request has enough memory now.
func (a *Answers) takeSmall() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	missing := a.missing()
	if missing <= 0 {
		return true
	}
	n := max(missing, block)
	switch s := a.source; {
	case a.taken+n > maxSmall || s.process.isCongested() || !s.small.TryAcquire(n):
		return false
	case s.guaranteed.TryAcquire(n):
		a.guaranteed += n
	case !s.process.small.TryAcquire(n):
		s.small.Release(n)
		return false
	}
	a.taken += n
	return true
}

// takeLarge makes this request the large one. It waits first if another request is large or
// the process is congested.
func (a *Answers) takeLarge(ctx context.Context, waits func()) error {
	s := a.source
	if s.process.isCongested() || !s.process.large.tryAcquire(s) {
		waits()
		if err := s.waitLarge(ctx); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		s.process.large.release(s)
		return ctx.Err()
	}
	a.release()
	a.large = true
	return nil
}

// waitLarge waits until no other request is large, acquires the turn of the large request, and
// waits until enough responses have been sent.
func (s *Source) waitLarge(ctx context.Context) error {
	for _, of := range []*share{&s.share, &s.process.share} {
		if !of.waiting.TryAcquire(1) {
			return fault.New(fault.Overloaded, "The response is large, so it must wait for memory. %d large responses of %s are waiting already, and no more can wait. Ask for fewer series, a shorter range or a larger step, or send fewer queries concurrently.", of.maxWaiting, of.whose)
		}
		defer of.waiting.Release(1)
	}
	err := s.process.large.acquire(ctx, s)
	if err == nil {
		if err = s.process.waitSent(ctx); err != nil {
			s.process.large.release(s)
		}
	}
	if err != nil {
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return ctx.Err()
		}
		return fault.New(fault.Overloaded, "The response is large, so it had to wait for memory. The query timed out before other large responses freed the memory. Ask for fewer series, a shorter range or a larger step, or send fewer queries concurrently.").Because(err)
	}
	return nil
}

// end releases all memory.
func (a *Answers) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	a.release()
}

func (a *Answers) release() {
	p := a.source.process
	if a.taken > 0 {
		a.source.small.Release(a.taken)
		a.source.guaranteed.Release(a.guaranteed)
		p.small.Release(a.taken - a.guaranteed)
		a.taken, a.guaranteed = 0, 0
	}
	if a.large {
		p.large.release(a.source)
		a.large = false
	}
}
