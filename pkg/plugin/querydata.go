package plugin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// QueryData runs the queries of a request. The response contains the frames or the error of
// each query under its refId.
func (d *DataSource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	var mu sync.Mutex
	call := ctx
	// The memory of the response counts towards the budget until ctx ends, because the response
	// contains the samples, or copies of them.
	ctx = d.budget.Begin(ctx, d.settings.MaxBytes)
	ctx, caller := d.withCaller(ctx, req.PluginContext, queryHeaders(req.Headers))
	err := forEachQuery(ctx, d.parseAll(ctx, req.PluginContext.User, req.Queries), func(ctx context.Context, q parsedQuery) error {
		answer := backend.DataResponse{Status: backend.StatusOK}
		err := d.run(ctx, q, caller, func(ctx context.Context, r *request) error {
			frames, err := d.execute(ctx, r)
			if err != nil {
				return err
			}
			answer.Frames, err = encode(call, q.RefID, frames)
			return err
		})
		if err != nil {
			answer = errorResponse(ctx, err)
		}
		mu.Lock()
		defer mu.Unlock()
		response.Responses[q.RefID] = answer
		return nil
	})
	return response, err
}

// parsedQuery is a query with its parsed request. If parsing failed, err is the error, and
// request may be nil.
type parsedQuery struct {
	backend.DataQuery
	request *request
	err     error
}

// parseAll parses the queries of a request. user is nil if the request has no user. If several
// queries return tables, parseAll sets refID, so that the names of the value columns contain
// it. If the queries are large, their size counts towards the budget until ctx ends.
func (d *DataSource) parseAll(ctx context.Context, user *backend.User, queries []backend.DataQuery) []parsedQuery {
	all := make([]parsedQuery, len(queries))
	size := 0
	for _, q := range queries {
		size += len(q.JSON)
	}
	overloaded := d.budget.Receive(ctx, size)
	tables := 0
	var reports reportRuns
	for i, q := range queries {
		parsed := parsedQuery{DataQuery: q, err: overloaded}
		if overloaded == nil {
			parsed.err = fault.Catch(func() (err error) {
				parsed.request, err = d.parse(ctx, user, q)
				return err
			})
		}
		if parsed.err == nil && parsed.request.returnsTable() {
			tables++
		}
		if parsed.err == nil && parsed.request.report != nil {
			reports.add(parsed.request.report)
		}
		all[i] = parsed
	}
	if tables > 1 {
		for _, q := range all {
			if q.err == nil {
				q.request.refID = q.RefID
			}
		}
	}
	return all
}

// forEachQuery calls f for several queries concurrently, and returns the first error of f.
func forEachQuery(ctx context.Context, queries []parsedQuery, f func(context.Context, parsedQuery) error) error {
	if len(queries) == 1 { // without a new goroutine, see concurrently
		return f(ctx, queries[0])
	}
	limit := maxConcurrent
	if n, err := config.GrafanaConfigFromContext(ctx).ConcurrentQueryCount(); err == nil && n > 0 {
		limit = min(n, maxConcurrent)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(limit)
	for _, q := range queries {
		group.Go(func() error { return f(ctx, q) })
	}
	return group.Wait()
}

// withCaller returns the kind of caller that sent a request, and a context for requests to
// the server. The context contains the access decision for the caller, if withAccess adds one.
// The requests have the headers that may be forwarded. If the caller is an alert rule, the
// context is marked with promapi.ForAlert.
func (d *DataSource) withCaller(ctx context.Context, from backend.PluginContext, headers http.Header) (context.Context, telemetry.Caller) {
	caller := telemetry.Other
	switch {
	case isAlert(from):
		ctx, caller = promapi.ForAlert(ctx), telemetry.Alert
	case headers.Get("X-Dashboard-Uid") != "":
		caller = telemetry.Dashboard
	}
	return d.forward(d.withAccess(ctx, from, headers), from, headers), caller
}

// run executes a query, counts it and logs it. A panic becomes an error.
func (d *DataSource) run(ctx context.Context, q parsedQuery, caller telemetry.Caller, execute func(context.Context, *request) error) error {
	counted := d.telemetry.Query(caller)
	ctx, end := d.guard.Begin(ctx)
	defer end()
	ctx, entry := beginLog(ctx, q)
	err := fault.Catch(func() (err error) {
		if q.err != nil {
			return q.err
		}
		counted.SetType(string(q.request.Type))
		if err := d.findMetric(q.request); err != nil {
			return err
		}
		if q.request.FromCatalog() {
			counted.SetMetric(q.request.metric)
		}
		if ctx, err = d.admitQuery(ctx, q.request); err != nil {
			return err
		}
		return execute(ctx, q.request)
	})
	counted.End(err)
	entry.end(ctx, err)
	return err
}

// errorResponse returns the response to a query that failed. An internal error is logged
// under an id, and the panel shows the id instead of the error.
func errorResponse(ctx context.Context, err error) backend.DataResponse {
	f := fault.As(err)
	answer := backend.DataResponse{Status: backend.Status(f.Status), ErrorSource: backend.ErrorSourceDownstream}
	if f.Downstream() {
		answer.Error = backend.DownstreamError(f)
		return answer
	}
	id := strconv.FormatUint(rand.Uint64()>>24, 36) //nolint:gosec // G404: the id of a query in the log is not a secret
	backend.Logger.FromContext(ctx).Error("Query failed with an internal error", fault.LogFields("errorId", id, "error", f.Unwrap(), "text", f.Text)...)
	answer.ErrorSource = backend.ErrorSourcePlugin
	answer.Error = backend.PluginError(fmt.Errorf("internal error of the Model Metrics plugin: see error id %s in the log of the Grafana server", id))
	return answer
}
