package catalog

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
)

// labelFlow computes the labels of expressions in a template's syntax tree, from the
// families that the selectors read and from a grouping.
type labelFlow struct {
	group  []string // replaces __BY__
	family func(name string) *Family
}

func (c *Catalog) labelFlow(m *Metric, group []string) labelFlow {
	return labelFlow{group, func(name string) *Family { return c.FamilyOf(m.pack, name) }}
}

// ResultLabels returns the labels that the metric's series can have if they are grouped by the
// labels in group. ok is false if the query is invalid.
func (m *Metric) ResultLabels(group []string) (labels LabelSet, ok bool) {
	tree, err := m.template.Tree()
	if err != nil {
		return LabelSet{}, false
	}
	return m.catalog.labelFlow(m, group).labels(tree.Expr), true
}

// insertGroup returns the labels in list, with the labels of the grouping in place of __BY__.
func (f labelFlow) insertGroup(list []string) []string { return template.InsertGroup(list, f.group) }

// labels returns the labels that the result of an expression can have.
func (f labelFlow) labels(expr parser.Expr) LabelSet {
	switch e := unwrap(expr).(type) {
	case *parser.VectorSelector:
		name := template.NameOf(e)
		family := f.family(name)
		if family == nil {
			return LabelSet{any: true}
		}
		return LabelSet{names: append(family.seriesLabels(name), model.MetricNameLabel)}
	case *parser.UnaryExpr:
		return f.labels(e.Expr)
	case *parser.AggregateExpr:
		return f.aggregationLabels(e)
	case *parser.BinaryExpr:
		return f.binaryLabels(e)
	case *parser.Call:
		return f.callLabels(e)
	default: // a number or a string
		return LabelSet{}
	}
}

func (f labelFlow) aggregationLabels(e *parser.AggregateExpr) LabelSet {
	inner := f.labels(e.Expr)
	switch {
	case e.Op == parser.TOPK, e.Op == parser.BOTTOMK, e.Op == parser.LIMITK, e.Op == parser.LIMIT_RATIO:
		return inner // these operators select series without changing them
	case e.Without:
		inner = inner.Without(append(f.insertGroup(e.Grouping), model.MetricNameLabel)...)
	default:
		inner = inner.intersect(f.insertGroup(e.Grouping))
	}
	if e.Op == parser.COUNT_VALUES {
		inner = inner.With(stringLiteral(e.Param))
	}
	return inner
}

func (f labelFlow) binaryLabels(e *parser.BinaryExpr) LabelSet {
	left, right := f.labels(e.LHS), f.labels(e.RHS)
	m := e.VectorMatching
	switch {
	case e.LHS.Type() != parser.ValueTypeVector:
		return right
	case e.RHS.Type() != parser.ValueTypeVector:
		return left
	case e.Op == parser.LOR:
		return LabelSet{left.any || right.any, slices.Concat(left.names, right.names)}
	case e.Op == parser.LAND, e.Op == parser.LUNLESS:
		return left
	case m.Card == parser.CardManyToOne:
		return left.With(f.insertGroup(m.Include)...)
	case m.Card == parser.CardOneToMany:
		return right.With(f.insertGroup(m.Include)...)
	case m.On:
		return left.intersect(f.insertGroup(m.MatchingLabels))
	default:
		return left.Without(f.insertGroup(m.MatchingLabels)...)
	}
}

func (f labelFlow) callLabels(e *parser.Call) LabelSet {
	switch e.Func.Name {
	case "absent", "absent_over_time", "info":
		return LabelSet{any: true}
	case "scalar", "time", "vector":
		return LabelSet{}
	}
	var inner LabelSet
	for _, arg := range e.Args {
		if hasSeries(arg) {
			inner = f.labels(arg)
			break
		}
	}
	switch e.Func.Name {
	case "label_replace":
		if isEmptyString(e.Args[2]) {
			return inner.Without(stringLiteral(e.Args[1])) // an empty value removes the label
		}
		return inner.With(stringLiteral(e.Args[1]))
	case "label_join":
		return inner.With(stringLiteral(e.Args[1]))
	case "histogram_quantile", "histogram_fraction":
		return inner.Without(model.BucketLabel)
	case "histogram_quantiles":
		return inner.Without(model.BucketLabel).With(stringLiteral(e.Args[1]))
	}
	return inner
}

// sources returns the selectors that provide the values of an expression's result. Of a
// binary operation other than "or", it returns the selectors of one side only: the left side,
// or the right side if the left side is a number or the operation has group_right.
func (f labelFlow) sources(expr parser.Expr) []*parser.VectorSelector {
	switch e := unwrap(expr).(type) {
	case *parser.VectorSelector:
		return []*parser.VectorSelector{e}
	case *parser.UnaryExpr:
		return f.sources(e.Expr)
	case *parser.AggregateExpr:
		return f.sources(e.Expr)
	case *parser.BinaryExpr:
		switch {
		case e.Op == parser.LOR:
			return slices.Concat(f.sources(e.LHS), f.sources(e.RHS))
		case !hasSeries(e.LHS), hasSeries(e.RHS) && e.VectorMatching.Card == parser.CardOneToMany:
			return f.sources(e.RHS)
		default:
			return f.sources(e.LHS)
		}
	case *parser.Call:
		for _, arg := range e.Args {
			if hasSeries(arg) {
				return f.sources(arg)
			}
		}
	}
	return nil
}

// hasSeries reports whether the result of an expression consists of series. It returns false
// for a number or a string.
func hasSeries(expr parser.Expr) bool {
	t := expr.Type()
	return t == parser.ValueTypeVector || t == parser.ValueTypeMatrix
}

func isEmptyString(expr parser.Expr) bool {
	text, ok := expr.(*parser.StringLiteral)
	return ok && text.Val == ""
}

// stringLiteral returns the value of a string literal, which may be in parentheses. It
// returns "" for any other expression.
func stringLiteral(expr parser.Expr) string {
	if e, ok := unwrap(expr).(*parser.StringLiteral); ok {
		return e.Val
	}
	return ""
}

// unwrap returns the expression inside parentheses, subqueries and matrix selectors,
// which don't change labels or values.
func unwrap(expr parser.Expr) parser.Expr {
	for {
		switch e := expr.(type) {
		case *parser.MatrixSelector:
			expr = e.VectorSelector
		case *parser.SubqueryExpr:
			expr = e.Expr
		case *parser.ParenExpr:
			expr = e.Expr
		default:
			return expr
		}
	}
}
