package catalog

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Render returns the metric's PromQL with params filled into its selectors and
// groupBy into its groupings; nil groupBy means the metric's default. Macros
// stay as written. The result is proven before it is returned: its tree differs
// from the template's in the expected matchers and groupings only, whatever the
// values hold. Errors are those of Matchers, and a fault.BadQuery for a grouping
// that isn't one of the parameters.
func (m *Metric) Render(params Params, groupBy []string) (string, error) {
	matchers, err := m.Matchers(params)
	if err != nil {
		return "", err
	}
	group, err := m.grouping(groupBy)
	if err != nil {
		return "", err
	}

	names := make([]string, len(group))
	for i, name := range group {
		names[i] = series.LabelName(name)
	}
	text := m.template.fill(func(p piece) []string {
		var list []string
		for _, matcher := range matchers {
			if p.takes(matcher.Name) {
				list = append(list, promql.MatcherText(matcher))
			}
		}
		return list
	}, names)

	want, err := m.template.tree(matchers, group)
	if err != nil {
		return "", err
	}
	got, err := promql.Parse(provingMacros.ExpandCode(text))
	if err != nil && fault.As(err).Kind == fault.BadQuery {
		return "", err // too large
	}
	if err != nil || !promql.Equal(got, want) {
		return "", fault.New(fault.Internal, "The values given to %s would change its query, so it was not run.", m.Name).Because(err)
	}
	return text, nil
}

// grouping checks a chosen grouping against the parameters.
func (m *Metric) grouping(groupBy []string) ([]string, error) {
	if groupBy == nil {
		return m.GroupBy, nil
	}
	if !m.template.takesGroup() && len(groupBy) > 0 {
		return nil, fault.New(fault.BadQuery, "%s can't be grouped: its query has a fixed grouping.", m.Name)
	}
	group := make([]string, 0, len(groupBy))
	for _, name := range groupBy {
		if !slices.Contains(m.Params(), name) && !slices.Contains(m.GroupBy, name) {
			return nil, m.noParam(name)
		}
		if !slices.Contains(group, name) {
			group = append(group, name)
		}
	}
	return group, nil
}

// LegendFor returns the legend that goes with a grouping: the metric's own with
// its default one, __auto with any other.
func (m *Metric) LegendFor(groupBy []string) string {
	if groupBy == nil || slices.Equal(groupBy, m.GroupBy) {
		return m.Legend
	}
	return "__auto"
}

// The proof needs durations where macros stand; which ones is of no account.
var provingMacros = promql.Macros{Interval: time.Minute, RateInterval: 5 * time.Minute, Range: time.Hour}

// Marks stand for the placeholders while the template itself is parsed.
const (
	matcherMark = "__modelmetrics_matchers__"
	groupMark   = "__modelmetrics_group__"
)

// parse parses the template with marks in its placeholders. A matcher mark's
// value is the index of its placeholder in filled.
func (t template) parse() (tree parser.Expr, filled []piece, err error) {
	text := t.fill(func(p piece) []string {
		filled = append(filled, p)
		return []string{matcherMark + "=" + strconv.Quote(strconv.Itoa(len(filled)-1))}
	}, []string{groupMark})
	tree, err = promql.Parse(provingMacros.ExpandCode(text))
	return tree, filled, err
}

// tree is the parsed template with matchers and group in their places.
func (t template) tree(matchers []*labels.Matcher, group []string) (parser.Expr, error) {
	tree, filled, err := t.parse()
	if err != nil {
		return nil, err
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			n.LabelMatchers = replaceMark(n.LabelMatchers, filled, matchers)
		case *parser.AggregateExpr:
			n.Grouping = replaceLabel(n.Grouping, group)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				n.VectorMatching.MatchingLabels = replaceLabel(n.VectorMatching.MatchingLabels, group)
				n.VectorMatching.Include = replaceLabel(n.VectorMatching.Include, group)
			}
		}
		return nil
	})
	return tree, nil
}

func replaceMark(list []*labels.Matcher, filled []piece, matchers []*labels.Matcher) []*labels.Matcher {
	out := make([]*labels.Matcher, 0, len(list)+len(matchers))
	for _, matcher := range list {
		if matcher.Name != matcherMark {
			out = append(out, matcher)
			continue
		}
		hole := filled[markIndex(matcher)]
		for _, m := range matchers {
			if hole.takes(m.Name) {
				out = append(out, m)
			}
		}
	}
	return out
}

// markIndex reads the index that parse wrote.
func markIndex(mark *labels.Matcher) int {
	index, _ := strconv.Atoi(mark.Value)
	return index
}

func replaceLabel(list, group []string) []string {
	at := slices.Index(list, groupMark)
	if at < 0 {
		return list
	}
	return slices.Concat(list[:at], group, list[at+1:])
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
