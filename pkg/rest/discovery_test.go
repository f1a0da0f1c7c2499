package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestCatalogPages(t *testing.T) {
	handler, _ := server(t, names)
	full := read[catalogPage](t, get(handler, "/catalog?limit=1000"))
	if len(full.Metrics) != full.Total || len(full.Packs) < 4 {
		t.Fatalf("%d metrics of %d in %d packs", len(full.Metrics), full.Total, len(full.Packs))
	}
	if got := read[catalogPage](t, get(handler, "/catalog")); len(got.Metrics) != min(100, full.Total) || got.Total != full.Total {
		t.Errorf("%d metrics of %d", len(got.Metrics), got.Total)
	}
	var paged []string
	for offset := 0; offset < full.Total; offset += 7 {
		page := read[catalogPage](t, get(handler, fmt.Sprintf("/catalog?limit=7&offset=%d", offset)))
		if page.Total != full.Total || len(page.Packs) != len(full.Packs) {
			t.Errorf("page at %d: %d metrics, %d packs", offset, page.Total, len(page.Packs))
		}
		for _, m := range page.Metrics {
			paged = append(paged, m.Name)
		}
	}
	var all []string
	for _, m := range full.Metrics {
		all = append(all, m.Name)
	}
	if !slices.Equal(paged, all) {
		t.Errorf("the pages contain %v\nthe list %v", paged, all)
	}
	if got := read[catalogPage](t, get(handler, "/catalog?offset=1000000")); got.Metrics == nil || len(got.Metrics) != 0 || got.Total != full.Total {
		t.Errorf("after the last page: %+v", got)
	}
}

func TestCatalogSearch(t *testing.T) {
	handler, _ := server(t, names)
	for _, test := range []struct{ parameters, want string }{
		{"search=order+rate", "checkout_order_rate lango_audit_entries"},
		{"search=RATE+order", "checkout_order_rate lango_audit_entries"},
		{"tag=orders", "checkout_order_rate checkout_orders"},
		{"tag=orders&limit=1&offset=1", "checkout_orders"},
		{"pack=checkout&search=shop", "active_sessions checkout_order_rate checkout_orders"},
		{"pack=tango&search=closed+tango", "tango_sessions_closed closed_sessions tango_sessions_opened model_invocation_duration_mean_seconds"},
		{"pack=no_such", ""},
	} {
		got := read[searchPage](t, get(handler, "/catalog/search?"+test.parameters))
		var found []string
		for _, m := range got.Metrics {
			found = append(found, m.Name)
		}
		if strings.Join(found, " ") != test.want || got.Metrics == nil || len(got.Nearest) > 0 {
			t.Errorf("%s: found %v, nearest %v", test.parameters, found, got.Nearest)
		}
	}
	if got := read[searchPage](t, get(handler, "/catalog/search?search=&pack=&tag=")); got.Total < 20 {
		t.Errorf("an empty search finds %d metrics", got.Total)
	}
	for text, want := range map[string]string{"order+zebra": "checkout_orders", "%22%5C%2E%2A": "inference_request_rate"} {
		got := read[searchPage](t, get(handler, "/catalog/search?search="+text))
		if got.Total != 0 || len(got.Metrics) > 0 || len(got.Nearest) == 0 || got.Nearest[0] != want {
			t.Errorf("search=%s: got %+v", text, got)
		}
	}
}

func TestParamValues(t *testing.T) {
	values := make([]string, 250)
	for i := range values {
		values[i] = fmt.Sprintf(`"v%03d"`, i)
	}
	handler, u := server(t, `{"status":"success","data":[`+strings.Join(values, ",")+`]}`)
	for _, test := range []struct {
		parameters  string
		first       string
		length      int
		truncated   bool
		match, span string
	}{
		{"", "v000", 100, true, `{__name__="checkout_orders_total"}`, " "},
		{"?limit=250", "v000", 250, false, `{__name__="checkout_orders_total"}`, " "},
		{"?limit=100&offset=200", "v200", 50, false, `{__name__="checkout_orders_total"}`, " "},
		{"?offset=300", "", 0, false, `{__name__="checkout_orders_total"}`, " "},
		{"?country=de&country=at&shop=x&start=0&end=60", "v000", 100, true, `{__name__="checkout_orders_total",country=~"de|at"}`, "0 60"},
		{"?country=&end=60", "v000", 100, true, `{__name__="checkout_orders_total"}`, " 60"},
		{"?search=A.%22b", "v000", 100, true, `{__name__="checkout_orders_total",shop=~"(?i:.*A\\.\"b.*)"}`, " "},
	} {
		got := read[valuesPage](t, get(handler, "/catalog/checkout_order_rate/values/shop"+test.parameters))
		if len(got.Values) != test.length || got.Truncated != test.truncated || got.Total == nil || *got.Total != 250 || (test.length > 0 && got.Values[0] != test.first) {
			t.Errorf("%s: got %+v", test.parameters, got)
		}
		request := u.last(t)
		if span := request.form.Get("start") + " " + request.form.Get("end"); request.form.Get("match[]") != test.match || span != test.span || request.form.Get("limit") != "10001" {
			t.Errorf("%s: sent %v", test.parameters, request.form)
		}
	}
}

func TestParamValuesPost(t *testing.T) {
	handler, u := server(t, names)
	for _, test := range []struct{ body, match string }{
		{`{}`, `{__name__="checkout_orders_total"}`},
		{`{"params":{"country":"de","shop":["x"]}}`, `{__name__="checkout_orders_total",country="de"}`},
		{`{"params":{"country":{"op":"!=","values":["de","a.t"]}}}`, `{__name__="checkout_orders_total",country!~"de|a\\.t"}`},
		{`{"params":{"country":{"op":"!~","values":["d.*"]}},"search":"b"}`, `{__name__="checkout_orders_total",country!~"d.*",shop=~"(?i:.*b.*)"}`},
		{`{"params":{"country":{"op":"!=","values":[]}}}`, `{__name__="checkout_orders_total"}`},
	} {
		got := read[valuesPage](t, call(handler, http.MethodPost, "/catalog/checkout_order_rate/values/shop", test.body))
		if match := u.last(t).form.Get("match[]"); len(got.Values) != 2 || match != test.match {
			t.Errorf("%s: %v of %s", test.body, got.Values, match)
		}
	}
}

func TestParamValuesPostRejectsInvalidBodies(t *testing.T) {
	for _, test := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"checkout_order_rate/values/shop", ``, 400, "The request's body must be"},
		{"checkout_order_rate/values/shop", `[]`, 400, "The request's body must be"},
		{"checkout_order_rate/values/shop", `{"params":{"country":true}}`, 400, "a parameter must be a string, a list of strings"},
		{"checkout_order_rate/values/shop", `{"params":{"county":"de"}}`, 400, `"nearest":["country"`},
		{"checkout_order_rate/values/shop", `{"params":{"country":{"op":"=~","values":["("]}}}`, 400, "is not a regular expression"},
		{"checkout_order_rate/values/shop", `{"params":{"country":{"op":"<","values":["a"]}}}`, 400, "operator"},
		{"checkout_order_rate/values/shops", `{}`, 404, `no parameter \"shops\"`},
		{"no_such/values/shop", `{}`, 404, "no_such"},
		{"checkout_order_rate/values/shop?limit=1", `{}`, 400, "limit"},
		{"checkout_order_rate/values/shop", strings.Repeat(" ", 2<<20), 400, "larger than 1 MiB"},
	} {
		handler, u := server(t, names)
		w := call(handler, http.MethodPost, "/catalog/"+test.path, test.body)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) || len(u.requests) > 0 {
			t.Errorf("%s %.60s: %d %s, sent %v", test.path, test.body, w.Code, w.Body, u.requests)
		}
	}
}

func TestParamValuesWithoutTotal(t *testing.T) {
	values := make([]string, maxCounted+1)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	body, err := json.Marshal(map[string]any{"status": "success", "data": values})
	if err != nil {
		t.Fatal(err)
	}
	handler, _ := server(t, string(body))
	got := get(handler, "/catalog/total_models/values/workspace?limit=1").Body.String()
	if want := `{"values":["0"],"truncated":true}`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestPrometheusRoutes(t *testing.T) {
	for _, test := range []struct {
		name, target, upstream string
		path, form             string
		want                   string
	}{
		{"label names", "/api/v1/labels", names, "/api/v1/labels", "limit=40001", `{"status":"success","data":["a","b"]}`},
		{"limited label names", "/api/v1/labels?limit=1&start=0&end=2025-08-27T09:00:00&match[]=up&match[]=%7Ba%3D%22b%22%7D", names, "/api/v1/labels",
			"end=1756285200&limit=2&match%5B%5D=up&match%5B%5D=%7Ba%3D%22b%22%7D&start=0", `{"status":"success","data":["a"],"warnings":["results truncated due to limit"]}`},
		{"values", "/api/v1/label/job/values?limit=0&unknown=1", names, "/api/v1/label/job/values", "limit=40001", `{"status":"success","data":["a","b"]}`},
		{"values of a label that is not an identifier", "/api/v1/label/a%2Fb%22%C3%B6/values", names, `/api/v1/label/a/b"ö/values`, "limit=40001", `{"status":"success","data":["a","b"]}`},
		{"values of an escaped label name", "/api/v1/label/U__a_2f_b__c/values", names, "/api/v1/label/a/b_c/values", "limit=40001", `{"status":"success","data":["a","b"]}`},
		{"values of a label name that looks escaped", "/api/v1/label/U__U____a__2e__b/values", names, "/api/v1/label/U__a_2e_b/values", "limit=40001", `{"status":"success","data":["a","b"]}`},
		{"no label names", "/api/v1/labels", `{"status":"success","data":null}`, "/api/v1/labels", "limit=40001", `{"status":"success","data":[]}`},
		{"series", "/api/v1/series?match[]=up&limit=1", `{"status":"success","data":[{"__name__":"up","job":"a"},{"__name__":"up","job":"b"}]}`, "/api/v1/series",
			"limit=2&match%5B%5D=up", `{"status":"success","data":[{"__name__":"up","job":"a"}],"warnings":["results truncated due to limit"]}`},
		{"metadata of Prometheus", "/api/v1/metadata?metric=total_models", `{"status":"success","data":{"total_models":[{"type":"gauge","help":"own","unit":""}]}}`, "/api/v1/metadata",
			"limit=40001&limit_per_metric=1000&metric=total_models", `{"status":"success","data":{"total_models":[{"type":"gauge","help":"own","unit":""}]}}`},
		{"metadata of a pack", "/api/v1/metadata?metric=checkout_orders_total&limit_per_metric=1", `{"status":"success","data":{}}`, "/api/v1/metadata",
			"limit=40001&limit_per_metric=1&metric=checkout_orders_total", `{"status":"success","data":{"checkout_orders_total":[{"type":"counter","help":"Orders placed.","unit":""}]}}`},
		{"no metadata", "/api/v1/metadata?metric=no_such", `{"status":"success","data":{}}`, "/api/v1/metadata", "limit=40001&limit_per_metric=1000&metric=no_such", `{"status":"success","data":{}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			handler, u := server(t, test.upstream)
			w := get(handler, test.target)
			if got := w.Body.String(); w.Code != 200 || got != test.want {
				t.Errorf("got %d %s\nwant %s", w.Code, got, test.want)
			}
			if request := u.last(t); request.path != test.path || request.form.Encode() != test.form {
				t.Errorf("sent %s with %s", request.path, request.form.Encode())
			}
		})
	}
}

func TestMetadataIsBounded(t *testing.T) {
	handler, _ := server(t, `{"status":"success","data":{}}`)
	got := read[struct {
		Data     map[string]any
		Warnings []string
	}](t, get(handler, "/api/v1/metadata?limit=3"))
	if len(got.Data) != 3 || len(got.Warnings) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestPrometheusRoutesRejectInvalidRequests(t *testing.T) {
	for _, test := range []struct {
		target string
		status int
		want   string
	}{
		{"/api/v1/series", 400, `{"status":"error","errorType":"bad_data","error":"no match[] parameter provided`},
		{"/api/v1/series?match[]=up&limit=-1", 400, `invalid parameter \"limit\": limit must be non-negative`},
		{"/api/v1/labels?limit=NaN", 400, `bad_data`},
		{"/api/v1/labels?limit=1e3", 400, `bad_data`},
		{"/api/v1/labels?start=soon", 400, `invalid parameter \"start\": cannot parse \"soon\" to a valid timestamp`},
		{"/api/v1/labels?start=2&end=1", 400, `invalid parameter \"end\": end timestamp must not be before start time`},
		{"/api/v1/label/a%ff/values", 400, `is not valid UTF-8`},
		{"/api/v1/labels?match[]=%ff", 400, `is not valid UTF-8`},
		{"/api/v1/labels?match[]=%", 400, `{"status":"error","errorType":"bad_data","error":"The query string is invalid`},
		{"/api/v1/metadata?limit=99999999999999999999", 400, `bad_data`},
		{"/api/v1/metadata?limit_per_metric=-1", 400, `invalid parameter \"limit_per_metric\": limit must be non-negative`},
		{"/api/v1/query?time=soon&query=up", 400, `invalid parameter \"time\": cannot parse \"soon\" to a valid timestamp`},
		{"/api/v1/query?time=1e300&query=up", 400, `invalid parameter \"time\"`},
		{"/api/v1/query_range?end=2&step=1&query=up", 400, `invalid parameter \"start\": cannot parse \"\" to a valid timestamp`},
		{"/api/v1/query_range?start=1&step=1&query=up", 400, `invalid parameter \"end\": cannot parse \"\" to a valid timestamp`},
		{"/api/v1/query_range?start=2&end=1&step=1&query=up", 400, `invalid parameter \"end\": end timestamp must not be before start time`},
		{"/api/v1/query_range?start=1&end=2&query=up", 400, `invalid parameter \"step\": cannot parse \"\" to a valid duration`},
		{"/api/v1/query_range?start=1&end=2&step=0&query=up", 400, `zero or negative query resolution step widths are not accepted`},
		{"/api/v1/query_range?start=1&end=2&step=1e300&query=up", 400, `cannot parse \"1e300\" to a valid duration. It overflows int64`},
		{"/api/v1/query_range?start=0&end=11001&step=1&query=up", 400, `exceeded maximum resolution of 11,000 points per timeseries`},
		{"/api/v1/query_range?start=-1e15&end=1e15&step=1&query=up", 400, `exceeded maximum resolution`},
		{"/api/v1/query_exemplars?start=2&end=1&query=up", 400, `end timestamp must not be before start time`},
	} {
		handler, u := server(t, names)
		w := get(handler, test.target)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s: %d %s", test.target, w.Code, w.Body)
		}
		if len(u.requests) > 0 {
			t.Errorf("%s: a request was sent to Prometheus", test.target)
		}
	}
}

// TestErrorsOfPrometheusRoutes checks the responses to errors of Prometheus, including that of
// an invalid selector, which only Prometheus detects.
func TestErrorsOfPrometheusRoutes(t *testing.T) {
	for _, test := range []struct {
		status    int
		body      string
		want      int
		errorType string
		name      string
	}{
		{400, `{"status":"error","errorType":"bad_data","error":"invalid parameter \"match[]\": no"}`, 400, "bad_data", "invalid selector"},
		{422, failed, 422, "execution", "too many samples"},
		{503, `{"status":"error","errorType":"timeout","error":"query timed out"}`, 503, "timeout", "timeout"},
		{500, `{"status":"error","errorType":"internal","error":"failed"}`, 500, "internal", "failed storage"},
		{200, `{"status":"error","errorType":"execution","error":"failed"}`, 400, "bad_data", "error with status 200"},
		{413, `too large`, 502, "unavailable", "error of a proxy"},
		{404, `404`, 502, "unavailable", "not an API"},
		{401, ``, 502, "unavailable", "missing credentials"},
	} {
		w := get(New(options(t, &upstream{status: test.status, body: test.body})), "/api/v1/series?match[]=up")
		var response struct{ Status, ErrorType, Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &response); err != nil || w.Code != test.want || response.Status != "error" || response.ErrorType != test.errorType || response.Error == "" {
			t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
		}
	}
}
