package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// soundPack is spoilt by the tests below, one place at a time; so its lines count.
const soundPack = `pack: shop
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

func TestASoundPackLoads(t *testing.T) {
	if _, err := Load([]packfile.Source{{Text: []byte(soundPack)}}); err != nil {
		t.Fatal(err)
	}
}

// TestLoadSaysWhatIsWrong has one faulty pack for every rule.
func TestLoadSaysWhatIsWrong(t *testing.T) {
	const ordersQuery, waitQuery = `sum by (__BY__) (rate(orders_total{status!="void",__PARAMS__}[$__rate_interval]))`, `histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval]))) >= 0`
	for _, test := range []struct {
		name, old, new string
		want           problem
	}{
		// The structure, which the schema describes.
		{"a key of the pack that is missing", "title: Shop\n", "",
			problem{"shop", "", "title", 1, "title is missing."}},
		{"a key that is missing", "    title: Orders\n", "",
			problem{"shop", "orders", "title", 33, "title is missing."}},
		{"a misspelt key", "    title: Orders\n", "    titel: Orders\n",
			problem{"shop", "orders", "titel", 34, "There is no key titel here. Did you mean title?"}},
		{"a key like no other", "    title: Orders\n", "    title: Orders\n    zzz: 1\n",
			problem{"shop", "orders", "zzz", 35, "There is no key zzz here, only description, group_by, legend, name, optional_params, query, record, required_params, tags, thresholds, title, type, unit, window."}},
		{"a name that is none", "- name: orders\n", "- name: my orders\n",
			problem{"shop", "my orders", "name", 33, `"my orders" won't do. A name is of letters, digits and underscores, and doesn't begin with a digit.`}},
		{"a number for a name", "- name: orders\n", "- name: 5\n",
			problem{"shop", "Orders", "name", 33, `It must be a text: put it in quotes.`}},
		{"nothing for a title", "title: Orders", "title:",
			problem{"shop", "orders", "title", 34, "It has no value: it must be a text."}},
		{"only space for a title", "title: Orders", `title: " "`,
			problem{"shop", "orders", "title", 34, `" " won't do. Some words are needed here.`}},
		{"a list for a title", "title: Orders", "title: [Orders]",
			problem{"shop", "orders", "title", 34, "It must be a text, not a list."}},
		{"a text for a list", "optional_params: [tenant]", "optional_params: tenant",
			problem{"shop", "orders", "optional_params", 42, `"tenant" must be a list.`}},
		{"braces without quotes", `legend: "{{model}}"` + "\n    thresholds", "legend: {{model}}\n    thresholds",
			problem{"shop", "orders", "legend", 44, "A key is no text here, on line 44: put a text with braces in quotes."}},
		{"an unknown type", "type: gauge\n    window", "type: gaugge\n    window",
			problem{"shop", "orders", "type", 38, `"gaugge" is not one of gauge, counter, histogram. Did you mean gauge?`}},
		{"nothing for a type", "type: gauge\n    window", "type:\n    window",
			problem{"shop", "orders", "type", 38, `It has no value: it must be one of gauge, counter, histogram.`}},
		{"a window that is none", "window: 10m", "window: 10min",
			problem{"shop", "orders", "window", 39, `"10min" won't do. A duration is a number with a unit, such as 30s, 5m or 1h30m.`}},
		{"a threshold without a number", "value: 2", "value: two",
			problem{"shop", "orders", "value", 45, `"two" must be a number.`}},
		{"an infinite threshold", "value: 2", "value: .inf",
			problem{"shop", "orders", "value", 45, `".inf" must be a number.`}},
		{"a parameter that stands twice", "optional_params: [tenant]", "optional_params: [tenant, tenant]",
			problem{"shop", "orders", "optional_params", 42, `"tenant" stands twice in the list.`}},
		{"a label that stands twice", "labels: [model, tenant, status]", "labels: [model, tenant, status, model]",
			problem{"shop", "orders_total", "labels", 11, `"model" stands twice in the list.`}},
		{"a label with a space", "labels: [model, tenant, status]", "labels: [model, tenant, status, a b]",
			problem{"shop", "orders_total", "labels", 11, `"a b" won't do. A label's name has no spaces, quotes, commas, brackets or backslashes.`}},
		{"a condition that is none", `condition: "> 10"`, `condition: ">= 10"`,
			problem{"shop", "ShopSlow", "condition", 61, `">= 10" won't do. A condition is < or > with a number, such as "> 0.05".`}},
		{"an unknown operator", "params: {tenant: [a, b]}", "params: {tenant: {op: '~', values: [a]}}",
			problem{"shop", "ShopSlow", "tenant", 58, `This won't do. A filter is a text, a list of texts, or {op: "!=", values: [...]} with one of the operators =, !=, =~ and !~.`}},
		{"a key that stands twice", "    unit: ops\n", "    unit: ops\n    unit: s\n",
			problem{"shop", "orders", "unit", 38, "The key unit appears twice, on lines 37 and 38."}},
		{"a tag of YAML's", "title: Orders", "title: !secret Orders",
			problem{"shop", "orders", "title", 34, "The tag !secret has no meaning here."}},
		{"no YAML", "    title: Orders\n", "   title: Orders\n",
			problem{"", "", "", 34, "This is not YAML: did not find expected '-' indicator."}},
		{"a quote that is never closed", `$values.A.Value }}."`, `$values.A.Value }}.`,
			problem{"", "", "", 66, "This is not YAML: found unexpected end of stream."}},

		// Families.
		{"a label that Prometheus adds", "labels: [model, tenant, status]", "labels: [model, tenant, status, job]",
			problem{"shop", "orders_total", "labels", 11, "Prometheus adds job itself: leave it out. A family that Prometheus makes, such as up, is synthetic: true."}},
		{"le on a histogram", "labels: [model, tenant]\n    buckets", "labels: [model, tenant, le]\n    buckets",
			problem{"shop", "wait_seconds", "labels", 21, "A histogram's buckets have le anyway: leave it out."}},
		{"quantile on a summary", "help: What an order costs.\n    labels: [model]", "help: What an order costs.\n    labels: [model, quantile]",
			problem{"shop", "price_euros", "labels", 26, "A summary's quantiles have quantile anyway: leave it out."}},
		{"the name as a label", "labels: [model, tenant, status]", "labels: [model, tenant, status, __name__]",
			problem{"shop", "orders_total", "labels", 11, "__name__ is the family's own name, and no label of its."}},
		{"a label of Prometheus's own", "labels: [model, tenant, status]", "labels: [model, tenant, status, __address__]",
			problem{"shop", "orders_total", "labels", 11, "__address__ can't be a label: Prometheus drops names that begin with __."}},
		{"a family that is declared twice", "  - name: stock\n", "  - name: orders_total\n    type: counter\n    help: Again.\n  - name: stock\n",
			problem{"shop", "orders_total", "name", 12, "This pack declares orders_total already."}},
		{"buckets on a counter", "    labels: [model, tenant, status]\n", "    labels: [model, tenant, status]\n    buckets: [1]\n",
			problem{"shop", "orders_total", "buckets", 12, "Only a histogram has buckets."}},
		{"buckets in no order", "[1, 5, 10]", "[1, 10, 5]",
			problem{"shop", "wait_seconds", "buckets", 22, "The bounds must ascend."}},
		{"a family's unknown unit", "unit: s\n    help", "unit: seconds\n    help",
			problem{"shop", "wait_seconds", "unit", 19, `Grafana has no unit "seconds". A text of your own is written suffix:… or prefix:….`}},
		{"a label explained that nothing has", "  tenant: Who ordered it.", "  tennant: Who ordered it.",
			problem{"shop", "", "tennant", 6, "No family of this pack has a label tennant. Did you mean tenant?"}},

		// Metrics.
		{"two metrics of one name", "- name: wait\n", "- {name: orders, title: Orders, description: All orders., unit: short, query: sum(orders_total)}\n  - name: wait\n",
			problem{"shop", "orders", "name", 46, "Pack shop defines orders already, on line 33."}},
		{"two recording rules of one name", "- name: wait\n", "- {name: all_orders, title: Orders, description: All orders., unit: short, query: sum(orders_total), record: shop:wait:p95}\n  - name: wait\n",
			problem{"shop", "wait", "record", 55, "all_orders is recorded under this name already."}},
		{"an unknown unit", "unit: ops", "unit: req/s",
			problem{"shop", "orders", "unit", 37, `Grafana has no unit "req/s". Did you mean reqps, reqpm? A text of your own is written suffix:… or prefix:….`}},
		{"a form of unit without a text", "unit: ops", `unit: "suffix:"`,
			problem{"shop", "orders", "unit", 37, `Grafana has no unit "suffix:". A text of your own is written suffix:… or prefix:….`}},
		{"a window of nothing", "window: 10m", "window: 0s",
			problem{"shop", "orders", "window", 39, "The duration 0s is zero. Write a longer one, such as 5m."}},
		{"a window without end", "window: 10m", "window: 1000y",
			problem{"shop", "orders", "window", 39, "1000y is longer than Prometheus can count."}},
		{"a window for a query with one of its own", "(rate(orders_total{status!=\"void\",__PARAMS__}[$__rate_interval]))", "(rate(orders_total{status!=\"void\",__PARAMS__}[1h]))",
			problem{"shop", "orders", "window", 39, "The query of orders has no $__rate_interval, $__interval or $__range whose place a window could take."}},
		{"thresholds in no order", "{value: 1, color: orange}, {value: 2, color: red}", "{value: 2, color: red}, {value: 1, color: orange}",
			problem{"shop", "orders", "thresholds", 45, "The values must ascend."}},
		{"a parameter in both lists", "optional_params: [tenant]", "optional_params: [tenant, model]",
			problem{"shop", "orders", "optional_params", 42, "model is a required parameter already."}},
		{"a grouping by no parameter", "group_by: [model]\n    legend: \"{{model}}\"\n    thresholds", "group_by: [modl]\n    thresholds",
			problem{"shop", "orders", "group_by", 43, "modl is not one of the parameters. Did you mean model?"}},
		{"a grouping without a place", ordersQuery, `sum by (model) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "group_by", 43, "The query has no __BY__ to put model in."}},
		{"an unknown placeholder", "__PARAMS__}[$__rate_interval]))\n", "__PARMAS__}[$__rate_interval]))\n",
			problem{"shop", "orders", "query", 40, "There is no placeholder __PARMAS__, only __PARAMS__, __PARAMS(a,b)__ and __BY__."}},
		{"a query that isn't PromQL", ordersQuery, `sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval]) +)`,
			problem{"shop", "orders", "query", 40, "This is not valid PromQL, at line 1, column 68: unexpected \")\" in aggregation."}},
		{"a query that isn't PromQL on its second line", "query: " + ordersQuery, "query: |\n      sum by (__BY__) (\n        rate(orders_total{__PARAMS(model)__, tenant}[$__rate_interval]))",
			problem{"shop", "orders", "query", 40, "This is not valid PromQL, at line 2, column 46: unexpected \"}\" in label matching, expected label matching operator."}},
		{"a family that nobody declares", "rate(orders_total{", "rate(order_total{",
			problem{"shop", "orders", "query", 40, "No pack declares a family order_total. Did you mean orders_total?"}},
		{"a part that a family doesn't have", ordersQuery, `sum by (__BY__) (rate(price_euros_bucket{__PARAMS__}[$__rate_interval]))`,
			problem{"shop", "orders", "query", 40, "No pack declares a family price_euros_bucket. Did you mean price_euros?"}},
		{"a selector without a name", "rate(orders_total{", "rate({",
			problem{"shop", "orders", "query", 40, "A selector has no name of a Prometheus metric, so it would read everything."}},
		{"a placeholder for a name", "rate(orders_total{", "rate(__BY__{",
			problem{"shop", "orders", "query", 40, "__BY__ stands where the name of a Prometheus metric belongs."}},
		{"a placeholder in quotes", ordersQuery, `label_replace(sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval])), "model", "__BY__", "", "")`,
			problem{"shop", "orders", "query", 40, "A placeholder stands where it can't be filled, such as inside quotes."}},
		{"a label that the family doesn't have", `status!="void"`, `state!="void"`,
			problem{"shop", "orders", "query", 40, "orders_total has no label state. Did you mean status?"}},
		{"a parameter that a family doesn't have", ordersQuery + "\n", ordersQuery + " / on (__BY__) sum by (__BY__) (stock{__PARAMS__})\n",
			problem{"shop", "orders", "query", 40, "stock has no label tenant: write __PARAMS(…)__ with the parameters that it takes."}},
		{"a subset with a stranger", "status!=\"void\",__PARAMS__", "__PARAMS(model,tenant,status)__",
			problem{"shop", "orders", "query", 40, `__PARAMS(…)__ names "status", which is not a parameter.`}},
		{"a parameter that no selector uses", "status!=\"void\",__PARAMS__", "__PARAMS(model)__",
			problem{"shop", "orders", "optional_params", 42, "No selector uses tenant: there is no __PARAMS__ that it goes into."}},
		{"a required parameter that no selector uses", "status!=\"void\",__PARAMS__", "__PARAMS(tenant)__",
			problem{"shop", "orders", "required_params", 41, "No selector uses model: there is no __PARAMS__ that it goes into."}},
		{"a parameter for a label that is fixed", `status!="void"`, `tenant="acme"`,
			problem{"shop", "orders", "query", 40, "The selector of orders_total fixes tenant already, so the parameter could only contradict it: write __PARAMS(…)__ without tenant there."}},
		{"a rate of a gauge", ordersQuery, `sum by (__BY__) (rate(stock{__PARAMS(model)__}[$__rate_interval])) + sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "rate() takes a counter: stock is a gauge, for which there are delta() and deriv()."}},
		{"an increase of quantiles", ordersQuery, `sum by (__BY__) (increase(price_euros{__PARAMS(model)__}[5m])) + sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "increase() takes a counter: price_euros are the quantiles of a summary, which go up and down."}},
		{"a rate of a sum", ordersQuery, `irate(sum by (__BY__) (orders_total{__PARAMS__})[5m:])`,
			problem{"shop", "orders", "query", 40, "irate() takes a counter: sum of several counters falls when one of them starts again from 0. Take the rate of each first, and then the sum."}},
		{"a rate of a rate", ordersQuery, `sum by (__BY__) (rate(rate(orders_total{__PARAMS__}[5m])[5m:]))`,
			problem{"shop", "orders", "query", 40, "rate() takes a counter: what rate() gives is none."}},
		{"buckets aggregated without le", "sum by (le, __BY__)", "sum by (__BY__)",
			problem{"shop", "wait", "query", 50, "histogram_quantile() has no le to work with: keep it where the buckets are aggregated, as in sum by (le, __BY__) (…)."}},
		{"buckets aggregated over le", waitQuery, `histogram_quantile(0.95, sum without (le) (sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m]))))`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() has no le to work with: keep it where the buckets are aggregated, as in sum by (le, __BY__) (…)."}},
		{"buckets joined without le", waitQuery, `histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[5m])) * on (__BY__) sum by (__BY__) (stock{__PARAMS(model)__}))`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() has no le to work with: keep it where the buckets are aggregated, as in sum by (le, __BY__) (…)."}},
		{"a quantile of a gauge", waitQuery, `histogram_quantile(0.95, stock{__PARAMS(model)__}) + on (__BY__) sum by (__BY__) (wait_seconds_count{__PARAMS__})`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs a histogram's buckets, and stock is a gauge."}},
		{"a quantile of a sum", waitQuery, `sum by (__BY__) (histogram_quantile(0.95, rate(wait_seconds_sum{__PARAMS__}[5m])))`,
			problem{"shop", "wait", "query", 50, "histogram_quantile() needs a histogram's buckets: read wait_seconds_bucket in the place of wait_seconds_sum."}},
		{"a grouping by a label that isn't there", "sum by (__BY__) (rate(orders", "sum by (__BY__, modl) (rate(orders",
			problem{"shop", "orders", "query", 40, "sum groups by modl, a label that nothing in it has. Did you mean model?"}},
		{"a grouping by the bounds of a count", waitQuery, `sum by (__BY__, le) (rate(wait_seconds_count{__PARAMS__}[5m]))`,
			problem{"shop", "wait", "query", 50, "sum groups by le, a label that nothing in it has."}},
		{"a share of everything without on", ordersQuery, ordersQuery + ` / sum(rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "The two sides of / never match: the left one has model and the right one no labels. Aggregate both by the same labels, or say with on (…) or ignoring (…) what to match on."}},
		{"sides with other labels", ordersQuery, `sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]) > stock{__PARAMS(model)__})`,
			problem{"shop", "orders", "query", 40, "The two sides of > never match: the left one has instance, job, model, status, tenant and the right one instance, job, model. Aggregate both by the same labels, or say with on (…) or ignoring (…) what to match on."}},
		{"a match on a label that isn't there", ordersQuery, ordersQuery + ` / on (__BY__, modl) sum by (__BY__) (rate(orders_total{__PARAMS__}[5m]))`,
			problem{"shop", "orders", "query", 40, "/ matches on modl, a label that one of its sides doesn't have. Did you mean model?"}},
		{"a label brought along that isn't there", ordersQuery, ordersQuery + ` * on (__BY__) group_left (tenant) sum by (__BY__) (stock{__PARAMS(model)__})`,
			problem{"shop", "orders", "query", 40, "* is to bring tenant along, a label that the other side doesn't have."}},
		{"a range of samples", ordersQuery, `orders_total{__PARAMS__}[5m]`,
			problem{"shop", "orders", "query", 40, "The query gives a range vector, which nothing can show over time: a metric is an instant vector or a number."}},
		{"a text", ordersQuery, `'"orders"'`,
			problem{"shop", "orders", "query", 40, "The query gives a string, which nothing can show over time: a metric is an instant vector or a number."}},
		{"a legend with a label that is aggregated away", "group_by: [model]\n    legend: \"{{model}}\"\n    record", "group_by: [model]\n    legend: \"{{model}} {{tenant}}\"\n    record",
			problem{"shop", "wait", "legend", 53, "{{tenant}} is empty: the result has model."}},
		{"a legend where no label is left", "group_by: [model]\n    legend: \"{{model}}\"\n    record", "legend: \"{{ model }}\"\n    record",
			problem{"shop", "wait", "legend", 52, "{{model}} is empty: the result has no labels."}},
		{"a recording rule that needs a value", "    unit: ops\n", "    record: shop:orders\n    unit: ops\n",
			problem{"shop", "orders", "record", 37, "A rule can't give a value for model: only a metric without required parameters can be recorded."}},
		{"a recording rule of a dashboard's range", "rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval])", "increase(wait_seconds_bucket{__PARAMS__}[${__range}])",
			problem{"shop", "wait", "record", 54, "The query depends on a dashboard's step or time range, which a recording rule doesn't have."}},
		{"a recording rule of a dashboard's step", "rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval])", "rate(wait_seconds_bucket{__PARAMS__}[$__interval])",
			problem{"shop", "wait", "record", 54, "The query depends on a dashboard's step or time range, which a recording rule doesn't have."}},
		{"a recording rule with an empty part", "record: shop:wait:p95", "record: shop::p95",
			problem{"shop", "wait", "record", 54, `"shop::p95" won't do. A recording rule's name is level:metric:operations, of letters, digits and underscores.`}},
		{"a recording rule called like a family", "record: shop:wait:p95", "record: stock",
			problem{"shop", "wait", "record", 54, `"stock" won't do. A recording rule's name is level:metric:operations, of letters, digits and underscores.`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(soundPack, test.old) != 1 {
				t.Fatalf("%q stands %d times in the pack", test.old, strings.Count(soundPack, test.old))
			}
			problems := problemsOf(t, strings.Replace(soundPack, test.old, test.new, 1))
			if diff := cmp.Diff([]problem{test.want}, summaries(problems)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestReservedNames checks that no parameter can have a name that the API uses.
func TestReservedNames(t *testing.T) {
	for _, name := range Reserved {
		text := strings.NewReplacer("tenant", name).Replace(soundPack)
		problems := problemsOf(t, text)
		if !slices.ContainsFunc(problems, func(p packfile.Problem) bool {
			return p.Field == "optional_params" && p.Text == "A parameter can't be called "+name+": the API uses that name."
		}) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
