package cache

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

var (
	start  = time.Date(2026, 3, 18, 14, 0, 0, 0, time.UTC)
	limits = Limits{Age: 5 * time.Minute, MaxEntries: 3, MaxBytes: 100, MaxAnswer: 50}
)

// get returns an answer or computes one.
func get(t *testing.T, c *Cache, at time.Duration, key, answer string, mayKeep bool) (string, Origin) {
	t.Helper()
	got, origin, err := c.Get(t.Context(), start.Add(at), key, mayKeep, func(context.Context) ([]byte, error) { return []byte(answer), nil })
	if err != nil {
		t.Fatal(err)
	}
	return string(got), origin
}

func TestAnswersAreKeptForAWhile(t *testing.T) {
	c := New(limits)
	for _, step := range []struct {
		at          time.Duration
		key, answer string
		mayKeep     bool
		want        string
		origin      Origin
	}{
		{0, "a", "1", true, "1", Computed},
		{time.Minute, "a", "2", true, "1", Kept},
		{time.Minute, "b", "3", true, "3", Computed},
		{time.Minute, "a", "4", false, "4", Computed},
		{2 * time.Minute, "a", "5", true, "1", Kept},
		{5*time.Minute - 1, "a", "6", true, "1", Kept},
		{5 * time.Minute, "a", "7", true, "7", Computed},
		{6 * time.Minute, "a", "8", true, "7", Kept},
	} {
		got, origin := get(t, c, step.at, step.key, step.answer, step.mayKeep)
		if got != step.want || origin != step.origin {
			t.Errorf("%+v: got %s, %s", step, got, origin)
		}
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	c := New(limits)
	broken := errors.New("broken")
	_, _, err := c.Get(t.Context(), start, "a", true, func(context.Context) ([]byte, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got, origin := get(t, c, 0, "a", "1", true); got != "1" || origin != Computed {
		t.Errorf("got %s, %s", got, origin)
	}
	_, _, err = c.Get(t.Context(), start, "b", true, func(context.Context) ([]byte, error) { panic("a bug") })
	if fault.As(err).Kind != fault.Internal {
		t.Errorf("got %v", err)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := New(limits)
	get(t, c, 0, "a", strings.Repeat("a", 20), true)
	get(t, c, 0, "b", strings.Repeat("b", 20), true)
	get(t, c, 0, "c", strings.Repeat("c", 20), true)
	get(t, c, time.Second, "a", "", true) // used again
	get(t, c, time.Second, "d", "d", true)
	if _, found := c.kept("b", start); found || len(c.entries) != 3 {
		t.Errorf("%d entries, b is kept: %t", len(c.entries), found)
	}
	get(t, c, time.Second, "large", strings.Repeat("x", 45), true)
	get(t, c, time.Second, "larger", strings.Repeat("x", 44), true)
	if c.bytes > limits.MaxBytes || len(c.entries) > limits.MaxEntries || c.order.Len() != len(c.entries) {
		t.Errorf("%d bytes in %d entries", c.bytes, len(c.entries))
	}
	if _, found := c.kept("larger", start); !found {
		t.Error("the latest answer isn't kept")
	}
	get(t, c, time.Second, "too large", strings.Repeat("x", 51), true)
	if _, found := c.kept("too large", start); found {
		t.Error("an answer over the limit is kept")
	}
	get(t, c, time.Hour, "late", "", true)
	if len(c.entries) != 1 || c.bytes != len("late") {
		t.Errorf("%d expired entries, %d bytes are kept", len(c.entries)-1, c.bytes)
	}
}

// TestConcurrentRequestsShareAComputation also checks that the other requests succeed if the
// first request and a later one are canceled.
func TestConcurrentRequestsShareAComputation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(limits)
		type key struct{}
		release, computed := make(chan struct{}), 0
		compute := func(ctx context.Context) ([]byte, error) {
			computed++
			select {
			case <-release:
				return fmt.Appendf(nil, "%v", ctx.Value(key{})), nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		var wg sync.WaitGroup
		type result struct {
			answer []byte
			origin Origin
			err    error
		}
		results := make([]result, 4)
		cancels := make([]context.CancelFunc, len(results))
		for i := range results {
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "first"))
			cancels[i] = cancel
			wg.Go(func() {
				r := &results[i]
				r.answer, r.origin, r.err = c.Get(ctx, start, "a", true, compute)
			})
			synctest.Wait() // the first begins the computation
		}
		cancels[0]()
		cancels[2]()
		synctest.Wait()
		close(release)
		wg.Wait()
		for i, want := range []Origin{Computed, Shared, Shared, Shared} {
			r := results[i]
			isCanceled := i == 0 || i == 2
			if r.origin != want || isCanceled != errors.Is(r.err, context.Canceled) || !isCanceled && !bytes.Equal(r.answer, []byte("first")) {
				t.Errorf("%d: got %+v", i, r)
			}
		}
		if computed != 1 || len(c.flights) > 0 {
			t.Errorf("%d computations, %d remain", computed, len(c.flights))
		}
		if _, found := c.kept("a", start); !found {
			t.Error("the answer isn't kept")
		}
		for _, cancel := range cancels {
			cancel()
		}
	})
}

// TestComputationEndsWithItsLastRequest also checks that a later request begins another
// computation.
func TestComputationEndsWithItsLastRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(limits)
		ended := false
		var wg sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			_, _, _ = c.Get(ctx, start, "a", true, func(ctx context.Context) ([]byte, error) {
				<-ctx.Done()
				time.Sleep(time.Second) // doesn't return immediately
				ended = true
				return nil, ctx.Err()
			})
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		if got, origin := get(t, c, 0, "a", "new", true); got != "new" || origin != Computed {
			t.Errorf("got %s, %s", got, origin)
		}
		time.Sleep(2 * time.Second)
		if got, _ := get(t, c, 0, "a", "", true); !ended || got != "new" {
			t.Errorf("the computation has ended: %t; got %q", ended, got)
		}
		if _, _, err := c.Get(ctx, start, "a", true, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("a canceled request: %v", err)
		}
	})
}
