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

func check(t *testing.T, d *DataSource) (status backend.HealthStatus, message string, found findings) {
	t.Helper()
	health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(health.JSONDetails, &found); err != nil {
		t.Fatal(err)
	}
	return health.Status, health.Message, found
}

// prometheus answers what a health check asks.
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

func TestSaveAndTestSaysWhatItFound(t *testing.T) {
	d := instance(t, prometheus(t), `{"disabledPacks":["lango","bakery"]}`)
	defer d.Dispose()
	status, message, found := check(t, d)
	if status != backend.HealthStatusOk || !strings.HasPrefix(message, "Prometheus 3.5.0 answers. The catalog has ") {
		t.Errorf("%s: %s", status, message)
	}
	if found.Server != "Prometheus" || found.Version != "3.5.0" || found.Language != "PromQL" || found.Method != "POST" || !found.Exemplars {
		t.Errorf("the server is %+v", found)
	}
	if len(found.Off) != 1 || found.Off[0].Name != "lango" || found.Off[0].Title != "Lango" || !slices.Equal(found.UnknownPacks, []string{"bakery"}) {
		t.Errorf("off %v, unknown %v", found.Off, found.UnknownPacks)
	}
	metrics := 0
	for _, pack := range found.Packs {
		metrics += pack.Metrics
		if pack.Name == "lango" || pack.Title == "" || pack.Metrics == 0 {
			t.Errorf("%+v", pack)
		}
	}
	if metrics != found.Metrics || found.Metrics == 0 {
		t.Errorf("%d metrics in packs, %d in the catalog", metrics, found.Metrics)
	}
	for _, want := range []string{
		"Server: Prometheus 3.5.0\nQuery language: PromQL\nQueries are sent by: POST\nExemplars: yes\nPacks: ",
		fmt.Sprintf("\nTurned off: lango (%d metrics)\nTo be turned off, but not in this version of the plugin: bakery", found.Off[0].Metrics),
	} {
		if !strings.Contains(found.Verbose, want) {
			t.Errorf("no %q in\n%s", want, found.Verbose)
		}
	}
}

// TestAnOddSettingIsReportedAndQueriesGoOn, with its default.
func TestAnOddSettingIsReportedAndQueriesGoOn(t *testing.T) {
	for _, test := range []struct{ data, setting, message, verbose string }{
		{`{"queryTimeout":"soon"}`, "queryTimeout", `The data source's query timeout (queryTimeout) can't be "soon": write a duration such as 15s`, "Until then it is 25s."},
		{`{"customQueryParameters":"timeout=60s&dedup=true"}`, "customQueryParameters", "contain timeout, which each query sets itself: remove them.", "Until then they are not sent."},
		{`{"seriesLimit":0,"timeInterval":"often"}`, "timeInterval", "The data source has 2 settings that can't be used. The first: The data source's scrape interval (timeInterval)", "series limit (seriesLimit) can't be 0"},
	} {
		d := instance(t, prometheus(t), test.data)
		defer d.Dispose()
		status, message, found := check(t, d)
		if status != backend.HealthStatusError || !strings.Contains(message, test.message) {
			t.Errorf("%s: %s: %s", test.data, status, message)
		}
		if found.Server != "Prometheus" || len(found.Settings) == 0 || found.Settings[0].Setting != test.setting || !strings.Contains(found.Verbose, test.verbose) {
			t.Errorf("%s: %+v", test.data, found)
		}
		if answer := ask(t, d, nil, `{"expr":"vector(1)","instant":true}`)["A"]; answer.Error != nil {
			t.Errorf("%s: %v", test.data, answer.Error)
		}
	}
}

// TestSettingsThatAnSDKCannotReadAreLeftOut: it would panic on them.
func TestSettingsThatAnSDKCannotReadAreLeftOut(t *testing.T) {
	d := instance(t, prometheus(t), `{"serverName":null,"tlsSkipVerify":true,"tlsAuth":false,"access":1,"url":[]}`)
	defer d.Dispose()
	if status, message, _ := check(t, d); status != backend.HealthStatusOk {
		t.Errorf("%s: %s", status, message)
	}
}

// TestSaveAndTestOfFaultyPacksNamesTheServerToo, and each problem with its line.
func TestSaveAndTestOfFaultyPacksNamesTheServerToo(t *testing.T) {
	d := instance(t, prometheus(t), `{"packs":"pack: ours\ntitle: Ours\n"}`)
	defer d.Dispose()
	status, _, found := check(t, d)
	if status != backend.HealthStatusError || found.Version != "3.5.0" || len(found.Problems) != 1 || found.Problems[0].Line != 1 {
		t.Errorf("%s, %+v", status, found)
	}
	if want := "Problems of the own packs:\npack ours, line 1, metrics: metrics is missing."; !strings.HasSuffix(found.Verbose, want) {
		t.Errorf("no %q in\n%s", want, found.Verbose)
	}
}

func TestSaveAndTestWithoutAServerKnowsTheCatalog(t *testing.T) {
	d := instance(t, "", `{}`)
	defer d.Dispose()
	_, _, found := check(t, d)
	if found.Status != 400 || found.Server != "" || len(found.Packs) == 0 || !strings.HasPrefix(found.Verbose, "HTTP status 400\nPacks: ") {
		t.Errorf("%+v", found)
	}
}

// TestAPackThatIsTurnedOffSaysSo: in panels, alert rules and the API; own packs may
// define its metrics.
func TestAPackThatIsTurnedOffSaysSo(t *testing.T) {
	const packs = `pack: ours\ntitle: Ours\nmetrics:\n- {name: closed_sessions, title: C, description: C., unit: short, query: sum(closed_sessions)}\n`
	d := instance(t, prometheus(t), `{"disabledPacks":["tango"],"packs":"`+packs+`"}`)
	defer d.Dispose()
	const want = "The metric active_sessions belongs to the pack tango, which is disabled for this data source."
	answers := ask(t, d, nil, `{"metric":"active_sessions","instant":true}`, `{"metric":"closed_sessions","instant":true}`)
	if a := answers["A"]; a.Error == nil || !strings.HasPrefix(a.Error.Error(), want) || a.Status != 400 || a.ErrorSource != backend.ErrorSourceDownstream {
		t.Errorf("%v, status %d, source %s", a.Error, a.Status, a.ErrorSource)
	}
	if b := answers["B"]; b.Error != nil {
		t.Errorf("an own metric: %v", b.Error)
	}
	for path, says := range map[string]string{
		"api/metrics/active_sessions":               "disabled for this data source",
		"catalog/active_sessions/values/model_code": "disabled for this data source",
		"catalog/active_sessions/explain":           "disabled for this data source",
		"api/metrics?pack=tango":                    "The pack tango is disabled for this data source",
	} {
		if status, body := get(t, d, path); status != 404 || !strings.Contains(body, says) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for _, path := range []string{"api/metrics", "catalog", "catalog/search?search=active_sessions"} {
		if status, body := get(t, d, path); status != 200 || strings.Contains(body, `"active_sessions"`) {
			t.Errorf("%s: %d, and names it: %.200s", path, status, body)
		}
	}
}
