package fleet

import (
	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// family is one metric family of a target, with its children in the order in
// which they were made.
type family struct {
	name       string
	labelNames []string
	desc       *client.Desc
	children   []child
}

// child is one metric of a family: a single series, or the several of a
// histogram or a summary.
type child interface {
	// labels appends the label sets of the child's series to dst.
	labels(dst []labels.Labels, name string, common *labels.Builder) []labels.Labels
	// values appends one value for each of these label sets to dst.
	values(dst []float64) []float64
	// metric is the child as an exporter shows it.
	metric(desc *client.Desc) client.Metric
	// restart sets back what a process loses when it ends.
	restart()
	// labelValues are in the order of the family's label names.
	labelValues() []string
}

// points is a family of counters or gauges.
type points struct {
	*family
	valueType client.ValueType
}

// with makes the child with these label values, at 0.
func (f points) with(labelValues ...string) *point {
	p := &point{own: labelValues, valueType: f.valueType}
	f.children = append(f.children, p)
	return p
}

// point is one counter or gauge.
type point struct {
	own       []string
	valueType client.ValueType
	value     float64
}

func (p *point) add(v float64)         { p.value += v }
func (p *point) set(v float64)         { p.value = v }
func (p *point) labelValues() []string { return p.own }

func (p *point) labels(dst []labels.Labels, name string, common *labels.Builder) []labels.Labels {
	return append(dst, common.Set(model.MetricNameLabel, name).Labels())
}

func (p *point) values(dst []float64) []float64 { return append(dst, p.value) }

func (p *point) metric(desc *client.Desc) client.Metric {
	m, err := client.NewConstMetric(desc, p.valueType, p.value, p.own...)
	return orInvalid(desc, m, err)
}

func (p *point) restart() {
	if p.valueType == client.CounterValue {
		p.value = 0
	}
}

// orInvalid makes a metric that its description does not fit an error of the
// scrape.
func orInvalid(desc *client.Desc, m client.Metric, err error) client.Metric {
	if err != nil {
		return client.NewInvalidMetric(desc, err)
	}
	return m
}
