package simulation

import (
	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// family is one metric family of a target, with its children in the order of
// their creation.
type family struct {
	name       string
	labelNames []string
	desc       *client.Desc
	children   []child
}

// labelsOf returns the labels of a child as Prometheus stores them, without the metric name.
func (f *family) labelsOf(t *Target, c child) *labels.Builder {
	b := labels.NewBuilder(labels.FromStrings("job", t.Job, "instance", t.Instance))
	for i, value := range c.labelValues() {
		b.Set(f.labelNames[i], value)
	}
	return b
}

// child is one metric of a family: a single series, or all series of a histogram or
// summary.
type child interface {
	// labels appends the label sets of the child's series to dst.
	labels(dst []labels.Labels, name string, common *labels.Builder) []labels.Labels
	// values appends one value to dst for each label set that labels appends.
	values(dst []float64) []float64
	// metric returns the child as an exporter exposes it.
	metric(desc *client.Desc) client.Metric
	// restart resets the values that a process loses when it restarts. Gauges keep their
	// values.
	restart()
	// labelValues returns the label values in the order of the family's label names.
	labelValues() []string
}

// ScalarVec is a family of counters or gauges.
type ScalarVec struct {
	*family
	valueType client.ValueType
}

// With adds a child with these label values and the value 0.
func (f ScalarVec) With(labelValues ...string) *Scalar {
	s := &Scalar{lvs: labelValues, valueType: f.valueType}
	f.children = append(f.children, s)
	return s
}

// Scalar is one counter or gauge.
type Scalar struct {
	lvs       []string // label values
	valueType client.ValueType
	value     float64
}

// Add adds v to the value.
func (s *Scalar) Add(v float64) { s.value += v }

// Set replaces the value.
func (s *Scalar) Set(v float64) { s.value = v }

// Value returns the value.
func (s *Scalar) Value() float64 { return s.value }

func (s *Scalar) labelValues() []string { return s.lvs }

func (s *Scalar) labels(dst []labels.Labels, name string, common *labels.Builder) []labels.Labels {
	return append(dst, common.Set(model.MetricNameLabel, name).Labels())
}

func (s *Scalar) values(dst []float64) []float64 { return append(dst, s.value) }

func (s *Scalar) metric(desc *client.Desc) client.Metric {
	m, err := client.NewConstMetric(desc, s.valueType, s.value, s.lvs...)
	return orInvalid(desc, m, err)
}

func (s *Scalar) restart() {
	if s.valueType == client.CounterValue {
		s.value = 0
	}
}

// orInvalid returns m or, if err isn't nil, a metric that makes the scrape fail.
func orInvalid(desc *client.Desc, m client.Metric, err error) client.Metric {
	if err != nil {
		return client.NewInvalidMetric(desc, err)
	}
	return m
}
