package lango

import (
	"math/rand/v2"
	"testing"
)

// TestStuckSessionsAreNotClosed: other sessions are closed instead of a stuck one, so that the
// number of open sessions remains equal to the value of the gauge.
func TestStuckSessionsAreNotClosed(t *testing.T) {
	s := &sessions{rng: rand.New(rand.NewPCG(1, 1)), users: []*modelUser{{}}, weights: []float64{1}}
	s.change(20, 0)
	stuck := s.open[7]
	stuck.isStuck = true
	for _, step := range []struct{ opened, closed, open int }{{0, 10, 10}, {5, 0, 15}, {0, 14, 1}, {0, 1, 1}, {2, 5, 1}} {
		if s.change(step.opened, step.closed); len(s.open) != step.open {
			t.Errorf("%+v: %d sessions are open", step, len(s.open))
		}
	}
	if s.open[0] != stuck {
		t.Error("the stuck session was closed")
	}
}
