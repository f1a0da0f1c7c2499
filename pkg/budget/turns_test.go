package budget

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestDataSourcesTakeTurns checks that data sources alternate, even if several calls of one
// data source are queued before the calls of others.
func TestDataSourcesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		busy, first, second := p.Source(), p.Source(), p.Source()
		turns := newTurns(1, 0)
		var order []*Source
		work := func(s *Source) {
			if err := turns.acquire(t.Context(), s); err != nil {
				t.Error(err)
				return
			}
			order = append(order, s)
			time.Sleep(time.Second)
			turns.release(s)
		}
		for _, s := range []*Source{busy, busy, busy, busy, first, second, first} {
			go work(s)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []*Source{busy, busy, first, second, busy, first, busy}; !slices.Equal(order, want) {
			t.Errorf("the order is %v, want %v", numbers(order, want), numbers(want, want))
		}
		if turns.used != 0 || len(turns.lines) != 0 || turns.waiting.Len() != 0 {
			t.Errorf("%d turns and %d lines remain", turns.used, len(turns.lines))
		}
	})
}

// numbers returns, for each of the sources, its index in all.
func numbers(sources, all []*Source) (n []int) {
	for _, s := range sources {
		n = append(n, slices.Index(all, s))
	}
	return n
}

func TestGuaranteedTurnsDoNotWaitForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		busy, other := p.Source(), p.Source()
		const maximum, guaranteed = 4, 2
		turns := newTurns(maximum, guaranteed)
		begun := map[*Source]*atomic.Int64{busy: {}, other: {}}
		for range 10 {
			go func() {
				if turns.acquire(t.Context(), busy) == nil {
					begun[busy].Add(1)
				}
			}()
		}
		synctest.Wait()
		if n := begun[busy].Load(); n != maximum {
			t.Fatalf("%d turns began, want %d", n, maximum)
		}
		for range guaranteed {
			if err := turns.acquire(t.Context(), other); err != nil {
				t.Fatal(err)
			}
		}
		if turns.tryAcquire(other) {
			t.Error("a turn beyond the guaranteed ones began")
		}
		go func() {
			if turns.acquire(t.Context(), other) == nil {
				begun[other].Add(1)
			}
		}()
		synctest.Wait()
		turns.release(other) // the waiting turn is now a guaranteed one
		synctest.Wait()
		if n, m := begun[other].Load(), begun[busy].Load(); n != 1 || m != maximum {
			t.Errorf("%d turns of the other and %d of the busy data source began", n, m)
		}
		// A turn of the busy data source begins once fewer turns are in use than permitted.
		for range 10 {
			turns.release(busy)
			synctest.Wait()
		}
		if n := begun[busy].Load(); n != 10 {
			t.Errorf("%d of 10 turns of the busy data source began", n)
		}
	})
}

func TestTurnsOfCanceledCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s, other := p.Source(), p.Source()
		turns := newTurns(1, 0)
		if !turns.tryAcquire(s) || turns.tryAcquire(other) {
			t.Fatal("the first turn didn't begin, or the second one did")
		}
		ctx, cancel := context.WithCancel(t.Context())
		for range 3 {
			go func() {
				if err := turns.acquire(ctx, other); !errors.Is(err, context.Canceled) {
					t.Errorf("error is %v", err)
				}
			}()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if turns.waiting.Len() != 0 || len(turns.lines) != 1 {
			t.Errorf("%d lines remain", len(turns.lines))
		}
		if err := turns.acquire(ctx, other); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
		turns.release(s)
		if !turns.tryAcquire(other) {
			t.Error("the turn is not free")
		}
	})
}

func TestLongResponsesAreDecodedInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		p.decoding = newTurns(1, 0)
		decoding := func() (*Decoding, context.Context) {
			s := p.Source()
			ctx := s.Begin(t.Context(), 1<<30)
			return FromContext(ctx).Decoding(), ctx
		}
		long, ctx := decoding()
		long.Count(maxUndivided + 1)
		if err := long.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		short, shortCtx := decoding()
		short.Count(maxUndivided)
		if err := short.Begin(shortCtx); err != nil || short.active {
			t.Errorf("a short response has a turn: %v", err)
		}
		short.End()
		other, otherCtx := decoding()
		other.Count(2 * maxUndivided)
		waited, cancel := context.WithTimeout(otherCtx, time.Second)
		defer cancel()
		if err := other.Begin(waited); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("two long responses are decoded concurrently: %v", err)
		}
		time.AfterFunc(time.Second, long.End)
		if err := other.Begin(otherCtx); err != nil {
			t.Error(err)
		}
		other.End()
		other.End()
		if p.decoding.used != 0 {
			t.Errorf("%d turns remain", p.decoding.used)
		}
	})
}

func TestReceivedRequestsAreLimited(t *testing.T) {
	p := New()
	s, other := p.Source(), p.Source()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	const size = 16 << 20
	for range sourceInputs / size {
		if err := s.Receive(ctx, size); err != nil {
			t.Fatal(err)
		}
	}
	wantOverloaded(t, s.Receive(ctx, minCounted), "the large requests of the data source that are in progress, it would exceed the limit of 64 MiB")
	if err := s.Receive(ctx, minCounted-1); err != nil {
		t.Errorf("a small request: %v", err)
	}
	for range (processInputs - sourceInputs) / size {
		if err := other.Receive(ctx, size); err != nil {
			t.Fatal(err)
		}
	}
	wantOverloaded(t, p.Source().Receive(ctx, size), "the large requests of the plugin that are in progress, it would exceed the limit of 128 MiB")
	end()
	released, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := p.inputs.Acquire(released, processInputs); err != nil {
		t.Error("the memory is not released")
	}
	if err := s.inputs.Acquire(released, sourceInputs); err != nil {
		t.Error("the memory of the data source is not released")
	}
}
