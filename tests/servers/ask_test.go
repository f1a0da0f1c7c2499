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

// step is that of the range queries here.
const step = time.Minute

// lastHours is the range that everything but a dashboard asks for.
func lastHours() backend.TimeRange { return backend.TimeRange{From: now.Add(-2 * time.Hour), To: now} }

// ask sends one query, {"expr": ...} and the like, to the plugin.
func ask(t *testing.T, plugin *host.Host, text map[string]any) backend.DataResponse {
	t.Helper()
	return askOver(t, plugin, lastHours(), text)
}

func askOver(t *testing.T, plugin *host.Host, span backend.TimeRange, text map[string]any) backend.DataResponse {
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

// equal asks for an expression at every step and at the end, in every format,
// and wants what the server answers.
func (s *server) equal(t *testing.T, plugin *host.Host, expr string) {
	t.Helper()
	for _, format := range []string{"time_series", "time_series_wide", "table"} {
		response := ask(t, plugin, map[string]any{"expr": expr, "range": true, "interval": "1m", "format": format})
		crosscheck.Response(t, s.url, response, lastHours(), step)
		response = ask(t, plugin, map[string]any{"expr": expr, "instant": true, "interval": "1m", "format": format})
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

// refuses wants a query to fail with a status that the user can do something
// about, and a text that has this part.
func (s *server) refuses(t *testing.T, expr, part string) {
	t.Helper()
	for _, how := range []string{"range", "instant"} {
		response := ask(t, s.plugin, map[string]any{"expr": expr, how: true})
		if response.Error == nil || !strings.Contains(response.Error.Error(), part) ||
			(response.Status != http.StatusBadRequest && response.Status != http.StatusUnprocessableEntity) {
			t.Errorf("%s: status %d, error %v", how, response.Status, response.Error)
		}
	}
}

// missing wants what the server says of a path that it doesn't have, without the
// token that was sent along: VictoriaMetrics quotes the request.
func (s *server) missing(t *testing.T, status backend.Status, text string) {
	t.Helper()
	const token = "opensesame"
	elsewhere := plugintest.Source(t, s.url+"/nowhere", map[string]any{"customQueryParameters": "token=" + token})
	response := ask(t, s.plugin.WithDataSource(elsewhere), map[string]any{"expr": "up", "range": true})
	want := strings.ReplaceAll(text, "HOST", strings.TrimPrefix(s.url, "http://"))
	if response.Error == nil || response.Status != status || !strings.Contains(response.Error.Error(), want) || strings.Contains(response.Error.Error(), token) {
		t.Errorf("status %d, error %v, want %s", response.Status, response.Error, want)
	}
}

// exprs are queries of every kind: long and short, ragged, of fractions and of
// large numbers, with an answer of each type.
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

// method asks through a front that notes the methods of the requests.
func (s *server) method(t *testing.T, method string) {
	t.Helper()
	behind, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	methods := map[string]bool{}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/query") {
			mu.Lock()
			methods[r.Method] = true
			mu.Unlock()
		}
		// The proxy may still be about to find the body's end when the answer begins,
		// which closes it and would cut the answer off.
		form, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(form))
		proxy.ServeHTTP(w, r)
	}))
	defer front.Close()
	source := plugintest.Source(t, front.URL, map[string]any{"httpMethod": method})
	source.UID = "by-" + method
	plugin := s.plugin.WithDataSource(source)
	for _, expr := range exprs {
		t.Run(expr, func(t *testing.T) { s.equal(t, plugin, expr) })
	}
	mu.Lock()
	defer mu.Unlock()
	if used := slices.Collect(maps.Keys(methods)); len(used) != 1 || used[0] != method {
		t.Errorf("queries were sent by %q", used)
	}
}
