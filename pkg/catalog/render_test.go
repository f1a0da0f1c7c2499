package catalog

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
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
	c, err := Load([]byte(testPack))
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
		{"no values leave no comma", "orders", `{}`, nil,
			`sum by (model) (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"one value is equality", "orders", `{"model":"churn"}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model="churn"}[$__rate_interval]))`},
		{"several values are an alternation of literals", "orders", `{"model":["a.b","c|d"]}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model=~"a\\.b|c\\|d"}[$__rate_interval]))`},
		{"values come in the definition's order", "orders", `{"tenant":"t","version":"v","model":"m"}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model="m",version="v",tenant="t"}[$__rate_interval]))`},
		{"All is no filter", "orders", `{"model":["$__all"],"tenant":[".*"],"version":[]}`, nil,
			`sum by (model) (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"an operator", "orders", `{"model":{"op":"!=","values":["a","b"]}}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model!~"a|b"}[$__rate_interval]))`},
		{"a user's regular expression", "orders", `{"model":{"op":"=~","values":["chu.*","x|y"]}}`, nil,
			`sum by (model) (rate(orders_total{status!="void",model=~"(?:chu.*)|(?:x|y)"}[$__rate_interval]))`},
		{"another grouping", "orders", `{}`, []string{"tenant", "version", "tenant"},
			`sum by (tenant, version) (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"no grouping", "orders", `{}`, []string{},
			`sum by () (rate(orders_total{status!="void"}[$__rate_interval]))`},
		{"an empty placeholder takes the comma behind it", "share", `{}`, []string{"model"},
			`sum(orders_total{status="ok"}) / on (model) group_left () sum by (model) (stock{})`},
		{"a subset goes where its labels are", "share", `{"model":"m","version":"v"}`, nil,
			`sum(orders_total{model="m",version="v", status="ok"}) / on () group_left () sum by () (stock{model="m"})`},
		{"le stays when nothing groups", "wait", `{"model":"m"}`, []string{},
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

func TestRenderSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name, metric string
		params       Params
		groupBy      []string
		want         string
	}{
		{"unknown parameter", "orders", Params{"modell": {Values: []string{"a"}}}, nil, `has no parameter "modell". Did you mean model?`},
		{"missing parameter", "wait", Params{}, nil, "needs a value for parameter model"},
		{"All for a required parameter", "wait", Params{"model": {Values: []string{"$__all"}}}, nil, "needs a value for parameter model"},
		{"unknown grouping", "orders", nil, []string{"status"}, `has no parameter "status"`},
		{"bad operator", "orders", Params{"model": {Op: ">", Values: []string{"a"}}}, nil, `use =, !=, =~ or !~`},
		{"bad regular expression", "orders", Params{"model": {Op: "=~", Values: []string{"("}}}, nil, "no regular expression"},
		{"halves of a regular expression", "orders", Params{"model": {Op: "=~", Values: []string{"a", "b|c)("}}}, nil, "no regular expression"},
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

// FuzzRender: whatever the values, the query stays the template's, with exactly
// the intended matchers.
func FuzzRender(f *testing.F) {
	for _, value := range []string{`"`, `\`, "`", "'", "}", `"} or up{a="`, "\n", "$__range", "__PARAMS__", "__BY__", "a|b", "(", "é\x00", ".*", strings.Repeat("x", 10_000)} {
		f.Add(value, "other")
	}
	m := metric(f, "orders")
	f.Fuzz(func(t *testing.T, one, two string) {
		text, err := m.Render(Params{"model": {Values: []string{one}}, "tenant": {Values: []string{one, two}}}, nil)
		if err != nil {
			if fault.As(err).Kind != fault.BadQuery {
				t.Fatalf("%q: %v", one, err)
			}
			return
		}
		tree, err := promql.Parse(provingMacros.ExpandCode(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		selectors := 0
		parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
			vs, ok := node.(*parser.VectorSelector)
			if !ok {
				return nil
			}
			selectors++
			for _, matcher := range vs.LabelMatchers {
				switch matcher.Name {
				case "model":
					if matcher.Value != one {
						t.Errorf("model is %q, not %q", matcher.Value, one)
					}
				case "tenant":
					for _, value := range []string{one, two} {
						if value != "" && !matcher.Matches(value) {
							t.Errorf("%s doesn't match %q", matcher, value)
						}
					}
				case "status", "__name__":
				default:
					t.Errorf("a matcher on %s", matcher.Name)
				}
			}
			return nil
		})
		if selectors != 1 {
			t.Errorf("%d selectors in %s", selectors, text)
		}
	})
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

func TestLoadTellsEveryProblemWithItsLine(t *testing.T) {
	_, err := Load([]byte(`pack: bad
title: Bad
owner: x
families:
  - {name: a_total, type: counter, help: A., labels: [x]}
metrics:
  - name: one
    title: One
    description: One.
    unit: none
    type: gauge
    query: sum(a_total{__PARMAS__})
    required_params: []
    optional_params: [x]
  - name: two
    title: Two
    description: Two.
    unit: none
    type: gauge
    query: sum(b_total{__PARAMS__}) + sum(a_total{__PARAMS__,y="1"})
    required_params: []
    optional_params: [x, z, step]
    group_by: [q]
alerts:
  - {name: A, metric: three, condition: "> 1", for: 5m, severity: info, no_data: OK, summary: s, description: d}
`))
	if err == nil {
		t.Fatal("loaded")
	}
	for _, want := range []string{
		"pack bad, line 12, one, query: unknown placeholder __PARMAS__",
		"line 20, two, query: b_total is not a family",
		"two, query: a_total has no label y",
		"two, query: a_total has no label z",
		"line 22, two, optional_params: a parameter can't be called step",
		"line 23, two, group_by: q is not one of the parameters",
		`line 25, A, metric: the catalog has no metric "three"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

func TestLoadRefusesUnknownKeys(t *testing.T) {
	_, err := Load([]byte("pack: p\ntitel: x\n"))
	if err == nil || !strings.Contains(err.Error(), "titel") {
		t.Errorf("got %v", err)
	}
}
