package promql

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// FuzzAddMatchers checks that every selector except the label selectors of info() has the
// filter's matcher or an equality matcher that implies it, and that nothing else is changed.
func FuzzAddMatchers(f *testing.F) {
	for _, seed := range []struct{ expr, key, operator, value string }{
		{`sum by (job) (rate(x{a="1"}[5m])) / y`, "env", "=", "prod"},
		{"x # {\n{ # }\na='}', # \"\n}", "a b", "=|", "1,2"},
		{`{"utf8.näme", "größe"!~"."} @ end() offset -(step()+1m)`, "größe", "!=|", `"} or y{a=",'`},
		{`up{__name="x",} and {__name__=~"u.*"}`, "__name__", "=~", "up|down"},
		{`absent(x{a="1"}) unless on () x{a!=""}`, "a", "!=", "2"},
		{`info(x, {k=~".+"}) + fill (NaN) info(y)`, "k", "=", ""},
		{"label_replace(by{by=`\\`}, \"x{}\", '\\'{', \"a\", `}`)", "by", "!~", `\Q}`},
		{`max_over_time(x[5m:0.0015] @ 1.5) > bool -0x1F ^ NaN`, "\xff", "<", "$__all"},
		{`rate(offset[5m] smoothed offset 1m)`, "0", "=", "\x00\u2028"},
		{`rate(x[5m)`, "a", "=", "b"},
	} {
		f.Add(seed.expr, seed.key, seed.operator, seed.value)
	}
	f.Fuzz(func(t *testing.T, expr, key, operator, value string) {
		matchers, err := Matchers([]Filter{{Key: key, Operator: operator, Value: value, Values: strings.Split(value, ",")}})
		if err != nil {
			if fault.As(err).Kind != fault.BadQuery {
				t.Fatalf("error of the filter: %v", err)
			}
			return
		}
		text, err := AddMatchers(expr, matchers)
		if len(matchers) == 0 {
			if text != expr || err != nil {
				t.Fatalf("without a filter: %q, %v", text, err)
			}
			return
		}
		before, parseErr := Parse(expr)
		if parseErr != nil {
			if text != "" || err == nil || err.Error() != parseErr.Error() {
				t.Fatalf("got %q, %v, want %v", text, err, parseErr)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		after, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		removeMatcher(t, before, after, matchers[0])
		if diff := cmp.Diff(before, after, sameTree); diff != "" {
			t.Errorf("%q (- before, + after):\n%s", text, diff)
		}
		if again, err := AddMatchers(text, matchers); again != text || err != nil {
			t.Errorf("second time: %q, %v, first time %q", again, err, text)
		}
	})
}

// removeMatcher checks that each selector of the tree in the parameter after has the matcher,
// or an equality matcher that implies it. It then removes the added matchers from this tree.
// The tree should then equal the one in the parameter before.
func removeMatcher(t *testing.T, before, after parser.Expr, matcher *labels.Matcher) {
	t.Helper()
	old, changed := selectors(before), selectors(after)
	if len(old) != len(changed) {
		t.Fatalf("%d selectors, want %d", len(changed), len(old))
	}
	for i, was := range old {
		now := changed[i]
		if cmp.Equal(was, now, sameTree) {
			if !now.BypassEmptyMatcherCheck && !slices.ContainsFunc(was.LabelMatchers, func(m *labels.Matcher) bool {
				return m.String() == matcher.String() || m.Name == matcher.Name && m.Type == labels.MatchEqual && matcher.Matches(m.Value)
			}) {
				t.Errorf("%s lacks %s", now, matcher)
			}
			continue
		}
		wanted := append(slices.Clone(was.LabelMatchers), matcher)
		if now.BypassEmptyMatcherCheck || !cmp.Equal(wanted, now.LabelMatchers, sameTree) {
			t.Errorf("%s became %s", was, now)
		}
		now.LabelMatchers = was.LabelMatchers
		if matcher.Name == model.MetricNameLabel {
			now.Name = was.Name
		}
	}
}

func selectors(tree parser.Expr) []*parser.VectorSelector {
	var list []*parser.VectorSelector
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			list = append(list, selector)
		}
		return nil
	})
	return list
}

// sameTree compares trees without their positions. It compares functions by their names, and
// matchers by their texts in any order. It doesn't use the function Equal of this package.
var sameTree = cmp.Options{
	cmpopts.IgnoreTypes(posrange.PositionRange{}, posrange.Pos(0)),
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b *parser.Function) bool { return a.Name == b.Name }),
	cmp.Comparer(func(a, b *labels.Matcher) bool { return a.String() == b.String() }),
	cmpopts.SortSlices(func(a, b *labels.Matcher) bool { return a.String() < b.String() }),
}
