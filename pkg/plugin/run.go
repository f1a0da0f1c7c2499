package plugin

import (
	"context"
	"net/url"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// asked is a query with what the data source makes of it.
type asked struct {
	*query.Query
	params url.Values // custom ones, for the API
	refID  string     // where tables of other queries stand beside its own
	infos  bool       // the server's infos get a notice
}

func (d *DataSource) read(q backend.DataQuery) (*asked, error) {
	if d.broken != nil {
		return nil, d.broken
	}
	parsed, err := query.Parse(q.JSON, query.Source{
		QueryType:      q.QueryType,
		From:           q.TimeRange.From,
		To:             q.TimeRange.To,
		Now:            d.now(),
		Interval:       q.Interval,
		MaxDataPoints:  q.MaxDataPoints,
		ScrapeInterval: d.settings.ScrapeInterval,
	})
	if err != nil {
		return nil, err
	}
	a := &asked{Query: parsed, infos: d.settings.Infos}
	a.params, err = d.client.QueryParams(parsed.Custom)
	return a, err
}

func (a *asked) isPromQL() bool { return a.Type == query.PromQL || a.Type == query.Catalog }

// shape runs a query and shapes its answers: that over the range, then that at
// its end.
func (d *DataSource) shape(ctx context.Context, a *asked) (data.Frames, error) {
	switch {
	case a.Type == query.Annotation:
		return d.annotations(ctx, a)
	case !a.isPromQL():
		return d.variable(ctx, a)
	}
	var all data.Frames
	if a.Range {
		shaped, err := d.rangeQuery(ctx, a)
		if err != nil {
			return nil, err
		}
		all = shaped
	}
	if a.Instant {
		shaped, err := d.instantQuery(ctx, a)
		if err != nil {
			return nil, err
		}
		all = append(all, shaped...)
	}
	return all, nil
}

// overRange asks for a query's values at every step of its range.
func (d *DataSource) overRange(ctx context.Context, a *asked) (query.Compiled, *series.Result, error) {
	compiled, err := d.compile(ctx, a, false)
	if err != nil {
		return compiled, nil, err
	}
	result, err := d.client.QueryRanges(ctx, a.ranges(compiled))
	return compiled, result, err
}

func (d *DataSource) rangeQuery(ctx context.Context, a *asked) (data.Frames, error) {
	compiled, result, err := d.overRange(ctx, a)
	if err != nil {
		return nil, err
	}
	exemplars := d.exemplars(ctx, a, compiled, result)
	all, err := shapes[a.Format](result, a.options(compiled))
	if err != nil {
		return nil, err
	}
	points, err := d.shapeExemplars(a, compiled.Expr, exemplars, all)
	if err != nil {
		frames.Warn(all, noExemplars(err))
	}
	return append(all, points...), nil
}

// shapes are the formats of a range's answer.
var shapes = map[query.Format]func(*series.Result, frames.Options) (data.Frames, error){
	query.TimeSeries:     frames.TimeSeries,
	query.TimeSeriesWide: frames.TimeSeriesWide,
	query.Table:          frames.AsTable,
	query.Heatmap:        frames.Heatmap,
}

func (d *DataSource) instantQuery(ctx context.Context, a *asked) (data.Frames, error) {
	compiled, err := d.compile(ctx, a, true)
	if err != nil {
		return nil, err
	}
	result, err := d.client.Query(ctx, a.instant(compiled))
	if err != nil {
		return nil, err
	}
	o := a.options(compiled)
	o.Step = 0 // one time has no distance to the next
	switch {
	case result.Kind == series.String:
		return nil, fault.New(fault.BadQuery, "The query gives a text, and a panel needs numbers.")
	case a.AtEnd == query.Heatmap:
		return frames.Heatmap(result, o)
	case a.AtEnd == query.Table:
		return frames.AsTable(result, o)
	case result.Kind == series.Matrix:
		return frames.TimeSeries(result, o)
	default:
		return frames.Numeric(result, o), nil
	}
}

// ranges are the requests that a query over its range is sent as.
func (a *asked) ranges(c query.Compiled) []promapi.Range {
	all := make([]promapi.Range, len(c.Spans))
	for i, span := range c.Spans {
		all[i] = promapi.Range{Expr: c.Expr, Start: span.Start, End: span.End, Step: a.Step, Params: a.params, ExtraFilters: c.ExtraFilters, Whole: a.whole()}
	}
	return all
}

// instant is the request that a query at one time is sent as.
func (a *asked) instant(c query.Compiled) promapi.Instant {
	return promapi.Instant{Expr: c.Expr, At: a.At, Params: a.params, ExtraFilters: c.ExtraFilters, Whole: a.whole()}
}

// whole reports whether a part of the answer would mislead: a histogram without
// some of its buckets shows their observations in others.
func (a *asked) whole() bool { return a.Format == query.Heatmap }

func (a *asked) options(c query.Compiled) frames.Options {
	return frames.Options{Expr: c.Expr, Legend: c.Legend, Name: c.Name, Step: a.Step, RefID: a.refID, Infos: a.infos, Counters: c.Counters}
}
