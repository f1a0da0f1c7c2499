package simulation

import (
	"math"
	"math/rand/v2"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
)

// Condition determines how a target responds to a scrape.
type Condition int

// The conditions of a target.
const (
	Serving Condition = iota // it responds in milliseconds
	Slow                     // it responds after slowResponse
	Down                     // the scrape fails
	Gone                     // service discovery doesn't list it, so it isn't scraped
)

// slowResponse is longer than 5 s, the limit of the alert TessalliteScrapeSlow, and shorter
// than the scrape timeout of 10 s.
const slowResponse = 6 * time.Second

// Target is one scrape target with its metric families. It may be read between two steps,
// but not while exporters run, because an exporter steps the fleet at each scrape.
type Target struct {
	Job      string
	Instance string

	families []*family
	passing  []*PassingVec
	restarts []time.Time
	scrape   Scrape
	size     int // number of series that the target always has; 0 before the first step
	rng      *rand.Rand
}

// Scrape contains the values that Prometheus reports about a scrape of the target.
type Scrape struct {
	Condition Condition
	Duration  float64 // seconds
	Samples   int     // number of series in the response; 0 without a response
	Added     int     // number of series that weren't in the previous step's response
}

// Scrape returns the scrape of the last step.
func (t *Target) Scrape() Scrape { return t.scrape }

// Series returns the label sets of the series that the target always has. The label sets are
// as Prometheus stores them, with job and instance. For the series that the target has only
// for a limited time, see [Target.Passing].
func (t *Target) Series() []labels.Labels {
	var series []labels.Labels
	for _, f := range t.families {
		for _, c := range f.children {
			series = c.labels(series, f.name, f.labelsOf(t, c))
		}
	}
	return series
}

// Values appends the current values to dst, in the order of Series.
func (t *Target) Values(dst []float64) []float64 {
	for _, f := range t.families {
		for _, c := range f.children {
			dst = c.values(dst)
		}
	}
	return dst
}

func (t *Target) addFamily(name, help string, labelNames []string) *family {
	f := &family{name: name, labelNames: labelNames, desc: client.NewDesc(name, help, labelNames, nil)}
	t.families = append(t.families, f)
	return f
}

// Counter adds a family of counters.
func (t *Target) Counter(name, help string, labelNames ...string) ScalarVec {
	return ScalarVec{t.addFamily(name, help, labelNames), client.CounterValue}
}

// Gauge adds a family of gauges.
func (t *Target) Gauge(name, help string, labelNames ...string) ScalarVec {
	return ScalarVec{t.addFamily(name, help, labelNames), client.GaugeValue}
}

// Histogram adds a family of histograms with these upper bounds, +Inf excluded.
func (t *Target) Histogram(name, help string, bounds []float64, labelNames ...string) DistributionVec {
	logBounds := make([]float64, len(bounds))
	for i, bound := range bounds {
		logBounds[i] = math.Log(bound)
	}
	return DistributionVec{t.addFamily(name, help, labelNames), bounds, logBounds}
}

// Summary adds a family of summaries without quantiles.
func (t *Target) Summary(name, help string, labelNames ...string) DistributionVec {
	return DistributionVec{family: t.addFamily(name, help, labelNames)}
}

// endStep records the scrape of a step. While a target is Down or Gone, its counters are 0,
// as in a process that restarts.
func (t *Target) endStep(c Condition) {
	if t.size == 0 {
		t.size = len(t.Values(nil))
	}
	before := t.scrape
	t.scrape = Scrape{Condition: c}
	switch c {
	case Serving, Slow:
		passing, added := t.countPassing()
		t.scrape.Samples, t.scrape.Added = t.size+passing, added
		if before.Samples == 0 {
			t.scrape.Added = t.scrape.Samples
		}
		t.scrape.Duration = 0.002 + 15e-6*float64(t.scrape.Samples)*(0.8+0.4*t.rng.Float64())
		if c == Slow {
			t.scrape.Duration += slowResponse.Seconds()
		}
	case Down, Gone:
		t.scrape.Duration = 0.0005 + 0.001*t.rng.Float64()
		for _, f := range t.families {
			for _, child := range f.children {
				child.restart()
			}
		}
		for _, f := range t.passing {
			f.current = nil
		}
	}
}
