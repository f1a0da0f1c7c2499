// Package asked keeps what was asked of the plugin, and holds what it answered
// against what the server itself says to the executed query.
package crosscheck

import (
	"context"
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

// Recorder keeps what was asked and answered last on the way to the plugin.
type Recorder struct {
	board.Querier
	Queries []backend.DataQuery
	Answers backend.Responses
}

// QueryData asks, and keeps both sides.
func (r *Recorder) QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	answer, err := r.Querier.QueryData(ctx, queries, headers)
	if err == nil {
		r.Queries, r.Answers = queries, answer.Responses
	}
	return answer, err
}

// Panels opens every provisioned dashboard and holds what each of its panels is
// answered against what the server says.
func Panels(t *testing.T, plugin board.Querier, set *provision.Set, server string, now time.Time) {
	t.Helper()
	for _, dashboard := range set.Dashboards {
		seen := &Recorder{Querier: plugin}
		open, _, err := board.Open(t.Context(), seen, set, dashboard, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, panel := range dashboard.QueryPanels() {
			t.Run(dashboard.UID+"/"+panel.Title, func(t *testing.T) {
				if _, err := open.Query(t.Context(), panel); err != nil {
					t.Fatal(err)
				}
				for _, q := range seen.Queries {
					response := seen.Answers[q.RefID]
					Response(t, server, response, q.TimeRange, StepOf(t, q, response.Frames))
				}
			})
		}
	}
}

// Response wants a response to be what the server says to the executed
// query: at every step of the range, or at its end where step is 0.
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
		tb.Errorf("%s gives nothing", expr)
	}
	problem, err := difference(response.Frames, want, span.To)
	if err != nil {
		tb.Fatal(err)
	}
	if problem != "" {
		tb.Errorf("%s\n%s", expr, problem)
	}
}

// difference says where frames of any format don't hold an answer.
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

// setOperator finds the operators whose series Prometheus hands on in another
// order each time; the last digits of their sum follow it.
var setOperator = regexp.MustCompile(`\b(and|or|unless)\b`)

// StepOf is the step that the plugin chose, as its time field says; 0 for an
// instant query.
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
	tb.Fatal("the time field has no interval")
	return 0
}
