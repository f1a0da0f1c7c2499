package simulation

import (
	"math/rand/v2"
	"time"
)

// Day is the period of the planned disturbances.
const Day = 24 * time.Hour

// settled is the minimum time from the beginning of the last planned disturbance to the end of
// the history. It keeps disturbances out of the windows of alerts at the end of the history
// and in the first hours after it.
const settled = 150 * time.Minute

// RestartLength is the length of a planned restart: two scrape intervals.
const RestartLength = 2 * Interval

// PlanMoments returns n random times in the day before end. The constant settled is their
// minimum distance from the beginning and the end of this day. The rest of the day is divided
// into n equal parts, and each part has one of the times.
func PlanMoments(rng *rand.Rand, n int, end time.Time) []time.Time {
	moments := make([]time.Time, n)
	part := (Day - 2*settled) / time.Duration(n)
	for i := range moments {
		offset := settled + part*time.Duration(i) + time.Duration(rng.Int64N(int64(part)))
		moments[i] = end.Add(-offset.Truncate(Interval))
	}
	return moments
}

// Within reports whether t is in a period that begins at one of the moments and has the given
// length. The moments are repeated every day.
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

// RestartsNear reports whether a planned restart of the target begins or ends at the given
// step or at the next one. A history may omit the steps for which RestartsNear returns false.
// The rates in such a history lack only the increases during restarts.
func (t *Target) RestartsNear(at time.Time) bool {
	now := t.restarting(at)
	return t.restarting(at.Add(-Interval)) != now || t.restarting(at.Add(Interval)) != now
}

func (t *Target) restarting(at time.Time) bool { return Within(t.restarts, RestartLength, at) }
