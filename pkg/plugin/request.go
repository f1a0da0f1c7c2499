package plugin

import (
	"context"
	"net/url"
	"sync/atomic"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// request is a parsed query, with further values that its execution needs.
type request struct {
	*query.Query
	metric *catalog.Metric // set by findMetric; nil for a query without one, such as PromQL
	params url.Values      // custom query parameters of the HTTP requests
	size   int             // of the query's JSON, in bytes
	refID  string          // set only if several queries of the panel return tables
	infos  bool            // whether infos of the server become notices
	report *reportRequest  // of a report query; else nil

	executed atomic.Pointer[string] // the expression that was compiled last, for the log
}

// parse parses a query. user is nil if the request has no user.
func (d *DataSource) parse(ctx context.Context, user *backend.User, q backend.DataQuery) (*request, error) {
	if d.broken != nil {
		return nil, d.broken
	}
	if len(q.JSON) > maxQueryBytes {
		return nil, fault.New(fault.BadQuery, "The query has %d bytes of JSON. The limit is %d MiB. Shorten the query, or select fewer values.", len(q.JSON), maxQueryBytes>>20)
	}
	var parsed *query.Query
	err := d.budget.ParseJSON(ctx, len(q.JSON), func() (err error) {
		parsed, err = query.Parse(q.JSON, query.Source{
			QueryType:      q.QueryType,
			From:           q.TimeRange.From,
			To:             q.TimeRange.To,
			Now:            d.now(),
			Interval:       q.Interval,
			MaxDataPoints:  q.MaxDataPoints,
			ScrapeInterval: d.settings.ScrapeInterval,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	r := &request{Query: parsed, size: len(q.JSON), infos: d.settings.Infos}
	if parsed.Type == query.Audit {
		return r, checkAuditReader(user)
	}
	if parsed.Type == query.Report {
		r.report, err = d.parseReport(user, parsed)
		return r, err
	}
	r.params, err = d.client.QueryParams(parsed.CustomParams)
	return r, err
}

// findMetric looks up the catalog metric of a query, if the query needs one.
func (d *DataSource) findMetric(r *request) (err error) {
	if r.FromCatalog() || r.Type == query.ParamValues {
		r.metric, err = d.catalog.Metric(r.Metric)
	}
	return err
}

// returnsSamples reports whether the query returns samples, rather than annotations, a report,
// audit events or the values of a variable.
func (r *request) returnsSamples() bool { return r.Type == query.PromQL || r.Type == query.Catalog }

// returnsTable reports whether a result of the query is a table with a column Value.
func (r *request) returnsTable() bool {
	return r.returnsSamples() && (r.Range && r.Format == query.Table || r.Instant && r.InstantFormat == query.Table)
}

// ranges returns the requests of a range query.
func (r *request) ranges(c query.Compiled) []promapi.Range {
	all := make([]promapi.Range, len(c.Spans))
	for i, span := range c.Spans {
		all[i] = promapi.Range{Expr: c.Expr, Start: span.Start, End: span.End, Step: r.Step, Params: r.params, ExtraFilters: c.ExtraFilters, Complete: needsComplete(r.Format)}
	}
	return all
}

// instant returns the request of an instant query.
func (r *request) instant(c query.Compiled) promapi.Instant {
	return promapi.Instant{Expr: c.Expr, At: r.At, Params: r.params, ExtraFilters: c.ExtraFilters, Complete: needsComplete(r.InstantFormat)}
}

// needsComplete reports whether a partial result would be misleading in a format. A histogram
// that lacks some of its buckets shows the observations of these buckets in other buckets.
func needsComplete(format query.Format) bool { return format == query.Heatmap }

// options returns the options for the conversion to frames, which stops when ctx ends.
func (r *request) options(ctx context.Context, c query.Compiled, names series.Names) frames.Options {
	return frames.Options{Expr: c.Executed(), Legend: c.Legend, Name: c.Name, Step: r.Step, Names: names, NamedCells: r.Names == query.NamedCells, RefID: r.refID, Values: r.values(), Infos: r.infos, Counters: c.Counters, Err: ctx.Err}
}

// values returns what the catalog says about the values, if the query requests it.
func (r *request) values() frames.Values {
	if !r.Units || r.metric == nil {
		return frames.Values{}
	}
	return frames.Values{Unit: r.metric.Unit, Decimals: r.metric.Decimals, Description: r.metric.Description}
}
