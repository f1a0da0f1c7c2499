package pages

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

const (
	up        = `{"refId":"A","expr":"up","range":true}`
	plainText = "text/plain"
	apiJSON   = "application/json"
)

// symptoms produce the errors on docs/troubleshoot.md, by heading.
var symptoms = map[string]func(*testing.T, plugin) string{
	// The server can't be reached.
	"Connection refused":    func(t *testing.T, p plugin) string { return p.failing(t, closedPort(t), nil) },
	"Unknown host":          func(t *testing.T, p plugin) string { return p.failing(t, "http://prometheus.invalid:9090", nil) },
	"Untrusted certificate": func(t *testing.T, p plugin) string { return p.failing(t, secure(t).URL, nil) },
	"HTTP instead of HTTPS": func(t *testing.T, p plugin) string {
		return p.failing(t, strings.Replace(secure(t).URL, "https", "http", 1), nil)
	},
	"Timeout":            func(t *testing.T, p plugin) string { return p.failing(t, silent(t), settings{"queryTimeout": "1s"}) },
	"Bad gateway":        answered(http.StatusBadGateway, plainText, ""),
	"Truncated response": func(t *testing.T, p plugin) string { return p.failing(t, truncating(t), nil) },

	// The server refuses requests.
	"Wrong credentials": answered(http.StatusUnauthorized, plainText, ""),
	"Forbidden":         answered(http.StatusForbidden, plainText, "no org id"),
	"Wrong path":        answered(http.StatusNotFound, plainText, "404 page not found"),
	"Login page":        answered(http.StatusOK, "text/html", "<html><head><title>Sign in</title></head><body></body></html>"),
	"Too busy":          answered(http.StatusServiceUnavailable, plainText, ""),

	// The settings have a problem.
	"No URL":          func(t *testing.T, p plugin) string { return p.with(t, "", nil).health(t) },
	"Invalid setting": unhealthy(settings{"timeInterval": "soon"}),
	"SigV4":           unhealthy(settings{"sigV4Auth": true}),
	"Invalid user pack": unhealthy(settings{"packs": "pack: my_team\ntitle: My team\nowner: my-team\nmetrics:\n  - name: my_requests\n    title: Requests\n" +
		"    description: Requests per second.\n    unit: requests\n    type: gauge\n    query: sum(rate(inference_requests_total[5m]))\n    required_params: []\n    optional_params: []\n"}),
	"Export of audit events": func(t *testing.T, p plugin) string {
		collector := responding(t, http.StatusUnauthorized, plainText, "")
		text := p.with(t, p.prometheus, settings{"auditOtlpUrl": collector}).health(t)
		return strings.ReplaceAll(text, strings.TrimPrefix(collector, "http://"), "collector:4318")
	},

	// A query fails.
	"Syntax error":                  refused(nil, `{"expr":"sum(rate(requests_total[5m])","range":true}`),
	"Several series match":          refused(nil, `{"expr":"requests_total / on (job) limits","instant":true}`),
	"Unknown metric of the catalog": refused(nil, `{"queryType":"catalog","metric":"invocation_failure_rat"}`),
	"Missing parameter":             refused(nil, `{"queryType":"catalog","metric":"last_model_invocation_duration_seconds","params":{"model_code":["churn"]}}`),
	"Disabled pack":                 refused(settings{"disabledPacks": []string{"tango"}}, `{"queryType":"catalog","metric":"invocation_failure_rate"}`),
	"Too many series":               refused(settings{"seriesLimit": 1}, `{"expr":"requests_total","range":true}`),
	"Filters and MetricsQL":         refused(nil, `{"expr":"sum(requests_total) keep_metric_names","range":true,"adhocFilters":[{"key":"job","operator":"=","value":"api"}]}`),
	"Text instead of numbers":       refused(nil, `{"expr":"\"api\"","instant":true}`),
	"Reserved query parameter":      refused(nil, `{"expr":"up","range":true,"customQueryParameters":"step=5"}`),

	// An alert rule fails.
	"Partial result": func(t *testing.T, p plugin) string {
		server := responding(t, http.StatusOK, apiJSON, `{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}}`)
		return documentedHost(t, server, p.with(t, server, nil).query(t, `{"expr":"up","instant":true}`, fromAlert))
	},

	// Access is denied.
	"No rule applies":               refused(settings{"access": `rules: [{when: {role: Viewer}, matchers: ['job="api"']}]`}, up),
	"Only the catalog is permitted": refused(settings{"access": `policy: {promql: block}`}, `{"expr":"sum(rate(total_invocations[5m]))","range":true}`),
	"Time range too long":           refused(settings{"access": `policy: {range: {max: 5m}}`}, up),
	"Problem in the access rules":   refused(settings{"access": `rules: [{when: {rol: Viewer}, deny: true}]`}, up),

	// A request to the API fails.
	"Unknown route":    func(t *testing.T, p plugin) string { return p.get(t, "api/v1/status/tsdb") },
	"Incomplete range": func(t *testing.T, p plugin) string { return p.get(t, "api/metrics/active_sessions?start=1724756400") },
	"Too many requests for reports": func(t *testing.T, p plugin) string {
		limited := p.with(t, p.prometheus, settings{"report": settings{"requestsPerHour": 1}})
		_ = limited.get(t, "v2/endpoints/ep_1/metrics")
		return limited.get(t, "v2/endpoints/ep_1/metrics")
	},
}

var fromAlert = map[string]string{host.FromAlert: "true"}

// failing returns the error of a query to a server.
func (p plugin) failing(t *testing.T, server string, jsonData settings) string {
	t.Helper()
	return documentedHost(t, server, p.with(t, server, jsonData).query(t, up, nil))
}

// answered returns a function that returns the error of a query if the server sends a response.
func answered(status int, contentType, body string) func(*testing.T, plugin) string {
	return func(t *testing.T, p plugin) string {
		t.Helper()
		return p.failing(t, responding(t, status, contentType, body), nil)
	}
}

// unhealthy returns a function that returns the message of Save & test.
func unhealthy(jsonData settings) func(*testing.T, plugin) string {
	return func(t *testing.T, p plugin) string {
		t.Helper()
		return p.with(t, p.prometheus, jsonData).health(t)
	}
}

// refused returns a function that returns the error of a query to Prometheus.
func refused(jsonData settings, query string) func(*testing.T, plugin) string {
	return func(t *testing.T, p plugin) string {
		t.Helper()
		return documentedHost(t, p.prometheus, p.with(t, p.prometheus, jsonData).query(t, query, nil))
	}
}

func secure(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// silent returns the URL of a server that doesn't respond.
func silent(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Go notices the end of the connection only then
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// truncating returns the URL of a server whose responses end too early.
func truncating(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", apiJSON)
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"matrix","result":[`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
