package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func check(t *testing.T, d *DataSource) (status backend.HealthStatus, message string, details healthDetails) {
	t.Helper()
	return checkAs(t, d, backend.PluginContext{})
}

func checkAs(t *testing.T, d *DataSource, caller backend.PluginContext) (status backend.HealthStatus, message string, details healthDetails) {
	t.Helper()
	health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: caller})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(health.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	return health.Status, health.Message, details
}

// prometheus starts a server that passes health checks.
func prometheus(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/query"):
			_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]}]}}`))
		case strings.HasSuffix(r.URL.Path, "/query_exemplars"):
			_, _ = w.Write([]byte(`{"status":"success","data":[]}`))
		case strings.HasSuffix(r.URL.Path, "/buildinfo"):
			_, _ = w.Write([]byte(`{"status":"success","data":{"version":"3.5.0"}}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestHealthDetails(t *testing.T) {
	d := instance(t, prometheus(t), `{"disabledPacks":["lango","bakery"]}`)
	defer d.Dispose()
	status, message, details := check(t, d)
	if status != backend.HealthStatusOk || !strings.HasPrefix(message, "Connected to Prometheus 3.5.0. The catalog has ") {
		t.Errorf("%s: %s", status, message)
	}
	if details.Server != "Prometheus" || details.Version != "3.5.0" || details.Language != "PromQL" || details.Method != "POST" || !details.Exemplars {
		t.Errorf("server %+v", details)
	}
	if len(details.Disabled) != 1 || details.Disabled[0].Name != "lango" || details.Disabled[0].Title != "Lango" || !slices.Equal(details.UnknownPacks, []string{"bakery"}) {
		t.Errorf("disabled %v, unknown %v", details.Disabled, details.UnknownPacks)
	}
	metrics := 0
	for _, pack := range details.Packs {
		metrics += pack.Metrics
		if pack.Name == "lango" || pack.Title == "" || pack.Metrics == 0 {
			t.Errorf("%+v", pack)
		}
	}
	if metrics != details.Metrics || details.Metrics == 0 {
		t.Errorf("%d metrics in packs, %d in the catalog", metrics, details.Metrics)
	}
	for _, want := range []string{
		"Server: Prometheus 3.5.0\nQuery language: PromQL\nQueries are sent by: POST\nExemplars: yes\nPacks: ",
		fmt.Sprintf("\nDisabled packs: lango (%d metrics)\nDisabled packs that this version of the plugin doesn't have: bakery", details.Disabled[0].Metrics),
	} {
		if !strings.Contains(details.Verbose, want) {
			t.Errorf("missing %q in\n%s", want, details.Verbose)
		}
	}
}

// TestHealthReportsUnusedSettings: if a setting, or a part of it, can't be used, the health
// check fails, but queries succeed without it.
func TestHealthReportsUnusedSettings(t *testing.T) {
	for _, test := range []struct{ data, setting, message, verbose string }{
		{`{"queryTimeout":"soon"}`, "queryTimeout", `The data source's query timeout (queryTimeout) can't be "soon". Write a duration from 10ms to 24h, such as 15s.`, "Until then, it is 25s."},
		{`{"customQueryParameters":"timeout=60s&dedup=true"}`, "customQueryParameters", "contain timeout. The plugin sets these parameters itself. Remove them.", "Until then, they are not sent."},
		{`{"seriesLimit":0,"timeInterval":"often"}`, "timeInterval", "The data source has 2 invalid settings. The first: The data source's scrape interval (timeInterval)", "series limit (seriesLimit) can't be 0"},
	} {
		d := instance(t, prometheus(t), test.data)
		defer d.Dispose()
		status, message, details := check(t, d)
		if status != backend.HealthStatusError || !strings.Contains(message, test.message) {
			t.Errorf("%s: %s: %s", test.data, status, message)
		}
		if details.Server != "Prometheus" || len(details.Settings) == 0 || details.Settings[0].Setting != test.setting || !strings.Contains(details.Verbose, test.verbose) {
			t.Errorf("%s: %+v", test.data, details)
		}
		if answer := runQueries(t, d, nil, `{"expr":"vector(1)","instant":true}`)["A"]; answer.Error != nil {
			t.Errorf("%s: %v", test.data, answer.Error)
		}
	}
}

// TestSettingsThatTheSDKRejectsAreIgnored: the SDK would panic on some of these settings.
func TestSettingsThatTheSDKRejectsAreIgnored(t *testing.T) {
	d := instance(t, prometheus(t), `{"serverName":null,"tlsSkipVerify":true,"tlsAuth":false,"access":"proxy","url":[]}`)
	defer d.Dispose()
	if status, message, _ := check(t, d); status != backend.HealthStatusOk {
		t.Errorf("%s: %s", status, message)
	}
}

func TestHealthDetailsOfInvalidPacks(t *testing.T) {
	d := instance(t, prometheus(t), `{"packs":"pack: ours\ntitle: Ours\n"}`)
	defer d.Dispose()
	status, _, details := check(t, d)
	if status != backend.HealthStatusError || details.Version != "3.5.0" || len(details.Problems) != 1 || details.Problems[0].Line != 1 {
		t.Errorf("%s, %+v", status, details)
	}
	if want := "Problems of the user packs:\npack ours, line 1, metrics: metrics is missing."; !strings.HasSuffix(details.Verbose, want) {
		t.Errorf("missing %q in\n%s", want, details.Verbose)
	}
}

func TestHealthDetailsWithoutServer(t *testing.T) {
	d := instance(t, "", `{}`)
	defer d.Dispose()
	_, _, details := check(t, d)
	if details.Status != 400 || details.Server != "" || len(details.Packs) == 0 || !strings.HasPrefix(details.Verbose, "HTTP status 400\nPacks: ") {
		t.Errorf("%+v", details)
	}
}

// TestMetricsOfDisabledPack: queries and API requests for such a metric fail unless a user
// pack defines it. Lists of metrics omit it.
func TestMetricsOfDisabledPack(t *testing.T) {
	const packs = `pack: ours\ntitle: Ours\nmetrics:\n- {name: closed_sessions, title: C, description: C., unit: short, query: sum(closed_sessions)}\n`
	d := instance(t, prometheus(t), `{"disabledPacks":["tango"],"packs":"`+packs+`"}`)
	defer d.Dispose()
	const want = "The metric active_sessions belongs to the pack tango, which is disabled for this data source."
	answers := runQueries(t, d, nil, `{"metric":"active_sessions","instant":true}`, `{"metric":"closed_sessions","instant":true}`)
	if a := answers["A"]; a.Error == nil || !strings.HasPrefix(a.Error.Error(), want) || a.Status != 400 || a.ErrorSource != backend.ErrorSourceDownstream {
		t.Errorf("%v, status %d, source %s", a.Error, a.Status, a.ErrorSource)
	}
	if b := answers["B"]; b.Error != nil {
		t.Errorf("metric of a user pack: %v", b.Error)
	}
	for path, want := range map[string]string{
		"api/metrics/active_sessions":               "disabled for this data source",
		"catalog/active_sessions/values/model_code": "disabled for this data source",
		"catalog/active_sessions/explain":           "disabled for this data source",
		"api/metrics?pack=tango":                    "The pack tango is disabled for this data source",
	} {
		if status, body := get(t, d, path); status != 404 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for _, path := range []string{"api/metrics", "catalog", "catalog/search?search=active_sessions"} {
		if status, body := get(t, d, path); status != 200 || strings.Contains(body, `"active_sessions"`) {
			t.Errorf("%s: %d, contains the metric: %.200s", path, status, body)
		}
	}
}
