package rest

import (
	"net/http"
	"strings"
	"testing"
)

func TestPreviewWritesThePromQLThatAsksTheSame(t *testing.T) {
	for _, test := range []struct{ name, query, want, missing string }{
		{"a range keeps its macros", `{"metric":"checkout_order_rate","params":{"shop":"a"},"range":true}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[$__rate_interval])) > 0`, ""},
		{"an instant looks back as far as the metric says", `{"metric":"checkout_order_rate","params":{"shop":"a"},"instant":true}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"range: false alone is an instant", `{"metric":"checkout_order_rate","params":{"shop":"a"},"range":false}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"both at once keep what the range has", `{"metric":"checkout_order_rate","params":{"shop":"a"},"range":true,"instant":true}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[$__rate_interval])) > 0`, ""},
		{"a window of its own", `{"metric":"checkout_order_rate","params":{"shop":"a"},"window":"90s"}`,
			`sum by (country) (rate(checkout_orders_total{shop="a"}[1m30s])) > 0`, ""},
		{"a window in the place of the range", `{"metric":"checkout_orders","window":"1h"}`,
			`sum(increase(checkout_orders_total{}[1h]))`, ""},
		{"a metric's window is not the range's", `{"metric":"checkout_orders","instant":true}`,
			`sum(increase(checkout_orders_total{}[$__range]))`, ""},
		{"an operator and another grouping", `{"metric":"checkout_order_rate","params":{"shop":{"op":"!=","values":["a","b"]}},"groupBy":["shop"]}`,
			`sum by (shop) (rate(checkout_orders_total{shop!~"a|b"}[$__rate_interval])) > 0`, ""},
		{"a variable as it is written", `{"metric":"checkout_order_rate","params":{"shop":{"op":"=~","values":["$shop"]}}}`,
			`sum by (country) (rate(checkout_orders_total{shop=~"$shop"}[$__rate_interval])) > 0`, ""},
		{"a macro as a value", `{"metric":"checkout_order_rate","params":{"shop":"$__rate_interval"},"window":"1h"}`,
			`sum by (country) (rate(checkout_orders_total{shop="$__rate_interval"}[1h])) > 0`, ""},
		{"a required parameter that is still open", `{"metric":"checkout_order_rate"}`,
			`sum by (country) (rate(checkout_orders_total{shop="<shop>"}[$__rate_interval])) > 0`, "shop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			handler, u := server(t, names)
			got := read[previewed](t, call(handler, http.MethodPost, "/catalog/preview", test.query))
			if missing := strings.Join(got.Missing, " "); got.Query != test.want || missing != test.missing {
				t.Errorf("got  %s, missing %q\nwant %s, missing %q", got.Query, missing, test.want, test.missing)
			}
			if len(u.all) > 0 {
				t.Error("Prometheus was asked")
			}
		})
	}
}

func TestPreviewSaysWhatIsWrong(t *testing.T) {
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
