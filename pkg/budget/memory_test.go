package budget

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const mib = 1 << 20

// request begins a request from Grafana to a data source. The function end ends it.
func request(t *testing.T, s *Source) (ctx context.Context, end func()) {
	t.Helper()
	ctx, end = context.WithCancel(t.Context())
	return s.Begin(ctx, 1<<30), end
}

// add counts n bytes of a response. It waits for memory for at most a second.
func add(ctx context.Context, n int64) (waited bool, err error) {
	reading, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	err = FromContext(ctx).Add(reading, n, func() { waited = true })
	return waited, err
}

func mustAdd(t *testing.T, ctx context.Context, n int64) {
	t.Helper()
	if _, err := add(ctx, n); err != nil {
		t.Fatal(err)
	}
}

func TestLargeAnswerWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s, other := p.Source(), p.Source()
		first, endFirst := request(t, s)
		mustAdd(t, first, 100*mib)

		second, endSecond := request(t, other)
		defer endSecond()
		waited, err := add(second, 100*mib)
		wantOverloaded(t, err, "The query timed out before other large responses freed the memory")
		if !waited {
			t.Error("the function waits was not called")
		}

		mustAdd(t, first, 100*mib) // the large request doesn't wait again
		for _, source := range []*Source{s, other} {
			small, end := request(t, source)
			mustAdd(t, small, 2*mib)
			end()
		}

		time.AfterFunc(time.Second/2, endFirst)
		mustAdd(t, second, mib)
	})
}

func TestSmallAnswersShareMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s := p.Source()
		const answer = (maxSmall + uncounted) / memoryPerByte
		var ends []func()
		for range sourceSmall / maxSmall {
			ctx, end := request(t, s)
			mustAdd(t, ctx, answer)
			ends = append(ends, end)
		}
		// All memory of the data source for small answers is in use. The next answer becomes
		// the large one, and the answer after it waits.
		ctx, end := request(t, s)
		defer end()
		mustAdd(t, ctx, answer)
		if p.large.tryAcquire(s) {
			t.Error("the answer is not the large one")
		}
		next, endNext := request(t, s)
		if _, err := add(next, answer); err == nil {
			t.Error("memory was available for one more answer")
		}
		endNext()
		ends[0]()
		synctest.Wait()
		next, endNext = request(t, s)
		defer endNext()
		mustAdd(t, next, answer)
		for _, end := range ends {
			end()
		}
	})
}

func TestSourceHasGuaranteedMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		for range 3 { // other data sources use all memory of the process
			s := p.Source()
			for range sourceSmall / maxSmall {
				ctx, end := request(t, s)
				defer end()
				mustAdd(t, ctx, (maxSmall+uncounted)/memoryPerByte)
				if p.large.used > 0 {
					break
				}
			}
		}
		s := p.Source()
		for range guaranteedSmall / mib {
			ctx, end := request(t, s)
			mustAdd(t, ctx, mib/memoryPerByte)
			defer end()
		}
		if p.large.used != 1 {
			t.Error("the memory of the process is not used up")
		}
	})
}

func TestTinyAnswerNeedsNoShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s := p.Source()
		p.small.TryAcquire(processSmall)
		p.large.tryAcquire(s)
		s.guaranteed.TryAcquire(guaranteedSmall)
		ctx, end := request(t, s)
		defer end()
		mustAdd(t, ctx, uncounted/memoryPerByte)
		if _, err := add(ctx, 1); err == nil {
			t.Error("an answer that is one byte larger needed no share either")
		}
	})
}

func TestAnswersWaitUntilOthersAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		p.outgoing = new(atomic.Int64)
		s := p.Source()
		p.outgoing.Add(maxOutgoing + 1)
		tiny, end := request(t, s)
		defer end()
		mustAdd(t, tiny, uncounted/memoryPerByte)
		ctx, end := request(t, s)
		waited, err := add(ctx, mib)
		wantOverloaded(t, err, "other large responses freed the memory")
		if !waited || p.large.used != 0 {
			t.Errorf("waited is %t, want true; %d turns are in use, want 0", waited, p.large.used)
		}
		end()
		ctx, end = request(t, s)
		defer end()
		time.AfterFunc(time.Second/2, func() { p.outgoing.Add(-1) })
		mustAdd(t, ctx, mib)
	})
}

func TestWaitingLargeAnswersAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s, other := p.Source(), p.Source()
		first, end := request(t, s)
		defer end()
		mustAdd(t, first, 100*mib)
		for range sourceWaiting {
			ctx, end := request(t, s)
			defer end()
			go func() { _, _ = add(ctx, 100*mib) }()
		}
		synctest.Wait()
		ctx, end := request(t, s)
		defer end()
		_, err := add(ctx, 100*mib)
		wantOverloaded(t, err, "12 large responses of the data source are waiting")
		ctx, end = request(t, other)
		defer end()
		_, err = add(ctx, 100*mib)
		wantOverloaded(t, err, "other large responses freed the memory")
	})
}

func TestLimitAppliesToAllAnswersOfRequest(t *testing.T) {
	ctx := New().Source().Begin(t.Context(), 10)
	mustAdd(t, ctx, 6)
	if _, err := add(ctx, 5); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error is %v", err)
	}
}

// TestAddMemory checks that the memory that AddMemory acquires is limited, is released at the
// end of the request, and doesn't count towards the limit of the request.
func TestAddMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s := p.Source()
		const window = 8 * mib
		begin := func() (end func(), err error) {
			call, end := context.WithCancel(t.Context())
			ctx := s.Begin(call, 1)
			reading, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			return end, FromContext(ctx).AddMemory(reading, window, func() {})
		}
		taken := 0
		var ends []func()
		for {
			end, err := begin()
			ends = append(ends, end)
			if err != nil {
				wantOverloaded(t, err, "other large responses freed the memory")
				break
			}
			if taken++; taken > sourceSmall/mib {
				t.Fatal("AddMemory has no limit")
			}
		}
		if maxWindows := sourceSmall/(window-uncounted) + 1; taken > maxWindows {
			t.Errorf("%d windows were in memory, want at most %d", taken, maxWindows)
		}
		for _, end := range ends {
			end()
		}
		synctest.Wait()
		end, err := begin()
		if err != nil {
			t.Error(err)
		}
		end()
		synctest.Wait()
		if !p.large.tryAcquire(s) || !p.small.TryAcquire(processSmall) {
			t.Error("memory was not released")
		}
	})
}

func TestDropReleasesMemory(t *testing.T) {
	p := New()
	s := p.Source()
	ctx := s.Begin(t.Context(), 10*mib)
	for range 100 { // 900 MiB
		mustAdd(t, ctx, 9*mib)
		FromContext(ctx).Drop()
	}
	if !p.large.tryAcquire(s) || !p.small.TryAcquire(processSmall) {
		t.Error("memory was not released")
	}
}

func TestReturnerDueAfterPeak(t *testing.T) {
	r := returner{}
	for _, c := range []struct {
		name                string
		resident, allocated uint64
		want                bool
	}{
		{"idle", 30 * mib, 10 * mib, false},
		{"during a peak", 500 * mib, 900 * mib, false},
		{"after a peak", 500 * mib, 910 * mib, true},
	} {
		if got := r.due(usage{c.resident, c.allocated}); got != c.want {
			t.Errorf("%s: due is %t", c.name, got)
		}
	}
	r.returned(usage{400 * mib, 911 * mib}) // 400 MiB are in use
	if r.due(usage{400 * mib, 912 * mib}) {
		t.Error("due repeatedly for memory that is in use")
	}
	if !r.due(usage{470 * mib, 913 * mib}) {
		t.Error("not due after a second peak")
	}
	r.returned(usage{470 * mib, 914 * mib}) // 470 MiB are in use
	r.returned(usage{900 * mib, 915 * mib})
	for range againAfter {
		if r.due(usage{900 * mib, 916 * mib}) {
			t.Error("due soon for memory that is in use")
		}
	}
	if !r.due(usage{900 * mib, 917 * mib}) {
		t.Error("memory that was in use is never returned")
	}
}
