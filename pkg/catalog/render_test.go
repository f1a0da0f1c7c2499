package catalog

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// testPack has every form of placeholder.
const testPack = `
pack: shop
title: Shop
owner: shop-team
families:
  - {name: orders_total, type: counter, help: Orders., labels: [model, version, tenant, status]}
  - {name: stock, type: gauge, help: Stock., labels: [model]}
  - {name: wait_seconds, type: histogram, unit: s, help: Wait., labels: [model, tenant]}
metrics:
  - name: orders
    title: Orders
    description: Orders per second.
    unit: ops
    type: gauge
    query: sum by (__BY__) (rate(orders_total{status!="void",__PARAMS__}[$__rate_interval]))
    required_params: []
    optional_params: [model, version, tenant]
    group_by: [model]
    legend: "{{model}}"
  - name: share
    title: Share
    description: Orders on stock.
    unit: none
    type: gauge
    query: sum(orders_total{__PARAMS__, status="ok"}) / on (__BY__) group_left () sum by (__BY__) (stock{__PARAMS(model)__})
    required_params: []
    optional_params: [model, version]
  - name: wait
    title: Wait
    description: 95 of 100 wait less.
    unit: s
    type: gauge
    query: histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval])))
    required_params: [model]
    optional_params: [tenant]
    group_by: [tenant]
`

func metric(tb testing.TB, name string) *Metric {
	tb.Helper()
	c, err := Load([]packfile.Source{{Name: "shop.yaml", Text: []byte(testPack)}})
	if err != nil {
		tb.Fatal(err)
	}
	m, err := c.Metric(name)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestRender(t *testing.T) {
	for _, test := range []struct {
		name, metric, params string
		groupBy              []string
		want                 string
	}{
		{"the comma is removed if there are no values", "orders", `{}`, nil,
			`sum by (model) (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"one value is equality", "orders", `{"model":"churn"}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model="churn"}[$__rate_interval]))`},
		{"several values are an alternation of literals", "orders", `{"model":["a.b","c|d"]}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model=~"a\\.b|c\\|d"}[$__rate_interval]))`},
		{"matchers are in the order of the definition", "orders", `{"tenant":"t","version":"v","model":"m"}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model="m",version="v",tenant="t"}[$__rate_interval]))`},
		{"All doesn't filter", "orders", `{"model":["$__all"],"tenant":[".*"],"version":[]}`, nil,
			`sum by (model) (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"an operator", "orders", `{"model":{"op":"!=","values":["a","b"]}}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model!~"a|b"}[$__rate_interval]))`},
		{"a user's regular expression", "orders", `{"model":{"op":"=~","values":["chu.*","x|y"]}}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model=~"(?:chu.*)|(?:x|y)"}[$__rate_interval]))`},
		{"one regular expression", "orders", `{"model":{"op":"!~","values":["x|y"]}}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model!~"x|y"}[$__rate_interval]))`},
		{"another grouping", "orders", `{}`, []string{"tenant", "version", "tenant"},
			`sum by (tenant, version) (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"no grouping", "orders", `{}`, []string{},
			`sum by () (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"the comma after an empty placeholder is removed", "share", `{}`, []string{"model"},
			`sum(orders_total{status="ok"}) / on (model) group_left () sum by (model) (stock{})`},
		{"a placeholder with some of the parameters", "share", `{"model":"m","version":"v"}`, nil,
			`sum(orders_total{model="m",version="v", status="ok"}) / on () group_left () sum by () (stock{model="m"})`},
		{"le remains in an empty grouping", "wait", `{"model":"m"}`, []string{},
			`histogram_quantile(0.95, sum by (le) (rate(wait_seconds_bucket{model="m"}[$__rate_interval])))`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var params Params
			if err := json.Unmarshal([]byte(test.params), &params); err != nil {
				t.Fatal(err)
			}
			got, err := metric(t, test.metric).Render(params, test.groupBy)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestRenderErrors(t *testing.T) {
	for _, test := range []struct {
		name, metric string
		params       Params
		groupBy      []string
		want         string
	}{
		{"unknown parameter", "orders", Params{"modell": {Values: []string{"a"}}}, nil, `has no parameter "modell". Did you mean model?`},
		{"missing parameter", "wait", Params{}, nil, "requires a value for parameter model"},
		{"All for a required parameter", "wait", Params{"model": {Values: []string{"$__all"}}}, nil, "requires a value for parameter model"},
		{"unknown grouping", "orders", nil, []string{"status"}, `has no parameter "status"`},
		{"bad operator", "orders", Params{"model": {Op: ">", Values: []string{"a"}}}, nil, `Use =, !=, =~ or !~`},
		{"bad regular expression", "orders", Params{"model": {Op: "=~", Values: []string{"("}}}, nil, "is not a regular expression"},
		{"regular expressions that are valid only when joined", "orders", Params{"model": {Op: "=~", Values: []string{"a", "b|c)("}}}, nil, "is not a regular expression"},
		{"bad UTF-8", "orders", Params{"model": {Values: []string{"\xff"}}}, nil, "not valid UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := metric(t, test.metric).Render(test.params, test.groupBy)
			if f := fault.As(err); f.Kind != fault.BadQuery || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestValueSelectors(t *testing.T) {
	got, err := metric(t, "wait").ValueSelectors("model", Params{"tenant": {Values: []string{`a"b`}}, "model": {Values: []string{"ignored"}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{__name__="wait_seconds_bucket",tenant="a\"b"}`; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
