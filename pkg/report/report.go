// Package report computes the report of docs/report.md from metrics in Prometheus: the
// performance, usage, costs and resources of TensorOne endpoints. Parse reads the parameters
// of a request. Request.Run first sends all PromQL requests that the report needs. It then
// computes the values from the decoded series and returns a result for each endpoint. rest
// and plugin call this package.
package report

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Prometheus is the part of promapi.Client that a report uses.
type Prometheus interface {
	fetch.Prometheus
	LabelValues(context.Context, string, promapi.Selection) (promapi.Answer[[]string], error)
}

// UnknownError is the error of an endpoint that has no samples of the metric info in the
// timeframe. It wraps a fault.NotFound.
type UnknownError struct {
	ID      string
	Nearest []string
	err     *fault.Error
}

// NewUnknownError returns the error of an unknown endpoint. nearest are the most similar ids
// of known endpoints.
func NewUnknownError(id, timeframe string, nearest []string) *UnknownError {
	return &UnknownError{id, nearest, fault.New(fault.NotFound,
		"There is no endpoint %q with samples of %sinfo in the last %s.", fault.Clip(id, 80), prefix, timeframe)}
}

func (e *UnknownError) Error() string { return e.err.Error() }
func (e *UnknownError) Unwrap() error { return e.err }

// Results are the reports of a request's endpoints, by id. Instead of a report, an unknown
// endpoint has an error in Unknown.
type Results struct {
	Timeframe, Granularity string

	Reports    map[string]any        // *reportjson.Report, *reportjson.CostReport or *reportjson.FullReport
	Histograms map[string]*Histogram // of the latency; only for comprehensive answers
	Unknown    map[string]*UnknownError
}

// Histogram is the latency histogram of the timeframe. The counts are the results of PromQL's
// increase(), and need not be integers.
type Histogram struct {
	Buckets    []fetch.Bucket // sorted by bound, with cumulative counts
	Count, Sum float64        // Sum is in seconds
}

// Run returns the reports of the endpoints.
func (r *Request) Run(ctx context.Context, prometheus Prometheus) (*Results, error) {
	info, err := fetch.Query(ctx, prometheus, r.info(), r.ids)
	if err != nil {
		return nil, err
	}
	results := &Results{Timeframe: r.timeframe, Granularity: r.granularity, Reports: map[string]any{}, Histograms: map[string]*Histogram{}, Unknown: map[string]*UnknownError{}}
	var known, unknown []string
	for _, id := range r.ids {
		if _, found := info[id].Label(0, "known", endpointLabel); found {
			known = append(known, id)
		} else {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) > 0 {
		if err := r.addUnknown(ctx, prometheus, unknown, results); err != nil {
			return nil, err
		}
	}
	if len(known) == 0 {
		return results, nil
	}
	answers, err := r.queryAll(ctx, prometheus, known)
	if err != nil {
		return nil, err
	}
	for _, id := range known {
		tables := map[string]table{}
		for name, byID := range answers {
			tables[name] = byID[id]
		}
		c := &computation{Request: r, id: id, now: info[id], tables: tables, notes: slices.Clone(r.notes)}
		c.price()
		results.Reports[id] = c.answer()
		if h := c.histogram(); h != nil {
			results.Histograms[id] = h
		}
	}
	return results, nil
}

// queryAll sends the requests of all views. The keys of the answers are the view's name and
// the endpoint's id.
func (r *Request) queryAll(ctx context.Context, prometheus Prometheus, ids []string) (map[string]map[string]table, error) {
	var mu sync.Mutex
	answers := map[string]map[string]table{}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(maxConcurrent)
	for _, v := range r.views() {
		tasks.Go(func() error {
			tables, err := fetch.Query(ctx, prometheus, v, ids)
			mu.Lock()
			defer mu.Unlock()
			answers[v.Name] = tables
			return err
		})
	}
	return answers, tasks.Wait()
}

// addUnknown adds an error to results for each unknown endpoint. The error contains the known
// ids that are most similar to the endpoint's id.
func (r *Request) addUnknown(ctx context.Context, prometheus Prometheus, unknown []string, results *Results) error {
	end := r.end()
	listed, err := prometheus.LabelValues(ctx, endpointLabel, promapi.Selection{
		Match: []string{prefix + "info"}, Start: end.Add(-r.length), End: end,
	})
	if err != nil {
		return err
	}
	for _, id := range unknown {
		results.Unknown[id] = NewUnknownError(id, r.timeframe, suggest.Nearest(id, listed.Data))
	}
	return nil
}

// computation computes the report of one endpoint.
type computation struct {
	*Request
	id         string
	now        table
	tables     map[string]table
	notes      notes
	costSource string // "" without costs
}

func (c *computation) answer() any {
	head := reportjson.Head{EndpointID: c.id, Timeframe: c.timeframe, Granularity: c.granularity, GeneratedAt: timestamp(c.Request.now)}
	if !c.whole {
		answer := &reportjson.CostReport{Head: head, Costs: c.costAnswer()}
		answer.Notes = c.notes
		return answer
	}
	if c.cost {
		full := &reportjson.FullReport{Costs: c.costAnswer()}
		full.Report = c.comprehensive(head)
		return full
	}
	return c.comprehensive(head)
}

func (c *computation) comprehensive(head reportjson.Head) *reportjson.Report {
	answer := &reportjson.Report{Head: head, Summary: c.summary()}
	if c.has(Performance, Errors) {
		answer.Performance = c.performance()
	}
	if c.has(Usage) {
		answer.Usage = c.usage()
	}
	if c.has(Costs) && !c.cost {
		answer.Costs = c.costs()
	}
	if c.has(Resources) {
		answer.Resources = c.resources()
	}
	if c.has(Performance) {
		answer.ColdStarts = c.coldStarts()
	}
	answer.Insights = c.insights()
	answer.Notes = c.notes
	return answer
}

// totals returns the table of the timeframe. It has two intervals: the index last is that of
// the timeframe, and the index before is that of the period before the timeframe.
func (c *computation) totals() table { return c.tables[spanView(c.length)] }

// Indexes of the two intervals in the table of a span.
const (
	before = 0
	last   = 1
)

// growth returns how much a counter grew in the timeframe. It adds up the growth of the series
// that have the given label value.
func (c *computation) growth(family, label, value string) float64 {
	return c.totals().Sum(last, family, fetch.Where(label, value))
}

// why returns the reason for the absence of a value that is computed from families. If one of
// the families has too few samples, this is the reason. If all have enough samples, the reason
// is the value of the parameter named otherwise.
func (c *computation) why(otherwise string, families ...string) string {
	for _, family := range families {
		if rounding.Number(c.totals().Total(last, family), 0) == nil {
			return noSamples(family)
		}
	}
	return otherwise
}

func noSamples(family string) string {
	return "Prometheus has too few samples of " + prefix + family + " in the timeframe."
}

// points returns the intervals of the answer's points.
func (c *computation) points() intervals {
	return intervals{End: c.end(), Step: c.point, N: int(c.length / c.point)}
}

// window returns the window of points, hours and days: step, but at least 4 scrape intervals.
func (c *computation) window(step time.Duration) time.Duration { return max(step, 4*c.scrape) }
