package plugin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// atOnce bounds how many queries of one request run at the same time, unless
// Grafana is configured for fewer.
const atOnce = 10

// QueryData answers every query of a request under its refId, each with frames
// or with an error of its own.
func (d *DataSource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	if req.Headers["FromAlert"] == "true" {
		ctx = promapi.ForAlert(ctx)
	}
	limit := atOnce
	if n, err := config.GrafanaConfigFromContext(ctx).ConcurrentQueryCount(); err == nil && n > 0 {
		limit = min(n, atOnce)
	}

	response := backend.NewQueryDataResponse()
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(limit)
	for _, q := range req.Queries {
		group.Go(func() error {
			answer := d.answer(ctx, q)
			mu.Lock()
			defer mu.Unlock()
			response.Responses[q.RefID] = answer
			return nil
		})
	}
	return response, group.Wait()
}

// answer runs one query. A panic is a bug of ours that costs this query only.
func (d *DataSource) answer(ctx context.Context, q backend.DataQuery) (answer backend.DataResponse) {
	defer func() {
		if caught := recover(); caught != nil {
			err := fault.New(fault.Internal, "").Because(fmt.Errorf("panic: %v\n%s", caught, debug.Stack()))
			answer = d.failed(ctx, err)
		}
	}()
	shaped, err := d.run(ctx, q)
	if err != nil {
		return d.failed(ctx, err)
	}
	return backend.DataResponse{Frames: shaped, Status: backend.StatusOK}
}

// failed tells an error to the panel. What is ours is logged with its stack
// under an id that the panel shows.
func (d *DataSource) failed(ctx context.Context, err error) backend.DataResponse {
	f := fault.As(err)
	answer := backend.DataResponse{Status: backend.Status(f.Status), ErrorSource: backend.ErrorSourceDownstream}
	if f.Downstream() {
		answer.Error = backend.DownstreamError(f)
		return answer
	}
	id := strconv.FormatUint(rand.Uint64()>>24, 36)
	backend.Logger.FromContext(ctx).Error("Query failed inside the plugin", "errorId", id, "error", f.Unwrap(), "text", f.Text)
	answer.ErrorSource = backend.ErrorSourcePlugin
	answer.Error = backend.PluginError(fmt.Errorf("something went wrong inside the Model Metrics plugin; the server's log has the details under error id %s", id))
	return answer
}

func (d *DataSource) run(ctx context.Context, q backend.DataQuery) (data.Frames, error) {
	if d.broken != nil {
		return nil, d.broken
	}
	parsed, err := query.Parse(q.JSON, query.Source{
		QueryType:      q.QueryType,
		From:           q.TimeRange.From,
		To:             q.TimeRange.To,
		Interval:       q.Interval,
		MaxDataPoints:  q.MaxDataPoints,
		ScrapeInterval: d.settings.ScrapeInterval,
	})
	if err != nil {
		return nil, err
	}
	if parsed.Type != query.PromQL && parsed.Type != query.Catalog {
		return d.variable(ctx, parsed)
	}

	var all data.Frames
	if parsed.Range {
		shaped, err := d.rangeQuery(ctx, parsed)
		if err != nil {
			return nil, err
		}
		all = shaped
	}
	if parsed.Instant {
		shaped, err := d.instantQuery(ctx, parsed)
		if err != nil {
			return nil, err
		}
		all = append(all, shaped...)
	}
	return all, nil
}

func (d *DataSource) rangeQuery(ctx context.Context, q *query.Query) (data.Frames, error) {
	compiled, err := q.Compile(d.catalog, false)
	if err != nil {
		return nil, err
	}
	start, end := q.Aligned()
	result, err := d.client.QueryRange(ctx, promapi.Range{Expr: compiled.Expr, Start: start, End: end, Step: q.Step})
	if err != nil {
		return nil, err
	}
	o := options(compiled)
	o.Step = q.Step
	switch q.Format {
	case query.Table:
		return frames.AsTable(result, o), nil
	case query.TimeSeriesWide:
		return frames.TimeSeriesWide(result, o), nil
	default:
		return frames.TimeSeries(result, o), nil
	}
}

func (d *DataSource) instantQuery(ctx context.Context, q *query.Query) (data.Frames, error) {
	compiled, err := q.Compile(d.catalog, true)
	if err != nil {
		return nil, err
	}
	result, err := d.client.Query(ctx, promapi.Instant{Expr: compiled.Expr, At: q.To})
	if err != nil {
		return nil, err
	}
	o := options(compiled)
	switch {
	case result.Kind == series.String:
		return nil, fault.New(fault.BadQuery, "The query gives a text, and a panel needs numbers.")
	case result.Kind == series.Matrix:
		return frames.TimeSeries(result, o), nil
	case q.Format == query.Table:
		return frames.AsTable(result, o), nil
	default:
		return frames.Numeric(result, o), nil
	}
}

func options(c query.Compiled) frames.Options {
	return frames.Options{Expr: c.Expr, Legend: c.Legend, Name: c.Name}
}
