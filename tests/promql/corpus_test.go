// Package promql applies pkg/promql to the expressions of Prometheus's PromQL test corpus
// and evaluates the results with Prometheus's engine.
package promql

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// everySeries contains matchers, each of which matches every series of the corpus.
var everySeries = []*labels.Matcher{
	labels.MustNewMatcher(labels.MatchEqual, "no such label", ""),
	labels.MustNewMatcher(labels.MatchNotEqual, "job", "no such job"),
	labels.MustNewMatcher(labels.MatchNotRegexp, model.MetricNameLabel, "no such metric|nor this"),
}

// TestAddedMatchersKeepResults runs the corpus with its series, times and expected
// results. It evaluates each expression twice: unchanged, and with an added matcher that
// matches every series. Both results must be equal to the result that the corpus expects.
func TestAddedMatchersKeepResults(t *testing.T) {
	for _, matcher := range everySeries {
		t.Run(matcher.String(), func(t *testing.T) {
			f := &filtered{
				t:       t,
				matcher: matcher,
				engine:  promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery),
				seen:    map[string]bool{},
			}
			promqltest.RunBuiltinTests(t, f)
			t.Logf("%d evaluations of %d expressions, %d of them without a selector; the matcher was added to %d selectors and implied by %d",
				f.evaluations, len(f.seen), f.bare, f.added, f.implied)
			if len(f.seen) < 3000 || f.added+f.implied < 3000 {
				t.Error("the corpus is incomplete")
			}
		})
	}
}

// filtered is a query engine that evaluates every expression with and without the matcher
// and compares the results.
type filtered struct {
	t       *testing.T
	matcher *labels.Matcher
	engine  *engine.Engine

	seen                              map[string]bool // expressions
	evaluations, bare, added, implied int
}

func (f *filtered) NewInstantQuery(ctx context.Context, q storage.Queryable, opts engine.QueryOpts, expr string, at time.Time) (engine.Query, error) {
	return f.both(expr, func(expr string) (engine.Query, error) { return f.engine.NewInstantQuery(ctx, q, opts, expr, at) })
}

func (f *filtered) NewRangeQuery(ctx context.Context, q storage.Queryable, opts engine.QueryOpts, expr string, start, end time.Time, step time.Duration) (engine.Query, error) {
	return f.both(expr, func(expr string) (engine.Query, error) {
		return f.engine.NewRangeQuery(ctx, q, opts, expr, start, end, step)
	})
}

func (f *filtered) both(expr string, query func(string) (engine.Query, error)) (engine.Query, error) {
	f.evaluations++
	original, err := query(expr)
	if err != nil {
		f.t.Errorf("%s: %v", expr, err)
		return nil, err
	}
	text, err := promql.AddMatchers(expr, []*labels.Matcher{f.matcher})
	if err != nil {
		f.t.Errorf("%s: %v", expr, err)
		return original, nil
	}
	if !f.seen[expr] {
		f.seen[expr] = true
		f.compareTrees(expr, text)
	}
	with, err := query(text)
	if err != nil {
		original.Close()
		return nil, err
	}
	return &pair{Query: with, original: original, t: f.t}, nil
}

// compareTrees checks that the syntax trees of the original expression and of the text
// with the matcher differ only in the matcher.
func (f *filtered) compareTrees(expr, text string) {
	if same, err := promql.AddMatchers(expr, nil); same != expr || err != nil {
		f.t.Errorf("%s: without matchers it became %s, %v", expr, same, err)
	}
	before, err := grammar.ParseExpr(expr)
	if err != nil {
		f.t.Fatal(err)
	}
	after, err := grammar.ParseExpr(text)
	if err != nil {
		f.t.Errorf("%s: became %s: %v", expr, text, err)
		return
	}
	selectors := selectorsOf(after)
	if len(selectors) == 0 {
		f.bare++
	}
	for _, selector := range selectors {
		f.removeFrom(selector, text)
	}
	if diff := cmp.Diff(before, after, sameTree); diff != "" {
		f.t.Errorf("%s: became %s (- wanted, + got):\n%s", expr, text, diff)
	}
}

// selectorsOf returns all series selectors, without the label selectors of info().
func selectorsOf(tree parser.Expr) []*parser.VectorSelector {
	var list []*parser.VectorSelector
	labelSelectors := map[parser.Node]bool{}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok && call.Func.Name == "info" && len(call.Args) == 2 {
			labelSelectors[call.Args[1]] = true
		}
		if selector, ok := node.(*parser.VectorSelector); ok && !labelSelectors[node] {
			list = append(list, selector)
		}
		return nil
	})
	return list
}

// removeFrom removes the added matcher from a selector. The selector must contain the matcher
// once, or not at all if an equality matcher implies it.
func (f *filtered) removeFrom(selector *parser.VectorSelector, text string) {
	others := slices.DeleteFunc(slices.Clone(selector.LabelMatchers), func(m *labels.Matcher) bool { return m.String() == f.matcher.String() })
	implied := slices.ContainsFunc(others, func(m *labels.Matcher) bool {
		return m.Type == labels.MatchEqual && m.Name == f.matcher.Name && f.matcher.Matches(m.Value)
	})
	if times := len(selector.LabelMatchers) - len(others); implied != (times == 0) || times > 1 {
		f.t.Errorf("%s: the selector %s has the matcher %d times", text, selector, times)
	}
	if implied {
		f.implied++
	} else {
		f.added++
	}
	selector.LabelMatchers = others
}

var grammar = parser.NewParser(promqltest.TestParserOpts)

// sameTree ignores the positions and the order of matchers.
var sameTree = cmp.Options{
	cmpopts.IgnoreTypes(posrange.PositionRange{}, posrange.Pos(0)),
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b *parser.Function) bool { return a.Name == b.Name }),
	cmp.Comparer(func(a, b *labels.Matcher) bool { return a.String() == b.String() }),
	cmpopts.SortSlices(func(a, b *labels.Matcher) bool { return a.String() < b.String() }),
}
