package budget

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

const mib = 1 << 20

// request begins a request of a data source; end ends it.
func request(t *testing.T, s *Source) (ctx context.Context, end func()) {
	t.Helper()
	ctx, end = context.WithCancel(t.Context())
	return s.Begin(ctx, 1<<30), end
}

// add reads n bytes of an answer within a second.
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

func TestOneLargeAnswerIsInMemoryAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s, other := p.Source(), p.Source()
		first, endFirst := request(t, s)
		mustAdd(t, first, 100*mib)

		second, endSecond := request(t, other)
		defer endSecond()
		waited, err := add(second, 100*mib)
		overloaded(t, err, "other large answers were in memory until the query timed out")
		if !waited {
			t.Error("it doesn't say that it waits, and keeps its place among the requests")
		}

		mustAdd(t, first, 100*mib) // never waits
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
		// There is none left: the next is large, and the one after it waits.
		ctx, end := request(t, s)
		defer end()
		mustAdd(t, ctx, answer)
		if p.large.TryAcquire(1) {
			t.Error("it isn't large")
		}
		next, endNext := request(t, s)
		if _, err := add(next, answer); err == nil {
			t.Error("there was memory for one more")
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

func TestATinyAnswerNeedsNoShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		s := p.Source()
		p.small.TryAcquire(processSmall)
		p.large.TryAcquire(1)
		ctx, end := request(t, s)
		defer end()
		mustAdd(t, ctx, uncounted/memoryPerByte)
		if _, err := add(ctx, 1); err == nil {
			t.Error("one byte more was free as well")
		}
	})
}

func TestFewLargeAnswersWait(t *testing.T) {
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
		overloaded(t, err, "12 large answers of the data source are waiting")
		ctx, end = request(t, other)
		defer end()
		_, err = add(ctx, 100*mib)
		overloaded(t, err, "other large answers were in memory")
	})
}

func TestARequestsAnswersAreBoundedTogether(t *testing.T) {
	ctx := New().Source().Begin(t.Context(), 10)
	mustAdd(t, ctx, 6)
	if _, err := add(ctx, 5); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error is %v", err)
	}
}

// TestMemoryOfDecodingIsShared: it is taken before an answer's first byte, and doesn't
// make the answer larger.
func TestMemoryOfDecodingIsShared(t *testing.T) {
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
				overloaded(t, err, "other large answers were in memory")
				break
			}
			if taken++; taken > sourceSmall/mib {
				t.Fatal("there is no end")
			}
		}
		if most := sourceSmall/(window-uncounted) + 1; taken > most {
			t.Errorf("%d windows were in memory, want at most %d", taken, most)
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
		if !p.large.TryAcquire(1) || !p.small.TryAcquire(processSmall) {
			t.Error("memory is left")
		}
	})
}

func TestWhatIsDroppedIsNotInMemory(t *testing.T) {
	p := New()
	ctx := p.Source().Begin(t.Context(), 10*mib)
	for range 100 { // 900 MiB
		mustAdd(t, ctx, 9*mib)
		FromContext(ctx).Drop()
	}
	if !p.large.TryAcquire(1) || !p.small.TryAcquire(processSmall) {
		t.Error("it keeps its memory")
	}
}

func TestMemoryIsReturnedAfterAPeak(t *testing.T) {
	r := returner{}
	for _, c := range []struct {
		name                string
		resident, allocated uint64
		want                bool
	}{
		{"idle", 30 * mib, 10 * mib, false},
		{"a peak that goes on", 500 * mib, 900 * mib, false},
		{"after it", 500 * mib, 910 * mib, true},
	} {
		if got := r.due(usage{c.resident, c.allocated}); got != c.want {
			t.Errorf("%s: due is %t", c.name, got)
		}
	}
	r.returned(usage{400 * mib, 911 * mib}) // the rest is in use
	if r.due(usage{400 * mib, 912 * mib}) {
		t.Error("it returns again and again what is in use")
	}
	if !r.due(usage{470 * mib, 913 * mib}) {
		t.Error("a second peak isn't noticed")
	}
}
