package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/answers"
)

// recorder keeps what was asked and answered on the way to the plugin.
type recorder struct {
	board.Querier
	queries []backend.DataQuery
	answers backend.Responses
}

func (r *recorder) QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	answer, err := r.Querier.QueryData(ctx, queries, headers)
	if err == nil {
		r.queries, r.answers = queries, answer.Responses
	}
	return answer, err
}

// TestPanelsEqualPrometheus: the frames of every panel hold what Prometheus's
// own API returns for the executed query at the same times.
func TestPanelsEqualPrometheus(t *testing.T) {
	for _, dashboard := range set.Dashboards {
		asked := &recorder{Querier: plugin}
		open, _, err := board.Open(t.Context(), asked, set, dashboard, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, panel := range dashboard.Visualisations() {
			t.Run(dashboard.UID+"/"+panel.Title, func(t *testing.T) {
				if _, err := open.Query(t.Context(), panel); err != nil {
					t.Fatal(err)
				}
				for _, q := range asked.queries {
					equalsPrometheus(t, q, asked.answers[q.RefID])
				}
			})
		}
	}
}

// TestAlertQueriesEqualPrometheus: likewise for what the alert engine asks.
func TestAlertQueriesEqualPrometheus(t *testing.T) {
	for _, group := range set.Groups {
		for _, rule := range group.Rules {
			t.Run(rule.Title, func(t *testing.T) {
				asked := &recorder{Querier: plugin}
				if result := alerting.Evaluate(t.Context(), asked, rule, now); result.Err != nil {
					t.Fatal(result.Err)
				}
				for _, q := range asked.queries {
					equalsPrometheus(t, q, asked.answers[q.RefID])
				}
			})
		}
	}
}

// equalsPrometheus asks Prometheus for what the plugin executed, at the times that
// the query's JSON implies.
func equalsPrometheus(t *testing.T, q backend.DataQuery, answer backend.DataResponse) {
	t.Helper()
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	if len(answer.Frames) == 0 || answer.Frames[0].Meta == nil || answer.Frames[0].Meta.ExecutedQueryString == "" {
		t.Fatal("no executed query")
	}
	expr := answer.Frames[0].Meta.ExecutedQueryString
	got, err := answers.FromFrames(answer.Frames, q.TimeRange.To)
	if err != nil {
		t.Fatal(err)
	}
	var want answers.Answer
	if isInstant(t, q) {
		want, err = answers.Query(t.Context(), server.url(), expr, q.TimeRange.To)
	} else {
		// Steps are counted from the epoch, as the plugin aligns them for a dashboard in UTC.
		step := stepOf(t, answer.Frames)
		want, err = answers.QueryRange(t.Context(), server.url(), expr, q.TimeRange.From.Truncate(step), q.TimeRange.To.Truncate(step), step)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want.Samples() == 0 {
		t.Fatalf("%s gives nothing", expr)
	}
	if told := answers.Difference(got, want); told != "" {
		t.Errorf("%s:\n%s", expr, told)
	}
}

func isInstant(t *testing.T, q backend.DataQuery) bool {
	t.Helper()
	var text struct {
		Instant bool `json:"instant"`
		Range   bool `json:"range"`
	}
	if err := json.Unmarshal(q.JSON, &text); err != nil {
		t.Fatal(err)
	}
	if text.Instant && text.Range {
		t.Fatal("a query for two answers at once can't be compared")
	}
	return text.Instant
}

// stepOf reads the step that the plugin chose from its time field.
func stepOf(t *testing.T, frames data.Frames) time.Duration {
	t.Helper()
	for _, field := range frames[0].Fields {
		if field.Type() == data.FieldTypeTime && field.Config != nil && field.Config.Interval > 0 {
			return time.Duration(field.Config.Interval) * time.Millisecond
		}
	}
	t.Fatal("the time field has no interval")
	return 0
}

// TestTheShapesHoldTheSameSamples: one query, every format.
func TestTheShapesHoldTheSameSamples(t *testing.T) {
	span := backend.TimeRange{From: now.Add(-2 * time.Hour), To: now}
	for _, format := range []string{"time_series", "time_series_wide"} {
		t.Run(format, func(t *testing.T) {
			text := fmt.Sprintf(`{"refId":"A","queryType":"promql","expr":"sum by (service, status) (rate(tessallite_http_requests_total[$__rate_interval]))","range":true,"format":%q}`, format)
			q, _, err := host.DataQuery([]byte(text), span, host.PanelDefaults)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if wide := len(answer.Responses["A"].Frames) == 1; wide != strings.HasSuffix(format, "wide") {
				t.Errorf("%d frames", len(answer.Responses["A"].Frames))
			}
			equalsPrometheus(t, q, answer.Responses["A"])
		})
	}
}
