package fleet

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
)

// tracesPerStep is how many durations of a step keep their trace.
const tracesPerStep = 2

// traces are the exemplars of a histogram: a few durations of the last step with
// the ids of their traces. They are drawn by a generator of their own, so that
// the counts don't depend on them.
type traces struct {
	rng    *rand.Rand
	latest []trace
}

type trace struct {
	id      string
	seconds float64
}

func newTraces(family string, labelValues []string) traces {
	seed := fnv.New64a()
	_, _ = fmt.Fprint(seed, family, strings.Join(labelValues, "\xff"))
	return traces{rng: rand.New(rand.NewPCG(seed.Sum64(), 0))}
}

// sample draws the traces of a step from the distribution of its durations.
func (t *traces) sample(d duration) {
	t.latest = t.latest[:0]
	for range tracesPerStep {
		t.latest = append(t.latest, trace{
			id:      fmt.Sprintf("%016x%016x", t.rng.Uint64(), t.rng.Uint64()),
			seconds: d.median * math.Exp(d.spread*t.rng.NormFloat64()),
		})
	}
}

func (t *traces) exemplars() []client.Exemplar {
	var all []client.Exemplar
	for _, one := range t.latest {
		all = append(all, client.Exemplar{Value: one.seconds, Labels: client.Labels{"trace_id": one.id}, Timestamp: time.Now()})
	}
	return all
}
