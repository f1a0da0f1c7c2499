package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// execute runs a query and returns its frames. If the query is both a range query and an
// instant query, the frames of the range query come first.
func (d *DataSource) execute(ctx context.Context, r *request) (frames.Answer, error) {
	switch {
	case r.Type == query.Annotation:
		return complete(d.annotations(ctx, r))
	case r.Type == query.Report:
		return complete(d.reportFrames(ctx, r))
	case r.Type == query.Audit:
		return complete(d.auditFrames(r))
	case !r.returnsSamples():
		return complete(d.variable(ctx, r))
	}
	var ofRange, ofInstant frames.Answer
	var requests []func(context.Context) error
	if r.Range {
		requests = append(requests, func(ctx context.Context) (err error) {
			ofRange, err = d.rangeQuery(ctx, r)
			return err
		})
	}
	if r.Instant {
		requests = append(requests, func(ctx context.Context) (err error) {
			ofInstant, err = d.instantQuery(ctx, r)
			return err
		})
	}
	if err := concurrently(ctx, requests...); err != nil {
		return frames.Answer{}, err
	}
	switch {
	case !r.Range:
		return ofInstant, nil
	case r.Instant:
		ofRange.Append(ofInstant.All()...)
	}
	return ofRange, nil
}

// complete returns an answer of data frames.
func complete(all data.Frames, err error) (frames.Answer, error) {
	return frames.Answer{Frames: all}, err
}

// concurrently calls functions concurrently, and returns their first error. A panic of a
// function becomes an error. Once a function has failed, the context of the others ends. A
// single function is called in the same goroutine: with a new one, a small query would take
// noticeably longer.
func concurrently(ctx context.Context, functions ...func(context.Context) error) error {
	if len(functions) == 1 {
		return fault.Catch(func() error { return functions[0](ctx) })
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, f := range functions {
		group.Go(func() error { return fault.Catch(func() error { return f(ctx) }) })
	}
	return group.Wait()
}

// rangeQuery runs a range query and, if exemplars are enabled, requests them concurrently.
func (d *DataSource) rangeQuery(parent context.Context, r *request) (frames.Answer, error) {
	compiled, err := d.compile(parent, r, false)
	if err != nil {
		return frames.Answer{}, err
	}
	var (
		result    *series.Result
		exemplars exemplarResult
	)
	requests := []func(context.Context) error{func(ctx context.Context) (err error) {
		result, err = d.client.QueryRanges(ctx, r.ranges(compiled))
		return err
	}}
	if wantsExemplars(parent, r) {
		requests = append(requests, func(ctx context.Context) error {
			exemplars = d.exemplars(ctx, r, compiled)
			return nil
		})
	}
	if err := concurrently(parent, requests...); err != nil {
		return frames.Answer{}, err
	}
	exemplars.addNotes(result)
	answer, err := formats[r.Format](result, r.options(parent, compiled, d.namesIn(parent, r, result)))
	if err != nil {
		return frames.Answer{}, err
	}
	points, err := d.exemplarFrames(r, compiled.Expr, exemplars, answer.Frames)
	if err != nil {
		frames.Warn(answer.Frames, noExemplars(err))
	}
	answer.Append(points...)
	return answer, nil
}

// formats maps a format to the function that converts the result of a range query to frames.
var formats = map[query.Format]func(*series.Result, frames.Options) (frames.Answer, error){
	query.TimeSeries:     frames.TimeSeries,
	query.TimeSeriesWide: frames.TimeSeriesWide,
	query.Table:          func(r *series.Result, o frames.Options) (frames.Answer, error) { return complete(frames.Table(r, o)) },
	query.Heatmap:        func(r *series.Result, o frames.Options) (frames.Answer, error) { return complete(frames.Heatmap(r, o)) },
}

func (d *DataSource) instantQuery(ctx context.Context, r *request) (frames.Answer, error) {
	compiled, err := d.compile(ctx, r, true)
	if err != nil {
		return frames.Answer{}, err
	}
	result, err := d.client.Query(ctx, r.instant(compiled))
	if err != nil {
		return frames.Answer{}, err
	}
	o := r.options(ctx, compiled, d.namesIn(ctx, r, result))
	o.Step = 0 // an instant query has no step
	switch {
	case result.Kind == series.String:
		return frames.Answer{}, fault.New(fault.BadQuery, "The result of the query is a string. A panel needs numbers.")
	case r.InstantFormat == query.Heatmap, r.InstantFormat == query.Table:
		return formats[r.InstantFormat](result, o)
	case result.Kind == series.Matrix:
		return frames.TimeSeries(result, o)
	default:
		return frames.Numeric(result, o)
	}
}

// exemplarResult is the result of a request for exemplars.
type exemplarResult struct {
	series  []series.ExemplarSeries
	notes   series.Notes
	warning string // why the exemplars are missing; "" without an error
}

// addNotes adds the notes on the exemplars to those of the query.
func (e exemplarResult) addNotes(to *series.Result) {
	if e.warning != "" {
		to.Warnings = append(to.Warnings, e.warning)
	}
	to.Merge(e.notes)
}

// wantsExemplars reports whether a range query enables exemplars and doesn't belong to an alert
// rule.
func wantsExemplars(ctx context.Context, r *request) bool { return r.Exemplar && !promapi.IsAlert(ctx) }

// exemplars requests the exemplars of a range query. An error becomes a warning, because the
// graph is correct without exemplars.
func (d *DataSource) exemplars(ctx context.Context, r *request, compiled query.Compiled) exemplarResult {
	result, err := d.client.Exemplars(ctx, compiled.Expr, compiled.Spans[0].Start, r.To)
	if err != nil {
		return exemplarResult{warning: noExemplars(err)}
	}
	return exemplarResult{series: result.Series, notes: result.Notes}
}

// noExemplars returns the warning that the exemplars of a graph are missing because of an
// error.
func noExemplars(err error) string { return "There are no exemplars: " + fault.As(err).Text }

// exemplarFrames returns the frames of exemplars. Grafana draws the exemplars in the graph
// whose frames are the argument graph, which is nil if these frames have been sent already.
func (d *DataSource) exemplarFrames(r *request, expr string, exemplars exemplarResult, graph data.Frames) (data.Frames, error) {
	return frames.Exemplars(exemplars.series, frames.ExemplarOptions{
		Expr: expr, Step: r.Step, Sampler: r.Sampler, Links: d.settings.TraceLinks, Graph: graph,
	})
}
