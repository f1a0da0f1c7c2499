package catalog

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// TestFormsOfQueriesThatAreRight are those that a stricter check would refuse.
func TestFormsOfQueriesThatAreRight(t *testing.T) {
	for _, test := range []struct{ name, query, legend string }{
		{"a native histogram needs no le", `histogram_quantile(0.9, sum by (__BY__) (rate(wait_seconds{__PARAMS__}[$__rate_interval])))`, "{{model}}"},
		{"nor does its average", `sum by (__BY__) (histogram_avg(rate(wait_seconds{__PARAMS__}[$__rate_interval])))`, "{{model}}"},
		{"without keeps le", `sum by (__BY__) (histogram_quantile(0.9, sum without (tenant) (rate(wait_seconds_bucket{__PARAMS__}[5m]))))`, "{{model}}"},
		{"buckets of each series", `max by (__BY__) (histogram_quantile(0.9, rate(wait_seconds_bucket{__PARAMS__}[5m])))`, "{{model}}"},
		{"a share of buckets", `histogram_fraction(0, 5, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])))`, "{{model}}"},
		{"buckets over something else", `histogram_quantile(0.9, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])) / ignoring (le) group_left () sum by (__BY__) (rate(wait_seconds_count{__PARAMS__}[5m])))`, "{{model}}"},
		{"buckets where there is load", `histogram_quantile(0.9, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m]))) and on (__BY__) sum by (__BY__) (rate(wait_seconds_count{__PARAMS__}[5m])) > 1`, "{{model}}"},
		{"the largest quantile in an hour", `max_over_time(histogram_quantile(0.9, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])))[1h:])`, "{{model}}"},
		{"parts of a summary count", `sum by (__BY__) (rate(price_euros_sum{__PARAMS(model)__}[5m])) / on (model) sum by (model) (increase(price_euros_count{__PARAMS(model)__}[5m])) + on () group_left () sum(0 * orders_total{__PARAMS__})`, ""},
		{"a counter looked at in steps", `sum by (__BY__) (rate(orders_total{__PARAMS__}[1h:1m]))`, "{{model}}"},
		{"a counter or its twin", `sum by (__BY__) (increase((orders_total{__PARAMS__} or wait_seconds_count{__PARAMS__})[1h:]))`, "{{model}}"},
		{"a counter in other units", `sum by (__BY__) (irate((orders_total{__PARAMS__} / 60 * 2)[5m:]))`, "{{model}}"},
		{"a counter that is above something", `sum by (__BY__) (rate((orders_total{__PARAMS__} > 5)[5m:] offset 1d))`, "{{model}}"},
		{"a counter under another label", `sum by (__BY__, what) (rate(label_replace(orders_total{__PARAMS__}, "what", "$1", "model", "(.*)")[5m:]))`, "{{what}} {{model}}"},
		{"a selector that narrows a parameter", `sum by (__BY__) (rate(orders_total{tenant=~"a|b",model!="x",__PARAMS__}[5m]))`, "{{model}}"},
		{"the placeholder beside others", `sum by (__BY__) (rate(orders_total{__PARAMS(model)__,status="ok",__PARAMS(tenant)__}[5m]))`, "{{model}}"},
		{"labels of what is chosen", `topk by (tenant) (3, sum by (__BY__, tenant) (rate(orders_total{__PARAMS__}[5m])))`, "{{tenant}} {{model}}"},
		{"labels that are brought along", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) * on (model) group_left (job) stock{__PARAMS(model)__}`, "{{job}} {{model}}"},
		{"labels of the other side", `stock{__PARAMS(model)__} * on (model) group_right (instance) sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`, "{{instance}} {{model}}"},
		{"labels of either", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) or sum by (job) (stock{__PARAMS(model)__})`, "{{job}}{{model}}"},
		{"a label of values", `count_values by (__BY__) ("amount", orders_total{__PARAMS__})`, "{{amount}}"},
		{"a bare selector's labels", `orders_total{__PARAMS__} + on (__BY__) group_left () stock{__PARAMS(model)__}`, "{{__name__}} {{instance}} {{status}}"},
		{"what nobody can tell", `absent(orders_total{__PARAMS__}) + on (__BY__) stock{__PARAMS(model)__}`, "{{model}}"},
		{"labels of an info series", `sum by (__BY__, version) (info(rate(orders_total{__PARAMS__}[5m]), {version=~".+"}))`, "{{model}} {{version}}"},
		{"a share of everything", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) / on () group_left () sum(rate(orders_total{__PARAMS__}[5m]))`, "{{model}}"},
		{"a share of everything, the other way", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) / ignoring (__BY__) group_left () sum(rate(orders_total{__PARAMS__}[5m]))`, "{{model}}"},
		{"something over a number", `sum by (__BY__) (orders_total{__PARAMS__}) / scalar(sum(stock))`, "{{model}}"},
		{"a bucket over the count", `sum by (__BY__) (rate(wait_seconds_bucket{le="5",__PARAMS__}[5m])) / sum by (__BY__) (rate(wait_seconds_count{__PARAMS__}[5m]))`, "{{model}}"},
		{"a counter over a count", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]) / ignoring (status) rate(wait_seconds_count{__PARAMS__}[5m]))`, "{{model}}"},
		{"a label that is taken away", `label_replace(sum by (__BY__, status) (orders_total{__PARAMS__}), "status", "", "", "") / sum by (__BY__) (orders_total{__PARAMS__})`, "{{model}}"},
		{"a zero where there is nothing", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) or vector(0)`, "{{model}}"},
		{"a name in quotes", `sum by (__BY__) (rate({"orders_total", __PARAMS__}[5m]))`, "{{model}}"},
		{"a name in a matcher", `sum by (__BY__) (rate({__name__="orders_total", __PARAMS__}[5m]))`, "{{model}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load([]packfile.Source{{Text: []byte(soundPack + `---
pack: tested
title: Tested
metrics:
  - name: tested
    title: Tested
    description: Tested.
    unit: none
    query: '` + strings.ReplaceAll(test.query, "'", "''") + `'
    optional_params: [model, tenant]
    group_by: [model]
    legend: '` + test.legend + `'
`)}})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
