package catalog

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// checkCalls checks the arguments of rates, and of functions of buckets such as
// histogram_quantile.
func (f labelFlow) checkCalls(tree parser.Expr, report reportFunc) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok {
			f.checkRate(call, report)
			f.checkBuckets(call, report)
		}
		return nil
	})
}

// checkRate checks that the argument of a rate is a counter.
func (f labelFlow) checkRate(call *parser.Call, report reportFunc) {
	switch call.Func.Name {
	case "rate", "irate", "increase":
		if why := f.notCounter(call.Args[0]); why != "" {
			report("query", "The argument of %s() must be a counter: %s.", call.Func.Name, why)
		}
	}
}

// notCounter returns the reason why an expression isn't a counter, or "" if it is one. A
// selector of an unknown family counts as a counter.
func (f labelFlow) notCounter(expr parser.Expr) string {
	switch e := unwrap(expr).(type) {
	case *parser.VectorSelector:
		name := template.NameOf(e)
		family := f.family(name)
		switch {
		case family == nil || family.isCounter(name):
			return ""
		case family.Type == "summary":
			return fmt.Sprintf("%s contains the quantiles of a summary, which can decrease", name)
		default:
			return fmt.Sprintf("%s is a %s. Use delta() or deriv()", name, family.Type)
		}
	case *parser.AggregateExpr:
		if why := f.notCounter(e.Expr); why != "" {
			return why
		}
		return fmt.Sprintf("the %s of several counters decreases when one of them restarts at 0. Compute the rate of each counter first, and then the %[1]s", e.Op)
	case *parser.BinaryExpr:
		return f.notCounterBinary(e)
	case *parser.Call:
		switch e.Func.Name {
		case "last_over_time", "label_replace", "label_join", "sort", "sort_desc":
			return f.notCounter(e.Args[0])
		}
		return fmt.Sprintf("the result of %s() is not a counter", e.Func.Name)
	default:
		return fmt.Sprintf("%s is not a counter", template.Unmark(e.String()))
	}
}

func (f labelFlow) notCounterBinary(e *parser.BinaryExpr) string {
	switch {
	case e.Op == parser.LOR:
		if why := f.notCounter(e.LHS); why != "" {
			return why
		}
		return f.notCounter(e.RHS)
	case e.Op == parser.LAND, e.Op == parser.LUNLESS, e.Op.IsComparisonOperator() && !e.ReturnBool && hasSeries(e.LHS):
		return f.notCounter(e.LHS)
	case e.Op == parser.MUL && !hasSeries(e.LHS):
		return f.notCounter(e.RHS)
	case (e.Op == parser.MUL || e.Op == parser.DIV) && !hasSeries(e.RHS):
		return f.notCounter(e.LHS)
	default:
		return fmt.Sprintf("the result of %s is not a counter", e.Op)
	}
}

// bucketArgument contains the index of the argument with the buckets, by function.
var bucketArgument = map[string]int{"histogram_quantile": 1, "histogram_quantiles": 0, "histogram_fraction": 2}

// checkBuckets checks that the argument of a function such as histogram_quantile consists of
// buckets with the label le. A native histogram, whose metric name is the name of the family,
// doesn't need the label.
func (f labelFlow) checkBuckets(call *parser.Call, report reportFunc) {
	index, ok := bucketArgument[call.Func.Name]
	if !ok {
		return
	}
	buckets := call.Args[index]
	needsBounds := false
	for _, source := range f.sources(buckets) {
		name := template.NameOf(source)
		family := f.family(name)
		switch {
		case family == nil, family.Type == "histogram" && name == family.Name:
		case family.HasLabel(model.BucketLabel) && strings.HasSuffix(name, "_bucket"):
			needsBounds = true
		case family.Type == "histogram":
			report("query", "%s() needs a histogram's buckets. Read %s_bucket instead of %s.", call.Func.Name, family.Name, name)
		default:
			report("query", "%s() needs a histogram's buckets, but %s is a %s.", call.Func.Name, name, family.Type)
		}
	}
	if needsBounds && !f.labels(buckets).Has(model.BucketLabel) {
		report("query", "%s() needs the label le. Keep it in the aggregation of the buckets, as in sum by (le, __BY__) (…).", call.Func.Name)
	}
}

// checkGroupings checks that the labels of groupings exist.
func (f labelFlow) checkGroupings(tree parser.Expr, report reportFunc) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		e, ok := node.(*parser.AggregateExpr)
		if !ok {
			return nil
		}
		inner := f.labels(e.Expr)
		for _, name := range e.Grouping {
			if name != template.GroupMarker && !inner.Has(name) {
				report("query", "%s groups by %s, which is not a label of its argument.%s", e.Op, fault.ClipName(name), suggest.DidYouMean(name, inner.names))
			}
		}
		return nil
	})
}

// checkMatching checks that the series on the two sides of each binary operation can match.
// It skips "or", which needs no match, and operations that fill in missing series.
func (f labelFlow) checkMatching(tree parser.Expr, report reportFunc) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		e, ok := node.(*parser.BinaryExpr)
		if ok && e.VectorMatching != nil && e.Op != parser.LOR && e.VectorMatching.FillValues == (parser.VectorMatchFillValues{}) {
			f.checkBinary(e, report)
		}
		return nil
	})
}

func (f labelFlow) checkBinary(e *parser.BinaryExpr, report reportFunc) {
	m := e.VectorMatching
	left, right := f.labels(e.LHS).Without(model.MetricNameLabel), f.labels(e.RHS).Without(model.MetricNameLabel)
	one, group, side := right, "group_left", "right"
	if m.Card == parser.CardOneToMany {
		one, group, side = left, "group_right", "left"
	}
	for _, name := range f.insertGroup(m.Include) {
		if !one.Has(name) {
			report("query", "%s can't copy the label %s, because the series on the %s of %s don't have this label.%s", group, fault.ClipName(name), side, e.Op, suggest.DidYouMean(name, one.names))
		}
	}
	listed := f.insertGroup(m.MatchingLabels)
	if m.On {
		for _, name := range listed {
			if !left.Has(name) || !right.Has(name) {
				report("query", "%s matches on %s, so both sides must have this label.%s", e.Op, fault.ClipName(name), suggest.DidYouMean(name, left.intersect(right.names).names))
			}
		}
		return
	}
	left, right = left.Without(listed...), right.Without(listed...)
	if !left.covers(right) || !right.covers(left) {
		report("query", "The two sides of %s never match: the left one has %s and the right one has %s. Aggregate both by the same labels, or add on (…) or ignoring (…).", e.Op, left, right)
	}
}

// checkLegend checks that the labels in the metric's legend are labels of its result.
func (f labelFlow) checkLegend(m *Metric, tree parser.Expr, report reportFunc) {
	result := f.labels(tree)
	for _, match := range series.LegendLabel.FindAllStringSubmatch(m.Legend, -1) {
		if name := match[1]; !result.Has(name) {
			report("legend", "{{%s}} is always empty: the result has %s.", fault.ClipName(name), result.Without(model.MetricNameLabel))
		}
	}
}
