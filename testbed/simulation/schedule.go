package simulation

import (
	"math/rand/v2"
	"time"
)

// Day is the period of the planned disturbances.
const Day = 24 * time.Hour

// settled is the time between the last planned disturbance and the end of the
// history. It keeps disturbances out of the alerts' windows at the end and in
// the first hours after it.
const settled = 150 * time.Minute

// RestartLength is how long a restart takes: two scrapes.
const RestartLength = 2 * Interval

// PlanMoments returns n random times in the day before end, one in each n-th of
// the day, none within settled of either side.
func PlanMoments(rng *rand.Rand, n int, end time.Time) []time.Time {
	moments := make([]time.Time, n)
	part := (Day - 2*settled) / time.Duration(n)
	for i := range moments {
		offset := settled + part*time.Duration(i) + time.Duration(rng.Int64N(int64(part)))
		moments[i] = end.Add(-offset.Truncate(Interval))
	}
	return moments
}

// Within reports whether t is within length of a planned time, on its day or on
// any other one: the plan repeats daily.
func Within(moments []time.Time, length time.Duration, t time.Time) bool {
	for _, m := range moments {
		since := t.Sub(m) % Day
		if since < 0 {
			since += Day
		}
		if since < length {
			return true
		}
	}
	return false
}

func planRestarts(rng *rand.Rand, end time.Time) []time.Time { return PlanMoments(rng, 2, end) }

// RestartsNear reports whether the target begins or ends a planned restart in the step
// that ends at a time, or in the next one. Between two such steps, no counter is reset.
func (t *Target) RestartsNear(at time.Time) bool {
	now := t.restarting(at)
	return t.restarting(at.Add(-Interval)) != now || t.restarting(at.Add(Interval)) != now
}

func (t *Target) restarting(at time.Time) bool { return Within(t.restarts, RestartLength, at) }
