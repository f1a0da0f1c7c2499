package catalog

import (
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// anyDurations replace the macros of a rendered query, so that it can be parsed.
var anyDurations = promql.Macros{Interval: time.Minute, RateInterval: 5 * time.Minute, Range: time.Hour}

// hostile are unusual values. Most have a meaning in PromQL, in regular expressions, in
// Grafana's macros or in templates.
var hostile = []string{
	`"`, `\`, "`", "'", "}", `"} or up{a="`, `a",model=~".*`, "a\nb", "a\r\nb", "#", "$__range", "${__rate_interval}", "$__all",
	"__PARAMS__", "__PARAMS(model)__", "__BY__", "a|b", "(", ")", "[5m]", ".+", "^$", `\Q`, "(?i)a", "é\x00", "\u2028", "日本", "\xff",
	"-1", "", " ", strings.Repeat("x", 10_000), strings.Repeat(`"`, 1000),
}

// FuzzRender checks that a rendered query is its template with exactly the intended
// matchers, for any values. The values also select the metric.
func FuzzRender(f *testing.F) {
	for _, value := range hostile {
		f.Add(value, "other")
	}
	metrics := allMetrics(f)
	f.Fuzz(func(t *testing.T, one, two string) {
		sum := fnv.New32a()
		_, _ = sum.Write([]byte(one + two))
		checkRendering(t, metrics[int(sum.Sum32()%uint32(len(metrics)))], one, two)
	})
}

func TestRenderHostileValues(t *testing.T) {
	for _, m := range allMetrics(t) {
		for _, value := range hostile {
			checkRendering(t, m, value, "other")
		}
	}
}

// allMetrics returns the metrics of the built-in packs and of the test pack.
func allMetrics(tb testing.TB) []*Metric {
	tb.Helper()
	var metrics []*Metric
	c, err := Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	for _, pack := range c.Packs() {
		metrics = append(metrics, pack.Metrics...)
	}
	return append(metrics, metric(tb, "orders"), metric(tb, "share"), metric(tb, "wait"))
}

// checkRendering renders a metric and compares the syntax tree with that of the template. It
// gives the first, third and fifth parameter, and so on, one value: the argument one. It gives
// the second and fourth parameter, and so on, two values: the arguments one and two. If a
// value is invalid, checkRendering only checks that the error is a fault.BadQuery.
func checkRendering(t *testing.T, m *Metric, one, two string) {
	t.Helper()
	params := Params{}
	for i, name := range m.Params() {
		if i%2 == 0 {
			params[name] = Param{Values: []string{one}}
		} else {
			params[name] = Param{Values: []string{one, two}}
		}
	}
	text, err := m.Render(params, m.Params())
	if !m.Groupable() {
		text, err = m.Render(params, nil)
	}
	if err != nil {
		if fault.As(err).Kind != fault.BadQuery {
			t.Fatalf("%s, %q: %v", m.Name, one, err)
		}
		return
	}
	got, err := promql.Parse(anyDurations.ExpandCode(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	want, err := m.template.Tree()
	if err != nil {
		t.Fatal(err)
	}
	rendered, written := (&template.Tree{Expr: got}).Selectors(), want.Selectors()
	if len(rendered) != len(written) {
		t.Fatalf("got %d selectors, want %d in %s", len(rendered), len(written), text)
	}
	for i, s := range written {
		removeMatchers(t, rendered[i].Node, s, params)
	}
	group(want.Expr, m)
	if diff := cmp.Diff(want.Expr, got, sameTree...); diff != "" {
		t.Errorf("%s differs from its template: -template +rendered\n%s", text, diff)
	}
}

// removeMatchers removes the parameters' matchers from a rendered selector, and the markers
// from the template's selector. It checks that each parameter that filters has one matcher,
// which matches only the parameter's values.
func removeMatchers(t *testing.T, rendered *parser.VectorSelector, want template.Selector, params Params) {
	t.Helper()
	isMarker := func(m *labels.Matcher) bool { return m.Name == template.MatchersMarker }
	want.Node.LabelMatchers = slices.DeleteFunc(want.Node.LabelMatchers, isMarker)
	rest := rendered.LabelMatchers
	for name, param := range params {
		if !want.Takes(name) {
			continue
		}
		var values []string
		filters := true
		for _, value := range param.Values {
			filters = filters && value != "$__all" && value != ".*"
			if value != "" {
				values = append(values, value)
			}
		}
		if !filters || len(values) == 0 {
			continue
		}
		at := slices.IndexFunc(rest, func(m *labels.Matcher) bool {
			return m.Name == name && !slices.ContainsFunc(want.Node.LabelMatchers, func(w *labels.Matcher) bool { return w.String() == m.String() })
		})
		if at < 0 {
			t.Fatalf("no matcher for %s in %s", name, rendered)
		}
		for _, value := range values {
			if !rest[at].Matches(value) {
				t.Errorf("%s doesn't match %q", rest[at], value)
			}
		}
		for _, other := range []string{"", values[0] + "x", "x" + values[0], "something else"} {
			if !slices.Contains(values, other) && rest[at].Matches(other) {
				t.Errorf("%s matches %q", rest[at], other)
			}
		}
		rest = slices.Delete(slices.Clone(rest), at, at+1)
	}
	rendered.LabelMatchers = rest
}

// group inserts the metric's parameters into the template's groupings.
func group(tree parser.Expr, m *Metric) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.AggregateExpr:
			n.Grouping = template.InsertGroup(n.Grouping, m.Params())
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				n.VectorMatching.MatchingLabels = template.InsertGroup(n.VectorMatching.MatchingLabels, m.Params())
				n.VectorMatching.Include = template.InsertGroup(n.VectorMatching.Include, m.Params())
			}
		}
		return nil
	})
}

// sameTree compares syntax trees without positions.
var sameTree = []cmp.Option{
	cmpopts.IgnoreTypes(posrange.PositionRange{}, posrange.Pos(0)),
	cmpopts.IgnoreUnexported(parser.VectorSelector{}, parser.Call{}),
	cmpopts.EquateEmpty(),
	cmpopts.SortSlices(func(a, b *labels.Matcher) bool { return a.String() < b.String() }),
	cmp.Comparer(func(a, b *labels.Matcher) bool { return a.String() == b.String() }),
}
