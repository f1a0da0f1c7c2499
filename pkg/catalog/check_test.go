package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// validPack is a valid pack. Each case of TestLoadReportsProblems changes one place of it. The
// expected line numbers are those of the changed text.
const validPack = `pack: shop
title: Shop
owner: shop-team
labels:
  model: What was ordered.
  tenant: Who ordered it.
families:
  - name: orders_total
    type: counter
    help: Orders.
    labels: [model, tenant, status]
  - name: stock
    type: gauge
    unit: short
    help: What is there to be ordered.
    labels: [model]
  - name: wait_seconds
    type: histogram
    unit: s
    help: From order to delivery.
    labels: [model, tenant]
    buckets: [1, 5, 10]
  - name: price_euros
    type: summary
    help: What an order costs.
    labels: [model]
  - name: up
    type: gauge
    help: Whether the last scrape succeeded.
    labels: [job, instance]
    synthetic: true
metrics:
  - name: orders
    title: Orders
    description: Orders per second.
    tags: [traffic]
    unit: ops
    type: gauge
    window: 10m
    query: sum by (__BY__) (rate(orders_total{status!="void",__PARAMS__}[$__rate_interval]))
    required_params: [model]
    optional_params: [tenant]
    group_by: [model]
    legend: "{{model}}"
    thresholds: [{value: 1, color: orange}, {value: 2, color: red}]
  - name: wait
    title: Wait
    description: 95 of 100 wait less.
    unit: s
    query: histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval]))) >= 0
    optional_params: [model, tenant]
    group_by: [model]
    legend: "{{model}}"
    record: shop:wait:p95
alerts:
  - name: ShopSlow
    metric: wait
    params: {tenant: [a, b]}
    group_by: [model]
    window: 5m
    condition: "> 10"
    for: 5m
    severity: warning
    no_data: OK
    summary: Orders wait.
    description: "{{ $labels.model }} waits {{ humanizeDuration $values.A.Value }}."
`

func TestLoadValidPack(t *testing.T) {
	if _, err := Load([]packfile.Source{{Text: []byte(validPack)}}); err != nil {
		t.Fatal(err)
	}
}

// TestLoadReportsProblems checks the problem of packs that have one problem each.
func TestLoadReportsProblems(t *testing.T) {
	const ordersQuery, waitQuery = `sum by (__BY__) (rate(orders_total{status!="void",__PARAMS__}[$__rate_interval]))`, `histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval]))) >= 0`
	for _, test := range []struct {
		name, old, new string
		want           problem
	}{
		// The structure, which the schema describes.
		{"a missing key of the pack", "title: Shop\n", "",
			problem{"shop", "", "title", 1, "title is missing."}},
		{"a missing key of a metric", "    title: Orders\n", "",
			problem{"shop", "orders", "title", 33, "title is missing."}},
		{"a misspelt key", "    title: Orders\n", "    titel: Orders\n",
			problem{"shop", "orders", "titel", 34, "Unknown key titel. Did you mean title?"}},
		{"a key that resembles no known key", "    title: Orders\n", "    title: Orders\n    zzz: 1\n",
			problem{"shop", "orders", "zzz", 35, "Unknown key zzz. The keys are alerted_by, decimals, description, group_by, legend, name, not_alerted, optional_params, query, record, required_params, tags, thresholds, title, type, unit, window."}},
		{"an invalid name", "- name: orders\n", "- name: my orders\n",
			problem{"shop", "my orders", "name", 33, `"my orders" is invalid. A name consists of letters, digits and underscores, and doesn't begin with a digit.`}},
		{"a name that is a number", "- name: orders\n", "- name: 5\n",
			problem{"shop", "Orders", "name", 33, `It must be a string: put it in quotes.`}},
		{"a title without a value", "title: Orders", "title:",
			problem{"shop", "orders", "title", 34, "The value is missing. It must be a string."}},
		{"a blank title", "title: Orders", `title: " "`,
			problem{"shop", "orders", "title", 34, `" " is invalid. Write a text that is not only white space.`}},
		{"a title that is a list", "title: Orders", "title: [Orders]",
			problem{"shop", "orders", "title", 34, "It must be a string, not a list."}},
		{"a string instead of a list", "optional_params: [tenant]", "optional_params: tenant",
			problem{"shop", "orders", "optional_params", 42, `"tenant" must be a list.`}},
		{"braces without quotes", `legend: "{{model}}"` + "\n    thresholds", "legend: {{model}}\n    thresholds",
			problem{"shop", "orders", "legend", 44, "Keys must be strings; see line 44. Put a value with braces in quotes."}},
		{"an unknown type", "type: gauge\n    window", "type: gaugge\n    window",
			problem{"shop", "orders", "type", 38, `"gaugge" is not one of gauge, counter, histogram. Did you mean gauge?`}},
		{"a type without a value", "type: gauge\n    window", "type:\n    window",
			problem{"shop", "orders", "type", 38, `The value is missing. It must be one of gauge, counter, histogram.`}},
		{"an invalid window", "window: 10m", "window: 10min",
			problem{"shop", "orders", "window", 39, `"10min" is invalid. A duration is a number with a unit, such as 30s, 5m or 1h30m.`}},
		{"a threshold that isn't a number", "value: 2", "value: two",
			problem{"shop", "orders", "value", 45, `"two" must be a number.`}},
		{"an infinite threshold", "value: 2", "value: .inf",
			problem{"shop", "orders", "value", 45, `".inf" must be a number.`}},
		{"a duplicate parameter", "optional_params: [tenant]", "optional_params: [tenant, tenant]",
			problem{"shop", "orders", "optional_params", 42, `"tenant" occurs twice in the list.`}},
		{"a duplicate label", "labels: [model, tenant, status]", "labels: [model, tenant, status, model]",
			problem{"shop", "orders_total", "labels", 11, `"model" occurs twice in the list.`}},
		{"a label with a space", "labels: [model, tenant, status]", "labels: [model, tenant, status, a b]",
			problem{"shop", "orders_total", "labels", 11, `"a b" is invalid. A label's name has no spaces, quotes, commas, brackets or backslashes.`}},
		{"an invalid condition", `condition: "> 10"`, `condition: ">= 10"`,
			problem{"shop", "ShopSlow", "condition", 61, `">= 10" is invalid. A condition is < or > and a number, such as "> 0.05".`}},
		{"an unknown operator", "params: {tenant: [a, b]}", "params: {tenant: {op: '~', values: [a]}}",
			problem{"shop", "ShopSlow", "tenant", 58, `The value is invalid. A filter is a string, a list of strings, or {op: "!=", values: [...]} with one of the operators =, !=, =~ and !~.`}},
		{"a duplicate key", "    unit: ops\n", "    unit: ops\n    unit: s\n",
			problem{"shop", "orders", "unit", 38, "The key unit appears twice, on lines 37 and 38."}},
		{"a YAML tag", "title: Orders", "title: !secret Orders",
			problem{"shop", "orders", "title", 34, "The tag !secret is not supported. Remove it."}},
		{"invalid YAML", "    title: Orders\n", "   title: Orders\n",
			problem{"", "", "", 34, "Invalid YAML: did not find expected '-' indicator."}},
		{"a quote that is never closed", `$values.A.Value }}."`, `$values.A.Value }}.`,
			problem{"", "", "", 66, "Invalid YAML: found unexpected end of stream."}},

		// Families.
		{"a label that Prometheus adds", "labels: [model, tenant, status]", "labels: [model, tenant, status, job]",
			problem{"shop", "orders_total", "labels", 11, "Prometheus adds the label job. Leave it out, or set synthetic: true for a family that Prometheus writes, such as up."}},
		{"le on a histogram", "labels: [model, tenant]\n    buckets", "labels: [model, tenant, le]\n    buckets",
			problem{"shop", "wait_seconds", "labels", 21, "A histogram always has the label le. Leave it out."}},
		{"quantile on a summary", "help: What an order costs.\n    labels: [model]", "help: What an order costs.\n    labels: [model, quantile]",
			problem{"shop", "price_euros", "labels", 26, "A summary always has the label quantile. Leave it out."}},
		{"the name as a label", "labels: [model, tenant, status]", "labels: [model, tenant, status, __name__]",
			problem{"shop", "orders_total", "labels", 11, "__name__ is not a label of a family. Leave it out."}},
		{"a label that begins with two underscores", "labels: [model, tenant, status]", "labels: [model, tenant, status, __address__]",
			problem{"shop", "orders_total", "labels", 11, "__address__ is not a valid label: Prometheus reserves labels that begin with __."}},
		{"a family that is declared twice", "  - name: stock\n", "  - name: orders_total\n    type: counter\n    help: Again.\n  - name: stock\n",
			problem{"shop", "orders_total", "name", 12, "This pack declares orders_total twice."}},
		{"buckets on a counter", "    labels: [model, tenant, status]\n", "    labels: [model, tenant, status]\n    buckets: [1]\n",
			problem{"shop", "orders_total", "buckets", 12, "Only a histogram can have buckets."}},
		{"unsorted buckets", "[1, 5, 10]", "[1, 10, 5]",
			problem{"shop", "wait_seconds", "buckets", 22, "The bounds must be in ascending order."}},
		{"a family's unknown unit", "unit: s\n    help", "unit: seconds\n    help",
			problem{"shop", "wait_seconds", "unit", 19, `Grafana has no unit "seconds". For a custom unit, write suffix: or prefix: before the text, such as suffix:tokens.`}},
		{"a description of an unknown label", "  tenant: Who ordered it.", "  tennant: Who ordered it.",
			problem{"shop", "", "tennant", 6, "No family of this pack has the label tennant. Did you mean tenant?"}},

		// Metrics.
		{"two metrics with the same name", "- name: wait\n", "- {name: orders, title: Orders, description: All orders., unit: short, query: sum(orders_total)}\n  - name: wait\n",
			problem{"shop", "orders", "name", 46, "Pack shop already defines orders on line 33. Choose another name."}},
		{"two recording rules with the same name", "- name: wait\n", "- {name: all_orders, title: Orders, description: All orders., unit: short, query: sum(orders_total), record: shop:wait:p95}\n  - name: wait\n",
			problem{"shop", "wait", "record", 55, "all_orders is already recorded under this name."}},
		{"an unknown unit", "unit: ops", "unit: req/s",
			problem{"shop", "orders", "unit", 37, `Grafana has no unit "req/s". Did you mean reqps, reqpm? For a custom unit, write suffix: or prefix: before the text, such as suffix:tokens.`}},
		{"a custom unit without a text", "unit: ops", `unit: "suffix:"`,
			problem{"shop", "orders", "unit", 37, `Grafana has no unit "suffix:". For a custom unit, write suffix: or prefix: before the text, such as suffix:tokens.`}},
		{"a window of zero", "window: 10m", "window: 0s",
			problem{"shop", "orders", "window", 39, "The duration 0s is zero. Write a longer one, such as 5m."}},
		{"a window that is too long", "window: 10m", "window: 1000y",
			problem{"shop", "orders", "window", 39, "The duration 1000y is too long for Prometheus. Write a shorter one."}},
		{"a window for a query with a fixed window", "(rate(orders_total{status!=\"void\",__PARAMS__}[$__rate_interval]))", "(rate(orders_total{status!=\"void\",__PARAMS__}[1h]))",
			problem{"shop", "orders", "window", 39, "The query of orders contains no $__rate_interval, $__interval or $__range, so a window has no effect. Leave it out."}},
		{"unsorted thresholds", "{value: 1, color: orange}, {value: 2, color: red}", "{value: 2, color: red}, {value: 1, color: orange}",
			problem{"shop", "orders", "thresholds", 45, "The values must be in ascending order."}},
		{"a parameter in both lists", "optional_params: [tenant]", "optional_params: [tenant, model]",
			problem{"shop", "orders", "optional_params", 42, "model is also a required parameter. Remove it from one of the lists."}},
		{"a grouping by an unknown parameter", "group_by: [model]\n    legend: \"{{model}}\"\n    thresholds", "group_by: [modl]\n    thresholds",
			problem{"shop", "orders", "group_by", 43, "modl is not one of the parameters. Did you mean model?"}},
		{"a grouping for a query without __BY__", ordersQuery, `sum by (model) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "group_by", 43, "The query has no __BY__ for model."}},
		{"a placeholder in an unknown one", "__PARAMS__}[$__rate_interval]))\n", "__FOO(__BY__)__}[$__rate_interval]))\n",
			problem{"shop", "orders", "query", 40, "Unknown placeholder __FOO(__BY__)__. The placeholders are __PARAMS__, __PARAMS(a,b)__ and __BY__."}},
		{"an unknown placeholder", "__PARAMS__}[$__rate_interval]))\n", "__PARMAS__}[$__rate_interval]))\n",
			problem{"shop", "orders", "query", 40, "Unknown placeholder __PARMAS__. The placeholders are __PARAMS__, __PARAMS(a,b)__ and __BY__."}},
		{"a query that isn't PromQL", ordersQuery, `sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval]) +)`,
			problem{"shop", "orders", "query", 40, "This is not valid PromQL, at line 1, column 68: unexpected \")\" in aggregation."}},
		{"a query that isn't PromQL on its second line", "query: " + ordersQuery, "query: |\n      sum by (__BY__) (\n        rate(orders_total{__PARAMS(model)__, tenant}[$__rate_interval]))",
			problem{"shop", "orders", "query", 40, "This is not valid PromQL, at line 2, column 46: unexpected \"}\" in label matching, expected label matching operator."}},
		{"an undeclared family", "rate(orders_total{", "rate(order_total{",
			problem{"shop", "orders", "query", 40, "No pack declares a family order_total. Did you mean orders_total?"}},
		{"a suffix that the family doesn't have", ordersQuery, `sum by (__BY__) (rate(price_euros_bucket{__PARAMS__}[$__rate_interval]))`,
			problem{"shop", "orders", "query", 40, "No pack declares a family price_euros_bucket. Did you mean price_euros?"}},
		{"a selector without a name", "rate(orders_total{", "rate({",
			problem{"shop", "orders", "query", 40, "A selector has no metric name, so it would read all series. Add a name."}},
		{"a placeholder instead of a metric name", "rate(orders_total{", "rate(__BY__{",
			problem{"shop", "orders", "query", 40, "__BY__ can't replace the name of a metric."}},
		{"a placeholder instead of a matcher's label", `status!="void"`, `__BY__!="void"`,
			problem{"shop", "orders", "query", 40, "__BY__ can't replace the label of a matcher."}},
		{"a placeholder in quotes", ordersQuery, `label_replace(sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval])), "model", "__BY__", "", "")`,
			problem{"shop", "orders", "query", 40, "The query has a placeholder in an invalid place, such as inside quotes."}},
		{"a label that the family doesn't have", `status!="void"`, `state!="void"`,
			problem{"shop", "orders", "query", 40, "orders_total has no label state. Did you mean status?"}},
		{"a parameter that a family doesn't have", ordersQuery + "\n", ordersQuery + " / on (__BY__) sum by (__BY__) (stock{__PARAMS__})\n",
			problem{"shop", "orders", "query", 40, "stock has no label tenant, so the parameter tenant can't filter it. Write __PARAMS(…)__, and list only the parameters that are labels of stock."}},
		{"a placeholder with an unknown parameter", "status!=\"void\",__PARAMS__", "__PARAMS(model,tenant,status)__",
			problem{"shop", "orders", "query", 40, `__PARAMS(…)__ lists "status", which is not a parameter.`}},
		{"a parameter that no selector uses", "status!=\"void\",__PARAMS__", "__PARAMS(model)__",
			problem{"shop", "orders", "optional_params", 42, "No selector uses tenant. Add __PARAMS__ or __PARAMS(tenant)__ to one."}},
		{"a required parameter that no selector uses", "status!=\"void\",__PARAMS__", "__PARAMS(tenant)__",
			problem{"shop", "orders", "required_params", 41, "No selector uses model. Add __PARAMS__ or __PARAMS(model)__ to one."}},
		{"a parameter for a label that is fixed", `status!="void"`, `tenant="acme"`,
			problem{"shop", "orders", "query", 40, "The selector of orders_total already sets tenant to one value. Write __PARAMS(…)__ without tenant there."}},
		{"a rate of a gauge", ordersQuery, `sum by (__BY__) (rate(stock{__PARAMS(model)__}[$__rate_interval])) + sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "The argument of rate() must be a counter: stock is a gauge. Use delta() or deriv()."}},
		{"an increase of quantiles", ordersQuery, `sum by (__BY__) (increase(price_euros{__PARAMS(model)__}[5m])) + sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "The argument of increase() must be a counter: price_euros contains the quantiles of a summary, which can decrease."}},
		{"a rate of a sum", ordersQuery, `irate(sum by (__BY__) (orders_total{__PARAMS__})[5m:])`,
			problem{"shop", "orders", "query", 40, "The argument of irate() must be a counter: the sum of several counters decreases when one of them restarts at 0. Compute the rate of each counter first, and then the sum."}},
		{"a rate of a rate", ordersQuery, `sum by (__BY__) (rate(rate(orders_total{__PARAMS__}[5m])[5m:]))`,
			problem{"shop", "orders", "query", 40, "The argument of rate() must be a counter: the result of rate() is not a counter."}},
		{"buckets aggregated without le", "sum by (le, __BY__)", "sum by (__BY__)",
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs the label le. Keep it in the aggregation of the buckets, as in sum by (le, __BY__) (…)."}},
		{"buckets aggregated over le", waitQuery, `histogram_quantile(0.95, sum without (le) (sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m]))))`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs the label le. Keep it in the aggregation of the buckets, as in sum by (le, __BY__) (…)."}},
		{"buckets joined without le", waitQuery, `histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])) * on (__BY__) sum by (__BY__) (stock{__PARAMS(model)__}))`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs the label le. Keep it in the aggregation of the buckets, as in sum by (le, __BY__) (…)."}},
		{"a quantile of a gauge", waitQuery, `histogram_quantile(0.95, stock{__PARAMS(model)__}) + on (__BY__) sum by (__BY__) (wait_seconds_count{__PARAMS__})`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs a histogram's buckets, but stock is a gauge."}},
		{"a quantile of a sum", waitQuery, `sum by (__BY__) (histogram_quantile(0.95, rate(wait_seconds_sum{__PARAMS__}[5m])))`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs a histogram's buckets. Read wait_seconds_bucket instead of wait_seconds_sum."}},
		{"a grouping by a label that isn't there", "sum by (__BY__) (rate(orders", "sum by (__BY__, modl) (rate(orders",
			problem{"shop", "orders", "query", 40, "sum groups by modl, which is not a label of its argument. Did you mean model?"}},
		{"a grouping by the bounds of a count", waitQuery, `sum by (__BY__, le) (rate(wait_seconds_count{__PARAMS__}[5m]))`,
			problem{"shop", "wait", "query", 50, "sum groups by le, which is not a label of its argument."}},
		{"a share of everything without on", ordersQuery, ordersQuery + ` / sum(rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "The two sides of / never match: the left one has the label model and the right one has no labels. Aggregate both by the same labels, or add on (…) or ignoring (…)."}},
		{"sides with different labels", ordersQuery, `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]) > stock{__PARAMS(model)__})`,
			problem{"shop", "orders", "query", 40, "The two sides of > never match: the left one has the labels instance, job, model, status, tenant and the right one has the labels instance, job, model. Aggregate both by the same labels, or add on (…) or ignoring (…)."}},
		{"a match on a label that isn't there", ordersQuery, ordersQuery + ` / on (__BY__, modl) sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "/ matches on modl, so both sides must have this label. Did you mean model?"}},
		{"an included label that isn't there", ordersQuery, ordersQuery + ` * on (__BY__) group_left (tenant) sum by (__BY__) (stock{__PARAMS(model)__})`,
			problem{"shop", "orders", "query", 40, "group_left can't copy the label tenant, because the series on the right of * don't have this label."}},
		{"a range vector", ordersQuery, `orders_total{__PARAMS__}[5m]`,
			problem{"shop", "orders", "query", 40, "The query returns a range vector. It must return an instant vector or a scalar."}},
		{"a string", ordersQuery, `'"orders"'`,
			problem{"shop", "orders", "query", 40, "The query returns a string. It must return an instant vector or a scalar."}},
		{"a legend with a label that is aggregated away", "group_by: [model]\n    legend: \"{{model}}\"\n    record", "group_by: [model]\n    legend: \"{{model}} {{tenant}}\"\n    record",
			problem{"shop", "wait", "legend", 53, "{{tenant}} is always empty: the result has the label model."}},
		{"a legend with a label for a result without labels", "group_by: [model]\n    legend: \"{{model}}\"\n    record", "legend: \"{{ model }}\"\n    record",
			problem{"shop", "wait", "legend", 52, "{{model}} is always empty: the result has no labels."}},
		{"a recording rule with a required parameter", "    unit: ops\n", "    record: shop:orders\n    unit: ops\n",
			problem{"shop", "orders", "record", 37, "The metric requires a value for model. Only a metric without required parameters can be recorded."}},
		{"a recording rule that depends on a dashboard's range", "rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval])", "increase(wait_seconds_bucket{__PARAMS__}[${__range}])",
			problem{"shop", "wait", "record", 54, "The query uses the step or the time range of a dashboard, which a recording rule doesn't have."}},
		{"a recording rule that depends on a dashboard's step", "rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval])", "rate(wait_seconds_bucket{__PARAMS__}[$__interval])",
			problem{"shop", "wait", "record", 54, "The query uses the step or the time range of a dashboard, which a recording rule doesn't have."}},
		{"a recording rule with an empty part", "record: shop:wait:p95", "record: shop::p95",
			problem{"shop", "wait", "record", 54, `"shop::p95" is invalid. A recording rule's name has the form level:metric:operations, with letters, digits and underscores.`}},
		{"a recording rule with the name of a family", "record: shop:wait:p95", "record: stock",
			problem{"shop", "wait", "record", 54, `"stock" is invalid. A recording rule's name has the form level:metric:operations, with letters, digits and underscores.`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(validPack, test.old) != 1 {
				t.Fatalf("%q occurs %d times in the pack", test.old, strings.Count(validPack, test.old))
			}
			problems := problemsOf(t, strings.Replace(validPack, test.old, test.new, 1))
			if diff := cmp.Diff([]problem{test.want}, summaries(problems)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestReservedNames checks that no optional parameter can have a name that the API uses.
func TestReservedNames(t *testing.T) {
	for _, name := range Reserved {
		text := strings.NewReplacer("tenant", name).Replace(validPack)
		problems := problemsOf(t, text)
		if !slices.ContainsFunc(problems, func(p packfile.Problem) bool {
			return p.Field == "optional_params" && p.Text == "The API uses the name "+name+". Choose another name for the parameter."
		}) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
