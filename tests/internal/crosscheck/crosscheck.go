// Package crosscheck compares the plugin's responses with the server's responses to
// the executed queries. Suites call it with the plugin and the URL of the server.
package crosscheck

import (
	"context"
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// Recorder sends queries to a plugin and records the last queries with their responses. It
// removes the field displayNames, because the server has no names of labels.
type Recorder struct {
	board.Querier
	Queries   []backend.DataQuery
	Responses backend.Responses
}

// QueryData runs the queries. It records them unless it returns an error.
func (r *Recorder) QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	for i := range queries {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(queries[i].JSON, &fields); err != nil {
			return nil, err
		}
		delete(fields, "displayNames")
		text, err := json.Marshal(fields)
		if err != nil {
			return nil, err
		}
		queries[i].JSON = text
	}
	response, err := r.Querier.QueryData(ctx, queries, headers)
	if err == nil {
		r.Queries, r.Responses = queries, response.Responses
	}
	return response, err
}

// Panels runs the queries of every panel of every provisioned dashboard and compares the
// responses with the server's, except for the responses to report queries.
func Panels(t *testing.T, plugin board.Querier, set *provision.Set, server string, now time.Time) {
	t.Helper()
	for _, dashboard := range set.Dashboards {
		recorder := &Recorder{Querier: plugin}
		open, _, err := board.Open(t.Context(), recorder, set, dashboard, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, panel := range dashboard.QueryPanels() {
			t.Run(dashboard.UID+"/"+panel.Title, func(t *testing.T) {
				if _, err := open.Query(t.Context(), panel); err != nil {
					t.Fatal(err)
				}
				for _, q := range recorder.Queries {
					// Reports are computed from the responses to several requests.
					// tests/report checks them.
					if q.QueryType == string(query.Report) {
						continue
					}
					response := recorder.Responses[q.RefID]
					Response(t, server, response, q.TimeRange, StepOf(t, q, response.Frames))
				}
			})
		}
	}
}

// Response compares a response with the server's response to the executed query, at every
// step of the range or, if step is 0, at the end of the range.
func Response(tb testing.TB, server string, response backend.DataResponse, span backend.TimeRange, step time.Duration) {
	tb.Helper()
	if response.Error != nil {
		tb.Fatal(response.Error)
	}
	expr := response.Frames[0].Meta.ExecutedQueryString
	var want results.Result
	var err error
	if step == 0 {
		want, err = results.Query(tb.Context(), server, expr, span.To)
	} else {
		want, err = results.QueryRange(tb.Context(), server, expr, span.From.Truncate(step), span.To.Truncate(step), step)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if want.Samples() == 0 {
		tb.Errorf("%s has no result", expr)
	}
	problem, err := difference(response.Frames, want, span.To)
	if err != nil {
		tb.Fatal(err)
	}
	if problem != "" {
		tb.Errorf("%s\n%s", expr, problem)
	}
}

// difference describes how frames differ from a result, or returns an empty string. The frames
// may have the format time_series, time_series_wide or table, or be the frame of a heatmap of
// classic histograms.
func difference(frames data.Frames, want results.Result, at time.Time) (string, error) {
	if first := frames[0]; len(frames) == 1 && first.Meta.Type == "heatmap-rows" {
		return results.ClassicDifference(first, want)
	}
	got, err := results.FromFrames(frames, at)
	if setOperator.MatchString(frames[0].Meta.ExecutedQueryString) {
		return results.NearDifference(got, want), err
	}
	return results.Difference(got, want), err
}

// setOperator matches the set operators. Prometheus returns their results in random order,
// which affects the last digits of sums.
var setOperator = regexp.MustCompile(`\b(and|or|unless)\b`)

// StepOf returns the step that the plugin selected for a range query. It returns 0 for an
// instant query and for a response without frames. The step is the interval in the
// configuration of the time field.
func StepOf(tb testing.TB, q backend.DataQuery, frames data.Frames) time.Duration {
	tb.Helper()
	parsed, err := query.Parse(q.JSON, query.Source{QueryType: q.QueryType, From: q.TimeRange.From, To: q.TimeRange.To})
	if err != nil {
		tb.Fatal(err)
	}
	if parsed.Instant || len(frames) == 0 {
		return 0
	}
	for _, field := range frames[0].Fields {
		if field.Type() == data.FieldTypeTime && field.Config != nil && field.Config.Interval > 0 {
			return time.Duration(field.Config.Interval) * time.Millisecond
		}
	}
	tb.Fatal("no time field has an interval")
	return 0
}
