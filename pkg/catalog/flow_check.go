package catalog

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// calls checks what the query does with its selectors' values.
func (f flow) calls(tree parser.Expr, report reporter) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok {
			f.rates(call, report)
			f.quantiles(call, report)
		}
		return nil
	})
}

// rates checks that a rate is taken of what only goes up.
func (f flow) rates(call *parser.Call, report reporter) {
	switch call.Func.Name {
	case "rate", "irate", "increase":
		if why := f.notCounter(call.Args[0]); why != "" {
			report("query", "%s() takes a counter: %s.", call.Func.Name, why)
		}
	}
}

// notCounter says why an expression isn't a counter; "" where it is one.
func (f flow) notCounter(expr parser.Expr) string {
	switch e := expr.(type) {
	case *parser.VectorSelector:
		family := f.family(nameOf(e))
		switch {
		case family == nil || family.counts(nameOf(e)):
			return ""
		case family.Type == "summary":
			return fmt.Sprintf("%s are the quantiles of a summary, which go up and down", nameOf(e))
		default:
			return fmt.Sprintf("%s is a %s, for which there are delta() and deriv()", nameOf(e), family.Type)
		}
	case *parser.MatrixSelector:
		return f.notCounter(e.VectorSelector)
	case *parser.SubqueryExpr:
		return f.notCounter(e.Expr)
	case *parser.ParenExpr:
		return f.notCounter(e.Expr)
	case *parser.AggregateExpr:
		if why := f.notCounter(e.Expr); why != "" {
			return why
		}
		return fmt.Sprintf("%s of several counters falls when one of them starts again from 0. Take the rate of each first, and then the %[1]s", e.Op)
	case *parser.BinaryExpr:
		return f.notCounterOf(e)
	case *parser.Call:
		switch e.Func.Name {
		case "last_over_time", "label_replace", "label_join", "sort", "sort_desc":
			return f.notCounter(e.Args[0])
		}
		return fmt.Sprintf("what %s() gives is none", e.Func.Name)
	default:
		return fmt.Sprintf("%s is none", unmarked(expr.String()))
	}
}

func (f flow) notCounterOf(e *parser.BinaryExpr) string {
	switch {
	case e.Op == parser.LOR:
		if why := f.notCounter(e.LHS); why != "" {
			return why
		}
		return f.notCounter(e.RHS)
	case e.Op == parser.LAND, e.Op == parser.LUNLESS, e.Op.IsComparisonOperator() && !e.ReturnBool && isSeries(e.LHS):
		return f.notCounter(e.LHS)
	case e.Op == parser.MUL && !isSeries(e.LHS):
		return f.notCounter(e.RHS)
	case (e.Op == parser.MUL || e.Op == parser.DIV) && !isSeries(e.RHS):
		return f.notCounter(e.LHS)
	default:
		return fmt.Sprintf("what %s gives is none", e.Op)
	}
}

// bucketArgument is where functions that read a histogram's buckets take them.
var bucketArgument = map[string]int{"histogram_quantile": 1, "histogram_quantiles": 0, "histogram_fraction": 2}

// quantiles checks that buckets arrive at a quantile with their bounds. A native
// histogram has its buckets inside and is read by the family's own name.
func (f flow) quantiles(call *parser.Call, report reporter) {
	at, reads := bucketArgument[call.Func.Name]
	if !reads {
		return
	}
	buckets := call.Args[at]
	bounds := false
	for _, source := range f.sources(buckets) {
		family := f.family(nameOf(source))
		switch {
		case family == nil, family.Type == "histogram" && nameOf(source) == family.Name:
		case family.has(model.BucketLabel) && strings.HasSuffix(nameOf(source), "_bucket"):
			bounds = true
		case family.Type == "histogram":
			report("query", "%s() needs a histogram's buckets: read %s_bucket in the place of %s.", call.Func.Name, family.Name, nameOf(source))
		default:
			report("query", "%s() needs a histogram's buckets, and %s is a %s.", call.Func.Name, nameOf(source), family.Type)
		}
	}
	if bounds && !f.labels(buckets).has(model.BucketLabel) {
		report("query", "%s() has no le to work with: keep it where the buckets are aggregated, as in sum by (le, __BY__) (…).", call.Func.Name)
	}
}

// groupings checks that the labels which aggregations spell out are there.
func (f flow) groupings(tree parser.Expr, report reporter) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		e, ok := node.(*parser.AggregateExpr)
		if !ok {
			return nil
		}
		inner := f.labels(e.Expr)
		for _, name := range e.Grouping {
			if name != groupMark && !inner.has(name) {
				report("query", "%s groups by %s, a label that nothing in it has.%s", e.Op, clip(name), didYouMean(name, inner.names))
			}
		}
		return nil
	})
}

// joins checks that series of two sides can find each other. or joins nothing, and
// a filled-in side needs nobody.
func (f flow) joins(tree parser.Expr, report reporter) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		e, ok := node.(*parser.BinaryExpr)
		if ok && e.VectorMatching != nil && e.Op != parser.LOR && e.VectorMatching.FillValues == (parser.VectorMatchFillValues{}) {
			f.join(e, report)
		}
		return nil
	})
}

func (f flow) join(e *parser.BinaryExpr, report reporter) {
	m := e.VectorMatching
	left, right := f.labels(e.LHS).without(model.MetricNameLabel), f.labels(e.RHS).without(model.MetricNameLabel)
	one := right
	if m.Card == parser.CardOneToMany {
		one = left
	}
	for _, name := range f.grouped(m.Include) {
		if !one.has(name) {
			report("query", "%s is to bring %s along, a label that the other side doesn't have.%s", e.Op, clip(name), didYouMean(name, one.names))
		}
	}
	listed := f.grouped(m.MatchingLabels)
	if m.On {
		for _, name := range listed {
			if !left.has(name) || !right.has(name) {
				report("query", "%s matches on %s, a label that one of its sides doesn't have.%s", e.Op, clip(name), didYouMean(name, left.only(right.names).names))
			}
		}
		return
	}
	left, right = left.without(listed...), right.without(listed...)
	if !left.covers(right) || !right.covers(left) {
		report("query", "The two sides of %s never match: the left one has %s and the right one %s. Aggregate both by the same labels, or say with on (…) or ignoring (…) what to match on.", e.Op, left, right)
	}
}

// legend checks that the labels which the legend shows come out of the query.
func (f flow) legend(tree parser.Expr, report reporter) {
	result := f.labels(tree)
	for _, match := range series.LegendLabel.FindAllStringSubmatch(f.metric.Legend, -1) {
		if name := match[1]; !result.has(name) {
			report("legend", "{{%s}} is empty: the result has %s.", clip(name), result.without(model.MetricNameLabel))
		}
	}
}

// unmarked prints a text of a parsed template as its author wrote it.
func unmarked(text string) string {
	return markedMatchers.ReplaceAllString(strings.ReplaceAll(text, groupMark, "__BY__"), "__PARAMS__")
}

var markedMatchers = regexp.MustCompile(matcherMark + `="\d+"`)
