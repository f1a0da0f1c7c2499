package rest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

func TestExplain(t *testing.T) {
	handler, u := server(t, names)
	got := read[restjson.Explanation](t, get(handler, "/api/metrics/checkout_order_rate/explain?shop=a&shop=b&start=0&end=600&step=60"))
	want := restjson.Explanation{
		Name: "checkout_order_rate", Title: "Order rate", Description: "Orders per second.", Unit: "ops", Type: "gauge", Tags: []string{"orders"},
		Pack:            restjson.PackEntry{Name: "checkout", Title: "Checkout", Owner: "shop-team"},
		Place:           got.Place,
		Line:            9,
		PrometheusQuery: "sum by (__BY__) (rate(checkout_orders_total{__PARAMS__}[$__rate_interval])) > 0",
		Query:           `sum by (country) (rate(checkout_orders_total{shop=~"a|b"}[$__rate_interval])) > 0`,
		ExecutedQuery:   `sum by (country) (rate(checkout_orders_total{shop=~"a|b"}[1m15s])) > 0`,
		Missing:         []string{},
		Window:          restjson.Window{Value: "1m15s", From: "step"},
		Grouping:        restjson.Grouping{By: []string{"country"}, Default: []string{"country"}, Choices: []string{"country", "shop"}},
		Parameters: []restjson.Param{
			{Name: "shop", Meaning: "The shop's name.", Required: true, Op: "=~", Values: []string{"a", "b"}, Matcher: `shop=~"a|b"`, LiveValues: []string{"a", "b"}},
			{Name: "country", Meaning: "Where the order came from.", Op: "=", Values: []string{}, LiveValues: []string{"a", "b"}},
		},
		Families: []*restjson.Family{{Name: "checkout_orders_total", Type: "counter", Help: "Orders placed.", Labels: []string{"country", "shop"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Place == "" {
		t.Error("no place")
	}

	// The values of a parameter are those in the series that match the other parameters.
	selectors := map[string]string{}
	for _, request := range u.requests {
		selectors[request.path] = request.form.Get("match[]") + " " + request.form.Get("start") + " " + request.form.Get("end")
	}
	if diff := cmp.Diff(map[string]string{
		"/api/v1/label/shop/values":    `{__name__="checkout_orders_total"} 0 600`,
		"/api/v1/label/country/values": `{__name__="checkout_orders_total",shop=~"a|b"} 0 600`,
	}, selectors); diff != "" {
		t.Error(diff)
	}
}

// TestExplainAndLookupHaveTheSameQuery compares the queries for the same parameters.
func TestExplainAndLookupHaveTheSameQuery(t *testing.T) {
	for _, request := range []string{
		"total_models", "total_models?workspace=a", "checkout_orders?window=1h", "checkout_order_rate?shop=a", "checkout_order_rate?shop=a&window=90", "checkout_order_rate?shop=a&window=1.5h",
		"checkout_order_rate?shop=a&group_by=", "checkout_order_rate?shop=a&time=5&group_by=shop", "checkout_order_rate?shop=a&start=0&end=600&step=60",
	} {
		name, parameters, _ := strings.Cut(request, "?")
		handler, u := server(t, vector)
		if w := get(handler, "/api/metrics/"+request); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		sent := u.last(t).form.Get("query")
		for _, root := range []string{"/api/metrics/", "/catalog/"} {
			if got := read[restjson.Explanation](t, get(handler, root+name+"/explain?"+parameters)); got.ExecutedQuery != sent {
				t.Errorf("%s: got %s\nsent %s", request, got.ExecutedQuery, sent)
			}
		}
	}
}

func TestExplainIncompleteQuery(t *testing.T) {
	handler, _ := server(t, names)
	for _, parameters := range []string{"", "?shop=", "?shop=.*", "?shop=&country="} {
		got := read[restjson.Explanation](t, get(handler, "/catalog/checkout_order_rate/explain"+parameters))
		if got.Query != `sum by (country) (rate(checkout_orders_total{shop="<shop>"}[$__rate_interval])) > 0` || strings.Join(got.Missing, " ") != "shop" ||
			got.Parameters[0].Matcher != "" || got.Window != (restjson.Window{Value: "10m", From: "metric"}) {
			t.Errorf("%s: got %+v", parameters, got)
		}
	}
}

func TestExplainOverriddenMetric(t *testing.T) {
	handler, _ := server(t, names)
	got := read[restjson.Explanation](t, get(handler, "/api/metrics/active_sessions/explain"))
	if got.Pack.Name != "checkout" || got.Overrides == nil || got.Overrides.Pack != "tango" || got.Overrides.Place != "packs/tango.yaml" ||
		got.Overrides.Line < 1 || got.Overrides.PrometheusQuery != "sum(active_sessions{__PARAMS__})" {
		t.Errorf("got %+v of %+v", got, got.Overrides)
	}
	if got := read[restjson.Explanation](t, get(handler, "/api/metrics/closed_sessions/explain")); got.Overrides != nil || got.Window != (restjson.Window{Value: "5m", From: "default"}) {
		t.Errorf("got %+v", got)
	}
}

func TestExplainWithoutPrometheus(t *testing.T) {
	handler := New(options(t, &upstream{status: http.StatusServiceUnavailable}))
	got := read[restjson.Explanation](t, get(handler, "/api/metrics/total_models/explain?workspace=a"))
	if got.Query != `sum(total_models{workspace="a"})` || !strings.Contains(got.ValuesError, "too busy to answer") || len(got.Parameters) != 3 {
		t.Errorf("got %+v", got)
	}
}

// transport is an http.RoundTripper that answers requests without a server.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestExplainTimeoutOfValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		o := options(t, &upstream{})
		var err error
		if o.Client, err = promapi.New(&http.Client{Transport: hanging}, promapi.Options{URL: "http://prometheus:9090", Timeout: 25 * time.Second, MaxBytes: 1 << 20}); err != nil {
			t.Fatal(err)
		}
		got := read[restjson.Explanation](t, get(New(o), "/api/metrics/total_models/explain"))
		if want := "Prometheus did not list the values within 5s. Request the values of a single parameter from catalog/total_models/values/{param}."; got.ValuesError != want {
			t.Errorf("got %q", got.ValuesError)
		}
	})
}

func TestExplainTruncatesValues(t *testing.T) {
	values := make([]string, 500)
	for i := range values {
		values[i] = fmt.Sprintf(`"v%03d"`, i)
	}
	handler, u := server(t, `{"status":"success","data":[`+strings.Join(values, ",")+`]}`)
	got := read[restjson.Explanation](t, get(handler, "/api/metrics/total_models/explain"))
	if p := got.Parameters[0]; len(p.LiveValues) != 100 || !p.Truncated {
		t.Errorf("%d values, truncated %v", len(p.LiveValues), p.Truncated)
	}
	if got := u.last(t).form.Get("limit"); got != "101" {
		t.Errorf("limit %s", got)
	}
}

// TestExplainRejectsInvalidRequests checks that an explanation with invalid parameters fails,
// as a lookup does, and that no request is sent to Prometheus.
func TestExplainRejectsInvalidRequests(t *testing.T) {
	handler, u := server(t, names)
	for target, want := range map[string]int{
		"/api/metrics/no_such/explain":                       404,
		"/catalog/no_such/explain":                           404,
		"/api/metrics/total_models/explain?modelcode=a":      400,
		"/api/metrics/total_models/explain?start=1":          400,
		"/api/metrics/total_models/explain?window=x":         400,
		"/api/metrics/total_models/explain?group_by=a":       400,
		"/api/metrics/total_models/explain?time=1&time=2":    400,
		"/api/metrics/total_models/explain?workspace=%ff":    400,
		"/api/metrics/total_models/explain?limit=5":          400,
		"/api/metrics/total_models/explain?step=1&time=1":    400,
		"/api/metrics/total_models/explain?workspace=%zz":    400,
		"/catalog/checkout_order_rate/explain?group_by=city": 400,
	} {
		if w := get(handler, target); w.Code != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if len(u.requests) > 0 {
		t.Errorf("requests to Prometheus: %v", u.requests)
	}
}
