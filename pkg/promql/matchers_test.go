package promql

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func is(name, value string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchEqual, name, value)
}

func isNot(name, value string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchNotEqual, name, value)
}

func matches(name, value string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchRegexp, name, value)
}

func TestSelectorsOfAddMatchers(t *testing.T) {
	for _, test := range []struct{ name, expr, want string }{
		{"a name", `up`, `up{env="prod"}`},
		{"braces", `up{job="api"}`, `up{job="api",env="prod"}`},
		{"empty braces", `up{ }`, `up{env="prod" }`},
		{"trailing comma", `up{job="api", }`, `up{job="api",env="prod" }`},
		{"no name", `{job=~".+"}`, `{job=~".+",env="prod"}`},
		{"a name in the braces", `{__name__="up"}`, `{__name__="up",env="prod"}`},
		{"a quoted name", `{"utf8.näme"}`, `{"utf8.näme",env="prod"}`},
		{"a quoted name and a quoted label", `{"utf8.näme", "a b"='c'}`, `{"utf8.näme", "a b"='c',env="prod"}`},
		{"a name that is a keyword", `sum(avg{by="x"} / offset offset 5m)`, `sum(avg{by="x",env="prod"} / offset{env="prod"} offset 5m)`},
		{"a range", `rate(x[5m])`, `rate(x{env="prod"}[5m])`},
		{"a subquery", `max_over_time(deriv(x[5m])[1h:30s])`, `max_over_time(deriv(x{env="prod"}[5m])[1h:30s])`},
		{"offset and @", `x offset -5m @ end() + rate(x[5m] @ 12.5 offset 1h)`, `x{env="prod"} offset -5m @ end() + rate(x{env="prod"}[5m] @ 12.5 offset 1h)`},
		{"anchored and smoothed", `rate(x[5m] anchored) + rate(x[5m] smoothed)`, `rate(x{env="prod"}[5m] anchored) + rate(x{env="prod"}[5m] smoothed)`},
		{"duration expressions", `rate(x[step()*2+1m] offset min_of(5m, range()))`, `rate(x{env="prod"}[step()*2+1m] offset min_of(5m, range()))`},
		{"fill modifiers", `a + on(job) group_left() fill_right(0) b`, `a{env="prod"} + on(job) group_left() fill_right(0) b{env="prod"}`},
		{"an aggregation's parameter", `topk(scalar(k), x)`, `topk(scalar(k{env="prod"}), x{env="prod"})`},
		{"absent", `absent(x{job="api"})`, `absent(x{job="api",env="prod"})`},
		{"histograms", `histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))`, `histogram_quantile(0.9, sum by (le) (rate(x_bucket{env="prod"}[5m])))`},
		{"selectors in strings", `label_replace(x, "a", "up{$1}", "b", "x{}")`, `label_replace(x{env="prod"}, "a", "up{$1}", "b", "x{}")`},
		{"braces in a value", `x{a="}",b='{'}`, `x{a="}",b='{',env="prod"}`},
		{"comments and layout", "# {all}\nsum( # }\n  x # {x}\n  { # {a=\n    a=\"b\" # }\n  }\n)", "# {all}\nsum( # }\n  x # {x}\n  { # {a=\n    a=\"b\",env=\"prod\" # }\n  }\n)"},
		{"numbers", `rate(x[0.0015]) > 0x1F + 1e3 + -1^2 + NaN`, `rate(x{env="prod"}[0.0015]) > 0x1F + 1e3 + -1^2 + NaN`},
		{"label selector of info", `info(x, {k8s_cluster=~".+"})`, `info(x{env="prod"}, {k8s_cluster=~".+"})`},
		{"no selector", `vector(1) + time()`, `vector(1) + time()`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := AddMatchers(test.expr, []*labels.Matcher{is("env", "prod")})
			if got != test.want || err != nil {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestMatchersOfAddMatchers(t *testing.T) {
	for _, test := range []struct {
		name, expr string
		matchers   []*labels.Matcher
		want       string
	}{
		{"none, invalid expression", " rate(x[5m)", nil, " rate(x[5m)"},
		{"several", `x`, []*labels.Matcher{is("b", "2"), matches("a", "3|4"), is("a", "1")}, `x{a="1",a=~"3|4",b="2"}`},
		{"duplicate", `x`, []*labels.Matcher{is("a", "1"), is("a", "1")}, `x{a="1"}`},
		{"existing equality", `x{a="1"}`, []*labels.Matcher{is("a", "1")}, `x{a="1"}`},
		{"existing regular expression", `x{a=~"1|2"}`, []*labels.Matcher{matches("a", "1|2")}, `x{a=~"1|2"}`},
		{"regular expression on the same label", `x{a=~"1|2"}`, []*labels.Matcher{is("a", "1")}, `x{a=~"1|2",a="1"}`},
		{"other equality on the same label", `x{a="1"}`, []*labels.Matcher{is("a", "2")}, `x{a="1",a="2"}`},
		{"implied by an equality", `absent(x{a="1"})`, []*labels.Matcher{isNot("a", "2"), matches("a", "1|2")}, `absent(x{a="1"})`},
		{"existing in one selector", `x{a="1"} / x`, []*labels.Matcher{is("a", "1")}, `x{a="1"} / x{a="1"}`},
		{"empty value", `x`, []*labels.Matcher{is("a", "")}, `x{a=""}`},
		{"UTF-8 and quotes", `x`, []*labels.Matcher{is("größe, €", `"} or y{a="`)}, `x{"größe, €"="\"} or y{a=\""}`},
		{"matching name", `up`, []*labels.Matcher{matches("__name__", "up|down")}, `up`},
		{"other name", `up{a="1"} or down`, []*labels.Matcher{is("__name__", "down")}, `{a="1",__name__="up",__name__="down"} or down`},
		{"other name, without braces", `rate(up[5m])`, []*labels.Matcher{is("__name__", "down")}, `rate({__name__="up",__name__="down"}[5m])`},
		{"name and quoted name", `{"up"}`, []*labels.Matcher{is("__name__", "down")}, `{"up",__name__="down"}`},
		{"name in a selector without name", `{a="1"}`, []*labels.Matcher{matches("__name__", "u.+")}, `{a="1",__name__=~"u.+"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := AddMatchers(test.expr, test.matchers)
			if got != test.want || err != nil {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

// TestImplicationsCountInstructions checks that implies returns false without matching a value
// if the match could take too many steps. The number of steps depends on the number of
// instructions of the regular expression, not on its length.
func TestImplicationsCountInstructions(t *testing.T) {
	few, many := matches("a", "(?:b?){10}"), matches("a", strings.Repeat("(?:b?){1000}", 20))
	value := strings.Repeat("b", 100)
	for _, test := range []struct {
		matcher *labels.Matcher
		value   string
		want    bool // whether the matcher is known to be implied
	}{
		{few, value[:10], true},
		{few, value, false}, // doesn't match
		{many, value[:1], true},
		{many, value, false}, // matches after too many steps
	} {
		rules := implications{steps: maxImplicationSteps}
		if got := rules.implies(is("a", test.value), test.matcher); got != test.want {
			t.Errorf("a value of %d bytes, a regular expression of %d bytes: got %t", len(test.value), len(test.matcher.Value), got)
		}
		if test.matcher == many && !many.Matches(test.value) {
			t.Error("the value doesn't match")
		}
	}
}

func TestErrorsOfAddMatchers(t *testing.T) {
	for _, test := range []struct {
		name, expr string
		matcher    *labels.Matcher
		kind       fault.Kind
		want       string
	}{
		{"syntax error", `rate(x[5m)`, is("a", "1"), fault.BadPromQL, "at line 1, column"},
		{"invalid matcher", `x`, &labels.Matcher{Type: labels.MatchRegexp, Name: "a", Value: "["}, fault.Internal, "can't be added to this query"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := AddMatchers(test.expr, []*labels.Matcher{test.matcher})
			if f := fault.As(err); got != "" || err == nil || f.Kind != test.kind || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}
