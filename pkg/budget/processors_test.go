package budget

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestSeveralRequestsDoubleProcessors checks when GOMAXPROCS is doubled and restored.
func TestSeveralRequestsDoubleProcessors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doubled := 0
		p := &processors{double: func() { doubled++ }, restore: func() { doubled-- }, delay: time.Second}
		want := func(n int, when string) {
			t.Helper()
			synctest.Wait()
			p.mu.Lock()
			defer p.mu.Unlock()
			if doubled != n {
				t.Errorf("doubled %d times %s, want %d", doubled, when, n)
			}
		}
		p.begin()
		want(0, "during one request")
		p.begin()
		want(1, "during two requests")
		p.begin()
		want(1, "during three requests")
		p.end()
		p.end()
		want(1, "immediately after the second request")
		time.Sleep(p.delay / 2)
		p.begin()
		p.end()
		time.Sleep(p.delay * 3 / 4)
		want(1, "before the delay after another second request")
		time.Sleep(p.delay)
		want(0, "after the delay")
		p.end()
		p.begin()
		p.begin()
		want(1, "during two new requests")
		p.end()
		p.end()
		time.Sleep(2 * p.delay)
		want(0, "without requests")
	})
}

// TestRequestsOfSourceCountAsRunning checks that GOMAXPROCS is doubled while the contexts of
// two calls of Source.Begin are active, and is the previous number again later.
func TestRequestsOfSourceCountAsRunning(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	process := New().WithProcessors()
	process.processors.delay = time.Millisecond
	s := process.Source()
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 {
		s.Begin(ctx, 1)
	}
	if n := runtime.GOMAXPROCS(0); n != 2*before {
		t.Errorf("GOMAXPROCS is %d during two requests, want %d", n, 2*before)
	}
	cancel()
	for deadline := time.Now().Add(time.Minute); runtime.GOMAXPROCS(0) != before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("GOMAXPROCS is %d a minute after the requests, want %d", runtime.GOMAXPROCS(0), before)
		}
	}
}
