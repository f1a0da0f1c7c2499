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

// attempt is a test that produces an error.
type attempt struct {
	*testing.T
	plugin
}

// symptoms produce the errors on docs/troubleshoot.md, by heading.
var symptoms = map[string]func(attempt) string{
	// The server can't be reached.
	"Connection refused":    func(a attempt) string { return a.failing(closedPort(a.T), nil) },
	"Unknown host":          func(a attempt) string { return a.failing("http://prometheus.invalid:9090", nil) },
	"Untrusted certificate": func(a attempt) string { return a.failing(secure(a.T).URL, nil) },
	"HTTP instead of HTTPS": func(a attempt) string {
		return a.failing(strings.Replace(secure(a.T).URL, "https", "http", 1), nil)
	},
	"Timeout":            func(a attempt) string { return a.failing(silent(a.T), settings{"queryTimeout": "1s"}) },
	"Bad gateway":        answered(http.StatusBadGateway, plainText, ""),
	"Truncated response": func(a attempt) string { return a.failing(truncating(a.T), nil) },

	// The server refuses requests.
	"Wrong credentials": answered(http.StatusUnauthorized, plainText, ""),
	"Forbidden":         answered(http.StatusForbidden, plainText, "no org id"),
	"Wrong path":        answered(http.StatusNotFound, plainText, "404 page not found"),
	"Login page":        answered(http.StatusOK, "text/html", "<html><head><title>Sign in</title></head><body></body></html>"),
	"Too busy":          answered(http.StatusServiceUnavailable, plainText, ""),

	// The settings have a problem.
	"No URL":          func(a attempt) string { return a.with(a.T, "", nil).health(a.T) },
	"Invalid setting": unhealthy(settings{"timeInterval": "soon"}),
	"SigV4":           unhealthy(settings{"sigV4Auth": true}),
	"Invalid user pack": unhealthy(settings{"packs": "pack: my_team\ntitle: My team\nowner: my-team\nmetrics:\n  - name: my_requests\n    title: Requests\n" +
		"    description: Requests per second.\n    unit: requests\n    type: gauge\n    query: sum(rate(inference_requests_total[5m]))\n    required_params: []\n    optional_params: []\n"}),
	"Export of audit events": func(a attempt) string {
		collector := responding(a.T, http.StatusUnauthorized, plainText, "")
		text := a.with(a.T, a.prometheus, settings{"auditOtlpUrl": collector}).health(a.T)
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
	"Partial result": func(a attempt) string {
		server := responding(a.T, http.StatusOK, apiJSON, `{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}}`)
		return documentedHost(a.T, server, a.with(a.T, server, nil).query(a.T, `{"expr":"up","instant":true}`, fromAlert))
	},

	// Access is denied.
	"No rule applies":               refused(settings{"access": `rules: [{when: {role: Viewer}, matchers: ['job="api"']}]`}, up),
	"Only the catalog is permitted": refused(settings{"access": `policy: {promql: block}`}, `{"expr":"sum(rate(total_invocations[5m]))","range":true}`),
	"Time range too long":           refused(settings{"access": `policy: {range: {max: 5m}}`}, up),
	"Problem in the access rules":   refused(settings{"access": `rules: [{when: {rol: Viewer}, deny: true}]`}, up),

	// A request to the API fails.
	"Unknown route":    func(a attempt) string { return a.get(a.T, "api/v1/status/tsdb") },
	"Incomplete range": func(a attempt) string { return a.get(a.T, "api/metrics/active_sessions?start=1724756400") },
	"Too many requests for reports": func(a attempt) string {
		limited := a.with(a.T, a.prometheus, settings{"report": settings{"requestsPerHour": 1}})
		_ = limited.get(a.T, "v2/endpoints/ep_1/metrics")
		return limited.get(a.T, "v2/endpoints/ep_1/metrics")
	},
}

var fromAlert = map[string]string{host.FromAlert: "true"}

// failing returns the error of a query to a server.
func (a attempt) failing(server string, jsonData settings) string {
	a.Helper()
	return documentedHost(a.T, server, a.with(a.T, server, jsonData).query(a.T, up, nil))
}

// answered returns a function that returns the error of a query if the server sends a response.
func answered(status int, contentType, body string) func(attempt) string {
	return func(a attempt) string {
		return a.failing(responding(a.T, status, contentType, body), nil)
	}
}

// unhealthy returns a function that returns the message of Save & test.
func unhealthy(jsonData settings) func(attempt) string {
	return func(a attempt) string {
		return a.with(a.T, a.prometheus, jsonData).health(a.T)
	}
}

// refused returns a function that returns the error of a query to Prometheus.
func refused(jsonData settings, query string) func(attempt) string {
	return func(a attempt) string {
		return documentedHost(a.T, a.prometheus, a.with(a.T, a.prometheus, jsonData).query(a.T, query, nil))
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
