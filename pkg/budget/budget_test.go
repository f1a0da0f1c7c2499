package budget

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// wantOverloaded checks that err is fault.Overloaded and contains text.
func wantOverloaded(t *testing.T, err error, text string) {
	t.Helper()
	f := fault.As(err)
	if err == nil || f.Kind != fault.Overloaded || !strings.Contains(f.Text, text) {
		t.Errorf("error is %v, want fault.Overloaded with %q", err, text)
	}
}

// acquire calls Acquire n times for a data source.
func acquire(t *testing.T, s *Source, n int) (releases []func()) {
	t.Helper()
	for range n {
		release, err := s.Acquire(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		releases = append(releases, release)
	}
	return releases
}

func TestAcquireLimitsRequestsOfSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s, other := p.Source(), p.Source()
		releases := acquire(t, s, sourceRequests)
		acquire(t, other, 1)[0]() // each data source has its own limit

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Acquire(ctx, false)
		wantOverloaded(t, err, "32 requests of the data source were in flight")
		alert, err := s.Acquire(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		alert()

		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Acquire(canceled, false); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v after the caller canceled", err)
		}

		time.AfterFunc(time.Second, func() { releases[0](); releases[0]() }) // the second call does nothing
		acquire(t, s, 1)
		if s.requests.TryAcquire(1) {
			t.Error("one release released two requests")
		}
	})
}

func TestAcquireLimitsRequestsOfProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		for range processRequests / sourceRequests {
			acquire(t, p.Source(), sourceRequests)
		}
		s := p.Source()
		acquire(t, s, guaranteedRequests) // these don't wait for requests of other data sources
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Acquire(ctx, false)
		wantOverloaded(t, err, "256 requests of the plugin were in flight")
		if !s.requests.TryAcquire(sourceRequests - guaranteedRequests) {
			t.Error("the request that failed still counts for its data source")
		}
	})
}

func TestMayRetryLimitsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		count := func(s *Source) (n int) {
			for s.MayRetry() {
				n++
			}
			return n
		}
		s := p.Source()
		if n := count(s); n != sourceRetryBurst {
			t.Errorf("%d retries in a burst, want %d", n, sourceRetryBurst)
		}
		time.Sleep(2 * time.Second)
		if n := count(s); n != 2*sourceRetries {
			t.Errorf("%d retries after two seconds, want %d", n, 2*sourceRetries)
		}
		total := 0
		for range 20 {
			total += count(p.Source())
		}
		if total > processRetryBurst {
			t.Errorf("%d retries of many data sources in a burst, want at most %d", total, processRetryBurst)
		}
		s = New().Source()
		count(s)
		for range 50 {
			acquire(t, s, 1)[0]()
		}
		if n := count(s); n != 50/requestsPerRetry {
			t.Errorf("50 requests permit %d retries, want %d", n, 50/requestsPerRetry)
		}
	})
}

func TestRetryThatProcessRefusesIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s := p.Source()
		for range 5 * requestsPerRetry {
			acquire(t, s, 1)[0]()
		}
		for p.retries.spend() { // other data sources
		}
		for range 10 {
			if s.MayRetry() {
				t.Fatal("the process permits no retries")
			}
		}
		p.retries.earned.Store(p.retries.max)
		n := 0
		for s.MayRetry() {
			n++
		}
		if want := sourceRetryBurst + 5; n != want {
			t.Errorf("%d retries, want %d", n, want)
		}
	})
}

func TestParseShortInputDoesNotWaitForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New().Source()
		var running, maxRunning, done atomic.Int64
		parse := func(size int) {
			err := s.Parse(t.Context(), size, func() error {
				if size > maxShortInput {
					maxRunning.Store(max(maxRunning.Load(), running.Add(1)))
					defer running.Add(-1)
				}
				time.Sleep(time.Second)
				done.Add(1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		for range 5 {
			go parse(maxShortInput + 1)
		}
		synctest.Wait()
		begun := time.Now()
		parse(maxShortInput)
		if took := time.Since(begun); took > time.Second {
			t.Errorf("a short input waited %s for long ones", took-time.Second)
		}
		time.Sleep(10 * time.Second)
		if done.Load() != 6 || maxRunning.Load() != longTurns {
			t.Errorf("%d of 6 inputs were parsed, %d long ones concurrently", done.Load(), maxRunning.Load())
		}
	})
}

func TestParseWaitTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New().Source()
		go func() {
			_ = s.Parse(t.Context(), maxShortInput+1, func() error { time.Sleep(time.Hour); return nil })
		}()
		synctest.Wait()
		err := s.Parse(t.Context(), maxShortInput+1, func() error { t.Error("the input was parsed"); return nil })
		wantOverloaded(t, err, "the plugin was busy")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = s.Parse(ctx, maxShortInput+1, func() error { t.Error("the input was parsed"); return nil })
		wantOverloaded(t, err, "the plugin was busy")
		time.Sleep(time.Hour)
	})
}

func TestNilSourceHasNoLimits(t *testing.T) {
	var s *Source
	release, err := s.Acquire(t.Context(), false)
	if err != nil || !s.MayRetry() {
		t.Fatal(err)
	}
	release()
	ran := false
	if err := s.Parse(t.Context(), 1<<30, func() error { ran = true; return nil }); err != nil || !ran {
		t.Error(err)
	}
	if err := FromContext(s.Begin(t.Context(), 1)).Add(t.Context(), 1<<40, nil); err != nil {
		t.Error(err)
	}
}

func TestAllSharesAreReleased(t *testing.T) {
	p := New()
	sources := []*Source{p.Source(), p.Source(), p.Source()}
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			s := sources[i%len(sources)]
			call, end := context.WithTimeout(t.Context(), time.Duration(1+i%7)*time.Millisecond)
			defer end()
			ctx := s.Begin(call, 1<<30)
			var both sync.WaitGroup
			for range 2 { // queries of one request
				both.Go(func() {
					release, err := s.Acquire(ctx, i%2 == 0)
					if err != nil {
						return
					}
					defer release()
					for n := range int64(i % 40) {
						if FromContext(ctx).Add(ctx, n<<14, release) != nil {
							return
						}
					}
					decoding := FromContext(ctx).Decoding()
					decoding.Count(2 * maxUndivided)
					if decoding.Begin(ctx) == nil {
						decoding.End()
					}
					if i%11 == 0 {
						FromContext(ctx).Drop()
					}
				})
			}
			both.Wait()
		})
	}
	all.Wait()
	// Another goroutine releases the memory of a request after the context has ended. The
	// following calls of acquire and Acquire wait until the memory is released.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := p.large.acquire(ctx, sources[0]); err != nil {
		t.Error("the turn of the large response is not released")
	} else {
		p.large.release(sources[0])
	}
	for name, turns := range map[string]*turns{"requests": p.requests, "alerts": p.alerts, "decoding": p.decoding, "large": p.large} {
		if turns.used != 0 || len(turns.lines) != 0 {
			t.Errorf("%s: %d turns are not released", name, turns.used)
		}
	}
	sizes := map[*semaphore.Weighted]int64{p.small: processSmall, p.inputs: processInputs, p.waiting: processWaiting}
	for _, s := range sources {
		sizes[s.small], sizes[s.requests], sizes[s.alerts], sizes[s.waiting] = sourceSmall, sourceRequests, sourceAlerts, sourceWaiting
	}
	for free, size := range sizes {
		if err := free.Acquire(ctx, size); err != nil {
			t.Errorf("a share of %d is not released", size)
		}
	}
}
