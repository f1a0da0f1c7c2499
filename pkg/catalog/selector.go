package catalog

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// selector is a selector of a template and the placeholders in its braces.
type selector struct {
	node  *parser.VectorSelector
	holes []piece
}

// marked lists the template's selectors.
func (t template) marked() ([]selector, error) {
	tree, filled, err := t.parse()
	if err != nil {
		return nil, err
	}
	return selectorsOf(tree, filled), nil
}

// selectorsOf lists the selectors of a parsed template.
func selectorsOf(tree parser.Expr, filled []piece) (found []selector) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		vs, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		s := selector{node: vs}
		for _, matcher := range vs.LabelMatchers {
			if matcher.Name == matcherMark {
				s.holes = append(s.holes, filled[markIndex(matcher)])
			}
		}
		found = append(found, s)
		return nil
	})
	return found
}

// takes reports whether a parameter's matcher goes into the selector.
func (s selector) takes(param string) bool {
	return slices.ContainsFunc(s.holes, func(hole piece) bool { return hole.takes(param) })
}

// fixes reports whether the selector itself says which value a label has. One
// that a regular expression only narrows can be narrowed further.
func (s selector) fixes(label string) bool {
	return slices.ContainsFunc(s.node.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label && m.Type == labels.MatchEqual })
}

func (s selector) name() string { return nameOf(s.node) }

// nameOf is the name of the Prometheus metric that a selector reads, wherever it
// stands; "" where it names none.
func nameOf(node *parser.VectorSelector) string {
	if node.Name != "" {
		return node.Name
	}
	for _, matcher := range node.LabelMatchers {
		if matcher.Name == model.MetricNameLabel && matcher.Type == labels.MatchEqual {
			return matcher.Value
		}
	}
	return ""
}
