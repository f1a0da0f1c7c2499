package fleet

import (
	"math"
	"math/rand/v2"
	"time"
)

// daily is the share of its peak that a load has at a time of day: a broad
// hump around the peak hour (UTC) over a floor of 40 percent. Every day is
// alike, because alerts compare today with yesterday.
func daily(t time.Time, peakHour float64) float64 {
	t = t.UTC()
	hour := float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
	return 0.7 + 0.3*math.Cos((hour-peakHour)/24*2*math.Pi)
}

// drift is a factor that wanders slowly around 1, mostly within 15 percent.
type drift struct{ log float64 }

func (d *drift) next(rng *rand.Rand) float64 {
	const keep, deviation = 0.99, 0.07 // the memory of about 25 minutes
	d.log = keep*d.log + deviation*math.Sqrt(1-keep*keep)*rng.NormFloat64()
	return math.Exp(d.log)
}

// flow turns an expected number of events into whole ones and carries the rest
// to the next step. Rare events thereby come evenly: no window of a quiet
// fleet holds a cluster of errors that would look like an incident.
type flow struct{ carry float64 }

// newFlow starts somewhere between two events, so that flows do not beat
// together.
func newFlow(rng *rand.Rand) flow { return flow{carry: rng.Float64()} }

// events gives at most limit events; what is over the limit is carried.
func (f *flow) events(expected, limit float64) float64 {
	f.carry += expected
	n := min(math.Floor(f.carry), limit)
	f.carry -= n
	return n
}

// jitter is a factor between 0.8 and 1.2.
func jitter(rng *rand.Rand) float64 { return 0.8 + 0.4*rng.Float64() }

const (
	day = 24 * time.Hour
	// settled is how long before the end of the history the last planned
	// disturbance lies, so that none is within an alert's window at the end or
	// during the first hours after it.
	settled = 150 * time.Minute
)

// planMoments picks n times within the day before end, one in each n-th of it,
// none of them within settled of either side.
func planMoments(rng *rand.Rand, n int, end time.Time) []time.Time {
	moments := make([]time.Time, n)
	part := (day - 2*settled) / time.Duration(n)
	for i := range moments {
		offset := settled + part*time.Duration(i) + time.Duration(rng.Int64N(int64(part)))
		moments[i] = end.Add(-offset.Truncate(Interval))
	}
	return moments
}

// within says whether t lies within a planned moment's length, on its day or
// on a later one: the plan repeats daily.
func within(moments []time.Time, length time.Duration, t time.Time) bool {
	for _, m := range moments {
		if since := t.Sub(m); since >= 0 && since%day < length {
			return true
		}
	}
	return false
}

// restartLasts is two scrapes.
const restartLasts = 2 * Interval

func planRestarts(rng *rand.Rand, end time.Time) []time.Time { return planMoments(rng, 2, end) }

func (t *Target) restarting(at time.Time) bool { return within(t.restarts, restartLasts, at) }
