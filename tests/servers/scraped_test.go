package servers

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/crosscheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

const traceID = "0af7651916cd43dd8448eb211c80319c"

// exporter starts an HTTP server with a native histogram and an exemplar. Both can only be
// scraped, not imported. exporter returns the server's host and port.
func exporter(t *testing.T) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "probe_seconds", Help: "Duration.", NativeHistogramBucketFactor: 1.1,
	}, []string{"probe"})
	probes := prometheus.NewCounter(prometheus.CounterOpts{Name: "probes_total", Help: "Probes."})
	registry.MustRegister(took, probes)
	for i := range 100 {
		took.WithLabelValues("fast").Observe(float64(i-20) / 1000)
		took.WithLabelValues("slow").Observe(float64(i) * 1.7)
	}
	probes.(prometheus.ExemplarAdder).AddWithExemplar(3, prometheus.Labels{"trace_id": traceID})
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// scraped waits for some scrapes and returns a time range that contains them.
func (s *server) scraped(t *testing.T) backend.TimeRange {
	t.Helper()
	for deadline := time.Now().Add(importTimeout); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		end := time.Now().Truncate(time.Second)
		got, err := results.Query(t.Context(), s.url, `count_over_time(up{job="probes"}[1m]) >= 3`, end)
		if err != nil {
			t.Fatal(err)
		}
		if got.Samples() > 0 {
			return backend.TimeRange{From: end.Add(-time.Minute), To: end}
		}
	}
	t.Fatal("nothing was scraped")
	return backend.TimeRange{}
}

func (s *server) nativeHistograms(t *testing.T) {
	span := s.scraped(t)
	for _, expr := range []string{`probe_seconds`, `sum(probe_seconds)`, `rate(probe_seconds[10s])`} {
		response := runQueryOver(t, s.plugin, span, map[string]any{"expr": expr, "range": true, "interval": "1s", "format": "heatmap"})
		if response.Error != nil {
			t.Fatal(response.Error)
		}
		want, err := results.QueryRange(t.Context(), s.url, expr, span.From, span.To, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if want.Samples() == 0 {
			t.Errorf("%s has no result", expr)
		}
		if problem := results.HeatmapDifference(response.Frames, want); problem != "" {
			t.Errorf("%s\n%s", expr, problem)
		}
	}
	response := runQueryOver(t, s.plugin, span, map[string]any{"expr": `histogram_quantile(0.9, probe_seconds)`, "range": true, "interval": "1s"})
	crosscheck.Response(t, s.url, response, span, time.Second)
}

// exemplar checks that the response contains the scraped exemplar in a separate frame.
func (s *server) exemplar(t *testing.T) {
	span := s.scraped(t)
	response := runQueryOver(t, s.plugin, span, map[string]any{"expr": "probes_total", "range": true, "interval": "1s", "exemplar": true})
	at := slices.IndexFunc(response.Frames, func(frame *data.Frame) bool { return frame.Meta.DataTopic == data.DataTopicAnnotations })
	if response.Error != nil || at < 0 {
		t.Fatalf("%d frames and no exemplars, %v", len(response.Frames), response.Error)
	}
	frame := response.Frames[at]
	value, err := frame.Fields[1].FloatAt(0)
	trace, _ := frame.FieldByName("trace_id")
	if err != nil || value != 3 || trace == nil || trace.At(0) != traceID {
		t.Errorf("value %v, %v, trace %v", value, err, trace)
	}
	response.Frames = slices.Delete(response.Frames, at, at+1)
	crosscheck.Response(t, s.url, response, span, time.Second)
}

// noExemplars checks that a query for exemplars returns the series without a notice if
// the server has no exemplars.
func (s *server) noExemplars(t *testing.T) {
	response := runQuery(t, s.plugin, map[string]any{"expr": exprs[1], "range": true, "exemplar": true, "interval": "1m"})
	crosscheck.Response(t, s.url, response, lastHours(), step)
	if notices := response.Frames[0].Meta.Notices; len(notices) > 0 {
		t.Errorf("notices: %v", notices)
	}
}

// classicHistogram checks that the cumulative sums of the heatmap's rows equal the
// server's buckets.
func (s *server) classicHistogram(t *testing.T) {
	const expr = `sum by (le) (increase(tessallite_http_request_duration_seconds_bucket[5m]))`
	response := runQuery(t, s.plugin, map[string]any{"expr": expr, "range": true, "interval": "1m", "format": "heatmap"})
	if response.Error != nil || len(response.Frames) != 1 {
		t.Fatalf("%d frames, %v", len(response.Frames), response.Error)
	}
	want, err := results.QueryRange(t.Context(), s.url, expr, lastHours().From, lastHours().To, step)
	if err != nil {
		t.Fatal(err)
	}
	frame := response.Frames[0]
	if rows := len(frame.Fields) - 1; rows < 5 || rows != len(want.Floats) {
		t.Fatalf("%d rows of %d buckets", rows, len(want.Floats))
	}
	if problem, err := results.ClassicDifference(frame, want); err != nil || problem != "" {
		t.Error(err, problem)
	}
}
