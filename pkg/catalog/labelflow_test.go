package catalog

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// TestLabelFlowAcceptsValidQueries loads valid queries that a simpler check would reject.
func TestLabelFlowAcceptsValidQueries(t *testing.T) {
	for _, test := range []struct{ name, query, legend string }{
		{"a native histogram needs no le", `histogram_quantile(0.9, sum by (__BY__) (rate(wait_seconds{__PARAMS__}[$__rate_interval])))`, "{{model}}"},
		{"the average of a native histogram", `sum by (__BY__) (histogram_avg(rate(wait_seconds{__PARAMS__}[$__rate_interval])))`, "{{model}}"},
		{"without keeps le", `sum by (__BY__) (histogram_quantile(0.9, sum without (tenant) (rate(wait_seconds_bucket{__PARAMS__}[5m]))))`, "{{model}}"},
		{"buckets of each series", `max by (__BY__) (histogram_quantile(0.9, rate(wait_seconds_bucket{__PARAMS__}[5m])))`, "{{model}}"},
		{"a share of buckets", `histogram_fraction(0, 5, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])))`, "{{model}}"},
		{"divided buckets", `histogram_quantile(0.9, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])) / ignoring (le) group_left () sum by (__BY__) (rate(wait_seconds_count{__PARAMS__}[5m])))`, "{{model}}"},
		{"filtered buckets", `histogram_quantile(0.9, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m]))) and on (__BY__) sum by (__BY__) (rate(wait_seconds_count{__PARAMS__}[5m])) > 1`, "{{model}}"},
		{"the largest quantile in an hour", `max_over_time(histogram_quantile(0.9, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])))[1h:])`, "{{model}}"},
		{"parts of a summary are counters", `sum by (__BY__) (rate(price_euros_sum{__PARAMS(model)__}[5m])) / on (model) sum by (model) (increase(price_euros_count{__PARAMS(model)__}[5m])) + on () group_left () sum(0 * orders_total{__PARAMS__})`, ""},
		{"a subquery of a counter", `sum by (__BY__) (rate(orders_total{__PARAMS__}[1h:1m]))`, "{{model}}"},
		{"one of two counters", `sum by (__BY__) (increase((orders_total{__PARAMS__} or wait_seconds_count{__PARAMS__})[1h:]))`, "{{model}}"},
		{"a scaled counter", `sum by (__BY__) (irate((orders_total{__PARAMS__} / 60 * 2)[5m:]))`, "{{model}}"},
		{"a filtered counter", `sum by (__BY__) (rate((orders_total{__PARAMS__} > 5)[5m:] offset 1d))`, "{{model}}"},
		{"a counter with a new label", `sum by (__BY__, what) (rate(label_replace(orders_total{__PARAMS__}, "what", "$1", "model", "(.*)")[5m:]))`, "{{what}} {{model}}"},
		{"a selector that limits a parameter", `sum by (__BY__) (rate(orders_total{tenant=~"a|b",model!="x",__PARAMS__}[5m]))`, "{{model}}"},
		{"several placeholders", `sum by (__BY__) (rate(orders_total{__PARAMS(model)__,status="ok",__PARAMS(tenant)__}[5m]))`, "{{model}}"},
		{"labels of topk", `topk by (tenant) (3, sum by (__BY__, tenant) (rate(orders_total{__PARAMS__}[5m])))`, "{{tenant}} {{model}}"},
		{"included labels", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) * on (model) group_left (job) stock{__PARAMS(model)__}`, "{{job}} {{model}}"},
		{"group_right", `stock{__PARAMS(model)__} * on (model) group_right (instance) sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`, "{{instance}} {{model}}"},
		{"labels of both sides of or", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) or sum by (job) (stock{__PARAMS(model)__})`, "{{job}}{{model}}"},
		{"count_values", `count_values by (__BY__) ("amount", orders_total{__PARAMS__})`, "{{amount}}"},
		{"a bare selector's labels", `orders_total{__PARAMS__} + on (__BY__) group_left () stock{__PARAMS(model)__}`, "{{__name__}} {{instance}} {{status}}"},
		{"unknown labels", `absent(orders_total{__PARAMS__}) + on (__BY__) stock{__PARAMS(model)__}`, "{{model}}"},
		{"labels of an info series", `sum by (__BY__, version) (info(rate(orders_total{__PARAMS__}[5m]), {version=~".+"}))`, "{{model}} {{version}}"},
		{"a share of everything", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) / on () group_left () sum(rate(orders_total{__PARAMS__}[5m]))`, "{{model}}"},
		{"a share of everything, the other way", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) / ignoring (__BY__) group_left () sum(rate(orders_total{__PARAMS__}[5m]))`, "{{model}}"},
		{"a vector divided by a number", `sum by (__BY__) (orders_total{__PARAMS__}) / scalar(sum(stock))`, "{{model}}"},
		{"a bucket over the count", `sum by (__BY__) (rate(wait_seconds_bucket{le="5",__PARAMS__}[5m])) / sum by (__BY__) (rate(wait_seconds_count{__PARAMS__}[5m]))`, "{{model}}"},
		{"a counter over a count", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]) / ignoring (status) rate(wait_seconds_count{__PARAMS__}[5m]))`, "{{model}}"},
		{"a removed label", `label_replace(sum by (__BY__, status) (orders_total{__PARAMS__}), "status", "", "", "") / sum by (__BY__) (orders_total{__PARAMS__})`, "{{model}}"},
		{"a default of zero", `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m])) or vector(0)`, "{{model}}"},
		{"a name in quotes", `sum by (__BY__) (rate({"orders_total", __PARAMS__}[5m]))`, "{{model}}"},
		{"a name in a matcher", `sum by (__BY__) (rate({__name__="orders_total", __PARAMS__}[5m]))`, "{{model}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load([]packfile.Source{{Text: []byte(validPack + `---
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
