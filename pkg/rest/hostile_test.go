package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// hostile contains query strings of an attacker.
var hostile = []string{
	// values that could close the quotes, braces or selector
	`workspace="`, `workspace='`, "workspace=`", `workspace=%22`, `workspace=%22%7D`, `workspace=%22%7D)+or+vector(1)%23`, `workspace=a%22,job=%22b`,
	`workspace=%5C`, `workspace=%5C%22`, `workspace=%5C%5C%22`, `workspace=a%0Ab`, `workspace=%00`, `workspace=%0D%0A%0D%0A`, `workspace=%23`, `workspace=%7B%7D`,
	// values that look like placeholders, macros or variables
	`workspace=__PARAMS__`, `workspace=__BY__`, `workspace=__PARAMS(a)__`, `workspace=__modelmetrics_matchers__`,
	`workspace=$__range`, `workspace=$%7B__interval%7D`, `workspace=$workspace`, `workspace=$__all`,
	// regular expressions, alone and as one of several values
	`workspace=.*`, `workspace=.%2B`, `workspace=(`, `workspace=%5B`, `workspace=a%7Cb`, `workspace=(&workspace=)`, `workspace=%5CQ&workspace=%5CE`, `workspace=a%7C&workspace=%7Cb`, `workspace=(%3Fi)a&workspace=b`,
	`workspace=.*&workspace=%22`, strings.Repeat("workspace=a&", 2000) + "workspace=b",
	// bytes and sizes
	`workspace=%FF`, `workspace=%C0%80`, `workspace=%ED%A0%80`, `workspace=%F0%9F%92%A5`, `workspace=%E2%80%AE`, `workspace=` + strings.Repeat("a", 10<<10), `workspace=` + strings.Repeat("%22", 2000), `workspace=` + strings.Repeat("(", 8<<10), strings.Repeat("a", 10<<10) + `=b`,
	// names
	`=`, `=a`, `&&&`, `workspace`, `workspace=`, `WORKSPACE=a`, `workspace[]=a`, `work space=a`, `__name__=up`, `le=1`, `%22=a`, `workspace%22=a`, `query=up`, `__PARAMS__=a`, `%FF=a`,
	// invalid syntax
	`%`, `%z`, `workspace=%zz`, `workspace=a;model_code=b`, `?`, `?workspace=a`, `#`, `workspace=a#b`,
	// reserved names
	`start`, `start=`, `start=1`, `start=1&end=2`, `start=1&end=2&step=`, `start=1&end=2&step=0`, `start=1&end=2&step=-1s`, `start=2&end=1&step=1`, `start=1&start=1&end=2&step=1`, `start=NaN&end=NaN&step=NaN`, `start=Inf&end=Inf&step=Inf`,
	`start=-1e308&end=1e308&step=1e-308`, `start=0&end=253402300799&step=1e9`, `start=0000-01-01&end=9999-12-31&step=292y`, `start=0001-01-01T00:00:00&end=9999-12-31T23:59:59&step=100d`, `start=2025-08-27T09:00:00%00&end=1&step=1`, `start=0x1p4&end=0x1p5&step=0x1p0`,
	`time=`, `time=now`, `time=1&time=1`, `time=1&start=1&end=2&step=1`, `time=1&step=5m`, `time=99999999999999999999`, `time=-0`, `time=%22`,
	`window=`, `window=0`, `window=-5m`, `window=5m%5D)`, `window=292y`, `window=999999999999999999999s`, `window=5m&window=5m`, `window=1ms`, `step=1`, `step=5m&end=1`,
	`group_by=`, `group_by=,`, `group_by=workspace`, `group_by=)`, `group_by=__BY__`, `group_by=%00`, `group_by=a,b,c`, `group_by=&group_by=`, `limit=1`, `offset=1`, `search=a`,
}

// TestHostileQueryStrings checks that the response is JSON with status 200 or 400, and that no
// query other than that of the metric is sent to Prometheus.
func TestHostileQueryStrings(t *testing.T) {
	u := &upstream{status: http.StatusOK}
	o := options(t, u)
	handler := New(o)
	sent := 0
	for _, raw := range hostile {
		for _, target := range []string{
			"/api/metrics/total_models", "/api/metrics/checkout_order_rate", "/api/metrics/total_models/explain", "/catalog/total_models/values/workspace", "/api/metrics", "/catalog", "/catalog/search", "/api/v1/labels", "/api/v1/metadata", "/api/v1/series",
		} {
			before := len(u.requests)
			w := getRaw(handler, target, raw)
			if !slices.Contains([]int{200, 400}, w.Code) || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s?%.100s: %d %s", target, raw, w.Code, w.Body)
			}
			for _, request := range u.requests[before:] {
				if executed := request.form.Get("query"); executed != "" {
					sent++
					checkQuery(t, o.Catalog, strings.TrimPrefix(target, "/api/metrics/"), executed)
				}
			}
		}
	}
	if sent < 20 {
		t.Errorf("only %d requests reached Prometheus", sent)
	}
}

// checkQuery checks that an executed query is that of a metric. The query must be valid PromQL
// and must equal the metric's preview, except for what removeChoices removes from both.
func checkQuery(tb testing.TB, c *catalog.Catalog, name, executed string) {
	tb.Helper()
	metric, err := c.Metric(name)
	if err != nil {
		tb.Fatal(err)
	}
	preview, err := metric.Preview()
	if err != nil {
		tb.Fatal(err)
	}
	want, err := promql.Parse(promql.Macros{Interval: 1, RateInterval: 1, Range: 1}.ExpandCode(preview))
	if err != nil {
		tb.Fatal(err)
	}
	got, err := promql.Parse(executed)
	if err != nil {
		tb.Fatalf("%s executed %s: %v", name, executed, err)
	}
	removeChoices(want, metric.Params())
	removeChoices(got, metric.Params())
	if !promql.Equal(got, want) {
		tb.Errorf("%s executed %s", name, executed)
	}
}

// removeChoices removes the parts of a query that a request may choose: matchers of
// parameters, groupings and windows.
func removeChoices(tree parser.Expr, params []string) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			n.LabelMatchers = slices.DeleteFunc(n.LabelMatchers, func(m *labels.Matcher) bool { return slices.Contains(params, m.Name) })
		case *parser.MatrixSelector:
			n.Range = 1
		case *parser.AggregateExpr:
			n.Grouping = nil
		}
		return nil
	})
}

// getRaw sends a query string unchanged. httptest rejects invalid ones.
func getRaw(handler http.Handler, path, raw string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: raw}, Header: http.Header{}, Body: http.NoBody})
	return w
}

// FuzzLookup checks that the response to any query string is JSON with status 200 or a status
// of docs/contracts/tango.md#errors, and that no query other than that of the metric is sent
// to Prometheus.
func FuzzLookup(f *testing.F) {
	metrics := []string{"total_models", "checkout_order_rate", "checkout_orders", "invocation_failure_rate", "last_model_invocation_duration_seconds", "no_such"}
	for i, raw := range hostile {
		f.Add(i%len(metrics), raw)
		f.Add(1, "shop=a&"+raw)
		f.Add(4, "model_code=a&model_version=b&"+raw)
	}
	u := &upstream{status: http.StatusOK}
	o := options(f, u)
	handler := New(o)
	f.Fuzz(func(t *testing.T, which int, raw string) {
		name := metrics[uint(which)%uint(len(metrics))]
		u.requests = nil
		w := getRaw(handler, "/api/metrics/"+name, raw)
		if !slices.Contains([]int{200, 400, 404, 502}, w.Code) || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if isSent := len(u.requests) == 1; isSent != (w.Code == 200) {
			t.Fatalf("%d after %d requests", w.Code, len(u.requests))
		}
		for _, request := range u.requests {
			checkQuery(t, o.Catalog, name, request.form.Get("query"))
		}
	})
}
