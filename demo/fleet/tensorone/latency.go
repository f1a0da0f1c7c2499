package tensorone

import (
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// endpointLatencyBounds are the bounds of docs/contracts/tensorone.md#prometheus-format
// and additional ones: some between them, lower ones for embeddings, and higher ones for
// cold starts.
var endpointLatencyBounds = []float64{0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 20, 30, 60, 120}

// latencies is a histogram of durations, with the shortest and the longest duration in
// the last minute that had requests.
type latencies struct {
	seconds          *simulation.Distribution
	fastest, slowest *simulation.Scalar
	minute           time.Time
}

func (l *latencies) observe(m simulation.Moment, n float64, d simulation.LogNormal, rng *rand.Rand) {
	if n == 0 {
		return
	}
	l.seconds.Observe(n, d, rng)
	// In the histogram, the durations are evenly spaced quantiles of d. Therefore the shortest
	// duration (fast) is in the first n-th of d, and the longest one (slow) is in the last.
	fast := d.Quantile((0.05 + 0.9*rng.Float64()) / n)
	slow := fast
	if n > 1 {
		slow = d.Quantile(1 - (0.05+0.9*rng.Float64())/n)
	}
	if minute := m.Time.Truncate(time.Minute); !minute.Equal(l.minute) {
		l.minute = minute
		l.fastest.Set(fast)
		l.slowest.Set(slow)
		return
	}
	l.fastest.Set(min(l.fastest.Value(), fast))
	l.slowest.Set(max(l.slowest.Value(), slow))
}
