package promql

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// FuzzConfine checks that Confine refuses an expression or confines it: every selector has the
// matcher or an equality matcher that implies it, including the label selector of each info().
// Apart from these additions, the tree of the expression is unchanged.
func FuzzConfine(f *testing.F) {
	for _, seed := range []struct {
		expr, name, value string
		op                uint8
	}{
		{`sum by (job) (rate(x{a="1"}[5m])) / y`, "tenant", "acme", 0},
		{"info(info(x # )\n), {k=`}`}) + fill (NaN) info(y\r)", "k", "a|b", 2},
		{"label_replace(by{by=`\\`}, \"x{}\", '\\'{', \"a\", `}`) # `", "by", `\Q}`, 3},
		{`info(up{__name__="x",}, {__name__!~"u.*"})`, "__name__", "up|down", 2},
		{"x # {\n{ # {\na='}', # \"\n}", "a b", `"} or y{a=",'`, 1},
		{`{"utf8.näme", "größe"!~"."} @ end() offset -(step()+1m)`, "größe", "", 1},
		{`absent(x{a="1"}) unless on () x{a!=""}`, "a", "1", 1},
		{`max_over_time(info(x)[5m:0.0015] @ 1.5) > bool -0x1F ^ NaN`, "0", "\x00\u2028", 0},
		{`rate(x[5m)`, "a", "b", 0},
		{`topk(scalar(info(k)), quantile_over_time(scalar(y), z[5m])) or limitk(1, {a!=""})`, "a", "b", 0},
	} {
		f.Add(seed.expr, seed.name, seed.value, seed.op)
	}
	f.Fuzz(func(t *testing.T, expr, name, value string, op uint8) {
		matcher, err := new(RegexpBudget).Matcher(labels.MatchType(op%4), name, value, "the matcher")
		if err != nil || !model.UTF8Validation.IsValidLabelName(name) || !model.LabelValue(value).IsValid() {
			return
		}
		text, err := Confine(expr, []*labels.Matcher{matcher})
		before, parseErr := Parse(expr)
		if parseErr != nil {
			if text != "" || err == nil || err.Error() != parseErr.Error() {
				t.Fatalf("got %q, %v, want %v", text, err, parseErr)
			}
			return
		}
		if err != nil {
			if kind := fault.As(err).Kind; text != "" || kind != fault.BadQuery {
				t.Fatalf("%q, %v", text, err)
			}
			return
		}
		after, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		removeConfinement(t, before, after, matcher)
		if diff := gocmp.Diff(before, after, sameTree); diff != "" {
			t.Errorf("%q (- before, + after):\n%s", text, diff)
		}
		if again, err := Confine(text, []*labels.Matcher{matcher}); again != text || err != nil {
			t.Errorf("second time: %q, %v, first time %q", again, err, text)
		}
	})
}

// removeConfinement checks that each selector of the tree in the parameter after has the
// matcher, or an equality matcher that implies it, and that Confine has added only what it may
// add. It then removes the additions. The tree should then equal the one in the parameter
// before.
func removeConfinement(t *testing.T, before, after parser.Expr, matcher *labels.Matcher) {
	t.Helper()
	for _, s := range selectors(after) {
		if !slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
			return m.String() == matcher.String() || m.Name == matcher.Name && m.Type == labels.MatchEqual && matcher.Matches(m.Value)
		}) {
			t.Errorf("%s lacks %s", s, matcher)
		}
	}
	old, changed := infoCalls(before), infoCalls(after)
	if len(old) != len(changed) {
		t.Fatalf("%d calls of info(), want %d", len(changed), len(old))
	}
	for i, call := range changed {
		if len(call.Args) != 2 {
			t.Fatalf("%s has no label selector", call)
		}
		if len(old[i].Args) == 1 {
			call.Args = call.Args[:1]
		}
	}
	was, now := selectors(before), selectors(after)
	if len(was) != len(now) {
		t.Fatalf("%d selectors, want %d", len(now), len(was))
	}
	for i, s := range now {
		missing := slices.DeleteFunc(slices.Clone(was[i].LabelMatchers), func(m *labels.Matcher) bool {
			return slices.ContainsFunc(s.LabelMatchers, func(n *labels.Matcher) bool { return m.String() == n.String() })
		})
		extra := slices.DeleteFunc(slices.Clone(s.LabelMatchers), func(m *labels.Matcher) bool {
			return slices.ContainsFunc(was[i].LabelMatchers, func(n *labels.Matcher) bool { return m.String() == n.String() }) ||
				m.String() == matcher.String() || s.BypassEmptyMatcherCheck && matcher.Name == model.MetricNameLabel && (m.String() == `__name__="target_info"` || m.String() == `__name__=~".+_info"`)
		})
		if len(missing) > 0 || len(extra) > 0 {
			t.Errorf("%s became %s", was[i], s)
		}
		s.LabelMatchers = was[i].LabelMatchers
		if matcher.Name == model.MetricNameLabel {
			s.Name = cmp.Or(s.Name, was[i].Name)
		}
	}
}

func infoCalls(tree parser.Expr) []*parser.Call {
	var list []*parser.Call
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok && call.Func.Name == "info" {
			list = append(list, call)
		}
		return nil
	})
	return list
}
