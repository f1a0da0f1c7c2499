package catalog

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

// checker looks at one decoded pack and keeps everything that is wrong with it.
type checker struct {
	catalog  *Catalog // what was loaded before
	pack     *Pack
	lines    *yaml.Node
	problems Problems
}

var (
	metricName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	condition  = regexp.MustCompile(`^\s*[<>]\s*(\S+)\s*$`)

	familyTypes = []string{"counter", "gauge", "histogram", "summary"}
	metricTypes = []string{"counter", "gauge", "histogram"}
	severities  = []string{"critical", "warning", "info"}
	noDataTexts = []string{"OK", "NoData", "Alerting"}

	// Query JSON and the metrics API use these beside the parameters.
	reserved = []string{"start", "end", "step", "window"}

	// Prometheus adds these to every series of a target.
	targetLabels = []string{"job", "instance"}
)

func (c *checker) run() {
	if !metricName.MatchString(c.pack.Name) {
		c.problems = append(c.problems, Problem{Pack: c.pack.Name, Field: "pack", Text: "a pack needs a name of letters, digits and underscores"})
	}
	families := map[string]*Family{}
	for i := range c.pack.Families {
		family := &c.pack.Families[i]
		c.family(i, family)
		families[family.Name] = family
	}
	seen := map[string]bool{}
	for i, metric := range c.pack.Metrics {
		c.metric(i, metric, families, seen)
		seen[metric.Name] = true
	}
	for i := range c.pack.Alerts {
		c.alert(i, &c.pack.Alerts[i])
	}
}

func (c *checker) family(i int, f *Family) {
	report := c.reporter("families", i, f.Name)
	if !model.UTF8Validation.IsValidMetricName(f.Name) {
		report("name", "not a metric name")
	}
	if !slices.Contains(familyTypes, f.Type) {
		report("type", "must be one of %s", strings.Join(familyTypes, ", "))
	}
	if f.Help == "" {
		report("help", "say what it counts or measures")
	}
}

func (c *checker) metric(i int, m *Metric, families map[string]*Family, seen map[string]bool) {
	report := c.reporter("metrics", i, m.Name)
	if !metricName.MatchString(m.Name) {
		report("name", "a metric needs a name of letters, digits and underscores")
	}
	if other, taken := c.catalog.metrics[m.Name]; taken {
		report("name", "pack %s has a metric of this name already", other.pack.Name)
	}
	if seen[m.Name] {
		report("name", "this pack has a metric of this name already")
	}
	for field, text := range map[string]string{"title": m.Title, "description": m.Description, "unit": m.Unit} {
		if text == "" {
			report(field, "must not be empty")
		}
	}
	if !slices.Contains(metricTypes, m.Type) {
		report("type", "must be one of %s", strings.Join(metricTypes, ", "))
	}
	if m.Window != "" && !isDuration(m.Window) {
		report("window", "%q is not a duration such as 5m", m.Window)
	}
	for _, name := range m.Params() {
		if slices.Contains(reserved, name) {
			report("optional_params", "a parameter can't be called %s: the API uses that name", name)
		}
	}
	for _, name := range m.GroupBy {
		if !slices.Contains(m.Params(), name) {
			report("group_by", "%s is not one of the parameters", name)
		}
	}

	t, err := parseTemplate(m.Query)
	if err != nil {
		report("query", "%v", err)
		return
	}
	m.template = t
	if len(m.GroupBy) > 0 && !t.takesGroup() {
		report("group_by", "the query has no __BY__ to put it in")
	}
	c.selectors(m, families, report)
	for _, params := range []Params{
		give(m.RequiredParams, "a"), give(m.Params(), "a"), give(m.Params(), "a", "b"),
	} {
		if _, err := m.Render(params, nil); err != nil {
			report("query", "%v", err)
			return
		}
	}
}

// give gives each of some parameters the same values.
func give(names []string, values ...string) Params {
	params := Params{}
	for _, name := range names {
		params[name] = Param{Values: values}
	}
	return params
}

// selectors holds every selector of a query against the metrics contract.
func (c *checker) selectors(m *Metric, families map[string]*Family, report reporter) {
	used := map[string]bool{}
	marked, err := m.template.marked()
	if err != nil {
		report("query", "%v", err)
		return
	}
	for _, selector := range marked {
		family := familyOf(selector.node.Name, families)
		if family == nil {
			report("query", "%s is not a family of this pack", selector.node.Name)
			continue
		}
		for _, matcher := range selector.node.LabelMatchers {
			if matcher.Name != model.MetricNameLabel && matcher.Name != matcherMark && !family.has(matcher.Name) {
				report("query", "%s has no label %s", family.Name, matcher.Name)
			}
		}
		if selector.hole == nil {
			continue
		}
		for _, name := range m.Params() {
			if !selector.hole.takes(name) {
				continue
			}
			used[name] = true
			if !family.has(name) {
				report("query", "%s has no label %s: write __PARAMS(…)__ with the parameters that it takes", family.Name, name)
			}
		}
		for _, name := range selector.hole.params {
			if !slices.Contains(m.Params(), name) {
				report("query", "__PARAMS(…)__ names %s, which is not a parameter", name)
			}
		}
	}
	for _, name := range m.Params() {
		if !used[name] {
			report("optional_params", "no selector uses %s", name)
		}
	}
}

// familyOf finds the family that a selector reads; a histogram or a summary is
// read by the names of its parts.
func familyOf(name string, families map[string]*Family) *Family {
	if family, ok := families[name]; ok {
		return family
	}
	for _, part := range []string{"_bucket", "_sum", "_count"} {
		family, ok := families[strings.TrimSuffix(name, part)]
		if ok && (family.Type == "histogram" || (family.Type == "summary" && part != "_bucket")) {
			return family
		}
	}
	return nil
}

func (f *Family) has(label string) bool {
	return slices.Contains(f.Labels, label) || slices.Contains(targetLabels, label) ||
		(label == model.BucketLabel && f.Type == "histogram") || (label == model.QuantileLabel && f.Type == "summary")
}

// selector is a selector of a template and the placeholder in its braces.
type selector struct {
	node *parser.VectorSelector
	hole *piece
}

// marked lists the template's selectors.
func (t template) marked() ([]selector, error) {
	tree, filled, err := t.parse()
	if err != nil {
		return nil, err
	}
	var found []selector
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		vs, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		s := selector{node: vs}
		for _, matcher := range vs.LabelMatchers {
			if matcher.Name == matcherMark {
				s.hole = &filled[markIndex(matcher)]
			}
		}
		found = append(found, s)
		return nil
	})
	return found, nil
}

func (c *checker) alert(i int, a *Alert) {
	report := c.reporter("alerts", i, a.Name)
	metric := c.find(a.Metric)
	if metric == nil {
		report("metric", "the catalog has no metric %q", a.Metric)
		return
	}
	if _, err := metric.Render(a.Params, a.GroupBy); err != nil {
		report("metric", "%v", err)
	}
	if number := condition.FindStringSubmatch(a.Condition); number == nil {
		report("condition", `%q is not a comparison such as "> 0.05"`, a.Condition)
	} else if _, err := strconv.ParseFloat(number[1], 64); err != nil {
		report("condition", "%q is not a number", number[1])
	}
	for field, text := range map[string]string{"for": a.For, "window": cmp.Or(a.Window, DefaultWindow)} {
		if !isDuration(text) {
			report(field, "%q is not a duration such as 5m", text)
		}
	}
	if !slices.Contains(severities, a.Severity) {
		report("severity", "must be one of %s", strings.Join(severities, ", "))
	}
	if !slices.Contains(noDataTexts, a.NoData) {
		report("no_data", "must be one of %s", strings.Join(noDataTexts, ", "))
	}
	for field, text := range map[string]string{"name": a.Name, "summary": a.Summary, "description": a.Description} {
		if text == "" {
			report(field, "must not be empty")
		}
	}
}

// find looks a metric up in this pack and in those loaded before.
func (c *checker) find(name string) *Metric {
	for _, metric := range c.pack.Metrics {
		if metric.Name == name {
			return metric
		}
	}
	return c.catalog.metrics[name]
}

// A reporter keeps a problem with one field of one element.
type reporter func(field, format string, args ...any)

func (c *checker) reporter(list string, index int, name string) reporter {
	return func(field, format string, args ...any) {
		c.problems = append(c.problems, Problem{
			Pack:   c.pack.Name,
			Metric: name,
			Field:  field,
			Line:   lineOf(c.lines, list, index, field),
			Text:   fmt.Sprintf(format, args...),
		})
	}
}

func isDuration(text string) bool {
	d, err := model.ParseDuration(text)
	return err == nil && (d > 0 || text == "0s")
}
