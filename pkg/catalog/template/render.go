package template

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// ErrChanged is the error of Render if the values would change the query beyond its
// matchers and groupings. The cause is a bug in the template or in this package.
var ErrChanged = errors.New("the rendered query differs from its template")

// Render returns the query with matchers and group filled in. Macros remain as
// written. Before Render returns the query, it inserts the matchers and groupings into the
// template's syntax tree, and checks that the query has the same tree. Render returns the
// errors of Tree, ErrChanged, and a fault.BadQuery for a query that is too large.
func (t Template) Render(matchers []*labels.Matcher, group []string) (string, error) {
	names := make([]string, len(group))
	for i, name := range group {
		names[i] = series.LabelName(name)
	}
	text := t.fill(func(p piece) []string {
		var list []string
		for _, matcher := range matchers {
			if p.takes(matcher.Name) {
				list = append(list, promql.MatcherText(matcher))
			}
		}
		return list
	}, names)

	want, err := t.insert(matchers, group)
	if err != nil {
		return "", err
	}
	got, err := promql.Parse(anyDurations.ExpandCode(text))
	if err != nil {
		if fault.As(err).Kind == fault.BadQuery { // too large
			return "", err
		}
		return "", fmt.Errorf("%w: %w", ErrChanged, err)
	}
	if !promql.Equal(got, want) {
		return "", ErrChanged
	}
	return text, nil
}

// insert returns the template's syntax tree with matchers and group inserted.
func (t Template) insert(matchers []*labels.Matcher, group []string) (parser.Expr, error) {
	tree, err := t.Tree()
	if err != nil {
		return nil, err
	}
	parser.Inspect(tree.Expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			n.LabelMatchers = tree.insertMatchers(n.LabelMatchers, matchers)
		case *parser.AggregateExpr:
			n.Grouping = InsertGroup(n.Grouping, group)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				n.VectorMatching.MatchingLabels = InsertGroup(n.VectorMatching.MatchingLabels, group)
				n.VectorMatching.Include = InsertGroup(n.VectorMatching.Include, group)
			}
		}
		return nil
	})
	return tree.Expr, nil
}

func (t *Tree) insertMatchers(list []*labels.Matcher, matchers []*labels.Matcher) []*labels.Matcher {
	out := make([]*labels.Matcher, 0, len(list)+len(matchers))
	for _, matcher := range list {
		if matcher.Name != MatchersMarker {
			out = append(out, matcher)
			continue
		}
		p := t.placeholder(matcher)
		for _, m := range matchers {
			if p.takes(m.Name) {
				out = append(out, m)
			}
		}
	}
	return out
}

// InsertGroup returns the labels in list, with the labels in group in place of GroupMarker.
func InsertGroup(list, group []string) []string {
	at := slices.Index(list, GroupMarker)
	if at < 0 {
		return list
	}
	return slices.Concat(list[:at], group, list[at+1:])
}
