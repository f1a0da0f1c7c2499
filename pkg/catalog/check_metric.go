package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// metric checks the definition of a metric against the families that it reads, and
// renders the metric with several combinations of parameters.
func (c *checker) metric(m *Metric, report reportFunc) {
	if other := c.catalog.metrics[m.Name]; other != m {
		report("name", "Pack %s already defines %s on line %d. Choose another name.", other.pack.Name, m.Name, other.line)
	}
	if m.Unit != "" {
		if err := CheckUnit(m.Unit); err != nil {
			report("unit", "%v", err)
		}
	}
	if m.Window != "" {
		if err := CheckPositiveDuration(m.Window); err != nil {
			report("window", "%v", err)
		}
	}
	if !slices.IsSortedFunc(m.Thresholds, func(a, b Threshold) int { return cmp.Compare(a.Value, b.Value) }) {
		report("thresholds", "The values must be in ascending order.")
	}
	c.params(m, report)
	c.record(m, report)
	c.query(m, report)
}

// query checks the metric's query.
func (c *checker) query(m *Metric, report reportFunc) {
	t, err := template.Parse(m.Query)
	if err != nil {
		report("query", "%v", err)
		return
	}
	tree, err := t.Tree()
	if err != nil {
		report("query", "%v", template.SyntaxError(m.Query, err))
		return
	}
	if depth := depthOf(tree.Expr); depth > maxQueryDepth {
		report("query", "The query is nested %d levels deep. The maximum is %d; each operator of a chain counts.", depth, maxQueryDepth)
		return
	}
	if result := tree.Expr.Type(); result == parser.ValueTypeMatrix || result == parser.ValueTypeString {
		report("query", "The query returns a %s. It must return an instant vector or a scalar.", parser.DocumentedType(result))
		return
	}
	if len(m.GroupBy) > 0 && !t.HasGrouping() {
		report("group_by", "The query has no __BY__ for %s.", strings.Join(m.GroupBy, ", "))
	}
	f := c.catalog.labelFlow(m, m.GroupBy)
	f.checkCalls(tree.Expr, report)
	if !c.selectors(m, tree.Selectors(), report) {
		return // the following checks would report the same faults again
	}
	f.checkGroupings(tree.Expr, report)
	f.checkMatching(tree.Expr, report)
	f.checkLegend(m, tree.Expr, report)
	c.render(m, report)
	// An invalid window has already been reported. CheckWindow would report it again.
	if !c.doc.HasProblemOf(m.Name) {
		if err := m.CheckWindow(m.Window); err != nil {
			report("window", "%v", err)
		}
	}
}

// params checks the names of the parameters and of the default grouping.
func (c *checker) params(m *Metric, report reportFunc) {
	for _, list := range []struct {
		field string
		names []string
	}{{"required_params", m.RequiredParams}, {"optional_params", m.OptionalParams}} {
		for _, name := range list.names {
			switch {
			case slices.Contains(Reserved, name):
				report(list.field, "The API uses the name %s. Choose another name for the parameter.", name)
			case list.field == "optional_params" && slices.Contains(m.RequiredParams, name):
				report(list.field, "%s is also a required parameter. Remove it from one of the lists.", fault.ClipName(name))
			}
		}
	}
	for _, name := range m.GroupBy {
		if !slices.Contains(m.Params(), name) {
			report("group_by", "%s is not one of the parameters.%s", fault.ClipName(name), suggest.DidYouMean(name, m.Params()))
		}
	}
}

// record checks a metric with a recording rule: its query must not need a dashboard or a
// parameter, and no earlier metric may be recorded under the same name.
func (c *checker) record(m *Metric, report reportFunc) {
	if m.Record == "" {
		return
	}
	short := promql.Macros{Interval: time.Minute, Range: time.Minute}
	long := promql.Macros{Interval: time.Hour, Range: time.Hour}
	if m.differs(short, long) {
		report("record", "The query uses the step or the time range of a dashboard, which a recording rule doesn't have.")
	}
	if len(m.RequiredParams) > 0 {
		report("record", "The metric requires a value for %s. Only a metric without required parameters can be recorded.", strings.Join(m.RequiredParams, ", "))
	}
	for _, pack := range c.catalog.packs {
		for _, other := range pack.Metrics {
			if other == m {
				return
			}
			if other.Record == m.Record {
				report("record", "%s is already recorded under this name.", other.Name)
				return
			}
		}
	}
}

// render renders the metric with several combinations of parameters and reports the first
// error. The combinations are the required parameters alone, all parameters, and the required
// parameters with one other parameter. Parameters have one value or several.
func (c *checker) render(m *Metric, report reportFunc) {
	one, several := []string{"a"}, []string{"a", `b"}`}
	combinations := []Params{withValues(m.RequiredParams, one), withValues(m.Params(), one), withValues(m.Params(), several)}
	for _, name := range m.Params() {
		for _, values := range [][]string{one, several} {
			params := withValues(m.RequiredParams, one)
			params[name] = Param{Values: values}
			combinations = append(combinations, params)
		}
	}
	for _, params := range combinations {
		if _, err := m.Render(params, nil); err != nil {
			if fault.As(err).Kind == fault.Internal {
				report("query", "The query has a placeholder in an invalid place, such as inside quotes.")
			} else {
				report("query", "%v", err)
			}
			return
		}
	}
}

// withValues returns Params that give the values to each parameter in names.
func withValues(names, values []string) Params {
	params := Params{}
	for _, name := range names {
		params[name] = Param{Values: values}
	}
	return params
}

// depthOf returns the depth of a syntax tree.
func depthOf(tree parser.Expr) (depth int) {
	parser.Inspect(tree, func(_ parser.Node, ancestors []parser.Node) error {
		depth = max(depth, len(ancestors))
		return nil
	})
	return depth
}
