package simulation

import "testing"

// TestCountPassing checks the number of counters at the end of each step. A counter that was added
// and removed within one step isn't counted, because no scrape contains it.
func TestCountPassing(t *testing.T) {
	target := &Target{Job: "lango", Instance: "lango:18789"}
	v := target.PassingCounter("tokens_total", "Tokens.", "session")
	count := func(wantN, wantAdded int) {
		t.Helper()
		if n, added := target.countPassing(); n != wantN || added != wantAdded {
			t.Errorf("%d counters, of which %d are new; want %d and %d", n, added, wantN, wantAdded)
		}
	}
	a := v.With("a")
	v.Remove(v.With("b"))
	count(1, 1)
	c := v.With("c")
	v.Remove(a)
	count(1, 1)
	v.Remove(c)
	count(0, 0)
}
