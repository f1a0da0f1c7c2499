package template

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Selector is a series selector of a template, with the placeholders in its braces.
type Selector struct {
	Node         *parser.VectorSelector
	placeholders []piece
}

// Selectors parses the template and returns its selectors.
func (t Template) Selectors() ([]Selector, error) {
	tree, err := t.Tree()
	if err != nil {
		return nil, err
	}
	return tree.Selectors(), nil
}

// Selectors returns the selectors in the tree.
func (t *Tree) Selectors() (selectors []Selector) {
	parser.Inspect(t.Expr, func(node parser.Node, _ []parser.Node) error {
		vs, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		s := Selector{Node: vs}
		for _, matcher := range vs.LabelMatchers {
			if matcher.Name == MatchersMarker {
				s.placeholders = append(s.placeholders, t.placeholder(matcher))
			}
		}
		selectors = append(selectors, s)
		return nil
	})
	return selectors
}

// HasPlaceholder reports whether the selector contains __PARAMS__ or __PARAMS(…)__.
func (s Selector) HasPlaceholder() bool { return len(s.placeholders) > 0 }

// ListedParams returns the parameters that are named in the selector's __PARAMS(…)__.
func (s Selector) ListedParams() (names []string) {
	for _, p := range s.placeholders {
		names = append(names, p.params...)
	}
	return names
}

// Takes reports whether the selector has a placeholder for a parameter's matcher.
func (s Selector) Takes(param string) bool {
	return slices.ContainsFunc(s.placeholders, func(p piece) bool { return p.takes(param) })
}

// Fixes reports whether the selector itself sets a label to one value. A label that
// a regular expression limits can be limited further, so it isn't fixed.
func (s Selector) Fixes(label string) bool {
	return slices.ContainsFunc(s.Node.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label && m.Type == labels.MatchEqual })
}

// Name returns the name of the Prometheus metric that the selector reads.
func (s Selector) Name() string { return NameOf(s.Node) }

// NameOf returns the name of the Prometheus metric that a selector reads. The name precedes
// the braces or is in a matcher of __name__. NameOf returns "" if there is no name.
func NameOf(node *parser.VectorSelector) string {
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
