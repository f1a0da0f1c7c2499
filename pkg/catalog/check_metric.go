package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// metric holds a definition against the families that it reads and renders it in
// every way that a query can ask for it.
func (c *checker) metric(m *Metric, report reporter) {
	if other := c.catalog.metrics[m.Name]; other != m {
		report("name", "Pack %s defines %s already, on line %d.", other.pack.Name, m.Name, other.line)
	}
	if m.Unit != "" && !isUnit(m.Unit) {
		report("unit", "%s", unknownUnit(m.Unit))
	}
	if m.Window != "" && !isDuration(m.Window) {
		report("window", "%s is longer than Prometheus can count.", m.Window)
	} else if isZero(m.Window) {
		report("window", "A window of %s holds no samples.", m.Window)
	}
	if !slices.IsSortedFunc(m.Thresholds, func(a, b Threshold) int { return cmp.Compare(a.Value, b.Value) }) {
		report("thresholds", "The values must ascend.")
	}
	c.params(m, report)
	c.recorded(m, report)

	t, err := parseTemplate(m.Query)
	if err != nil {
		report("query", "%v", err)
		return
	}
	tree, filled, err := t.parse()
	if err != nil {
		report("query", "%v", diagnose(m.Query, err))
		return
	}
	if deep := depthOf(tree); deep > mostQueryDepth {
		report("query", "The query is nested %d levels deep, a chain of operators counted: %d is the most.", deep, mostQueryDepth)
		return
	}
	if tree.Type() == parser.ValueTypeMatrix || tree.Type() == parser.ValueTypeString {
		report("query", "The query gives a %s, which nothing can show over time: a metric is an instant vector or a number.", parser.DocumentedType(tree.Type()))
		return
	}
	if len(m.GroupBy) > 0 && !t.takesGroup() {
		report("group_by", "The query has no __BY__ to put %s in.", strings.Join(m.GroupBy, ", "))
	}
	f := flow{metric: m, family: func(name string) *Family { return c.catalog.familyOf(c.pack, name) }}
	f.calls(tree, report)
	if !c.selectors(m, selectorsOf(tree, filled), report) {
		return // what follows would tell the same in other words
	}
	f.groupings(tree, report)
	f.joins(tree, report)
	f.legend(tree, report)
	c.rendered(m, report)
	c.windowed(m, m.Window, report)
}

// windowed checks that a window, which a metric or its alert may have, changes
// the metric's query. A query with other faults may only have lost the macro.
func (c *checker) windowed(m *Metric, window string, report reporter) {
	faulty := slices.ContainsFunc(c.doc.problems, func(p Problem) bool { return p.Metric == clip(m.Name) })
	if window != "" && !faulty && !m.Windowed() {
		report("window", "The query of %s has no $__rate_interval, $__interval or $__range whose place a window could take.", clip(m.Name))
	}
}

// params checks the parameters' names.
func (c *checker) params(m *Metric, report reporter) {
	for _, list := range []struct {
		field string
		names []string
	}{{"required_params", m.RequiredParams}, {"optional_params", m.OptionalParams}} {
		for _, name := range list.names {
			switch {
			case slices.Contains(Reserved, name):
				report(list.field, "A parameter can't be called %s: the API uses that name.", name)
			case list.field == "optional_params" && slices.Contains(m.RequiredParams, name):
				report(list.field, "%s is a required parameter already.", clip(name))
			}
		}
	}
	for _, name := range m.GroupBy {
		if !slices.Contains(m.Params(), name) {
			report("group_by", "%s is not one of the parameters.%s", clip(name), didYouMean(name, m.Params()))
		}
	}
}

// recorded checks what a recording rule of the metric would be.
func (c *checker) recorded(m *Metric, report reporter) {
	if m.Record == "" {
		return
	}
	short := promql.Macros{Interval: time.Minute, Range: time.Minute}
	long := promql.Macros{Interval: time.Hour, Range: time.Hour}
	if short.ExpandCode(m.Query) != long.ExpandCode(m.Query) {
		report("record", "The query depends on a dashboard's step or time range, which a recording rule doesn't have.")
	}
	if len(m.RequiredParams) > 0 {
		report("record", "A rule can't give a value for %s: only a metric without required parameters can be recorded.", strings.Join(m.RequiredParams, ", "))
	}
	for _, pack := range c.catalog.packs {
		for _, other := range pack.Metrics {
			if other == m {
				return
			}
			if other.Record == m.Record {
				report("record", "%s is recorded under this name already.", other.Name)
				return
			}
		}
	}
}

// selectors holds every selector against its family. It reports whether the
// families and their labels are as the query has them.
func (c *checker) selectors(m *Metric, selectors []selector, report reporter) (sound bool) {
	sound = true
	fail := func(field, format string, args ...any) {
		sound = false
		report(field, format, args...)
	}
	used := map[string]bool{}
	for _, s := range selectors {
		for _, hole := range s.holes {
			for _, name := range hole.params {
				if !slices.Contains(m.Params(), name) {
					fail("query", "__PARAMS(…)__ names %q, which is not a parameter.%s", clip(name), didYouMean(name, m.Params()))
				}
			}
		}
		for _, name := range m.Params() {
			used[name] = used[name] || s.takes(name)
		}
		family := c.catalog.familyOf(c.pack, s.name())
		switch {
		case s.name() == groupMark:
			fail("query", "__BY__ stands where the name of a Prometheus metric belongs.")
		case s.node.BypassEmptyMatcherCheck && len(s.holes) == 0: // info()'s, of labels to copy
		case s.name() == "":
			fail("query", "A selector has no name of a Prometheus metric, so it would read everything.")
		case family == nil && c.doc.sound("families"):
			fail("query", "No pack declares a family %s.%s", clip(s.name()), didYouMean(s.name(), c.familyNames()))
		case family == nil:
			sound = false
		default:
			c.selector(m, s, family, fail)
		}
	}
	for _, name := range m.Params() {
		if !used[name] {
			fail(fieldOf(m, name), "No selector uses %s: there is no __PARAMS__ that it goes into.", clip(name))
		}
	}
	return sound
}

// selector holds one selector against its family.
func (c *checker) selector(m *Metric, s selector, family *Family, fail reporter) {
	for _, matcher := range s.node.LabelMatchers {
		switch {
		case matcher.Name == model.MetricNameLabel, matcher.Name == matcherMark:
		case matcher.Name == groupMark:
			fail("query", "__BY__ stands where a label's name belongs.")
		case !family.has(matcher.Name):
			fail("query", "%s has no label %s.%s", family.Name, clip(matcher.Name), didYouMean(matcher.Name, family.labels()))
		}
	}
	for _, name := range m.Params() {
		switch {
		case !s.takes(name):
		case !family.has(name):
			fail("query", "%s has no label %s: write __PARAMS(…)__ with the parameters that it takes.", family.Name, clip(name))
		case s.fixes(name):
			fail("query", "The selector of %s fixes %s already, so the parameter could only contradict it: write __PARAMS(…)__ without %s there.", family.Name, name, name)
		}
	}
}

// fieldOf is the list that a parameter stands in.
func fieldOf(m *Metric, param string) string {
	if slices.Contains(m.RequiredParams, param) {
		return "required_params"
	}
	return "optional_params"
}

// rendered renders the metric with no, one and several values for each parameter
// alone and for all of them.
func (c *checker) rendered(m *Metric, report reporter) {
	one, several := []string{"a"}, []string{"a", `b"}`}
	combinations := []Params{give(m.RequiredParams, one), give(m.Params(), one), give(m.Params(), several)}
	for _, name := range m.Params() {
		for _, values := range [][]string{one, several} {
			params := give(m.RequiredParams, one)
			params[name] = Param{Values: values}
			combinations = append(combinations, params)
		}
	}
	for _, params := range combinations {
		if _, err := m.Render(params, nil); err != nil {
			if fault.As(err).Kind == fault.Internal {
				report("query", "A placeholder stands where it can't be filled, such as inside quotes.")
			} else {
				report("query", "%v", err)
			}
			return
		}
	}
}

// mostQueryDepth is far beyond what people write. The query is parsed for every
// combination that is tried, in a time that grows with the square of its depth.
const mostQueryDepth = 200

// depthOf is how deep the deepest node of a tree stands.
func depthOf(tree parser.Expr) (deepest int) {
	parser.Inspect(tree, func(_ parser.Node, above []parser.Node) error {
		deepest = max(deepest, len(above))
		return nil
	})
	return deepest
}

// give gives each of some parameters the same values.
func give(names, values []string) Params {
	params := Params{}
	for _, name := range names {
		params[name] = Param{Values: values}
	}
	return params
}
