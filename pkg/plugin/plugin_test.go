package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// headerValue1 is the value of a custom header. The tests can set the name of the header in
// jsonData, under the key httpHeaderName1.
const headerValue1 = "value of the settings"

func instance(t *testing.T, url, jsonData string) *DataSource {
	t.Helper()
	made, err := NewInstance(t.Context(), backend.DataSourceInstanceSettings{
		UID: "modelmetrics", Name: "Model Metrics", Type: ID, URL: url, JSONData: []byte(jsonData),
		DecryptedSecureJSONData: map[string]string{"tlsCACert": "not a certificate", "httpHeaderValue1": headerValue1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.(*DataSource)
}

// runQueries runs queries without a user, and returns the responses by refId. queriesOf chooses
// the refIds (A, B, …) and the time range.
func runQueries(t *testing.T, d *DataSource, headers map[string]string, queries ...string) backend.Responses {
	t.Helper()
	return runQueriesAs(t, d, backend.PluginContext{}, headers, queries...)
}

// runQueriesAs runs queries as runQueries does, but for the given caller.
func runQueriesAs(t *testing.T, d *DataSource, caller backend.PluginContext, headers map[string]string, queries ...string) backend.Responses {
	t.Helper()
	resp, err := d.QueryData(t.Context(), queriesOf(caller, headers, queries...))
	if err != nil {
		t.Fatal(err)
	}
	return resp.Responses
}

// queriesOf returns a request with queries whose time range is ten minutes.
func queriesOf(caller backend.PluginContext, headers map[string]string, queries ...string) *backend.QueryDataRequest {
	req := &backend.QueryDataRequest{PluginContext: caller, Headers: headers}
	for i, text := range queries {
		req.Queries = append(req.Queries, backend.DataQuery{
			RefID: string(rune('A' + i)), JSON: []byte(text), MaxDataPoints: 100, Interval: 15 * time.Second,
			TimeRange: backend.TimeRange{From: time.Unix(0, 0), To: time.Unix(600, 0)},
		})
	}
	return req
}

func TestInvalidSettingsFailEveryQuery(t *testing.T) {
	for _, test := range []struct{ name, url, data, want string }{
		{"no URL", "", `{}`, "This data source has no URL"},
		{"invalid query parameters", "http://p:9090", `{"customQueryParameters":"extra_label=%zz"}`, "custom query parameters are not a valid query string"},
		{"setting that the SDK panics on", "http://p:9090", `{"serverName":1}`, "serverName"},
		{"invalid certificate", "http://p:9090", `{"tlsAuthWithCACert":true}`, "HTTP settings are invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := instance(t, test.url, test.data)
			defer d.Dispose()
			for refID, answer := range runQueries(t, d, nil, `{"expr":"up"}`, `{"metric":"active_sessions"}`) {
				if answer.Error == nil || !strings.Contains(answer.Error.Error(), test.want) || answer.Status != 400 || answer.ErrorSource != backend.ErrorSourceDownstream {
					t.Errorf("%s: %v, status %d, source %s", refID, answer.Error, answer.Status, answer.ErrorSource)
				}
			}
			health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
			if err != nil || health.Status != backend.HealthStatusError || !strings.Contains(health.Message, test.want) {
				t.Errorf("health %+v, %v", health, err)
			}
			if status, body := get(t, d, "api/metrics/active_sessions"); status != 502 || !strings.Contains(body, test.want) {
				t.Errorf("resource: %d %s", status, body)
			}
		})
	}
}

// TestHealthReportsServerAndPackErrors: both errors are in one message.
func TestHealthReportsServerAndPackErrors(t *testing.T) {
	d := instance(t, "", `{"packs":"pack: ours\ntitle: Ours\n"}`)
	defer d.Dispose()
	health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
	if err != nil || health.Status != backend.HealthStatusError {
		t.Fatalf("%+v, %v", health, err)
	}
	for _, want := range []string{"This data source has no URL", "The data source's user packs have a problem: pack ours, line 1, metrics: metrics is missing."} {
		if !strings.Contains(health.Message, want) {
			t.Errorf("missing %q in %s", want, health.Message)
		}
	}
}

func TestQueriesFailSeparately(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[[0,"1"]]}]}}`)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	answers := runQueries(t, d, nil, `{"expr":"up"}`, `{"expr":" "}`, `{"metric":"nothing_like_it"}`, `not JSON`)
	if a := answers["A"]; a.Error != nil || len(a.Frames) != 1 || a.Status != 200 {
		t.Errorf("A: %+v", a)
	}
	for refID, want := range map[string]string{"B": "The query is empty", "C": "The catalog has no metric", "D": "not valid JSON"} {
		a := answers[refID]
		if a.Error == nil || !strings.Contains(a.Error.Error(), want) || a.Status != 400 || a.ErrorSource != backend.ErrorSourceDownstream {
			t.Errorf("%s: %v, status %d, source %s", refID, a.Error, a.Status, a.ErrorSource)
		}
	}
}

func TestErrorOfPanicHasErrorID(t *testing.T) {
	d := instance(t, "http://127.0.0.1:1", `{}`)
	d.catalog = nil // causes a panic
	a := runQueries(t, d, nil, `{"metric":"active_sessions"}`)["A"]
	if a.Error == nil || a.Status != 500 || a.ErrorSource != backend.ErrorSourcePlugin || !strings.Contains(a.Error.Error(), "error id ") || strings.Contains(a.Error.Error(), "nil pointer") {
		t.Errorf("%v, status %d, source %s", a.Error, a.Status, a.ErrorSource)
	}
}

func TestAlertQueryIsRetriedOnce(t *testing.T) {
	var tries atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		tries.Add(1)
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	a := runQueriesAs(t, d, alertEngine, nil, `{"expr":"up","instant":true}`)["A"]
	if a.Status != 503 || tries.Load() != 2 {
		t.Errorf("status %d after %d tries: %v", a.Status, tries.Load(), a.Error)
	}
}

// TestPartialResults uses a result of two series with a limit of one.
func TestPartialResults(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"le":"1"},"values":[[0,"1"]]},{"metric":{"le":"+Inf"},"values":[[0,"2"]]}]}}`)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{"seriesLimit":1,"partialData":true}`)
	for _, test := range []struct {
		name, query string
		caller      backend.PluginContext
		headers     map[string]string
		status      backend.Status
	}{
		{"graph", `{"expr":"up"}`, viewer, nil, 200},
		{"heatmap", `{"expr":"up","format":"heatmap"}`, viewer, nil, 413},
		{"instant heatmap", `{"expr":"up","range":false,"instant":true,"format":"table","instantFormat":"heatmap"}`, viewer, nil, 413},
		{"instant table of a heatmap", `{"expr":"up","range":false,"instant":true,"format":"heatmap","instantFormat":"table"}`, viewer, nil, 200},
		{"alert rule", `{"expr":"up"}`, alertEngine, nil, 413},
		{"browser with FromAlert", `{"expr":"up"}`, viewer, map[string]string{"FromAlert": "true"}, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := runQueriesAs(t, d, test.caller, test.headers, test.query)["A"]
			if a.Status != test.status || (a.Error == nil) != (test.status == 200) {
				t.Errorf("status %d, %v", a.Status, a.Error)
			}
		})
	}
}

func TestInstantAndRangeOfOneQuery(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "query_range") {
			_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"1"]]}]}}`)
			return
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]}]}}`)
	}))
	defer server.Close()
	frames := runQueries(t, instance(t, server.URL, `{}`), nil, `{"expr":"up","instant":true,"range":true}`)["A"].Frames
	if len(frames) != 2 || frames[0].Meta.Type != "timeseries-multi" || frames[1].Meta.Type != "numeric-multi" {
		t.Errorf("got %d frames", len(frames))
	}
}

// TestNewAlertRuleOfGrafana123IsInstant: with a range query, a series that has disappeared
// would be evaluated until it leaves the rule's time range.
func TestNewAlertRuleOfGrafana123IsInstant(t *testing.T) {
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	for _, query := range []string{`{"expr":"up","range":false}`, `{"queryType":"catalog","metric":"active_sessions","range":false}`} {
		paths = nil
		frames := runQueries(t, d, map[string]string{"FromAlert": "true"}, query)["A"].Frames
		if len(frames) != 1 || frames[0].Meta.Type != "numeric-multi" || !slices.Equal(paths, []string{"/api/v1/query"}) {
			t.Errorf("%s: %d frames after requests to %v", query, len(frames), paths)
		}
	}
}

// TestValueColumnsOfSeveralTables: the value columns of several tables are named after their
// queries, as in Grafana's Prometheus data source, because transformations refer to them by
// name. There is one difference from that data source: if a legend without placeholders is the
// heading of a value column, the name of the column is Value.
func TestValueColumnsOfSeveralTables(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[0,"1"]}]}}`)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	const table, instantTable, graph = `{"expr":"up","instant":true,"format":"table","legendFormat":"{{a}}"}`, `{"expr":"up","instant":true,"instantFormat":"table"}`, `{"expr":"up","instant":true}`
	for _, test := range []struct {
		name    string
		queries []string
		want    []string
	}{
		{"one table", []string{table, graph}, []string{"Value", "Value"}},
		{"several tables", []string{table, instantTable, graph}, []string{"Value #A", "Value #B", "Value"}},
		{"table with heading", []string{table, `{"expr":"up","instant":true,"format":"table","legendFormat":"Jobs"}`}, []string{"Value #A", "Value"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			answers := runQueries(t, d, nil, test.queries...)
			for i, want := range test.want {
				fields := answers[string(rune('A'+i))].Frames[0].Fields
				if got := fields[len(fields)-1].Name; got != want {
					t.Errorf("query %d: got %s, want %s", i, got, want)
				}
			}
		})
	}
}

func TestResourceRoutes(t *testing.T) {
	d := instance(t, "http://127.0.0.1:1", `{"maxRetries":0}`)
	for _, test := range []struct {
		name, path string
		status     int
		want       string
	}{
		{"unknown path", "api/v1/admin/tsdb/delete_series", 404, "NOT_FOUND"},
		{"unknown metric", "api/metrics/active_session", 404, "Did you mean active_sessions"},
		{"unknown pack", "api/metrics?pack=nope", 404, `no pack \"nope\"`},
		{"range without step", "api/metrics/active_sessions?start=1&end=2", 400, "Missing: step"},
		{"invalid time", "api/metrics/active_sessions?start=yesterday&end=2&step=5m", 400, "start is"},
		{"invalid step", "api/metrics/active_sessions?start=1&end=2&step=often", 400, "step is"},
		{"end before start", "api/metrics/active_sessions?start=2&end=1&step=5m", 400, "before the start"},
		{"too many steps", "api/metrics/active_sessions?start=0&end=20000&step=1", 400, "larger step"},
		{"unknown parameter", "api/metrics/active_sessions?modelcode=x", 400, "Did you mean model_code"},
		{"missing parameter", "api/metrics/last_model_invocation_duration_seconds", 400, "requires a value for parameter model_code"},
		{"semicolon", "api/metrics/active_sessions?model_code=a;b", 400, "is invalid"},
		{"invalid escape", "api/metrics/active_sessions?model_code=100%", 400, "is invalid"},
		{"invalid limit", "api/v1/labels?limit=-1", 400, "limit must be non-negative"},
		{"unreachable Prometheus", "api/metrics/active_sessions", 502, "Could not connect to Prometheus at 127.0.0.1:1"},
		{"unreachable Prometheus, in its format", "api/v1/labels", 502, `"status":"error"`},
		{"values of an unknown parameter", "catalog/active_sessions/values/nope", 404, "It takes model_code"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body := get(t, d, test.path)
			if status != test.status || !strings.Contains(body, test.want) || !json.Valid([]byte(body)) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}

func get(t *testing.T, d *DataSource, url string) (status int, body string) {
	t.Helper()
	path, _, _ := strings.Cut(url, "?")
	err := d.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: path, URL: url}, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		status, body = r.Status, body+string(r.Body)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// TestInvalidResponses: a query may fail, but not with a panic.
func TestInvalidResponses(t *testing.T) {
	matrix := func(result string) string {
		return `{"status":"success","data":{"resultType":"matrix","result":[` + result + `]}}`
	}
	var samples strings.Builder
	for i := range 6_000 {
		if i > 0 {
			samples.WriteByte(',')
		}
		_, _ = fmt.Fprintf(&samples, `{"metric":{"pod":"%d"},"values":[[%d,"1"]]}`, i, i)
	}
	for _, test := range []struct {
		name, query, body string
		status            backend.Status
	}{
		{"infinite statistics", `{"expr":"up"}`, `{"status":"success","data":{"resultType":"matrix","result":[],"stats":{"samples":{"peakSamples":1e999}}}}`, 200},
		{"bucket at minus infinity", `{"expr":"up","format":"heatmap"}`, matrix(`{"metric":{},"histograms":[[1,{"count":"1","sum":"1","buckets":[[3,"-Inf","-Inf","1"]]}]]}`), 200},
		{"time in the year 3000", `{"expr":"up"}`, matrix(`{"metric":{},"values":[[32503680000,"1"]]}`), 502},
		{"time before 1900", `{"expr":"up"}`, matrix(`{"metric":{},"values":[[-32503680000.5,"1"]]}`), 502},
		{"thousands of times in one frame", `{"expr":"up","format":"time_series_wide"}`, matrix(samples.String()), 413},
		{"thousands of times in separate frames", `{"expr":"up"}`, matrix(samples.String()), 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, test.body) }))
			defer server.Close()
			a := runQueries(t, instance(t, server.URL, `{}`), nil, test.query)["A"]
			if a.Status != test.status {
				t.Errorf("status %d, %v", a.Status, a.Error)
			}
			if _, err := a.Frames.MarshalArrow(); err != nil {
				t.Error(err)
			}
		})
	}
}
