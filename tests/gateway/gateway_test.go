// Package gateway checks the routes of Lango's gateway (docs/contracts/lango.md#routes) with a
// real Prometheus. Some tests use hand-written series, for which the answers are known.
// TestAnswersEqualTheFleetsCounters compares the answers with the counters of the demo's
// fleet.
package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/promqltest"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

const maxSamples = 50_000_000 // per query, as in Prometheus by default

// served returns a handler for the routes of a data source. The parameter url is the URL of
// its Prometheus. The routes use the parameter now as the current time.
func served(t *testing.T, url string, now time.Time) http.Handler {
	t.Helper()
	client, err := promapi.New(http.DefaultClient, promapi.Options{
		URL: url, Method: http.MethodPost, Timeout: time.Minute, MaxBytes: 64 << 20, Limits: promjson.Limits{Series: 10_000, Samples: 5_000_000},
	})
	if err != nil {
		t.Fatal(err)
	}
	packs, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return rest.New(rest.Options{Catalog: packs, Builtin: packs, Client: client, ScrapeInterval: 15 * time.Second, Now: func() time.Time { return now }})
}

// get requests a route and decodes the response.
func get[T any](t *testing.T, handler http.Handler, target string) (answer T) {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	return answer
}

// noon is on the fourth day of the series. The first day begins at the UNIX epoch.
var noon = time.Date(1970, 1, 4, 12, 0, 0, 0, time.UTC)

// series are commands that load series with a sample each minute. The process a:1 starts at
// minute 1, and again at minute 4680, which is 6:00 on the fourth day. The process b:1 starts
// at minute 5030, ten minutes before noon on the fourth day. The first command sets the
// earliest time that the storage accepts.
const series = `
load 1m
  begin 0

load 1m
  lango_process_start_time_seconds{job="lango",instance="a:1"} _ 60x4678 280800x360
  lango_uptime_seconds{job="lango",instance="a:1"} _ 0+60x4678 0+60x360
  lango_goroutines{job="lango",instance="a:1"} _x5030 70x10
  lango_memory_alloc_bytes{job="lango",instance="a:1"} _x5030 100x10
  lango_sessions_active{job="lango",instance="a:1"} _x5030 4x10
  lango_health_component_up{job="lango",instance="a:1",component="memory"} _x5030 1x10
  lango_health_component_up{job="lango",instance="a:1",component="provider"} _x5030 0.5x10
  lango_process_start_time_seconds{job="lango",instance="b:1"} _x5030 301800x10
  lango_goroutines{job="lango",instance="b:1"} _x5030 30x10
  lango_memory_alloc_bytes{job="lango",instance="b:1"} _x5030 536870913x10
  lango_sessions_active{job="lango",instance="b:1"} _x5030 1x10
  lango_requests_total{job="lango",instance="a:1",agent="operator",status="success"} _ 0+1x4678 0+1x360
  lango_requests_total{job="lango",instance="a:1",agent="operator",status="error"} _ 0+0x4678 0+0x360
  lango_requests_total{job="lango",instance="b:1",agent="librarian",status="success"} _x5030 7x10
  lango_request_duration_seconds_bucket{job="lango",instance="a:1",agent="operator",le="1"} _x5030 90x10
  lango_request_duration_seconds_bucket{job="lango",instance="a:1",agent="operator",le="10"} _x5030 100x10
  lango_request_duration_seconds_bucket{job="lango",instance="a:1",agent="operator",le="+Inf"} _x5030 100x10
  lango_request_duration_seconds_sum{job="lango",instance="a:1",agent="operator"} _x5030 200x10
  lango_request_duration_seconds_count{job="lango",instance="a:1",agent="operator"} _x5030 100x10
  lango_tokens_total{job="lango",instance="a:1",agent="operator",model="m",provider="p",type="input"} _ 0+10x4678 0+10x360
  lango_tokens_total{job="lango",instance="a:1",agent="operator",model="m",provider="p",type="output"} _ 0+1x4678 0+1x360
  lango_session_tokens_total{job="lango",instance="a:1",session="large",agent="operator",model="m",type="input"} _x5030 90x10
  lango_session_tokens_total{job="lango",instance="a:1",session="large",agent="operator",model="m",type="output"} _x5030 9x10
  lango_session_tokens_total{job="lango",instance="a:1",session="large",agent="librarian",model="n",type="cache"} _x5030 200x10
  lango_session_tokens_total{job="lango",instance="a:1",session="small",agent="operator",model="m",type="input"} _x5030 5x10
  lango_session_tokens_total{job="lango",instance="a:1",session="gone",agent="operator",model="m",type="input"} _x4900 5000x100 stale
  lango_tool_executions_total{job="lango",instance="a:1",agent="operator",tool="exec",status="success"} _ 0+2x4678 0+2x360
  lango_tool_executions_total{job="lango",instance="a:1",agent="operator",tool="exec",status="error"} _x5030 3x10
  lango_tool_duration_seconds_bucket{job="lango",instance="a:1",tool="exec",le="1"} _x5030 0x10
  lango_tool_duration_seconds_bucket{job="lango",instance="a:1",tool="exec",le="+Inf"} _x5030 0x10
  lango_tool_duration_seconds_sum{job="lango",instance="a:1",tool="exec"} _x5030 0x10
  lango_tool_duration_seconds_count{job="lango",instance="a:1",tool="exec"} _x5030 0x10
  lango_policy_decisions_total{job="lango",instance="a:1",agent="operator",verdict="block",reason="catastrophic_pattern"} _x2000 1x99 2x2579 _x120 1x240
  lango_policy_decisions_total{job="lango",instance="a:1",agent="operator",verdict="observe",reason="suspicious_pipe"} _x1000 3x3679 _x20 3x340
`

func TestAnswers(t *testing.T) {
	data := promqltest.LoadedStorage(t, series)
	t.Cleanup(func() { _ = data.Close() })
	handler := served(t, promserver.Serve(t, promqltest.NewTestEngine(t, false, 0, maxSamples), data), noon)
	for target, want := range map[string]string{
		"/metrics/policy": `{"blocks": 1, "observes": 3, "byReason": {"catastrophic_pattern": 1, "suspicious_pipe": 3}}`,

		"/metrics/policy?instance=b:1": `{"blocks": 0, "observes": 0, "byReason": {}}`,

		"/metrics/sessions": `{"generatedAt": "1970-01-04T12:00:00Z", "active": 5, "total": 2, "sessions": [
			{"session": "large", "tokens": {"input": 90, "cache": 200, "output": 9, "total": 299}, "usage": [
				{"agent": "librarian", "model": "n", "tokens": {"input": 0, "cache": 200, "output": 0, "total": 200}},
				{"agent": "operator", "model": "m", "tokens": {"input": 90, "cache": 0, "output": 9, "total": 99}}]},
			{"session": "small", "tokens": {"input": 5, "cache": 0, "output": 0, "total": 5}, "usage": [
				{"agent": "operator", "model": "m", "tokens": {"input": 5, "cache": 0, "output": 0, "total": 5}}]}]}`,

		"/metrics/sessions?limit=1": `{"generatedAt": "1970-01-04T12:00:00Z", "active": 5, "total": 2, "sessions": [
			{"session": "large", "tokens": {"input": 90, "cache": 200, "output": 9, "total": 299}, "usage": [
				{"agent": "librarian", "model": "n", "tokens": {"input": 0, "cache": 200, "output": 0, "total": 200}},
				{"agent": "operator", "model": "m", "tokens": {"input": 90, "cache": 0, "output": 9, "total": 99}}]}]}`,

		"/metrics/sessions?instance=b:1": `{"generatedAt": "1970-01-04T12:00:00Z", "active": 1, "total": 0, "sessions": [], "notes": [
			{"field": "sessions", "reason": "Prometheus has no current samples of lango_session_tokens_total. Check that Lango's exporter provides this family, and that Prometheus doesn't drop it."}]}`,

		"/metrics/tools": `{"generatedAt": "1970-01-04T12:00:00Z", "total": 1, "tools": [
			{"tool": "exec", "executions": {"total": 723, "success": 720, "error": 3}, "duration": {"count": 0, "buckets": [{"le": "1", "count": 0}, {"le": "+Inf", "count": 0}]}}]}`,

		"/metrics/agents": `{"generatedAt": "1970-01-04T12:00:00Z", "total": 2, "agents": [
			{"agent": "operator", "requests": {"total": 360, "success": 360, "error": 0},
				"latency": {"count": 100, "averageSeconds": 2, "p50Seconds": 0.556, "p95Seconds": 5.5, "p99Seconds": 9.1,
					"buckets": [{"le": "1", "count": 90}, {"le": "10", "count": 100}, {"le": "+Inf", "count": 100}]},
				"tokens": {"input": 3600, "cache": 0, "output": 360, "total": 3960},
				"toolExecutions": {"total": 723, "success": 720, "error": 3},
				"policy": {"blocks": 1, "observes": 3, "byReason": {"catastrophic_pattern": 1, "suspicious_pipe": 3}}},
			{"agent": "librarian", "requests": {"total": 7, "success": 7, "error": 0}}]}`,

		"/metrics/agents?limit=1&instance=b:1&instance=a:1": `{"generatedAt": "1970-01-04T12:00:00Z", "total": 2, "agents": [
			{"agent": "operator", "requests": {"total": 360, "success": 360, "error": 0},
				"latency": {"count": 100, "averageSeconds": 2, "p50Seconds": 0.556, "p95Seconds": 5.5, "p99Seconds": 9.1,
					"buckets": [{"le": "1", "count": 90}, {"le": "10", "count": 100}, {"le": "+Inf", "count": 100}]},
				"tokens": {"input": 3600, "cache": 0, "output": 360, "total": 3960},
				"toolExecutions": {"total": 723, "success": 720, "error": 3},
				"policy": {"blocks": 1, "observes": 3, "byReason": {"catastrophic_pattern": 1, "suspicious_pipe": 3}}}]}`,

		"/health/detailed": `{"generatedAt": "1970-01-04T12:00:00Z", "status": "unhealthy", "components": [
			{"name": "memory", "status": "unhealthy", "checks": [
				{"job": "lango", "instance": "b:1", "status": "unhealthy", "message": "The process has allocated 512.0 MiB. The threshold is 512 MiB.", "details": {"memoryBytes": 536870913, "thresholdBytes": 536870912}},
				{"job": "lango", "instance": "a:1", "status": "healthy", "message": "The process has allocated 0.0 MiB. The threshold is 512 MiB.", "details": {"value": 1, "memoryBytes": 100, "thresholdBytes": 536870912}}]},
			{"name": "provider", "status": "degraded", "checks": [
				{"job": "lango", "instance": "a:1", "status": "degraded", "message": "The last health check returned 0.5.", "details": {"value": 0.5}}]}]}`,

		"/metrics?instance=b:1": `{"generatedAt": "1970-01-04T12:00:00Z",
			"goroutines": 30, "memoryBytes": 536870913, "uptimeSeconds": 600, "sessionsActive": 1,
			"processes": [{"job": "lango", "instance": "b:1", "goroutines": 30, "memoryBytes": 536870913, "uptimeSeconds": 600, "sessionsActive": 1}],
			"requests": {"total": 7, "success": 7, "error": 0},
			"agents": [{"agent": "librarian", "requests": {"total": 7, "success": 7, "error": 0}}],
			"tools": [], "sessions": [], "policy": {"blocks": 0, "observes": 0, "byReason": {}},
			"notes": [
				{"field": "sessions", "reason": "Prometheus has no current samples of lango_session_tokens_total. Check that Lango's exporter provides this family, and that Prometheus doesn't drop it."},
				{"field": "latency", "reason": "Prometheus has no current samples of lango_request_duration_seconds."},
				{"field": "tokens", "reason": "Prometheus has no current samples of lango_tokens_total."},
				{"field": "tools", "reason": "Prometheus has no current samples of lango_tool_executions_total."}]}`,

		// On the fourth day, the counters lose one increase at the restart. The series of
		// policy decisions begin on the first and on the second day, and begin again after the
		// restart on the fourth day. Each time, their first values count as increases.
		"/metrics/history?days=5": `{"generatedAt": "1970-01-04T12:00:00Z", "days": [
			{"date": "1969-12-31"},
			{"date": "1970-01-01", "requests": {"total": 1439, "success": 1439, "error": 0}, "tokens": {"input": 14390, "cache": 0, "output": 1439, "total": 15829}, "toolExecutions": {"total": 2878, "success": 2878, "error": 0}, "policy": {"blocks": 0, "observes": 3, "byReason": {"suspicious_pipe": 3}}},
			{"date": "1970-01-02", "requests": {"total": 1440, "success": 1440, "error": 0}, "tokens": {"input": 14400, "cache": 0, "output": 1440, "total": 15840}, "toolExecutions": {"total": 2880, "success": 2880, "error": 0}, "policy": {"blocks": 2, "observes": 0, "byReason": {"catastrophic_pattern": 2}}},
			{"date": "1970-01-03", "requests": {"total": 1440, "success": 1440, "error": 0}, "tokens": {"input": 14400, "cache": 0, "output": 1440, "total": 15840}, "toolExecutions": {"total": 2880, "success": 2880, "error": 0}, "policy": {"blocks": 0, "observes": 0, "byReason": {}}},
			{"date": "1970-01-04", "partial": true, "requests": {"total": 719, "success": 719, "error": 0}, "tokens": {"input": 7190, "cache": 0, "output": 719, "total": 7909}, "toolExecutions": {"total": 1438, "success": 1438, "error": 0}, "policy": {"blocks": 1, "observes": 3, "byReason": {"catastrophic_pattern": 1, "suspicious_pipe": 3}}}],
			"notes": [{"field": "days", "reason": "Prometheus has too few samples of Lango on 1 of 5 days. Possible reasons: Lango was not scraped, the day has only begun, or the server's retention is shorter."}]}`,
	} {
		t.Run(target, func(t *testing.T) {
			var expected any
			if err := json.Unmarshal([]byte(want), &expected); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(expected, get[any](t, handler, target)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("snapshot", func(t *testing.T) {
		snapshot := get[map[string]any](t, handler, "/metrics")
		for field, want := range map[string]any{"goroutines": 100.0, "memoryBytes": 536871013.0, "uptimeSeconds": 600.0, "sessionsActive": 5.0} {
			if snapshot[field] != want {
				t.Errorf("%s is %v, want %v", field, snapshot[field], want)
			}
		}
		for list, route := range map[string]string{"agents": "/metrics/agents", "tools": "/metrics/tools", "sessions": "/metrics/sessions"} {
			if diff := cmp.Diff(get[map[string]any](t, handler, route)[list], snapshot[list]); diff != "" {
				t.Errorf("%s (-route +snapshot)\n%s", list, diff)
			}
		}
		if diff := cmp.Diff(get[any](t, handler, "/metrics/policy"), snapshot["policy"]); diff != "" {
			t.Errorf("policy (-route +snapshot)\n%s", diff)
		}
		if _, noted := snapshot["notes"]; noted {
			t.Errorf("notes: %v", snapshot["notes"])
		}
	})
}

// TestNoSamples checks that a Prometheus without samples of Lango is not mistaken for a Lango
// without activity.
func TestNoSamples(t *testing.T) {
	data := promqltest.LoadedStorage(t, "load 1m\n  up{job=\"lango\",instance=\"a:1\"} 0x5040\n  lango_process_start_time_seconds{job=\"lango\",instance=\"old:1\"} 0x4000")
	t.Cleanup(func() { _ = data.Close() })
	handler := served(t, promserver.Serve(t, promqltest.NewTestEngine(t, false, 0, maxSamples), data), noon)
	for _, target := range []string{
		"/metrics", "/metrics/sessions", "/metrics/tools", "/metrics/agents", "/metrics/policy", "/metrics/history?days=1", "/health/detailed", "/metrics?instance=old:1",
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "no current samples of Lango") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
