package promql

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// TestConfinedExpressionsReadOneTenant runs the corpus. It confines each expression to one
// tenant, and evaluates the confined expression over a storage in which three tenants have
// every series. The original expression must have the same result over a storage with one
// tenant. The results of info and absent can contain labels from the matchers. If an original
// expression contains one of these functions, writtenByHand adds the matchers to it, and the
// test evaluates both expressions over the storage with three tenants.
func TestConfinedExpressionsReadOneTenant(t *testing.T) {
	for name, matchers := range map[string][]*labels.Matcher{
		"equality":   {labels.MustNewMatcher(labels.MatchEqual, tenantLabel, "acme")},
		"exclusions": {labels.MustNewMatcher(labels.MatchNotEqual, tenantLabel, "globex"), labels.MustNewMatcher(labels.MatchNotRegexp, tenantLabel, "init.*")},
	} {
		t.Run(name, func(t *testing.T) {
			c := &confined{t: t, matchers: matchers, engine: promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery), seen: map[string]bool{}}
			promqltest.RunBuiltinTests(t, c)
			t.Logf("%d evaluations of %d expressions, %d with the matchers written by hand; %d differ from the query that isn't confined", c.evaluations, len(c.seen), c.byHand, c.differing)
			if len(c.seen) < 3000 || c.byHand < 50 || c.differing < 2000 {
				t.Error("the corpus is incomplete")
			}
		})
	}
}

var allTenants, oneTenant = []string{"acme", "globex", "initech"}, []string{"acme"}

// confined is a query engine that compares the results of confined expressions. It returns the
// results of the original expressions over the storage of the corpus.
type confined struct {
	t        *testing.T
	matchers []*labels.Matcher
	engine   *engine.Engine

	seen                           map[string]bool // expressions
	evaluations, byHand, differing int
}

func (c *confined) NewInstantQuery(ctx context.Context, q storage.Queryable, opts engine.QueryOpts, expr string, at time.Time) (engine.Query, error) {
	return c.compare(ctx, q, expr, func(q storage.Queryable, expr string) (engine.Query, error) {
		return c.engine.NewInstantQuery(ctx, q, opts, expr, at)
	})
}

func (c *confined) NewRangeQuery(ctx context.Context, q storage.Queryable, opts engine.QueryOpts, expr string, start, end time.Time, step time.Duration) (engine.Query, error) {
	return c.compare(ctx, q, expr, func(q storage.Queryable, expr string) (engine.Query, error) {
		return c.engine.NewRangeQuery(ctx, q, opts, expr, start, end, step)
	})
}

func (c *confined) compare(ctx context.Context, q storage.Queryable, expr string, query func(storage.Queryable, string) (engine.Query, error)) (engine.Query, error) {
	c.evaluations++
	c.seen[expr] = true
	text, err := promql.Confine(expr, c.matchers)
	if err != nil {
		c.t.Errorf("%s: %v", expr, err)
		return query(q, expr)
	}
	everything := multitenant{q, allTenants}
	reference, original := storage.Queryable(multitenant{q, oneTenant}), expr
	if strings.Contains(expr, "info(") || strings.Contains(expr, "absent") {
		c.byHand++
		reference, original = everything, c.writtenByHand(expr)
	}
	want, err := query(reference, original)
	if err != nil {
		c.t.Fatalf("%s: %v", original, err)
	}
	got, err := query(everything, text)
	if err != nil {
		c.t.Fatalf("%s: %v", text, err)
	}
	p := &pair{Query: got, original: want, t: c.t}
	confinedResult := p.Exec(ctx)
	if open, err := query(everything, expr); err == nil {
		if result := open.Exec(ctx); result.Err != nil || confinedResult.Err != nil || !sameValue(result.Value, confinedResult.Value) {
			c.differing++
		}
		open.Close()
	}
	p.Close()
	return query(q, expr)
}

// writtenByHand adds the matchers to each selector and prints the expression with Prometheus's
// parser. If a call of info has no second argument, writtenByHand adds a selector there.
func (c *confined) writtenByHand(expr string) string {
	tree, err := grammar.ParseExpr(expr)
	if err != nil {
		c.t.Fatal(err)
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			n.LabelMatchers = slices.Concat(n.LabelMatchers, c.matchers)
		case *parser.Call:
			if n.Func.Name == "info" && len(n.Args) == 1 {
				n.Args = append(n.Args, &parser.VectorSelector{BypassEmptyMatcherCheck: true})
			}
		}
		return nil
	})
	return tree.String()
}
