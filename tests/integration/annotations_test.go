package integration

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// queryAnnotations runs an annotation's query from a time to now. The default interval is the
// scrape interval.
func queryAnnotations(t *testing.T, from time.Time, query map[string]any) *data.Frame {
	t.Helper()
	query["refId"], query["queryType"] = "Anno", "annotation"
	text, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := host.DataQuery(text, backend.TimeRange{From: from, To: now}, host.Defaults{Interval: 15 * time.Second, MaxDataPoints: 1920})
	if err != nil {
		t.Fatal(err)
	}
	response, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := response.Responses["Anno"]
	if answer.Error != nil || len(answer.Frames) != 1 {
		t.Fatalf("got %d frames, %v", len(answer.Frames), answer.Error)
	}
	return answer.Frames[0]
}

// rows returns the rows of an annotation's frame as strings: time, end, title, text and
// tags. A dash stands for null.
func rows(frame *data.Frame) [][]string {
	all := make([][]string, frame.Rows())
	for i := range all {
		for _, field := range frame.Fields {
			text := "-"
			if value, ok := field.ConcreteAt(i); ok {
				text = fmt.Sprint(value)
				if at, isTime := value.(time.Time); isTime {
					text = at.UTC().Format("15:04:05")
				}
			}
			all[i] = append(all[i], text)
		}
	}
	return all
}

// number returns Prometheus's result of an expression, which must be a single value without
// labels.
func number(t *testing.T, expr string, at time.Time) float64 {
	t.Helper()
	answer, err := results.Query(t.Context(), server.url(), expr, at)
	if err != nil || answer.Samples() != 1 {
		t.Fatalf("got %+v, %v", answer, err)
	}
	value, isUnlabelled := answer.Floats[results.Series(nil)][at.UnixMilli()]
	if !isUnlabelled {
		t.Fatalf("the sample has labels or another time: %+v", answer)
	}
	return value
}

// TensorOne's dashboard shows annotations of the metric tensorone_scaling_events_by_step.
// Their values add up to the increase of the counters of scaling events.
func TestAnnotationsCountEveryScalingEvent(t *testing.T) {
	const step = 15 * time.Second
	from := now.Add(-6 * time.Hour)
	annotated := 0.0
	for _, row := range rows(queryAnnotations(t, from, map[string]any{"metric": "tensorone_scaling_events_by_step", "text": "{{value}}"})) {
		value, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		annotated += value
	}
	counted := func(at time.Time) float64 {
		return number(t, "sum(tensorone_endpoint_scaling_duration_seconds_count)", at.Truncate(step))
	}
	if want := counted(now) - counted(from.Add(-step)); annotated != want || want == 0 {
		t.Errorf("%v scaling events are annotated, want %v", annotated, want)
	}
}

func TestProvisionedAnnotationsHaveTitles(t *testing.T) {
	for _, dashboard := range set.Dashboards {
		for _, annotation := range dashboard.QueryAnnotations() {
			for _, reach := range []string{"now-1h", "now-24h"} {
				t.Run(dashboard.UID+"/"+annotation.Name+"/"+reach, func(t *testing.T) {
					dashboard.Time.From = reach
					open, _, err := board.Open(t.Context(), plugin, set, dashboard, now)
					if err != nil {
						t.Fatal(err)
					}
					result := open.QueryAnnotation(t.Context(), annotation)
					if result.Err != nil || len(result.Events) == 0 {
						t.Fatalf("%d events, %v", len(result.Events), result.Err)
					}
					for _, e := range result.Events {
						if e.Title == "" || e.From.Before(open.Span.From.Add(-time.Hour)) || e.To.After(open.Span.To) {
							t.Errorf("got %+v", e)
						}
					}
				})
			}
		}
	}
}

// An expression that is true for ten minutes of every hour is annotated with a region if
// the step is shorter than ten minutes, and with a point otherwise.
func TestAnnotationRegionsDependOnStep(t *testing.T) {
	hour := now.UTC().Truncate(time.Hour)
	for _, test := range []struct {
		step, end string // of the first region
	}{
		{"", hour.Add(-2*time.Hour).Format("15") + ":19:45"},
		{"5m", hour.Add(-2*time.Hour).Format("15") + ":15:00"},
		{"10m", "-"},
	} {
		t.Run(test.step, func(t *testing.T) {
			got := rows(queryAnnotations(t, hour.Add(-2*time.Hour), map[string]any{
				"expr": "(minute() >= bool 10) * (minute() < bool 20)", "interval": test.step, "timezone": "UTC",
				"title": "{{no_such_label}}ten minutes", "text": "at {{value}}",
			}))
			if len(got) < 2 {
				t.Fatalf("got %v", got)
			}
			want := []string{hour.Add(-2*time.Hour).Format("15") + ":10:00", test.end, "ten minutes", "at 1", "-"}
			if fmt.Sprint(got[0]) != fmt.Sprint(want) {
				t.Errorf("got %v, want %v", got[0], want)
			}
		})
	}
}

func TestAnnotationsUseAdhocFilters(t *testing.T) {
	got := rows(queryAnnotations(t, now.Add(-time.Hour), map[string]any{
		"expr": "up", "title": "{{job}}", "tags": []string{"up", "{{job}}", "{{no_such_label}}"},
		"adhocFilters": []map[string]string{{"key": "job", "operator": "=", "value": "tango"}},
	}))
	if len(got) != 1 || got[0][2] != "tango" || got[0][4] != "up,tango" {
		t.Errorf("got %v", got)
	}
}

func TestAnnotationsWithoutEventsAreTypedFrame(t *testing.T) {
	frame := queryAnnotations(t, now.Add(-time.Hour), map[string]any{"expr": "up < 0"})
	names := ""
	for _, field := range frame.Fields {
		names += field.Name + " "
	}
	if names != "time timeEnd title text tags " || frame.Rows() != 0 || frame.Meta.ExecutedQueryString != "up < 0" {
		t.Errorf("got %d rows of %s, %+v", frame.Rows(), names, frame.Meta)
	}
}

// With the option useValueForTime, which Grafana's Prometheus data source also has, the value
// of a series is the time of the event, in Unix milliseconds.
func TestAnnotationsUseValueForTime(t *testing.T) {
	const expr = "max(lango_process_start_time_seconds) * 1000"
	started := time.UnixMilli(int64(number(t, expr, now))).UTC().Format("15:04:05")
	got := rows(queryAnnotations(t, now.Add(-15*time.Minute), map[string]any{"expr": expr, "text": "restarted", "useValueForTime": true}))
	if len(got) != 1 || got[0][0] != started || got[0][1] != "-" {
		t.Errorf("got %v, want %s", got, started)
	}
}

func TestChunkedAnnotationsAreOneFrame(t *testing.T) {
	q, _, err := host.DataQuery([]byte(`{"refId":"Anno","queryType":"annotation","expr":"up"}`), backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.PanelDefaults)
	if err != nil {
		t.Fatal(err)
	}
	complete, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var chunks []*data.Frame
	err = plugin.QueryChunkedData(t.Context(), []backend.DataQuery{q}, nil, func(c host.Chunk) error {
		chunks = append(chunks, c.Frame)
		return c.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := rows(complete.Responses["Anno"].Frames[0]); len(chunks) != 1 || len(want) == 0 || fmt.Sprint(rows(chunks[0])) != fmt.Sprint(want) {
		t.Errorf("%d frames, want one of %d rows", len(chunks), len(want))
	}
}
