// Package reporttext writes reports in Prometheus's text format, version 0.0.4, which
// docs/report.md describes. rest calls it with the results of package report.
package reporttext

import (
	"bytes"
	"fmt"
	"math"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

const endpointLabel = "endpoint_id"

// Write returns the families of the endpoints. A family without values is left out, and a
// comment names each unknown endpoint.
func Write(results *report.Results, ids []string) ([]byte, error) {
	var out bytes.Buffer
	values := map[string][]*dto.Metric{}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] { // series must be unique
			continue
		}
		seen[id] = true
		if unknown, is := results.Unknown[id]; is {
			fmt.Fprintf(&out, "# NOT_FOUND %q\n", fault.ClipName(unknown.ID))
			continue
		}
		e := endpoint{id: id, histogram: results.Histograms[id]}
		e.costs, _ = results.Reports[id].(*reportjson.CostReport)
		e.report, _ = results.Reports[id].(*reportjson.Report)
		for _, f := range families {
			values[f.name] = append(values[f.name], f.values(e)...)
		}
	}
	for _, f := range families {
		if len(values[f.name]) == 0 {
			continue
		}
		name, kind, help := "tensorone_endpoint_"+f.name, f.kind, fmt.Sprintf(f.help, results.Timeframe)
		family := &dto.MetricFamily{Name: &name, Help: &help, Type: &kind, Metric: values[f.name]}
		if _, err := expfmt.MetricFamilyToText(&out, family); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	return out.Bytes(), nil
}

// endpoint contains the answer for one endpoint: either report and histogram, or costs.
type endpoint struct {
	id        string
	report    *reportjson.Report     // the comprehensive answer; nil if costs is set
	costs     *reportjson.CostReport // the cost answer; nil if report is set
	histogram *report.Histogram      // nil if the answer has no latency
}

// family is a metric family.
type family struct {
	name   string
	kind   dto.MetricType
	help   string // a format with a verb for the timeframe
	values func(endpoint) []*dto.Metric
}

// value is the value of a series. It has a label in addition to the endpoint's id, unless
// label is "".
type value struct {
	label, labelValue string
	v                 reportjson.Number
}

func counters(of func(*reportjson.Report) []value) func(endpoint) []*dto.Metric {
	return func(e endpoint) []*dto.Metric {
		if e.report == nil {
			return nil
		}
		return e.metrics(dto.MetricType_COUNTER, of(e.report))
	}
}

func gauges(of func(*reportjson.Report) []value) func(endpoint) []*dto.Metric {
	return func(e endpoint) []*dto.Metric {
		if e.report == nil {
			return nil
		}
		return e.metrics(dto.MetricType_GAUGE, of(e.report))
	}
}

// metrics returns a metric for each value that is present.
func (e endpoint) metrics(kind dto.MetricType, values []value) []*dto.Metric {
	var list []*dto.Metric
	for _, v := range values {
		if v.v == nil {
			continue
		}
		m := &dto.Metric{Label: e.labels(v.label, v.labelValue)}
		if kind == dto.MetricType_COUNTER {
			m.Counter = &dto.Counter{Value: v.v}
		} else {
			m.Gauge = &dto.Gauge{Value: v.v}
		}
		list = append(list, m)
	}
	return list
}

func (e endpoint) labels(name, labelValue string) []*dto.LabelPair {
	of := func(name, value string) *dto.LabelPair { return &dto.LabelPair{Name: &name, Value: &value} }
	labels := []*dto.LabelPair{of(endpointLabel, e.id)}
	if name != "" {
		labels = append(labels, of(name, labelValue))
	}
	return labels
}

// latencies returns the latency histogram, with counts that are rounded to integers. It
// returns nil if the answer has no latency.
func latencies(e endpoint) []*dto.Metric {
	h := e.histogram
	if h == nil || e.report == nil {
		return nil
	}
	count := uint64(math.Round(h.Count))
	histogram := &dto.Histogram{SampleCount: &count, SampleSum: &h.Sum}
	for _, b := range h.Buckets {
		cumulative, bound := uint64(math.Round(b.Count)), b.Bound
		histogram.Bucket = append(histogram.Bucket, &dto.Bucket{UpperBound: &bound, CumulativeCount: &cumulative})
	}
	return []*dto.Metric{{Label: e.labels("", ""), Histogram: histogram}}
}

// costs returns the costs by category from the cost answer or the comprehensive answer.
func costs(e endpoint) []*dto.Metric {
	var values []value
	add := func(category string, v reportjson.Number) {
		values = append(values, value{"category", category, v})
	}
	switch {
	case e.costs != nil && e.costs.Costs.Breakdown != nil:
		b := e.costs.Costs.Breakdown
		add("compute", b.Compute.Amount)
		add("storage", b.Storage.Amount)
		add("network", b.Network.Amount)
		add("other", b.Other.Amount)
	case e.report != nil && e.report.Costs != nil && e.report.Costs.Breakdown != nil:
		b := e.report.Costs.Breakdown
		add("compute", b.Compute)
		add("storage", b.Storage)
		add("network", b.Network)
		add("other", b.Other)
	}
	return e.metrics(dto.MetricType_COUNTER, values)
}

func budget(of func(reportjson.BudgetAnalysis) reportjson.Number) func(endpoint) []*dto.Metric {
	return func(e endpoint) []*dto.Metric {
		if e.costs == nil {
			return nil
		}
		return e.metrics(dto.MetricType_GAUGE, []value{{"", "", of(e.costs.Costs.BudgetAnalysis)}})
	}
}

// generatedAt returns the time of the answer in Unix seconds, or nil if it has none.
func generatedAt(e endpoint) []*dto.Metric {
	text := ""
	if e.report != nil {
		text = e.report.GeneratedAt
	} else if e.costs != nil {
		text = e.costs.GeneratedAt
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	seconds := float64(at.Unix())
	return e.metrics(dto.MetricType_GAUGE, []value{{"", "", &seconds}})
}
