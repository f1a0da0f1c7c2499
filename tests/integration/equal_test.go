package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host/board"
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

// equalsPrometheus asks Prometheus through its own client for what the plugin
// executed, at the times that the query's JSON implies.
func equalsPrometheus(t *testing.T, q backend.DataQuery, answer backend.DataResponse) {
	t.Helper()
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	frames := answer.Frames
	if len(frames) == 0 || frames[0].Meta == nil || frames[0].Meta.ExecutedQueryString == "" {
		t.Fatal("no executed query")
	}
	expr := frames[0].Meta.ExecutedQueryString
	var want model.Value
	if isInstant(t, q) {
		want = instantly(t, expr, q.TimeRange.To)
	} else {
		want = overRange(t, expr, q, stepOf(t, frames))
	}
	got, expected := samplesOf(t, frames), samplesOfPrometheus(t, want)
	if len(expected) == 0 {
		t.Fatalf("%s gives nothing", expr)
	}
	for key, value := range expected {
		if v, ok := got[key]; !ok || (v != value && !(math.IsNaN(v) && math.IsNaN(value))) {
			t.Errorf("%s: got %v (%t), want %v", key, v, ok, value)
		}
	}
	if len(got) != len(expected) {
		t.Errorf("%d samples, want %d, for %s", len(got), len(expected), expr)
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

func prometheusAPI(t *testing.T) v1.API {
	t.Helper()
	client, err := api.NewClient(api.Config{Address: server.url()})
	if err != nil {
		t.Fatal(err)
	}
	return v1.NewAPI(client)
}

func instantly(t *testing.T, expr string, at time.Time) model.Value {
	t.Helper()
	value, _, err := prometheusAPI(t).Query(t.Context(), expr, at)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// overRange asks at steps counted from the epoch, as the plugin aligns them for
// a dashboard in UTC.
func overRange(t *testing.T, expr string, q backend.DataQuery, step time.Duration) model.Value {
	t.Helper()
	value, _, err := prometheusAPI(t).QueryRange(t.Context(), expr, v1.Range{
		Start: q.TimeRange.From.Truncate(step), End: q.TimeRange.To.Truncate(step), Step: step,
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// A sample is known by its series and time; instant answers have no time.
func key(labels model.Metric, at string) string { return labels.String() + " @ " + at }

func at(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }

func samplesOf(t *testing.T, frames data.Frames) map[string]float64 {
	t.Helper()
	samples := map[string]float64{}
	for _, frame := range frames {
		if frame.Meta.Type == data.FrameTypeTable {
			tableSamples(t, frame, samples)
			continue
		}
		var times *data.Field
		for _, field := range frame.Fields {
			if field.Type().Time() {
				times = field
				continue
			}
			labels := model.Metric{}
			for name, value := range field.Labels {
				labels[model.LabelName(name)] = model.LabelValue(value)
			}
			for row := range field.Len() {
				value, err := field.NullableFloatAt(row)
				if err != nil {
					t.Fatal(err)
				}
				if value == nil {
					continue
				}
				when := ""
				if times != nil {
					when = at(times.At(row).(time.Time))
				}
				samples[key(labels, when)] = *value
			}
		}
	}
	return samples
}

// tableSamples reads the rows of an instant table.
func tableSamples(t *testing.T, frame *data.Frame, samples map[string]float64) {
	t.Helper()
	for row := range frame.Rows() {
		labels := model.Metric{}
		for _, field := range frame.Fields {
			if text, ok := field.At(row).(string); ok && text != "" {
				labels[model.LabelName(field.Name)] = model.LabelValue(text)
			}
		}
		value, err := frame.Fields[len(frame.Fields)-1].FloatAt(row)
		if err != nil {
			t.Fatal(err)
		}
		samples[key(labels, "")] = value
	}
}

func samplesOfPrometheus(t *testing.T, value model.Value) map[string]float64 {
	t.Helper()
	samples := map[string]float64{}
	switch answer := value.(type) {
	case model.Vector:
		for _, sample := range answer {
			samples[key(sample.Metric, "")] = float64(sample.Value)
		}
	case model.Matrix:
		for _, stream := range answer {
			for _, pair := range stream.Values {
				samples[key(stream.Metric, at(pair.Timestamp.Time()))] = float64(pair.Value)
			}
		}
	case *model.Scalar:
		samples[key(nil, "")] = float64(answer.Value)
	default:
		t.Fatalf("a %T", value)
	}
	return samples
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
