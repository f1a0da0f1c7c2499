package fleet

import (
	"math"
	"math/rand/v2"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
)

// Condition is what a scrape of a target meets.
type Condition int

// The conditions of a target.
const (
	Serving Condition = iota // it answers in milliseconds
	Slow                     // it answers after slowAnswer
	Down                     // the scrape fails
	Gone                     // service discovery does not know it: there is no scrape
)

// slowAnswer is longer than the alert's limit of 5 s and shorter than the
// scrape timeout of 10 s.
const slowAnswer = 6 * time.Second

// Target is one scrape target and its families. It may be read between two
// steps, as long as no exporter runs: an exporter steps the fleet by itself.
type Target struct {
	Job      string
	Instance string

	families []*family
	restarts []time.Time
	scrape   Scrape
	size     int // the number of its series; 0 before the first step
	rng      *rand.Rand
}

// Scrape is what Prometheus would report about a scrape of the target.
type Scrape struct {
	Condition Condition
	Duration  float64 // seconds
	Samples   int     // series in the answer; 0 when there was none
	Added     int     // series that the scrape before did not have
}

// Scrape is the one of the last step.
func (t *Target) Scrape() Scrape { return t.scrape }

// Series are the label sets of all the target's series, as Prometheus stores
// them (job and instance included).
func (t *Target) Series() []labels.Labels {
	var series []labels.Labels
	for _, f := range t.families {
		for _, c := range f.children {
			common := labels.NewBuilder(labels.FromStrings("job", t.Job, "instance", t.Instance))
			for i, value := range c.labelValues() {
				common.Set(f.labelNames[i], value)
			}
			series = c.labels(series, f.name, common)
		}
	}
	return series
}

// Values appends the current value of each of Series to dst.
func (t *Target) Values(dst []float64) []float64 {
	for _, f := range t.families {
		for _, c := range f.children {
			dst = c.values(dst)
		}
	}
	return dst
}

func (t *Target) add(name, help string, labelNames []string) *family {
	f := &family{name: name, labelNames: labelNames, desc: client.NewDesc(name, help, labelNames, nil)}
	t.families = append(t.families, f)
	return f
}

func (t *Target) counter(name, help string, labelNames ...string) points {
	return points{t.add(name, help, labelNames), client.CounterValue}
}

func (t *Target) gauge(name, help string, labelNames ...string) points {
	return points{t.add(name, help, labelNames), client.GaugeValue}
}

func (t *Target) histogram(name, help string, bounds []float64, labelNames ...string) distributions {
	logBounds := make([]float64, len(bounds))
	for i, bound := range bounds {
		logBounds[i] = math.Log(bound)
	}
	return distributions{t.add(name, help, labelNames), bounds, logBounds}
}

func (t *Target) summary(name, help string, labelNames ...string) distributions {
	return distributions{family: t.add(name, help, labelNames)}
}

// settle ends a step: a target that does not run has lost its counters.
func (t *Target) settle(c Condition) {
	if t.size == 0 {
		t.size = len(t.Values(nil))
	}
	before := t.scrape
	t.scrape = Scrape{Condition: c}
	switch c {
	case Serving, Slow:
		t.scrape.Samples = t.size
		if before.Samples == 0 {
			t.scrape.Added = t.scrape.Samples
		}
		t.scrape.Duration = 0.002 + 15e-6*float64(t.scrape.Samples)*(0.8+0.4*t.rng.Float64())
		if c == Slow {
			t.scrape.Duration += slowAnswer.Seconds()
		}
	case Down, Gone:
		t.scrape.Duration = 0.0005 + 0.001*t.rng.Float64()
		for _, f := range t.families {
			for _, child := range f.children {
				child.restart()
			}
		}
	}
}
