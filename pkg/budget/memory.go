package budget

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// ErrTooLarge says that the answers of a request are larger than the data source
// allows.
var ErrTooLarge = errors.New("the answers to the request are too large together")

// Answers counts the memory of the answers that one request of Grafana's reads, from
// their first byte until the request has been answered.
//
// Small answers share the memory for them. Of larger ones there is one at a time
// whose memory isn't shared, and which so never waits for others that wait for it.
type Answers struct {
	source *Source
	limit  int64               // on read
	taking *semaphore.Weighted // of one: held while a share is waited for

	mu    sync.Mutex
	read  int64 // bytes of answers in memory
	extra int64 // memory that decoding them takes
	taken int64 // memory of the small answers' share
	large bool
	ended bool
}

type answersKey struct{}

// Begin returns a context for a request whose answers may have limit bytes together.
// Its memory is given back when ctx ends: gRPC ends the context of a call when the
// response has been sent.
func (s *Source) Begin(ctx context.Context, limit int64) context.Context {
	if s == nil {
		return ctx
	}
	a := &Answers{source: s, limit: limit, taking: semaphore.NewWeighted(1)}
	context.AfterFunc(ctx, a.end)
	return context.WithValue(ctx, answersKey{}, a)
}

// Of returns the count of ctx's request, nil where Begin didn't make one. A nil
// *Answers counts nothing.
func Of(ctx context.Context) *Answers {
	a, _ := ctx.Value(answersKey{}).(*Answers)
	return a
}

// Add counts n bytes that were read of an answer, and waits where there is no memory
// for them. It calls waits before that. Its error is ErrTooLarge over the request's
// limit.
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

// AddMemory counts memory that decoding an answer takes, such as the window of its
// compression, and waits as Add does. It doesn't count for the request's limit.
func (a *Answers) AddMemory(ctx context.Context, n int64, waits func()) error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	a.extra += n
	a.mu.Unlock()
	return a.take(ctx, waits)
}

// take takes the memory that is missing.
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

// Drop says that what was added is no longer in memory.
func (a *Answers) Drop() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.read = 0
	if a.extra == 0 {
		a.giveBack()
	}
}

// missing is the memory that the request takes beyond what it has a share for.
func (a *Answers) missing() int64 {
	if a.large || a.ended {
		return 0
	}
	return a.read*memoryPerByte + a.extra - uncounted - a.taken
}

// takeSmall takes what is missing of the memory for small answers, and reports whether
// nothing is missing now.
func (a *Answers) takeSmall() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	missing := a.missing()
	if missing <= 0 {
		return true
	}
	const block = 1 << 20 // so that a share is taken seldom
	n := max(missing, block)
	switch s := a.source; {
	case a.taken+n > maxSmall || !s.small.TryAcquire(n):
		return false
	case !s.process.small.TryAcquire(n):
		s.small.Release(n)
		return false
	}
	a.taken += n
	return true
}

// takeLarge waits until no other request is large.
func (a *Answers) takeLarge(ctx context.Context, waits func()) error {
	s := a.source
	if !s.process.large.TryAcquire(1) {
		waits()
		if err := s.waitLarge(ctx); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		s.process.large.Release(1)
		return ctx.Err()
	}
	a.giveBack()
	a.large = true
	return nil
}

func (s *Source) waitLarge(ctx context.Context) error {
	for _, of := range []*share{&s.share, &s.process.share} {
		if !of.waiting.TryAcquire(1) {
			return fault.New(fault.Overloaded, "The answer is large, and %d large answers of %s are waiting for memory already, which is the limit. Ask for fewer series, a shorter range or a larger step, or send fewer queries at once.", of.maxWaiting, of.whose)
		}
		defer of.waiting.Release(1)
	}
	if err := s.process.large.Acquire(ctx, 1); err != nil {
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return ctx.Err()
		}
		return fault.New(fault.Overloaded, "The answer is large, and other large answers were in memory until the query's time was over. Ask for fewer series, a shorter range or a larger step, or send fewer queries at once.").Because(err)
	}
	return nil
}

// end gives everything back.
func (a *Answers) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	a.giveBack()
}

func (a *Answers) giveBack() {
	p := a.source.process
	if a.taken > 0 {
		a.source.small.Release(a.taken)
		p.small.Release(a.taken)
		a.taken = 0
	}
	if a.large {
		p.large.Release(1)
		a.large = false
	}
}
