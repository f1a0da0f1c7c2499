package catalog

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// flow follows values and labels through a parsed template, from the families
// that it reads to its result. It judges by the metric's default grouping.
type flow struct {
	metric *Metric
	family func(name string) *Family
}

// labelsOf tells the labels of a metric's series under a grouping, unless its query
// can't be parsed.
func (c *Catalog) labelsOf(metric *Metric, group []string) (labels labelSet, ok bool) {
	tree, _, err := metric.template.parse()
	if err != nil {
		return labelSet{}, false
	}
	grouped := *metric
	grouped.GroupBy = group
	f := flow{metric: &grouped, family: func(name string) *Family { return c.familyOf(metric.pack, name) }}
	return f.labels(tree), true
}

// labelSet are the labels that a series may have.
type labelSet struct {
	any   bool // what they are can't be told
	names []string
}

func (s labelSet) has(name string) bool { return s.any || slices.Contains(s.names, name) }

func (s labelSet) with(names ...string) labelSet {
	return labelSet{s.any, slices.Concat(s.names, names)}
}

func (s labelSet) without(names ...string) labelSet {
	return labelSet{s.any, slices.DeleteFunc(slices.Clone(s.names), func(name string) bool { return slices.Contains(names, name) })}
}

// covers reports whether all labels of another set are in this one.
func (s labelSet) covers(other labelSet) bool {
	return s.any || other.any || !slices.ContainsFunc(other.names, func(name string) bool { return !s.has(name) })
}

// String lists the labels inside a sentence.
func (s labelSet) String() string {
	if len(s.names) == 0 {
		return "no labels"
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(s.names))), ", ")
}

// only is what is left of the labels when nothing but names is kept.
func (s labelSet) only(names []string) labelSet {
	return labelSet{names: slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !s.has(name) })}
}

// grouped is a list of labels with the metric's grouping in the place of __BY__.
func (f flow) grouped(list []string) []string { return replaceLabel(list, f.metric.GroupBy) }

// labels are those that an expression's result may have.
func (f flow) labels(expr parser.Expr) labelSet {
	switch e := expr.(type) {
	case *parser.VectorSelector:
		family := f.family(nameOf(e))
		if family == nil {
			return labelSet{any: true}
		}
		return labelSet{names: append(family.labelsOf(nameOf(e)), model.MetricNameLabel)}
	case *parser.MatrixSelector:
		return f.labels(e.VectorSelector)
	case *parser.SubqueryExpr:
		return f.labels(e.Expr)
	case *parser.ParenExpr:
		return f.labels(e.Expr)
	case *parser.UnaryExpr:
		return f.labels(e.Expr)
	case *parser.AggregateExpr:
		return f.aggregated(e)
	case *parser.BinaryExpr:
		return f.joined(e)
	case *parser.Call:
		return f.called(e)
	default: // a number or a text
		return labelSet{}
	}
}

func (f flow) aggregated(e *parser.AggregateExpr) labelSet {
	inner := f.labels(e.Expr)
	switch {
	case e.Op == parser.TOPK, e.Op == parser.BOTTOMK, e.Op == parser.LIMITK, e.Op == parser.LIMIT_RATIO:
		return inner // they choose among series and leave them as they are
	case e.Without:
		inner = inner.without(append(f.grouped(e.Grouping), model.MetricNameLabel)...)
	default:
		inner = inner.only(f.grouped(e.Grouping))
	}
	if e.Op == parser.COUNT_VALUES {
		inner = inner.with(literal(e.Param))
	}
	return inner
}

func (f flow) joined(e *parser.BinaryExpr) labelSet {
	left, right := f.labels(e.LHS), f.labels(e.RHS)
	m := e.VectorMatching
	switch {
	case e.LHS.Type() != parser.ValueTypeVector:
		return right
	case e.RHS.Type() != parser.ValueTypeVector:
		return left
	case e.Op == parser.LOR:
		return labelSet{left.any || right.any, slices.Concat(left.names, right.names)}
	case e.Op == parser.LAND, e.Op == parser.LUNLESS:
		return left
	case m.Card == parser.CardManyToOne:
		return left.with(f.grouped(m.Include)...)
	case m.Card == parser.CardOneToMany:
		return right.with(f.grouped(m.Include)...)
	case m.On:
		return left.only(f.grouped(m.MatchingLabels))
	default:
		return left.without(f.grouped(m.MatchingLabels)...)
	}
}

func (f flow) called(e *parser.Call) labelSet {
	switch e.Func.Name {
	case "absent", "absent_over_time", "info":
		return labelSet{any: true}
	case "scalar", "time", "vector":
		return labelSet{}
	}
	var inner labelSet
	for _, arg := range e.Args {
		if isSeries(arg) {
			inner = f.labels(arg)
			break
		}
	}
	switch e.Func.Name {
	case "label_replace":
		if isNothing(e.Args[2]) {
			return inner.without(literal(e.Args[1])) // an empty label is none
		}
		return inner.with(literal(e.Args[1]))
	case "label_join":
		return inner.with(literal(e.Args[1]))
	case "histogram_quantile", "histogram_fraction":
		return inner.without(model.BucketLabel)
	case "histogram_quantiles":
		return inner.without(model.BucketLabel).with(literal(e.Args[1]))
	}
	return inner
}

// sources are the selectors whose values an expression's result is made of, as
// against those that it is only compared or divided by.
func (f flow) sources(expr parser.Expr) []*parser.VectorSelector {
	switch e := expr.(type) {
	case *parser.VectorSelector:
		return []*parser.VectorSelector{e}
	case *parser.MatrixSelector:
		return f.sources(e.VectorSelector)
	case *parser.SubqueryExpr:
		return f.sources(e.Expr)
	case *parser.ParenExpr:
		return f.sources(e.Expr)
	case *parser.UnaryExpr:
		return f.sources(e.Expr)
	case *parser.AggregateExpr:
		return f.sources(e.Expr)
	case *parser.BinaryExpr:
		switch {
		case e.Op == parser.LOR:
			return slices.Concat(f.sources(e.LHS), f.sources(e.RHS))
		case !isSeries(e.LHS), isSeries(e.RHS) && e.VectorMatching.Card == parser.CardOneToMany:
			return f.sources(e.RHS)
		default:
			return f.sources(e.LHS)
		}
	case *parser.Call:
		for _, arg := range e.Args {
			if isSeries(arg) {
				return f.sources(arg)
			}
		}
	}
	return nil
}

// isSeries reports whether an expression has series, as against a number or text.
func isSeries(expr parser.Expr) bool {
	t := expr.Type()
	return t == parser.ValueTypeVector || t == parser.ValueTypeMatrix
}

// isNothing reports whether an expression is an empty text.
func isNothing(expr parser.Expr) bool {
	text, ok := expr.(*parser.StringLiteral)
	return ok && text.Val == ""
}

// literal is the text that an expression spells out.
func literal(expr parser.Expr) string {
	for {
		switch e := expr.(type) {
		case *parser.ParenExpr:
			expr = e.Expr
		case *parser.StringLiteral:
			return e.Val
		default:
			return ""
		}
	}
}
