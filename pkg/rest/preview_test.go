package rest

import (
	"net/http"
	"strings"
	"testing"
)

func TestPreview(t *testing.T) {
	for _, test := range []struct{ name, query, want, missing string }{
		{"range", `{"metric":"checkout_order_rate","params":{"shop":"a"},"range":true}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[$__rate_interval])) > 0`, ""},
		{"instant", `{"metric":"checkout_order_rate","params":{"shop":"a"},"instant":true}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"range: false", `{"metric":"checkout_order_rate","params":{"shop":"a"},"range":false}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"range and instant", `{"metric":"checkout_order_rate","params":{"shop":"a"},"range":true,"instant":true}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[$__rate_interval])) > 0`, ""},
		{"window", `{"metric":"checkout_order_rate","params":{"shop":"a"},"window":"90s"}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[1m30s])) > 0`, ""},
		{"window replaces $__range", `{"metric":"checkout_orders","window":"1h"}`,
			`sum(increase(checkout_orders_total{}[1h]))`, ""},
		{"window of the metric doesn't replace $__range", `{"metric":"checkout_orders","instant":true}`,
			`sum(increase(checkout_orders_total{}[$__range]))`, ""},
		{"operator and grouping", `{"metric":"checkout_order_rate","params":{"shop":{"op":"!=","values":["a","b"]}},"groupBy":["shop"]}`,
			`sum by (shop) (rate(checkout_orders_total{shop!~"a|b"}[$__rate_interval])) > 0`, ""},
		{"variable", `{"metric":"checkout_order_rate","params":{"shop":{"op":"=~","values":["$shop"]}}}`,
			`sum by (country) (rate(checkout_orders_total{shop=~"$shop"}[$__rate_interval])) > 0`, ""},
		{"macro as value", `{"metric":"checkout_order_rate","params":{"shop":"$__rate_interval"},"window":"1h"}`,
			`sum by (country) (rate(checkout_orders_total{shop="$__rate_interval"}[1h])) > 0`, ""},
		{"missing required parameter", `{"metric":"checkout_order_rate"}`,
			`sum by (country) (rate(checkout_orders_total{shop="<shop>"}[$__rate_interval])) > 0`, "shop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			handler, u := server(t, names)
			got := read[previewResponse](t, call(handler, http.MethodPost, "/catalog/preview", test.query))
			if missing := strings.Join(got.Missing, " "); got.Query != test.want || missing != test.missing {
				t.Errorf("got  %s, missing %q\nwant %s, missing %q", got.Query, missing, test.want, test.missing)
			}
			if len(u.requests) > 0 {
				t.Error("a request was sent to Prometheus")
			}
		})
	}
}

func TestPreviewErrors(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{``, "The query is"},
		{`[]`, "The query is"},
		{`{"metric":"checkout_order_rat"}`, "checkout_order_rate"},
		{`{"metric":"checkout_order_rate","params":{"shops":"a"}}`, `checkout_order_rate has no parameter \"shops\".`},
		{`{"metric":"checkout_order_rate","params":{"shop":{"op":"=~","values":["("]}}}`, "is not a regular expression"},
		{`{"metric":"checkout_order_rate","window":"soon"}`, "soon"},
		{strings.Repeat(" ", 2<<20), "larger than 1 MiB"},
	} {
		handler, _ := server(t, names)
		w := call(handler, http.MethodPost, "/catalog/preview", test.query)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%.60s: %d %s", test.query, w.Code, w.Body)
		}
	}
}
