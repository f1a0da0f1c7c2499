package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// asking is the engine that upstream's runner of the corpus is given. It
// evaluates as the real engine does, after it has asked the plugin and the HTTP
// API for the same expression at the same times.
type asking struct {
	promql.QueryEngine
	plugin *host.Host
	server string
	file   testing.TB      // the file of the corpus that is being run
	asked  map[string]bool // in every format, of the data that is loaded now
	count  tally
}

func (a *asking) NewInstantQuery(ctx context.Context, q storage.Queryable, opts promql.QueryOpts, expr string, at time.Time) (promql.Query, error) {
	want, err := results.Query(ctx, a.server, expr, at)
	a.count.instants++
	a.compare(ctx, expr, backend.TimeRange{From: at.Add(-time.Minute), To: at}, map[string]any{"instant": true}, want, err)
	return a.QueryEngine.NewInstantQuery(ctx, q, opts, expr, at)
}

func (a *asking) NewRangeQuery(ctx context.Context, q storage.Queryable, opts promql.QueryOpts, expr string, start, end time.Time, step time.Duration) (promql.Query, error) {
	offset := offsetOf(start, step)
	want, err := results.QueryRange(ctx, a.server, expr, boundary(start, step, offset), boundary(end, step, offset), step)
	a.count.ranges++
	a.compare(ctx, expr, backend.TimeRange{From: start, To: end}, map[string]any{
		"range": true, "interval": fmt.Sprintf("%dms", step.Milliseconds()), "utcOffsetSec": int64(offset / time.Second),
	}, want, err)
	return a.QueryEngine.NewRangeQuery(ctx, q, opts, expr, start, end, step)
}

// The plugin moves both ends of a range down to a boundary of the step, counted
// from midnight in the dashboard's time zone. offsetOf is the zone in which a
// boundary lies at start, to the second.
func offsetOf(start time.Time, step time.Duration) time.Duration {
	into := time.Duration(start.UnixNano()) % step
	return (-into).Truncate(time.Second) % (24 * time.Hour)
}

// boundary is the newest one at t or before.
func boundary(t time.Time, step, offset time.Duration) time.Time {
	local := time.Duration(t.UnixNano()) + offset
	into := local % step
	if into < 0 {
		into += step
	}
	return t.Add(-into)
}

// compare asks the plugin, and tells the file where an answer isn't Prometheus's
// own. failed is the error that Prometheus answered with.
func (a *asking) compare(ctx context.Context, expr string, span backend.TimeRange, how map[string]any, want results.Result, failed error) {
	got, err := a.ask(ctx, expr, span, how, len(want.Histograms) > 0)
	if err != nil {
		a.file.Errorf("%s: %v", expr, err)
		return
	}
	var said *results.APIError
	if failed != nil && !errors.As(failed, &said) {
		a.file.Errorf("%s: %v", expr, failed)
		return
	}
	a.count.see(expr, want, said)
	for format, response := range got {
		if problem := difference(expr, format, span.To, response, want, said); problem != "" {
			a.file.Errorf("%s (%v %s)\n%s", expr, how, format, problem)
		}
	}
}

var formats = []string{"time_series", "time_series_wide", "table"}

// heatmap is the format that shows native histograms, the others show floats.
const heatmap = "heatmap"

// ask asks for every format the first time, and for one when upstream's runner
// comes with the same expression again: it tries each at several times.
func (a *asking) ask(ctx context.Context, expr string, span backend.TimeRange, how map[string]any, histograms bool) (backend.Responses, error) {
	wanted := slices.Clone(formats)
	key := fmt.Sprint(how["instant"], " ", expr)
	if a.asked[key] {
		wanted = wanted[:1]
	}
	a.asked[key] = true
	if histograms {
		wanted = append(wanted, heatmap)
	}
	queries := make([]backend.DataQuery, len(wanted))
	for i, format := range wanted {
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
	response, err := a.plugin.QueryData(ctx, queries, nil)
	if err != nil {
		return nil, err
	}
	return response.Responses, nil
}

// difference says how the plugin's answer in one format is not what Prometheus
// answered, "" where it is.
func difference(expr, format string, at time.Time, response backend.DataResponse, want results.Result, said *results.APIError) string {
	switch {
	case said != nil:
		if response.Error == nil || int(response.Status) != said.Status || !strings.Contains(response.Error.Error(), strings.TrimRight(said.Text, ".")) {
			return fmt.Sprintf("status %d, error %v, want %v", response.Status, response.Error, said)
		}
		return ""
	case want.Kind == "string":
		if response.Error == nil || response.Status != backend.StatusBadRequest {
			return fmt.Sprintf("status %d, error %v, want one that says that a text is no number", response.Status, response.Error)
		}
		return ""
	case response.Error != nil:
		return response.Error.Error()
	}
	if executed := response.Frames[0].Meta.ExecutedQueryString; executed != expr {
		return "it executed " + executed
	}
	if format == heatmap {
		return results.HeatmapDifference(response.Frames, want)
	}
	got, err := results.FromFrames(response.Frames, at)
	if err != nil {
		return err.Error()
	}
	if untold := results.MissingNotices(got, want); len(untold) > 0 {
		return "notices that aren't told: " + strings.Join(untold, "; ")
	}
	return results.Difference(got, want)
}
