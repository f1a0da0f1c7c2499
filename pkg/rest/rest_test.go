package rest

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// now is when every request of these tests is made.
var now = time.Date(2025, 8, 27, 12, 0, 0, 500e6, time.UTC)

// ownPack is what a user has in the settings beside the built-in packs.
const ownPack = `
pack: checkout
title: Checkout
owner: shop-team
labels: {country: Where the order came from., shop: The shop's name.}
families:
  - {name: checkout_orders_total, type: counter, help: Orders placed., labels: [country, shop]}
metrics:
  - name: checkout_order_rate
    title: Order rate
    description: Orders a second.
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
    description: Orders in the time asked about.
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

// asked is a request that reached Prometheus.
type asked struct {
	path string
	form url.Values
}

// upstream stands in for Prometheus: it notes what it is asked, and answers with
// the same text each time, or without one as befits the path.
type upstream struct {
	status int
	body   string

	mu  sync.Mutex
	all []asked
}

func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = append(u.all, asked{r.URL.Path, r.Form})
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(u.status)
	_, _ = io.WriteString(w, cmp.Or(u.body, befitting(r.URL.Path)))
	return w.Result(), nil
}

func befitting(path string) string {
	switch path {
	case "/api/v1/query":
		return vector
	case "/api/v1/query_range":
		return matrix
	case "/api/v1/series":
		return `{"status":"success","data":[{"__name__":"up","job":"a"}]}`
	case "/api/v1/metadata":
		return `{"status":"success","data":{"up":[{"type":"gauge","help":"","unit":""}]}}`
	default:
		return names
	}
}

// last is the latest request that reached Prometheus.
func (u *upstream) last(tb testing.TB) asked {
	tb.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.all) == 0 {
		tb.Fatal("Prometheus was not asked")
	}
	return u.all[len(u.all)-1]
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

// options are those of a data source with the user's own pack.
func options(tb testing.TB, u *upstream) Options {
	tb.Helper()
	shipped := builtin(tb)
	with, problems := shipped.With(tb.Context(), ownPack)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	// No time is left for a second attempt, so that no test waits for one.
	client, err := promapi.New(&http.Client{Transport: u}, promapi.Options{URL: "http://prometheus:9090", Timeout: 2 * time.Second, MaxBytes: 1 << 20})
	if err != nil {
		tb.Fatal(err)
	}
	return Options{Catalog: with, Builtin: shipped, Client: client, ScrapeInterval: 15 * time.Second, Now: func() time.Time { return now }}
}

// server answers as the plugin does with a Prometheus that says body.
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

// read decodes an answer of status 200.
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

func TestOtherPathsAndMethodsAreNotFound(t *testing.T) {
	handler, u := server(t, vector)
	for _, request := range []string{
		"GET /", "GET /api", "GET /api/metrics/", "GET /api//metrics", "GET /api/../api/metrics", "GET /nowhere", "GET /api/v1/query?query=up",
		"GET /api/v1/admin/tsdb/snapshot", "GET /catalog/", "GET /catalog/active_sessions", "GET /catalog/check",
		"POST /api/metrics", "PUT /api/metrics/active_sessions", "DELETE /catalog", "PATCH /catalog/check", "OPTIONS /api/metrics", "POST /api/v1/series",
	} {
		t.Run(request, func(t *testing.T) {
			method, target, _ := strings.Cut(request, " ")
			w := call(handler, method, target, "")
			var body errorBody
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusNotFound || body.Error != "NOT_FOUND" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != "application/json" {
				t.Errorf("it is %s", got)
			}
		})
	}
	if len(u.all) > 0 {
		t.Errorf("Prometheus was asked %v", u.all)
	}
}

func TestHeadIsAnsweredAsGet(t *testing.T) {
	handler, _ := server(t, vector)
	for target, want := range map[string]int{"/api/metrics": 200, "/api/metrics/active_sessions": 200, "/api/metrics/no_such": 404} {
		if w := call(handler, http.MethodHead, target, ""); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// TestErrors: what a client can act on is in the details, what a person can in the
// message.
func TestErrors(t *testing.T) {
	handler, _ := server(t, vector)
	for _, test := range []struct {
		name, target string
		status       int
		want         string // of the body
	}{
		{"misspelt metric", "/api/metrics/active_session", 404, `{"error":"NOT_FOUND","message":"The catalog has no metric \"active_session\". Did you mean active_sessions`},
		{"its nearest names", "/api/metrics/active_session", 404, `"details":{"metric":"active_session","nearest":["active_sessions"`},
		{"nothing near", "/api/metrics/zzz", 404, `"details":{"metric":"zzz","nearest":[]}`},
		{"unknown pack", "/api/metrics?pack=chekout", 404, `"details":{"nearest":["checkout"],"pack":"chekout"}`},
		{"unknown parameter", "/api/metrics/total_models?modelcode=a", 400, `"details":{"allowedParameters":["workspace","model_code","model_version"],"nearest":["model_code"`},
		{"a name that is reserved for lists", "/api/metrics/total_models?limit=1", 400, `total_models has no parameter \"limit\"`},
		{"missing parameter", "/api/metrics/last_model_invocation_duration_seconds?model_code=a", 400, `"details":{"missingParameters":["model_version"]}`},
		{"a required parameter that takes everything", "/api/metrics/last_model_invocation_duration_seconds?model_code=a&model_version=.*", 400, `"details":{"missingParameters":["model_version"]}`},
		{"an empty value", "/api/metrics/total_models?model_code=", 400, `"message":"model_code is given without a value: give it one, or leave it out.","details":{"parameter":"model_code","value":""}`},
		{"an empty value among others", "/api/metrics/total_models?model_code=a&model_code=", 400, `model_code is given without a value`},
		{"an empty time", "/api/metrics/total_models?start=", 400, `start is given without a value`},
		{"only a start", "/api/metrics/total_models?start=1", 400, `"message":"A range needs start, end and step together; missing: end, step.","details":{"missingParameters":["end","step"]}`},
		{"no step", "/api/metrics/total_models?start=1&end=2", 400, `"missingParameters":["step"]`},
		{"start twice", "/api/metrics/total_models?start=1&start=2&end=3&step=1", 400, `start is given 2 times: give it once.`},
		{"time twice", "/api/metrics/total_models?time=1&time=2", 400, `time is given 2 times`},
		{"window twice", "/api/metrics/total_models?window=1m&window=2m", 400, `window is given 2 times`},
		{"time and a range", "/api/metrics/total_models?time=1&start=1&end=2&step=1", 400, `time asks about one moment, and start, end, step about a range`},
		{"time and a step", "/api/metrics/total_models?time=1&step=1", 400, `time asks about one moment, and step about a range`},
		{"a time in words", "/api/metrics/total_models?time=yesterday", 400, `"details":{"parameter":"time","value":"yesterday"}`},
		{"an end before the start", "/api/metrics/total_models?start=2&end=1&step=1", 400, `The end is before the start.`},
		{"a step of nothing", "/api/metrics/total_models?start=1&end=2&step=0", 400, `step is \"0\": write a duration such as 30s, 5m or 1h, or a number of seconds.`},
		{"too many steps", "/api/metrics/total_models?start=0&end=11000&step=1", 400, `more than 11000 steps`},
		{"too many steps over ten thousand years", "/api/metrics/total_models?start=0000-01-01&end=9999-12-31&step=10d", 400, `more than 11000 steps`},
		{"a window in words", "/api/metrics/total_models?window=long", 400, `"details":{"parameter":"window","value":"long"}`},
		{"a grouping that is fixed", "/api/metrics/total_models?group_by=workspace", 400, `"details":{"allowedValues":[],"parameter":"group_by","value":"workspace"}`},
		{"a grouping by something else", "/api/metrics/checkout_order_rate?shop=a&group_by=shop,city", 400, `"details":{"allowedValues":["country","shop"],"parameter":"group_by","value":"city"}`},
		{"a query string that isn't one", "/api/metrics/total_models?model_code=%zz", 400, `The query string can't be read`},
		{"a semicolon", "/api/metrics/total_models?model_code=a;b", 400, `Write ; and % in a value as %3B and %25.`},
		{"bytes that are no UTF-8", "/api/metrics/total_models?model_code=%ff", 400, `is not valid UTF-8`},
		{"a name that is no UTF-8", "/api/metrics/total_models?%ff=a", 400, `is not valid UTF-8`},
		{"a value of 100 KB", "/api/metrics/total_models?model_code=" + strings.Repeat("a", 100<<10), 400, `model_code has a value of 102400 bytes: it may have 65536.`},
		{"an unknown parameter of a list", "/api/metrics?limt=1", 400, `This route has no parameter \"limt\". It takes pack.`},
		{"a parameter of the schema", "/catalog/schema?x=1", 400, `It takes none.`},
		{"a limit below one", "/catalog?limit=0", 400, `limit is \"0\": write a whole number from 1 to 1000.`},
		{"a limit above the most", "/catalog/search?limit=1001", 400, `"parameter":"limit","value":"1001"`},
		{"a limit that overflows", "/catalog?limit=99999999999999999999", 400, `write a whole number from 1 to 1000`},
		{"a limit that is no number", "/catalog?limit=NaN", 400, `write a whole number`},
		{"a negative offset", "/catalog?offset=-1", 400, `offset is \"-1\"`},
		{"values of no parameter", "/catalog/total_models/values/modelcode", 404, `"nearest":["model_code"`},
		{"values beside no parameter", "/catalog/total_models/values/model_code?worksp=a", 400, `"nearest":["workspace"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := get(handler, test.target)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%d %s\nwant %d and %s", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

// TestPrometheusFails: whatever its own status, callers of the metrics API get 502
// and that status in the details.
func TestPrometheusFails(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"refuses", 422, failed, `"error":"UPSTREAM_FAILED","message":"prometheus:9090 refused the query: execution: query processing would load too many samples.","details":{"status":422}`},
		{"wants credentials", 401, ``, `"details":{"status":401}`},
		{"is busy", 503, ``, `"details":{"status":503}`},
		{"is no Prometheus", 200, `<html>`, `answered with a web page`},
		{"answers something else", 200, `{"status":"success"}`, `resultType is not matrix, vector, scalar or string`},
		{"answers another type", 200, `{"status":"success","data":[]}`, `not a valid response of the Prometheus API`},
		{"is cut off", 200, vector[:40], `UPSTREAM_FAILED`},
		{"says an error under 200", 200, failed, `UPSTREAM_FAILED`},
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

// TestBrokenSettings: what needs no Prometheus is answered all the same.
func TestBrokenSettings(t *testing.T) {
	o := options(t, &upstream{})
	o.Client, o.Broken = nil, fault.New(fault.Misconfigured, "This data source has no URL.")
	handler := New(o)
	for target, want := range map[string]int{
		"/api/metrics": 200, "/catalog": 200, "/catalog/search?search=model": 200, "/catalog/schema": 200, "/api/openapi.json": 200,
		"/api/metrics/active_sessions": 502, "/catalog/total_models/values/workspace": 502,
		"/api/v1/labels": 502, "/api/v1/label/job/values": 502, "/api/v1/series?match[]=up": 502, "/api/v1/metadata": 502,
	} {
		if w := get(handler, target); w.Code != want || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	told := read[explained](t, get(handler, "/api/metrics/total_models/explain"))
	if told.Query != "sum(total_models{})" || told.ValuesError != "This data source has no URL." {
		t.Errorf("got %+v", told)
	}
}

// TestFaultyOwnPack: a metric that it defines can't be answered by another of the
// name, and all others are.
func TestFaultyOwnPack(t *testing.T) {
	u := &upstream{status: http.StatusOK}
	o := options(t, u)
	faulty, problems := o.Builtin.With(t.Context(), strings.Replace(ownPack, "query: count(", "query: coun(", 1))
	if len(problems) == 0 {
		t.Fatal("nothing is wrong with it")
	}
	o.Catalog = faulty
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
