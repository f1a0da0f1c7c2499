package rest

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// now is the time of requests in these tests, unless a test changes Options.Now.
var now = time.Date(2025, 8, 27, 12, 0, 0, 500e6, time.UTC)

// userPack is the text of a user pack.
const userPack = `
pack: checkout
title: Checkout
owner: shop-team
labels: {country: Where the order came from., shop: The shop's name.}
families:
  - {name: checkout_orders_total, type: counter, help: Orders placed., labels: [country, shop]}
metrics:
  - name: checkout_order_rate
    title: Order rate
    description: Orders per second.
    tags: [orders]
    unit: ops
    type: gauge
    window: 10m
    query: sum by (__BY__) (rate(checkout_orders_total{__PARAMS__}[$__rate_interval])) > 0
    required_params: [shop]
    optional_params: [country]
    group_by: [country]
  - name: checkout_orders
    title: Orders
    description: Orders in the time range.
    tags: [orders]
    unit: short
    type: gauge
    query: sum(increase(checkout_orders_total{__PARAMS__}[$__range]))
    required_params: []
    optional_params: [shop]
  - name: active_sessions
    title: Shop sessions
    description: Sessions that are open in a shop.
    unit: short
    type: gauge
    query: count(checkout_orders_total{__PARAMS__})
    required_params: []
    optional_params: [shop]
    record: shop:orders
`

// sentRequest is a request that reached Prometheus.
type sentRequest struct {
	path string
	form url.Values
}

// upstream replaces Prometheus. It records requests, and responds with body, or if body is
// empty, with a body that suits the path.
type upstream struct {
	status int
	body   string

	mu       sync.Mutex
	requests []sentRequest
}

func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.requests = append(u.requests, sentRequest{r.URL.Path, r.Form})
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(u.status)
	_, _ = io.WriteString(w, cmp.Or(u.body, defaultBody(r.URL.Path)))
	return w.Result(), nil
}

func defaultBody(path string) string {
	switch path {
	case "/api/v1/query":
		return vector
	case "/api/v1/query_range":
		return matrix
	case "/api/v1/series":
		return `{"status":"success","data":[{"__name__":"up","job":"a"}]}`
	case "/api/v1/query_exemplars":
		return `{"status":"success","data":[{"seriesLabels":{"job":"a"},"exemplars":[{"labels":{"trace_id":"1"},"value":"0.5","timestamp":1756285200.5}]}]}`
	case "/api/v1/rules":
		return `{"status":"success","data":{"groups":[]}}`
	case "/api/v1/alerts":
		return `{"status":"success","data":{"alerts":[]}}`
	case "/api/v1/status/buildinfo":
		return `{"status":"success","data":{"version":"3.1.0"}}`
	case "/api/v1/metadata":
		return `{"status":"success","data":{"up":[{"type":"gauge","help":"","unit":""}]}}`
	default:
		return names
	}
}

// last returns the last request that reached Prometheus.
func (u *upstream) last(tb testing.TB) sentRequest {
	tb.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.requests) == 0 {
		tb.Fatal("no request was sent to Prometheus")
	}
	return u.requests[len(u.requests)-1]
}

const (
	vector = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1756296000.5,"17"]}]}}`
	matrix = `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1756296000,"17"],[1756296060,"NaN"]]}]}}`
	names  = `{"status":"success","data":["a","b"]}`
	failed = `{"status":"error","errorType":"execution","error":"query processing would load too many samples"}`
)

func builtin(tb testing.TB) *catalog.Catalog {
	tb.Helper()
	c, err := catalog.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// sources is the number of data sources that the tests have created. Each data source gets the
// next number as the id of its organization, so that data sources don't share audit events.
var sources atomic.Int64

// options returns the options of a data source with userPack.
func options(tb testing.TB, u *upstream) Options {
	tb.Helper()
	builtin := builtin(tb)
	catalog, problems := builtin.With(tb.Context(), userPack)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	// The timeout is too short for a retry, so tests don't wait for retries.
	client, err := promapi.New(&http.Client{Transport: u}, promapi.Options{URL: "http://prometheus:9090", Timeout: 2 * time.Second, MaxBytes: 8 << 20})
	if err != nil {
		tb.Fatal(err)
	}
	log, err := audit.Open(audit.Options{Source: audit.Source{Org: sources.Add(1)}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(log.Close)
	return Options{Audit: log, Catalog: catalog, Builtin: builtin, Client: client, ScrapeInterval: 15 * time.Second, Now: func() time.Time { return now }}
}

// server returns the handler of a data source whose Prometheus responds with body.
func server(tb testing.TB, body string) (http.Handler, *upstream) {
	tb.Helper()
	u := &upstream{status: http.StatusOK, body: body}
	return New(options(tb, u)), u
}

// call sends a request as an editor.
func call(handler http.Handler, method, target, body string) *httptest.ResponseRecorder {
	return callAs(&backend.User{Login: "ada", Role: "Editor"}, handler, method, target, body)
}

func callAs(user *backend.User, handler http.Handler, method, target, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	handler.ServeHTTP(w, r.WithContext(backend.WithPluginContext(r.Context(), backend.PluginContext{User: user})))
	return w
}

func get(handler http.Handler, target string) *httptest.ResponseRecorder {
	return call(handler, http.MethodGet, target, "")
}

// read decodes a response with status 200.
func read[T any](tb testing.TB, w *httptest.ResponseRecorder) (body T) {
	tb.Helper()
	if w.Code != http.StatusOK {
		tb.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		tb.Fatalf("%v: %s", err, w.Body)
	}
	return body
}

func TestOtherPathsAreNotFound(t *testing.T) {
	handler, u := server(t, vector)
	for _, target := range []string{
		"/", "/api", "/api/metrics/", "/api//metrics", "/api/../api/metrics", "/nowhere",
		"/api/v1/admin/tsdb/snapshot", "/api/v1/status/config", "/api/v1/write", "/catalog/", "/catalog/active_sessions",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			w := call(handler, method, target, "")
			var body errorBody
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusNotFound || body.Error != "NOT_FOUND" || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
			}
		}
	}
	if len(u.requests) > 0 {
		t.Errorf("requests to Prometheus: %v", u.requests)
	}
}

// TestOtherMethodsAreNotAllowed sends a request with each method to the path of every route.
func TestOtherMethodsAreNotAllowed(t *testing.T) {
	u := &upstream{status: http.StatusOK}
	a := newAPI(options(t, u))
	handler := a.handler()
	allowed := map[string][]string{}
	for _, rt := range a.routes() {
		path := strings.NewReplacer("{name}", "active_sessions", "{param}", "workspace", "{label}", "job", "{id}", "ep_a").Replace(rt.path)
		allowed[path] = append(allowed[path], rt.method)
		if rt.method == http.MethodGet {
			allowed[path] = append(allowed[path], http.MethodHead)
		}
	}
	for path, methods := range allowed {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			if slices.Contains(methods, method) {
				continue
			}
			w := call(handler, method, path, "")
			var body errorBody
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusMethodNotAllowed || body.Error != "METHOD_NOT_ALLOWED" || w.Header().Get("Allow") != strings.Join(methods, ", ") {
				t.Errorf("%s %s: %d, Allow: %s, %s", method, path, w.Code, w.Header().Get("Allow"), w.Body)
			}
		}
	}
	if len(u.requests) > 0 {
		t.Errorf("requests to Prometheus: %v", u.requests)
	}
}

func TestHead(t *testing.T) {
	handler, _ := server(t, vector)
	for target, want := range map[string]int{"/api/metrics": 200, "/api/metrics/active_sessions": 200, "/api/metrics/no_such": 404} {
		if w := call(handler, http.MethodHead, target, ""); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

func TestErrors(t *testing.T) {
	handler, _ := server(t, vector)
	for _, test := range []struct {
		name, target string
		status       int
		want         string // part of the body
	}{
		{"misspelt metric, message", "/api/metrics/active_session", 404, `{"error":"NOT_FOUND","message":"The catalog has no metric \"active_session\". Did you mean active_sessions`},
		{"misspelt metric, details", "/api/metrics/active_session", 404, `"details":{"metric":"active_session","nearest":["active_sessions"`},
		{"no similar metric", "/api/metrics/zzz", 404, `"details":{"metric":"zzz","nearest":[]}`},
		{"unknown pack", "/api/metrics?pack=chekout", 404, `"details":{"nearest":["checkout"],"pack":"chekout"}`},
		{"unknown parameter", "/api/metrics/total_models?modelcode=a", 400, `"details":{"allowedParameters":["workspace","model_code","model_version"],"nearest":["model_code"`},
		{"parameter of lists", "/api/metrics/total_models?limit=1", 400, `total_models has no parameter \"limit\"`},
		{"missing parameter", "/api/metrics/last_model_invocation_duration_seconds?model_code=a", 400, `"details":{"missingParameters":["model_version"]}`},
		{"required parameter with all values", "/api/metrics/last_model_invocation_duration_seconds?model_code=a&model_version=.*", 400, `"details":{"missingParameters":["model_version"]}`},
		{"empty value", "/api/metrics/total_models?model_code=", 400, `"message":"model_code has no value. Set a value, or omit the parameter.","details":{"parameter":"model_code","value":""}`},
		{"empty value of several", "/api/metrics/total_models?model_code=a&model_code=", 400, `model_code has no value`},
		{"empty time", "/api/metrics/total_models?start=", 400, `start has no value`},
		{"only a start", "/api/metrics/total_models?start=1", 400, `"message":"A range requires start, end and step. Missing: end, step.","details":{"missingParameters":["end","step"]}`},
		{"no step", "/api/metrics/total_models?start=1&end=2", 400, `"missingParameters":["step"]`},
		{"start twice", "/api/metrics/total_models?start=1&start=2&end=3&step=1", 400, `start is set 2 times. Set it once.`},
		{"time twice", "/api/metrics/total_models?time=1&time=2", 400, `time is set 2 times`},
		{"window twice", "/api/metrics/total_models?window=1m&window=2m", 400, `window is set 2 times`},
		{"time and a range", "/api/metrics/total_models?time=1&start=1&end=2&step=1", 400, `time selects a single time, and start, end, step a range`},
		{"time and a step", "/api/metrics/total_models?time=1&step=1", 400, `time selects a single time, and step a range`},
		{"time that is not a time", "/api/metrics/total_models?time=yesterday", 400, `"details":{"parameter":"time","value":"yesterday"}`},
		{"end before start", "/api/metrics/total_models?start=2&end=1&step=1", 400, `The end is before the start.`},
		{"step of 0", "/api/metrics/total_models?start=1&end=2&step=0", 400, `step is \"0\". Write a duration such as 30s, 5m or 1h, or a number of seconds.`},
		{"too many points", "/api/metrics/total_models?start=0&end=11000&step=1", 400, `more than 11000 points`},
		{"too many points in ten thousand years", "/api/metrics/total_models?start=0000-01-01&end=9999-12-31&step=10d", 400, `more than 11000 points`},
		{"window that is not a duration", "/api/metrics/total_models?window=long", 400, `"details":{"parameter":"window","value":"long"}`},
		{"fixed grouping", "/api/metrics/total_models?group_by=workspace", 400, `"details":{"allowedValues":[],"parameter":"group_by","value":"workspace"}`},
		{"grouping by an unknown label", "/api/metrics/checkout_order_rate?shop=a&group_by=shop,city", 400, `"details":{"allowedValues":["country","shop"],"parameter":"group_by","value":"city"}`},
		{"invalid escape", "/api/metrics/total_models?model_code=%zz", 400, `The query string is invalid`},
		{"semicolon", "/api/metrics/total_models?model_code=a;b", 400, `Write ; and % in a value as %3B and %25.`},
		{"value that is not UTF-8", "/api/metrics/total_models?model_code=%ff", 400, `is not valid UTF-8`},
		{"name that is not UTF-8", "/api/metrics/total_models?%ff=a", 400, `is not valid UTF-8`},
		{"value of 100 KB", "/api/metrics/total_models?model_code=" + strings.Repeat("a", 100<<10), 400, `model_code has a value of 102400 bytes. The limit is 65536.`},
		{"group_by of 100 KB", "/api/metrics/total_models?group_by=" + strings.Repeat("a", 100<<10), 400, `group_by has a value of 102400 bytes. The limit is 65536.`},
		{"match[] of 100 KB", "/api/v1/series?match[]=up&match[]=" + strings.Repeat("a", 100<<10), 400, `match[] has a value of 102400 bytes. The limit is 65536.`},
		{"metrics of 100 KB", "/v2/endpoints/ep_1/metrics?metrics=" + strings.Repeat("a", 100<<10), 400, `metrics has a value of 102400 bytes. The limit is 65536.`},
		{"unknown parameter of a list", "/api/metrics?limt=1", 400, `This route has no parameter \"limt\". It takes pack.`},
		{"parameter of the schema", "/catalog/schema?x=1", 400, `It takes none.`},
		{"limit below 1", "/catalog?limit=0", 400, `limit is \"0\". Write a whole number from 1 to 1000.`},
		{"limit above 1000", "/catalog/search?limit=1001", 400, `"parameter":"limit","value":"1001"`},
		{"limit that overflows", "/catalog?limit=99999999999999999999", 400, `Write a whole number from 1 to 1000`},
		{"limit that is not a number", "/catalog?limit=NaN", 400, `Write a whole number`},
		{"negative offset", "/catalog?offset=-1", 400, `offset is \"-1\"`},
		{"values of an unknown parameter", "/catalog/total_models/values/modelcode", 404, `"nearest":["model_code"`},
		{"values with an unknown parameter", "/catalog/total_models/values/model_code?worksp=a", 400, `"nearest":["workspace"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := get(handler, test.target)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%d %s\nwant %d and %s", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

// TestErrorsOfPrometheus checks that the metrics API responds with status 502 if Prometheus
// sends an error or an invalid response. The details contain an error status of Prometheus.
func TestErrorsOfPrometheus(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"rejects the query", 422, failed, `"error":"UPSTREAM_FAILED","message":"prometheus:9090 refused the query: execution: query processing would load too many samples.","details":{"status":422}`},
		{"requires credentials", 401, ``, `"details":{"status":401}`},
		{"is overloaded", 503, ``, `"details":{"status":503}`},
		{"is a web page", 200, `<html>`, `answered with a web page`},
		{"other JSON", 200, `{"status":"success"}`, `resultType is not matrix, vector, scalar or string`},
		{"other JSON type", 200, `{"status":"success","data":[]}`, `not send a valid response of the Prometheus API`},
		{"is truncated", 200, vector[:40], `UPSTREAM_FAILED`},
		{"error with status 200", 200, failed, `UPSTREAM_FAILED`},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := &upstream{status: test.status, body: test.body}
			w := get(New(options(t, u)), "/api/metrics/active_sessions")
			if w.Code != http.StatusBadGateway || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%d %s\nwant %s", w.Code, w.Body, test.want)
			}
		})
	}
}

// TestInvalidSettings checks that routes that don't need Prometheus still work.
func TestInvalidSettings(t *testing.T) {
	o := options(t, &upstream{})
	o.Client, o.Broken = nil, fault.New(fault.Misconfigured, "This data source has no URL.")
	handler := New(o)
	for target, want := range map[string]int{
		"/api/metrics": 200, "/catalog": 200, "/catalog/search?search=model": 200, "/catalog/schema": 200, "/catalog/report": 200, "/api/openapi.json": 200,
		"/api/metrics/active_sessions": 502, "/catalog/total_models/values/workspace": 502,
		"/api/v1/labels": 502, "/api/v1/label/job/values": 502, "/api/v1/series?match[]=up": 502, "/api/v1/metadata": 502,
	} {
		if w := get(handler, target); w.Code != want || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	got := read[restjson.Explanation](t, get(handler, "/api/metrics/total_models/explain"))
	if got.Query != "sum(total_models{})" || got.ValuesError != "This data source has no URL." {
		t.Errorf("got %+v", got)
	}
}

// TestInvalidUserPack checks that the metrics of an invalid pack fail, even if there is a
// built-in metric with the same name, and that all other metrics work.
func TestInvalidUserPack(t *testing.T) {
	u := &upstream{status: http.StatusOK}
	o := options(t, u)
	catalog, problems := o.Builtin.With(t.Context(), strings.Replace(userPack, "query: count(", "query: coun(", 1))
	if len(problems) == 0 {
		t.Fatal("the pack has no problems")
	}
	o.Catalog = catalog
	handler := New(o)
	for target, want := range map[string]int{
		"/api/metrics": 200, "/catalog": 200, "/api/openapi.json": 200, "/api/metrics/closed_sessions": 200,
		"/api/metrics/active_sessions": 502, "/api/metrics/active_sessions/explain": 502, "/catalog/active_sessions/values/shop": 502,
	} {
		w := get(handler, target)
		if w.Code != want || (want == 502 && !strings.Contains(w.Body.String(), `{"error":"DATA_SOURCE_MISCONFIGURED","message":"`)) {
			t.Errorf("%s: %d %.300s", target, w.Code, w.Body)
		}
	}
}
