package corpus

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// Midnights in Berlin before and after the beginning of daylight saving time, and the time
// range of a panel. With a step of a day, the plugin aligns the ends of that range to these
// midnights.
var (
	firstMidnight = time.Date(2026, 3, 25, 23, 0, 0, 0, time.UTC)
	lastMidnight  = time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)
	aroundShift   = backend.TimeRange{From: firstMidnight.Add(9 * time.Hour), To: lastMidnight.Add(9 * time.Hour)}
)

// TestRangeAcrossDaylightSaving checks a range query across the beginning of daylight
// saving time. The plugin sends two requests for it, and must return the values of a
// single query over the complete range.
func TestRangeAcrossDaylightSaving(t *testing.T) {
	data := &currentStorage{}
	appender := data.open(t).Appender(t.Context())
	for at := firstMidnight.Add(-10 * 24 * time.Hour); !at.After(aroundShift.To); at = at.Add(time.Minute) {
		value := at.Sub(firstMidnight).Minutes()
		if _, err := appender.Append(0, labels.FromStrings("__name__", "x", "job", "a"), at.UnixMilli(), value); err != nil {
			t.Fatal(err)
		}
	}
	if err := appender.Commit(); err != nil {
		t.Fatal(err)
	}
	server := promserver.Serve(t, promqltest.NewTestEngine(t, false, 0, 10*promqltest.DefaultMaxSamplesPerQuery), data)
	plugin := plugintest.Start(t, plugintest.Source(t, server, nil))
	for _, expr := range []string{
		`x @ end()`,
		`x - x @ start()`,
		`x @ end() offset 1h`,
		`rate(x[range()])`,
		`x offset range()`,
		`x offset -(range() / 144)`,
		`max_over_time(x[1h:5m] @ end())`,
		`max_over_time(x[range() / 2:1h])`,
		`time() - start() + end() / range()`,
		`sum_over_time((x > bool x @ start())[1h:10m])`,
	} {
		t.Run(expr, func(t *testing.T) {
			// Steps of an hour include every midnight.
			want, err := results.QueryRange(t.Context(), server, expr, firstMidnight, lastMidnight, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			for how, frames := range days(t, plugin, aroundShift, map[string]any{"expr": expr, "range": true}) {
				compareDays(t, how, frames, want)
			}
		})
	}
	t.Run("annotation", func(t *testing.T) {
		frames := days(t, plugin, aroundShift, map[string]any{"queryType": "annotation", "expr": `x >= x @ end()`})["complete"]
		if len(frames) != 1 || frames[0].Rows() != 1 {
			t.Fatalf("%d frames with %d events, want only the event of the last midnight", len(frames), frames[0].Rows())
		}
		if at, ok := frames[0].Fields[0].At(0).(time.Time); !ok || !at.Equal(lastMidnight) {
			t.Errorf("the event is at %v", frames[0].Fields[0].At(0))
		}
	})
	t.Run("step of one day", func(t *testing.T) {
		// The first of the two requests has a single point, for which Prometheus has no step.
		shiftAhead := backend.TimeRange{From: time.Date(2026, 3, 29, 2, 0, 0, 0, time.UTC), To: aroundShift.To}
		for how, frames := range days(t, plugin, shiftAhead, map[string]any{"expr": `step()`, "range": true}) {
			for row := range frames[0].Rows() {
				if got := frames[0].Fields[1].At(row); got != float64(24*60*60) {
					t.Errorf("%s: step() is %v in row %d", how, got, row)
				}
			}
		}
	})
}

// days runs a query with a step of a day. It returns the frames of the complete and of the
// chunked response.
func days(t *testing.T, plugin *host.Host, span backend.TimeRange, query map[string]any) map[string]data.Frames {
	t.Helper()
	query["interval"], query["timezone"] = "1d", "Europe/Berlin"
	raw, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := host.DataQuery(raw, span, host.Defaults{MaxDataPoints: 100})
	if err != nil {
		t.Fatal(err)
	}
	queries := []backend.DataQuery{q}
	response, err := plugin.QueryData(t.Context(), queries, nil)
	if err != nil || response.Responses["A"].Error != nil {
		t.Fatal(err, response.Responses["A"].Error)
	}
	var chunks data.Frames
	err = plugin.QueryChunkedData(t.Context(), queries, nil, func(c host.Chunk) error {
		chunks = append(chunks, c.Frame)
		return c.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]data.Frames{"complete": response.Responses["A"].Frames, "chunked": chunks}
}

// compareDays checks that frames contain one series with seven values, one for each midnight,
// and that each of them is the value of want at the same time.
func compareDays(t *testing.T, how string, frames data.Frames, want results.Result) {
	t.Helper()
	got, err := results.FromFrames(frames, time.Time{})
	if err != nil || len(got.Floats) != 1 || got.Samples() != 7 {
		t.Fatalf("%s: %d series with %d values, %v", how, len(got.Floats), got.Samples(), err)
	}
	for series, values := range got.Floats {
		for at, value := range values {
			if wanted, ok := want.Floats[series][at]; !ok || value != wanted {
				t.Errorf("%s: %s at %s is %v instead of %s", how, series, time.UnixMilli(at).UTC(), value, fmt.Sprint(wanted))
			}
		}
	}
}
