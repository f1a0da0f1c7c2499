package integration

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

func TestPluginMetricsCountQueriesAndRequests(t *testing.T) {
	provisioned, _ := set.DataSourceOfType(host.PluginID)
	settings, err := host.Settings(provisioned)
	if err != nil {
		t.Fatal(err)
	}
	settings.UID = "counted"
	source := plugin.WithDataSource(settings)

	runQueries := func(headers map[string]string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			q := backend.DataQuery{RefID: "A", JSON: []byte(text), TimeRange: backend.TimeRange{From: now.Add(-time.Hour), To: now}, Interval: time.Minute, MaxDataPoints: 60}
			if _, err := source.QueryData(t.Context(), []backend.DataQuery{q}, headers); err != nil {
				t.Fatal(err)
			}
		}
	}
	const byName = `{"queryType":"catalog","metric":"inference_error_ratio","range":true}`
	runQueries(map[string]string{"http_X-Dashboard-Uid": "inference-overview"}, byName, byName, `{"expr":"up","range":true}`)
	runQueries(map[string]string{host.FromAlert: "true"}, strings.Replace(byName, "range", "instant", 1))
	runQueries(nil, `{"expr":" ","range":true}`, `{"expr":"up{","range":true}`, `{"queryType":"catalog","metric":"no_such_metric"}`)
	for _, path := range []string{"api/metrics/active_sessions", "api/metrics/no_such_metric"} {
		err := source.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: path, URL: path}, backend.CallResourceResponseSenderFunc(func(*backend.CallResourceResponse) error { return nil }))
		if err != nil {
			t.Fatal(err)
		}
	}

	counted := pluginMetrics(t, source)
	for _, c := range []struct {
		family string
		labels map[string]string
		want   float64
	}{
		{"modelmetrics_queries_total", map[string]string{"org_id": "1", "type": "catalog", "caller": "dashboard", "outcome": "ok"}, 2},
		{"modelmetrics_queries_total", map[string]string{"type": "promql", "caller": "dashboard", "outcome": "ok"}, 1},
		{"modelmetrics_queries_total", map[string]string{"type": "catalog", "caller": "alert", "outcome": "ok"}, 1},
		{"modelmetrics_queries_total", map[string]string{"type": "promql", "caller": "other", "outcome": "bad_promql"}, 1},
		{"modelmetrics_queries_total", map[string]string{"type": "promql", "caller": "other", "outcome": "rejected"}, 1},
		{"modelmetrics_queries_total", map[string]string{"type": "catalog", "caller": "other", "outcome": "bad_query"}, 1},
		{"modelmetrics_queries_total", map[string]string{"type": "catalog", "caller": "api", "outcome": "ok"}, 1},
		{"modelmetrics_queries_total", map[string]string{"type": "catalog", "caller": "api", "outcome": "not_found"}, 1},
		{"modelmetrics_catalog_queries_total", map[string]string{"pack": "inference", "metric": "inference_error_ratio", "caller": "dashboard"}, 2},
		{"modelmetrics_catalog_queries_total", map[string]string{"pack": "tango", "metric": "active_sessions", "caller": "api"}, 1},
		{"modelmetrics_catalog_queries_total", map[string]string{"metric": "no_such_metric"}, 0},
		{"modelmetrics_queries_in_flight", nil, 0},
		{"modelmetrics_prometheus_requests_total", map[string]string{"api": "query_range", "code": "200"}, 3},
		{"modelmetrics_prometheus_requests_total", map[string]string{"api": "query", "code": "200"}, 2},
		{"modelmetrics_resource_requests_total", map[string]string{"route": "GET /api/metrics/{name}", "code": "200"}, 1},
		{"modelmetrics_resource_requests_total", map[string]string{"route": "GET /api/metrics/{name}", "code": "404"}, 1},
	} {
		if got := sum(counted[c.family], c.labels); got != c.want {
			t.Errorf("%s%v is %v, want %v", c.family, c.labels, got, c.want)
		}
	}
	for _, family := range []string{"modelmetrics_prometheus_samples_total", "modelmetrics_prometheus_received_bytes_total", "modelmetrics_catalog_metrics"} {
		if sum(counted[family], nil) <= 0 {
			t.Errorf("%s is zero", family)
		}
	}
}

// pluginMetrics returns the plugin's metrics of one data source.
func pluginMetrics(t *testing.T, source *host.Host) map[string][]*dto.Metric {
	t.Helper()
	text, err := source.CollectMetrics(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string][]*dto.Metric{}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			if has(m, map[string]string{"datasource": source.DataSourceUID()}) {
				kept[name] = append(kept[name], m)
			}
		}
	}
	return kept
}

func sum(metrics []*dto.Metric, labels map[string]string) float64 {
	total := 0.0
	for _, m := range metrics {
		if has(m, labels) {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return total
}

func has(m *dto.Metric, labels map[string]string) bool {
	matching := 0
	for _, l := range m.GetLabel() {
		if want, ok := labels[l.GetName()]; ok && want == l.GetValue() {
			matching++
		}
	}
	return matching == len(labels)
}
