package plugin

import (
	"context"
	"encoding/json"
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
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// QueryData answers every query of a request under its refId, each with frames
// or with an error of its own.
func (d *DataSource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	var mu sync.Mutex
	// Until the response has been sent: the SDK makes two copies of the frames for it.
	ctx = d.budget.Begin(ctx, d.settings.MaxBytes)
	ctx, caller := d.asking(ctx, req.PluginContext, queryHeaders(req.Headers))
	amongTables := severalTables(req.Queries)
	err := each(ctx, req.Queries, func(ctx context.Context, q backend.DataQuery) error {
		answer := d.answer(ctx, q, caller, amongTables)
		mu.Lock()
		defer mu.Unlock()
		response.Responses[q.RefID] = answer
		return nil
	})
	return response, err
}

// answer runs one query.
func (d *DataSource) answer(ctx context.Context, q backend.DataQuery, caller telemetry.Caller, amongTables bool) (answer backend.DataResponse) {
	err := d.run(q, caller, amongTables, func(a *asked) (err error) {
		answer.Frames, err = d.shape(ctx, a)
		return err
	})
	if err != nil {
		return failed(ctx, err)
	}
	answer.Status = backend.StatusOK
	return answer
}

// severalTables reports whether more than one of a request's queries asks for a table.
func severalTables(queries []backend.DataQuery) bool {
	if len(queries) < 2 {
		return false
	}
	tables := 0
	for _, q := range queries {
		var formats struct {
			Whole query.Format `json:"format"`
			AtEnd query.Format `json:"instantFormat"`
		}
		// What can't be read gives no table, and its own answer says why.
		if err := json.Unmarshal(q.JSON, &formats); err == nil && (formats.Whole == query.Table || formats.AtEnd == query.Table) {
			tables++
		}
	}
	return tables > 1
}

// each runs the queries of a request side by side, and ends with the first error
// of do.
func each(ctx context.Context, queries []backend.DataQuery, do func(context.Context, backend.DataQuery) error) error {
	limit := atOnce
	if n, err := config.GrafanaConfigFromContext(ctx).ConcurrentQueryCount(); err == nil && n > 0 {
		limit = min(n, atOnce)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(limit)
	for _, q := range queries {
		group.Go(func() error { return do(ctx, q) })
	}
	return group.Wait()
}

// asking returns the kind of caller that sent a request, and a context that marks
// an alert's and carries the headers that are passed on to the server.
func (d *DataSource) asking(ctx context.Context, from backend.PluginContext, headers http.Header) (context.Context, telemetry.Caller) {
	caller := telemetry.Other
	switch {
	case isAlert(from):
		ctx, caller = promapi.ForAlert(ctx), telemetry.Alert
	case headers.Get("X-Dashboard-Uid") != "":
		caller = telemetry.Dashboard
	}
	return d.forward(ctx, from, headers), caller
}

// run reads a query, has it answered, and counts it.
func (d *DataSource) run(q backend.DataQuery, caller telemetry.Caller, amongTables bool, answer func(*asked) error) error {
	counted := d.telemetry.Query(caller)
	err := fault.Catch(func() error {
		a, err := d.read(q)
		if err != nil {
			return err
		}
		if amongTables {
			a.refID = q.RefID
		}
		counted.Asks(string(a.Type))
		if a.FromCatalog() {
			if metric, err := d.catalog.Metric(a.Metric); err == nil {
				counted.Names(metric)
			}
		}
		return answer(a)
	})
	counted.End(err)
	return err
}

// failed tells an error to the panel. What is ours is logged with its stack
// under an id that the panel shows.
func failed(ctx context.Context, err error) backend.DataResponse {
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
