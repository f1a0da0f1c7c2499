package servers

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/crosscheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
)

// step is the step of the range queries that are compared with the server's, except those of
// dashboards and of scraped series.
const step = time.Minute

// lastHours returns the time range of the queries, except those of dashboards and of
// scraped series.
func lastHours() backend.TimeRange { return backend.TimeRange{From: now.Add(-2 * time.Hour), To: now} }

// runQuery runs one query, such as {"expr": ...}.
func runQuery(t *testing.T, plugin *host.Host, text map[string]any) backend.DataResponse {
	t.Helper()
	return runQueryOver(t, plugin, lastHours(), text)
}

func runQueryOver(t *testing.T, plugin *host.Host, span backend.TimeRange, text map[string]any) backend.DataResponse {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := host.DataQuery(raw, span, host.Defaults{})
	if err != nil {
		t.Fatal(err)
	}
	response, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return response.Responses[q.RefID]
}

// compare runs a range query and an instant query with the expression in every format except
// heatmap and compares the results with the server's.
func (s *server) compare(t *testing.T, plugin *host.Host, expr string) {
	t.Helper()
	for _, format := range []string{"time_series", "time_series_wide", "table"} {
		response := runQuery(t, plugin, map[string]any{"expr": expr, "range": true, "interval": "1m", "format": format})
		crosscheck.Response(t, s.url, response, lastHours(), step)
		response = runQuery(t, plugin, map[string]any{"expr": expr, "instant": true, "interval": "1m", "format": format})
		crosscheck.Response(t, s.url, response, lastHours(), 0)
	}
}

func (s *server) health(t *testing.T, name string) {
	t.Helper()
	health, err := s.plugin.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusOk || !strings.HasPrefix(health.Message, "Connected to "+name) {
		t.Errorf("got %+v, %v", health, err)
	}
	t.Log(health.Message)
}

// rejects checks that a query fails with status 400 or 422 and a message that contains part.
func (s *server) rejects(t *testing.T, expr, part string) {
	t.Helper()
	for _, how := range []string{"range", "instant"} {
		response := runQuery(t, s.plugin, map[string]any{"expr": expr, how: true})
		if response.Error == nil || !strings.Contains(response.Error.Error(), part) ||
			(response.Status != http.StatusBadRequest && response.Status != http.StatusUnprocessableEntity) {
			t.Errorf("%s: status %d, error %v", how, response.Status, response.Error)
		}
	}
}

// missing checks the error for an unknown path. The response of VictoriaMetrics quotes the
// token of the request. The error must not contain the token.
func (s *server) missing(t *testing.T, status backend.Status, text string) {
	t.Helper()
	const token = "opensesame"
	source := plugintest.Source(t, s.url+"/nowhere", map[string]any{"customQueryParameters": "token=" + token})
	response := runQuery(t, s.plugin.WithDataSource(source), map[string]any{"expr": "up", "range": true})
	want := strings.ReplaceAll(text, "HOST", strings.TrimPrefix(s.url, "http://"))
	if response.Error == nil || response.Status != status || !strings.Contains(response.Error.Error(), want) || strings.Contains(response.Error.Error(), token) {
		t.Errorf("status %d, error %v, want %s", response.Status, response.Error, want)
	}
}

// exprs are queries whose results have many or few series, gaps, fractions or large numbers.
// One result is a scalar.
var exprs = []string{
	`up`,
	`sum by (service, status) (rate(tessallite_http_requests_total[$__rate_interval]))`,
	`tessallite_model_queries_total % 1000 > 700`,
	`histogram_quantile(0.95, sum by (le, service) (rate(tessallite_http_request_duration_seconds_bucket[5m])))`,
	`topk(3, total_invocations)`,
	`total_invocations * 1e300`,
	`-1 / (up - 1)`,
	`scalar(sum(up)) / 7`,
	`{job="tango"}`,
}

// method compares the plugin's results of queries with the server's. The queries pass through
// a proxy, with which the test checks that each is sent with the given HTTP method.
func (s *server) method(t *testing.T, method string) {
	t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	methods := map[string]bool{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	recorder := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/query") {
			mu.Lock()
			methods[r.Method] = true
			mu.Unlock()
		}
		// The body is read first. If the response began before the proxy has read the body, the
		// body would be closed and the response truncated.
		form, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(form))
		proxy.ServeHTTP(w, r)
	}))
	defer recorder.Close()
	source := plugintest.Source(t, recorder.URL, map[string]any{"httpMethod": method})
	source.UID = "by-" + method
	plugin := s.plugin.WithDataSource(source)
	for _, expr := range exprs {
		t.Run(expr, func(t *testing.T) { s.compare(t, plugin, expr) })
	}
	mu.Lock()
	defer mu.Unlock()
	if used := slices.Collect(maps.Keys(methods)); len(used) != 1 || used[0] != method {
		t.Errorf("the methods are %q", used)
	}
}
