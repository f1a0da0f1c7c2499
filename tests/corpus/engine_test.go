package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/arrowjs"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// comparingEngine is the engine for Prometheus's runner of the corpus. Before it
// evaluates an expression, it queries the plugin and the HTTP API with the same
// expression at the same times and compares the results.
type comparingEngine struct {
	promql.QueryEngine
	plugin *host.Host
	server string
	api    string // URL of the plugin's resource routes
	arrow  *arrowjs.Reader
	file   testing.TB      // current file of the corpus
	done   map[string]bool // expressions that were queried in all formats with the current data
	count  tally
}

func (e *comparingEngine) NewInstantQuery(ctx context.Context, q storage.Queryable, opts promql.QueryOpts, expr string, at time.Time) (promql.Query, error) {
	want, err := results.Query(ctx, e.server, expr, at)
	e.count.instants++
	e.compareAPI(ctx, http.MethodPost, "query", url.Values{"query": {expr}, "time": {seconds(at)}})
	e.compare(ctx, expr, backend.TimeRange{From: at.Add(-time.Minute), To: at}, map[string]any{"instant": true}, want, err)
	return e.QueryEngine.NewInstantQuery(ctx, q, opts, expr, at)
}

func (e *comparingEngine) NewRangeQuery(ctx context.Context, q storage.Queryable, opts promql.QueryOpts, expr string, start, end time.Time, step time.Duration) (promql.Query, error) {
	offset := offsetOf(start, step)
	want, err := results.QueryRange(ctx, e.server, expr, boundary(start, step, offset), boundary(end, step, offset), step)
	e.count.ranges++
	e.compareAPI(ctx, http.MethodGet, "query_range", url.Values{
		"query": {expr}, "start": {seconds(start)}, "end": {seconds(end)}, "step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
	e.compare(ctx, expr, backend.TimeRange{From: start, To: end}, map[string]any{
		"range": true, "interval": fmt.Sprintf("%dms", step.Milliseconds()), "utcOffsetSec": int64(offset / time.Second),
	}, want, err)
	return e.QueryEngine.NewRangeQuery(ctx, q, opts, expr, start, end, step)
}

// seconds formats a time as a parameter of the Prometheus HTTP API.
func seconds(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
}

// offsetOf returns the UTC offset of a time zone in which start is aligned to the step. The
// offset is truncated to whole seconds. The plugin aligns both ends of a range to the step,
// relative to midnight in the dashboard's time zone.
func offsetOf(start time.Time, step time.Duration) time.Duration {
	into := time.Duration(start.UnixNano()) % step
	return (-into).Truncate(time.Second) % (24 * time.Hour)
}

// boundary returns the last aligned time that isn't after t.
func boundary(t time.Time, step, offset time.Duration) time.Time {
	local := time.Duration(t.UnixNano()) + offset
	into := local % step
	if into < 0 {
		into += step
	}
	return t.Add(-into)
}

// compare queries the plugin and reports differences from Prometheus's response as errors of
// the test. The parameter want is Prometheus's result. The parameter failed is the error of
// the request to Prometheus, or nil.
func (e *comparingEngine) compare(ctx context.Context, expr string, span backend.TimeRange, how map[string]any, want results.Result, failed error) {
	got, err := e.query(ctx, expr, span, how, len(want.Histograms) > 0)
	if err != nil {
		e.file.Errorf("%s: %v", expr, err)
		return
	}
	var apiErr *results.APIError
	if failed != nil && !errors.As(failed, &apiErr) {
		e.file.Errorf("%s: %v", expr, failed)
		return
	}
	e.count.add(expr, want, apiErr)
	for format, response := range got {
		if problem := difference(expr, format, span.To, response, want, apiErr); problem != "" {
			e.file.Errorf("%s (%v %s)\n%s", expr, how, format, problem)
		}
	}
}

var formats = []string{"time_series", "time_series_wide", "table"}

// heatmap is the format for native histograms. The other formats contain only floats.
const heatmap = "heatmap"

// query queries the plugin with an expression. Prometheus's runner evaluates each expression
// several times for the same data. For the first instant query and for the first range query,
// query requests all formats, and for further ones only the first format. If the parameter
// histograms is true, query also requests a heatmap each time.
func (e *comparingEngine) query(ctx context.Context, expr string, span backend.TimeRange, how map[string]any, histograms bool) (backend.Responses, error) {
	selected := slices.Clone(formats)
	key := fmt.Sprint(how["instant"], " ", expr)
	if e.done[key] {
		selected = selected[:1]
	}
	e.done[key] = true
	if histograms {
		selected = append(selected, heatmap)
	}
	queries := make([]backend.DataQuery, len(selected))
	for i, format := range selected {
		text := map[string]any{"refId": format, "queryType": "promql", "expr": expr, "format": format}
		maps.Copy(text, how)
		raw, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		if queries[i], _, err = host.DataQuery(raw, span, host.Defaults{}); err != nil {
			return nil, err
		}
	}
	encoded, err := e.plugin.SendQueries(ctx, queries, nil)
	if err != nil {
		return nil, err
	}
	response, err := backend.FromProto().QueryDataResponse(encoded)
	if err != nil {
		return nil, err
	}
	if e.arrow != nil {
		return response.Responses, e.readFrames(encoded)
	}
	return response.Responses, nil
}

// readFrames compares the frames that Arrow's JavaScript library reads with those of the SDK.
func (e *comparingEngine) readFrames(response *pluginv2.QueryDataResponse) error {
	for format, r := range response.GetResponses() {
		for i, file := range r.GetFrames() {
			diff, err := e.arrow.Difference(file)
			if err == nil && diff != "" {
				err = errors.New(diff)
			}
			if err != nil {
				return fmt.Errorf("%s, frame %d, read by JavaScript: %w", format, i, err)
			}
			e.count.arrow++
		}
	}
	return nil
}

// difference describes the difference between the plugin's response in one format and
// Prometheus's result, or returns an empty string.
func difference(expr, format string, at time.Time, response backend.DataResponse, want results.Result, apiErr *results.APIError) string {
	switch {
	case apiErr != nil:
		if response.Error == nil || int(response.Status) != apiErr.Status || !strings.Contains(response.Error.Error(), strings.TrimRight(apiErr.Text, ".")) {
			return fmt.Sprintf("status %d, error %v, want %v", response.Status, response.Error, apiErr)
		}
		return ""
	case want.Kind == "string":
		if response.Error == nil || response.Status != backend.StatusBadRequest {
			return fmt.Sprintf("status %d, error %v, want an error for a string result", response.Status, response.Error)
		}
		return ""
	case response.Error != nil:
		return response.Error.Error()
	}
	if executed := response.Frames[0].Meta.ExecutedQueryString; executed != expr {
		return "executed " + executed
	}
	if format == heatmap {
		return results.HeatmapDifference(response.Frames, want)
	}
	got, err := results.FromFrames(response.Frames, at)
	if err != nil {
		return err.Error()
	}
	if missing := results.MissingNotices(got, want); len(missing) > 0 {
		return "missing notices: " + strings.Join(missing, "; ")
	}
	return results.Difference(got, want)
}
