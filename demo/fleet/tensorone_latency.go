package fleet

import (
	"math"
	"math/rand/v2"
	"time"
)

// endpointLatencyBounds are the bounds of docs/contracts/tensorone.md#prometheus-format
// with finer ones between them, and others on either side for embeddings and cold starts.
var endpointLatencyBounds = []float64{0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 20, 30, 60, 120}

// latencies is a histogram of durations beside the fastest and the slowest of
// the last minute that had any.
type latencies struct {
	seconds          *distribution
	fastest, slowest *point
	minute           time.Time
}

func (l *latencies) observe(m Moment, n float64, d duration, rng *rand.Rand) {
	if n == 0 {
		return
	}
	l.seconds.observe(n, d, rng)
	// As in the histogram, n durations are n evenly spaced quantiles.
	fast := d.quantile((0.05 + 0.9*rng.Float64()) / n)
	slow := fast
	if n > 1 {
		slow = d.quantile(1 - (0.05+0.9*rng.Float64())/n)
	}
	if minute := m.Time.Truncate(time.Minute); !minute.Equal(l.minute) {
		l.minute = minute
		l.fastest.set(fast)
		l.slowest.set(slow)
		return
	}
	l.fastest.set(min(l.fastest.value, fast))
	l.slowest.set(max(l.slowest.value, slow))
}

// quantile is the duration that a share of all, between 0 and 1, stay below.
func (d duration) quantile(share float64) float64 {
	return d.median * math.Exp(d.spread*math.Sqrt2*math.Erfinv(2*share-1))
}
