package simulation

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
)

// tracesPerStep is the number of exemplars that a histogram has after an observation.
const tracesPerStep = 2

// traces are the exemplars of a histogram: a few durations of its last observation with
// the ids of their traces. They have their own random generator, so that they don't
// change the values of the histogram.
type traces struct {
	rng    *rand.Rand
	latest []trace
}

type trace struct {
	high, low uint64 // halves of the trace id
	seconds   float64
}

func newTraces(family string, labelValues []string) traces {
	seed := fnv.New64a()
	_, _ = fmt.Fprint(seed, family, strings.Join(labelValues, "\xff"))
	return traces{rng: rand.New(rand.NewPCG(seed.Sum64(), 0))} //nolint:gosec // G404: a simulation is repeatable
}

// sample replaces the traces with new ones, whose durations have the distribution d.
func (t *traces) sample(d LogNormal) {
	t.latest = t.latest[:0]
	for range tracesPerStep {
		t.latest = append(t.latest, trace{
			high: t.rng.Uint64(), low: t.rng.Uint64(),
			seconds: d.Median * math.Exp(d.Spread*t.rng.NormFloat64()),
		})
	}
}

func (t *traces) exemplars() []client.Exemplar {
	var all []client.Exemplar
	for _, one := range t.latest {
		id := fmt.Sprintf("%016x%016x", one.high, one.low)
		all = append(all, client.Exemplar{Value: one.seconds, Labels: client.Labels{"trace_id": id}, Timestamp: time.Now()})
	}
	return all
}
