package rest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// validatePrometheusRoutes is the part of TestResponsesMatchTheDocument for the routes of
// Prometheus. Requests with POST have their parameters in the query string here; the routes
// treat them like parameters in the body.
func validatePrometheusRoutes(t *testing.T, c *contract, healthy, broken Options) {
	t.Helper()
	failing := func(status int, errorType string) Options {
		return options(t, &upstream{status: status, body: `{"status":"error","errorType":"` + errorType + `","error":"no"}`})
	}
	rejecting, slow := failing(http.StatusUnprocessableEntity, "execution"), failing(http.StatusServiceUnavailable, "timeout")
	for _, rt := range newAPI(healthy).routes() {
		if !strings.HasPrefix(rt.path, "/api/v1/") {
			continue
		}
		target := strings.ReplaceAll(rt.path, "{label}", "job") + "?query=up&match[]=up"
		valid, invalid := target, target+"&time=x&start=x&limit=x"
		if strings.HasSuffix(rt.path, "_range") {
			valid, invalid = target+"&start=1&end=2&step=1", target+"&start=x&end=2&step=1"
		}
		for _, test := range []struct {
			o      Options
			status int
		}{{healthy, 200}, {rejecting, 422}, {slow, 503}, {broken, 502}} {
			c.validate(t, rt.method, rt.path, test.status, call(New(test.o), rt.method, valid, ""))
		}
		if strings.HasSuffix(rt.path, "/rules") || strings.HasSuffix(rt.path, "/alerts") || strings.HasSuffix(rt.path, "/buildinfo") {
			continue // they have no invalid parameters
		}
		c.validate(t, rt.method, rt.path, 400, call(New(healthy), rt.method, invalid, ""))
	}
}

// TestFormOfPrometheusRoutes checks which parameters of a request with POST reach the server.
func TestFormOfPrometheusRoutes(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		name, target, contentType, body string
		status                          int
		want                            string // the parameters sent to the server, or a part of the error
	}{
		{"body", "/api/v1/query", form, "query=sum%28up%29&time=60", 200, "query=sum%28up%29&time=60&timeout=2s"},
		{"query string", "/api/v1/query?query=up&time=60", "", "", 200, "query=up&time=60&timeout=2s"},
		{"body and query string", "/api/v1/query?query=no&time=60", form, "query=up", 200, "query=up&time=60&timeout=2s"},
		{"charset", "/api/v1/query", form + "; charset=utf-8", "query=up&time=60", 200, "query=up&time=60&timeout=2s"},
		{"optional parameters", "/api/v1/query", form, "query=up&time=1.0005&timeout=1s&limit=5&stats=all&lookback_delta=1m&unknown=x", 200, "limit=5&lookback_delta=1m&query=up&stats=all&time=1.001&timeout=1s"},
		{"selectors of both", "/api/v1/series?match[]=a", form, "match[]=b&limit=1", 200, "limit=2&match%5B%5D=b&match%5B%5D=a"},
		{"times", "/api/v1/query_range", form, "query=up&start=1970-01-01T00:01:00Z&end=120&step=1m", 200, "end=120&query=up&start=60&step=60&timeout=2s"},
		{"time without zone", "/api/v1/query_exemplars", form, "query=up&start=1970-01-01T00:01:00&end=120", 200, "end=120&query=up&start=60"},
		{"all times", "/api/v1/query_exemplars", form, "query=up", 200, "end=9223309901257974&query=up&start=-9223309901257974"},
		{"JSON", "/api/v1/query", "application/json", `{"query":"up"}`, 400, `The body has the content type \"application/json\". It must be application/x-www-form-urlencoded.`},
		{"invalid escape", "/api/v1/query", form, "query=%zz", 400, `The body is invalid`},
		{"invalid UTF-8", "/api/v1/query", form, "query=%ff", 400, `is not valid UTF-8`},
		{"large body", "/api/v1/query", form, "query=" + strings.Repeat("a", maxFormBytes), 400, `larger than 2 MiB`},
		{"many parameters", "/api/v1/query", form, strings.Repeat("a&", maxQueryParams), 400, `more than 10000 parameters`},
	} {
		t.Run(test.name, func(t *testing.T) {
			handler, u := server(t, "")
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, test.target, strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.contentType)
			handler.ServeHTTP(w, r.WithContext(backend.WithPluginContext(r.Context(), backend.PluginContext{User: &backend.User{Role: "Viewer"}})))
			got := w.Body.String()
			if test.status == http.StatusOK {
				got = u.last(t).form.Encode()
			}
			if w.Code != test.status || !strings.Contains(got, test.want) {
				t.Errorf("%d %.300s", w.Code, got)
			}
		})
	}
}

// TestPrometheusResponses checks that the server's data is unchanged, byte for byte.
func TestPrometheusResponses(t *testing.T) {
	const exemplars = `{"status":"success","data":[{"seriesLabels":{"__name__":"x_bucket","le":"+Inf"},"exemplars":[{"labels":{"trace_id":"<1>"},"value":"0.5","timestamp":1756285200.123},{"labels":{},"value":"+Inf","timestamp":1756285201}]}]}`
	for _, test := range []struct{ target, body, want string }{
		{"/api/v1/query?query=up", `{"status":"success","data":{"resultType":"vector","result":[ {"metric":{"a":"<b>"},"value":[1.5,"1e3"]}],"stats":{"timings":{}}}}`,
			`{"status":"success","data":{"resultType":"vector","result":[ {"metric":{"a":"<b>"},"value":[1.5,"1e3"]}],"stats":{"timings":{}}}}`},
		{"/api/v1/query_range?query=up&start=1&end=2&step=1", `{"warnings":["w"],"infos":["PromQL info: i"],"data":{"result":[],"resultType":"matrix"},"status":"success"}`,
			`{"status":"success","data":{"result":[],"resultType":"matrix"},"warnings":["w"],"infos":["PromQL info: i"]}`},
		{"/api/v1/query_exemplars?query=up", exemplars, exemplars},
		{"/api/v1/rules?type=alert", `{"status":"success","data":{"groups":[{"name":"a", "rules":[]}]}}`, `{"status":"success","data":{"groups":[{"name":"a", "rules":[]}]}}`},
		{"/api/v1/alerts", `{"data":{"alerts":[]},"status":"success"}`, `{"status":"success","data":{"alerts":[]}}`},
		{"/api/v1/status/buildinfo", `{"status":"success","data":{"version":"3.1.0"}}`, `{"status":"success","data":{"version":"3.1.0"}}`},
	} {
		handler, _ := server(t, test.body)
		if w := get(handler, test.target); w.Code != http.StatusOK || w.Body.String() != test.want {
			t.Errorf("%s: %d %s", test.target, w.Code, w.Body)
		}
	}
}
