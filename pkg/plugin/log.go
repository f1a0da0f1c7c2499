package plugin

import (
	"context"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// logEntry is the line that is logged for a query. The SDK's logger adds the data
// source, the user and the trace.
type logEntry struct {
	query parsedQuery
	usage *promapi.Usage
	begun time.Time
}

// beginLog returns a log entry for a query, and a context for its requests to the server. The
// entry counts these requests.
func beginLog(ctx context.Context, q parsedQuery) (context.Context, logEntry) {
	ctx, usage := promapi.WithUsage(ctx)
	return ctx, logEntry{query: q, usage: usage, begun: time.Now()}
}

// end logs the query with its usage and, if it failed, its error.
func (e logEntry) end(ctx context.Context, err error) {
	logger := backend.Logger.FromContext(ctx)
	fields := []any{"refId", e.query.RefID}
	if r := e.query.request; r != nil {
		fields = append(fields, "queryType", string(r.Type), "metric", r.Metric)
		if expr := r.executed.Load(); expr != nil {
			fields = append(fields, "expr", *expr, "step", r.Step)
		}
	}
	logUsage(ctx, e.usage, fields)
	fields = append(fields,
		"series", e.usage.Series.Load(), "samples", e.usage.Samples.Load(), "bytes", e.usage.Bytes.Load(),
		"requests", e.usage.Requests.Load(), "retries", e.usage.Retries.Load(), "duration", time.Since(e.begun))
	if err != nil {
		f := fault.As(err)
		fields = append(fields, "status", f.Status, "error", f.Text)
	}
	logger.Debug("Query executed", fault.LogFields(fields...)...)
}

// logLoaded logs that a data source has been loaded, and the problems of its settings. If the
// data source can't be used, logLoaded logs only the reason for that.
func (d *DataSource) logLoaded(ctx context.Context, uid string) {
	logger := backend.Logger.FromContext(ctx)
	fields := []any{"uid", uid, "metrics", len(d.catalog.Names()), "packs", len(d.catalog.Packs()), "packProblems", len(d.problems)}
	if d.broken != nil {
		logger.Warn("Data source can't be used", fault.LogFields(append(fields, "error", fault.As(d.broken).Text)...)...)
		return
	}
	logger.Info("Data source loaded", fault.LogFields(append(fields, "host", d.client.Host())...)...)
	for _, problem := range d.unused {
		logger.Warn("The stored value of a setting is not used", fault.LogFields("uid", uid, "setting", problem.Setting, "problem", problem.Text)...)
	}
}

// logResource logs a request to a resource route. It omits the query string, which can contain
// any value that a client chooses.
func logResource(ctx context.Context, req *backend.CallResourceRequest, usage *promapi.Usage, begun time.Time) {
	fields := []any{"method", req.Method, "path", req.Path}
	logUsage(ctx, usage, fields)
	backend.Logger.FromContext(ctx).Debug("Resource request served", fault.LogFields(append(fields,
		"samples", usage.Samples.Load(), "bytes", usage.Bytes.Load(), "requests", usage.Requests.Load(), "retries", usage.Retries.Load(), "duration", time.Since(begun))...)...)
}

// logUsage logs a warning if a request to the server failed after its last retry.
func logUsage(ctx context.Context, usage *promapi.Usage, fields []any) {
	if e := usage.Exhausted.Load(); e != nil {
		backend.Logger.FromContext(ctx).Warn("Retries exhausted", fault.LogFields(append(fields, "api", e.API, "reason", e.Reason, "attempts", e.Attempts)...)...)
	}
}
