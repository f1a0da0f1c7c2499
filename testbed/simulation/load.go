package simulation

import (
	"math"
	"math/rand/v2"
	"time"
)

// Daily returns the load at a time of day as a share of its peak: a cosine with
// its maximum at the peak hour (UTC) and a minimum of 40 percent. All days have the same
// load, because alerts compare today with yesterday.
func Daily(t time.Time, peakHour float64) float64 {
	t = t.UTC()
	hour := float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
	return 0.7 + 0.3*math.Cos((hour-peakHour)/24*2*math.Pi)
}

// Weekly returns the load at a time of the week as a share of the load at noon on
// Wednesday (UTC). The load is a cosine. At midnight between Saturday and Sunday it is 1-dip,
// which is the minimum. If dip is negative, it is the maximum: the load is higher on weekends.
// From one day to the next, the load at the same time of day changes by at most half of the
// absolute value of dip.
func Weekly(t time.Time, dip float64) float64 {
	const week = 7 * Day
	sunday := time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)
	return 1 - dip*(1+math.Cos(float64(t.Sub(sunday))/float64(week)*2*math.Pi))/2
}

// Growth returns the load at t divided by the load at end. The load grows by share every 30
// days; a share of 0.1 is 10 percent.
func Growth(t, end time.Time, share float64) float64 {
	return math.Pow(1+share, float64(t.Sub(end))/float64(30*Day))
}

// Drift is a factor that varies slowly around 1, mostly within 15 percent.
type Drift struct{ log float64 }

// Next returns the factor of the next step.
func (d *Drift) Next(rng *rand.Rand) float64 {
	const keep, deviation = 0.99, 0.07 // decorrelates within about 25 minutes
	d.log = keep*d.log + deviation*math.Sqrt(1-keep*keep)*rng.NormFloat64()
	return math.Exp(d.log)
}

// Flow rounds the expected number of events in a step down to a whole number and carries
// the remainder to the next step. Rare events are therefore evenly spaced, and a fleet
// without incidents has no cluster of errors that looks like an incident.
type Flow struct{ carry float64 }

// NewFlow returns a flow with a random remainder, so that the events of several flows
// aren't synchronized.
func NewFlow(rng *rand.Rand) Flow { return Flow{carry: rng.Float64()} }

// Events returns the number of events in a step, at most limit. The events over the limit
// are carried to the next step.
func (f *Flow) Events(expected, limit float64) float64 {
	f.carry += expected
	n := min(math.Floor(f.carry), limit)
	f.carry -= n
	return n
}

// Jitter returns a random factor between 0.8 and 1.2.
func Jitter(rng *rand.Rand) float64 { return 0.8 + 0.4*rng.Float64() }
