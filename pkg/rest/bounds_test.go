package rest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// longTimeoutOptions returns options with a query timeout that is long enough for large
// requests.
func longTimeoutOptions(t *testing.T) Options {
	t.Helper()
	u := &upstream{status: http.StatusOK}
	o := options(t, u)
	client, err := promapi.New(&http.Client{Transport: u}, promapi.Options{URL: "http://prometheus:9090", Timeout: time.Minute, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	o.Client = client
	return o
}

// oversized contains requests that exceed the limits that all routes have. The field path is
// the value of the parameters in the route's path, such as {name}.
var oversized = []struct{ name, path, query, body, want string }{
	{name: "long path", path: strings.Repeat("a", maxPathBytes), want: "The limit is 65536"},
	{name: "long query string", query: "workspace=" + strings.Repeat("a", maxQueryBytes), want: "The limit is 1048576"},
	{name: "many parameters", query: strings.Repeat("workspace=a&", maxQueryParams+1), want: "more than 10000 parameters"},
	{name: "many names", query: distinct(maxQueryParams + 1), want: "more than 10000 parameters"},
	{name: "long body", body: `{"metric":"total_models","packs":"` + strings.Repeat("a", maxCheckBodyBytes) + `"}`, want: "is larger than"},
	{name: "body with a list", body: strings.Repeat("[", maxCheckBodyBytes+1), want: "is larger than"},
}

func distinct(n int) string {
	values := url.Values{}
	for i := range n {
		values.Set(strings.Repeat("a", i%100)+string(rune('a'+i/100)), "")
	}
	return values.Encode()
}

func TestErrorsOfOversizedRequestsNameTheLimit(t *testing.T) {
	a := newAPI(longTimeoutOptions(t))
	handler := a.handler()
	for _, rt := range a.routes() {
		for _, test := range oversized {
			if test.path != "" && !strings.Contains(rt.path, "{") || test.body != "" && rt.method != http.MethodPost {
				continue
			}
			w := sendAsAdmin(handler, rt, test.path, test.query, test.body)
			if w.Code != http.StatusBadRequest || !json.Valid(w.Body.Bytes()) || !strings.Contains(w.Body.String(), test.want) || w.Body.Len() > 2000 {
				t.Errorf("%s, %s: %d %.300s", rt.name(), test.name, w.Code, w.Body)
			}
		}
	}
}

// largeQueries contains query strings of allowed length. They may exceed the limits of a value
// or of the resulting PromQL.
var largeQueries = map[string]string{
	"values":                strings.Repeat("workspace="+strings.Repeat("a", 60_000)+"&", 17),
	"a long value":          "workspace=" + strings.Repeat("a", 1_000_000),
	"control characters":    strings.Repeat("workspace="+strings.Repeat("%00", 20_000)+"&", 17),
	"quotes":                strings.Repeat("workspace="+strings.Repeat("%22", 20_000)+"&", 17),
	"backslashes":           strings.Repeat("workspace="+strings.Repeat("%5C", 20_000)+"&", 17),
	"broken characters":     strings.Repeat("workspace="+strings.Repeat("%EF%BF%BD", 6_000)+"&", 17),
	"unescaped characters":  strings.Repeat("workspace="+strings.Repeat("\x00", 60_000)+"&", 17),
	"many values":           strings.Repeat("workspace=a&", maxQueryParams),
	"groupings":             "group_by=" + strings.Repeat("a,", 30_000),
	"a repeated grouping":   strings.Repeat("group_by=workspace&", maxQueryParams),
	"selectors":             strings.Repeat("match[]="+strings.Repeat("a", 60_000)+"&", 17),
	"a search":              "search=" + strings.Repeat("a ", 30_000),
	"a search of signs":     "search=" + strings.Repeat(".", 60_000),
	"digits of a limit":     "limit=" + strings.Repeat("9", 60_000),
	"digits of a start":     "start=" + strings.Repeat("9", 60_000),
	"digits of a time":      "time=" + strings.Repeat("9", 60_000),
	"digits of a step":      "start=1&end=2&step=" + strings.Repeat("9", 60_000),
	"the largest time":      "time=253402300799",
	"the longest range":     "start=0&end=253402300799&step=292y",
	"a long window":         "window=" + strings.Repeat("9", 60_000) + "s",
	"a metric's long name":  "metric=" + strings.Repeat("a", 1_000_000),
	"a long unknown pack":   "pack=" + strings.Repeat("a", 60_000),
	"a long unknown tag":    "tag=" + strings.Repeat("a", 60_000),
	"a regular expression":  "workspace=" + strings.Repeat("(", 60_000) + "&workspace=b",
	"another parameter too": strings.Repeat("workspace="+strings.Repeat("%00", 20_000)+"&", 8) + strings.Repeat("model_code="+strings.Repeat("%00", 20_000)+"&", 8),
}

// largeBodies contains bodies of allowed size. They may exceed the limits of a value or of the
// resulting PromQL.
var largeBodies = map[string]string{
	"values":             `{"metric":"total_models","params":{"workspace":["` + strings.Repeat("a", 1_000_000) + `","b"]}}`,
	"control characters": `{"metric":"total_models","params":{"workspace":["` + strings.Repeat(`\u0000`, 170_000) + `","b"]}}`,
	"quotes":             `{"metric":"total_models","params":{"workspace":["` + strings.Repeat(`\"`, 500_000) + `","b"]}}`,
	"broken characters":  `{"metric":"total_models","params":{"workspace":["` + strings.Repeat("\ufffd", 340_000) + `"]}}`,
	"deletions":          `{"metric":"total_models","params":{"workspace":["` + strings.Repeat("\x7f", 600_000) + `"]}}`,
	"a bad expression":   `{"metric":"total_models","params":{"workspace":{"op":"=~","values":["` + strings.Repeat("(", 1_000_000) + `"]}}}`,
	"expressions":        `{"metric":"total_models","params":{"workspace":{"op":"=~","values":["` + strings.Repeat(`.{1000}`, 140_000) + `"]}}}`,
	"groupings":          `{"metric":"total_models","groupBy":["` + strings.Repeat(`workspace","`, 80_000) + `"]}`,
	"a search":           `{"search":"` + strings.Repeat(".", 1_000_000) + `"}`,
	"a deep list":        `{"metric":` + strings.Repeat("[", 1_000_000),
	"packs":              `{"packs":"` + strings.Repeat(`a: [`, 200_000) + `"}`,
}

// TestLargeRequests checks that no large request leads to status 5xx.
func TestLargeRequests(t *testing.T) {
	a := newAPI(longTimeoutOptions(t))
	handler := a.handler()
	for _, rt := range a.routes() {
		inputs := largeQueries
		if rt.method == http.MethodPost {
			inputs = largeBodies
		}
		for name, input := range inputs {
			query, body := input, ""
			if rt.method == http.MethodPost {
				query, body = body, query
			}
			w := sendAsAdmin(handler, rt, "", query, body)
			if w.Code >= 500 || !json.Valid(w.Body.Bytes()) || w.Code != http.StatusOK && w.Body.Len() > 3000 {
				t.Errorf("%s, %s: %d %.300s", rt.name(), name, w.Code, w.Body)
			}
		}
	}
}

// TestEscapedValuesAreBounded checks all routes that accept values for a metric's parameters.
// They limit the size that these values have in PromQL, after escaping.
func TestEscapedValuesAreBounded(t *testing.T) {
	a := newAPI(longTimeoutOptions(t))
	handler := a.handler()
	const want = "take more than 2 MiB, because"
	for target, body := range map[string]string{
		"POST /catalog/preview":                                    largeBodies["deletions"],
		"POST /catalog/total_models/values/model_code":             largeBodies["deletions"],
		"GET /api/metrics/total_models?{}":                         largeQueries["unescaped characters"],
		"GET /api/metrics/total_models/explain?{}":                 largeQueries["unescaped characters"],
		"GET /catalog/total_models/values/model_code?{}":           largeQueries["unescaped characters"],
		"GET /catalog/total_models/values/model_code?search=a&{}&": largeQueries["unescaped characters"],
	} {
		method, target, _ := strings.Cut(target, " ")
		path, query, _ := strings.Cut(target, "?")
		if query != "" {
			query, body = strings.Replace(query, "{}", body, 1), ""
		}
		w := sendAsAdmin(handler, route{method: method, path: path}, "", query, body)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s %.100s: %d %.300s", method, target, w.Code, w.Body)
		}
	}
}

// sendAsAdmin sends an administrator's request. It doesn't escape the query string or body.
// name replaces the parameters in the route's path. If name is "", valid values replace them.
func sendAsAdmin(handler http.Handler, rt route, name, query, body string) *httptest.ResponseRecorder {
	path := strings.NewReplacer("{name}", cmp.Or(name, "total_models"), "{param}", cmp.Or(name, "workspace"), "{label}", cmp.Or(name, "job"), "{id}", cmp.Or(name, "ep_a")).Replace(rt.path)
	r := httptest.NewRequest(rt.method, path, strings.NewReader(body))
	r.URL.RawQuery = query
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r.WithContext(backend.WithPluginContext(r.Context(), backend.PluginContext{User: &backend.User{Role: "Admin"}})))
	return w
}

// TestRequestsThatTheAdapterRejects checks that the handler sends a response instead of
// returning an error, for which Grafana would respond with status 500.
func TestRequestsThatTheAdapterRejects(t *testing.T) {
	handler := Resources(options(t, &upstream{status: 200}))
	for _, req := range []backend.CallResourceRequest{
		{Method: "GET", Path: "//[x", URL: "//%5Bx"},
		{Method: "GET", Path: "api/metrics", URL: "api/metrics?a\x00"},
		{Method: "GET", Path: "api/metrics", URL: "%zz"},
		{Method: "GE T", Path: "api/metrics", URL: "api/metrics"},
		{Method: strings.Repeat("ä", 100_000), Path: "api/metrics", URL: "api/metrics"},
	} {
		var got *backend.CallResourceResponse
		err := handler.CallResource(t.Context(), &req, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			got = r
			return nil
		}))
		if err != nil || got == nil || got.Status != http.StatusBadRequest && got.Status != http.StatusNotFound || !json.Valid(got.Body) || len(got.Body) > 2000 {
			t.Errorf("%.20s %q: %v, %+v", req.Method, req.Path, err, got)
		}
	}
}
