package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// variableUse finds the variables that a text refers to; Grafana's own, which
// begin with underscores, aren't meant.
var variableUse = regexp.MustCompile(`\$\{?([A-Za-z]\w*)`)

// find returns a variable by its name, nil where there is none.
func (d *Dashboard) find(variable string) *Variable {
	i := slices.IndexFunc(d.Variables, func(v Variable) bool { return v.Name == variable })
	if i < 0 {
		return nil
	}
	return &d.Variables[i]
}

func (d *Dashboard) variableNames() []string {
	names := make([]string, len(d.Variables))
	for i := range d.Variables {
		names[i] = d.Variables[i].Name
	}
	return names
}

// variable checks the dashboard's variable at an index.
func (c dashboardCheck) variable(d *Dashboard, index int, report reporter) {
	v, earlier := &d.Variables[index], d.variableNames()[:index]
	if slices.Contains(earlier, v.Name) {
		report("name", "There is another variable %s.", v.Name)
	}
	references(v.Params, earlier, "no variable before this one", report)
	switch {
	case v.ValuesOf == "" && v.Param == "":
		report("values_of", "The variable needs a label, or else a param.")
	case v.ValuesOf != "" && v.Param != "":
		report("param", "The variable lists the values of the label %s or of the parameter %s, not of both.", v.ValuesOf, v.Param)
	case v.Param != "":
		c.ofParam(v, report)
	default:
		c.ofLabel(v, report)
	}
}

// ofParam checks a variable over the values of a catalog metric's parameter.
func (c dashboardCheck) ofParam(v *Variable, report reporter) {
	metric, ok := c.catalog.metrics[v.Metric]
	if !ok {
		report("metric", "The catalog has no metric %q.%s", v.Metric, didYouMean(v.Metric, c.catalog.Names()))
		return
	}
	if !slices.Contains(metric.Params(), v.Param) {
		report("param", "%v", metric.noParam(v.Param))
	}
	if _, err := metric.filters(v.Params); err != nil {
		report("params", "%v", err)
	}
}

// ofLabel checks a variable over the values of a Prometheus metric's label.
func (c dashboardCheck) ofLabel(v *Variable, report reporter) {
	family := c.catalog.familyOf(c.pack, v.Metric)
	if family == nil {
		report("metric", "No pack declares a family %s.", v.Metric)
		return
	}
	if !family.has(v.ValuesOf) {
		report("values_of", "%s has no label %s.", family.Name, v.ValuesOf)
	}
	for _, label := range sortedKeys(v.Params) {
		if !family.has(label) {
			report("params", "%s has no label %s.", family.Name, label)
		}
	}
}

// standsFor returns the variable whose values a parameter's value stands for,
// nil where that is a text.
func (d *Dashboard) standsFor(value string) *Variable {
	match := variableUse.FindString(value)
	if match == "" || value != match && value != match+"}" {
		return nil
	}
	return d.find(strings.TrimLeft(match, "${"))
}

// references checks that values refer to variables of a list.
func references(params Params, variables []string, otherwise string, report reporter) {
	for _, name := range sortedKeys(params) {
		for _, value := range params[name].Values {
			for _, match := range variableUse.FindAllStringSubmatch(value, -1) {
				if !slices.Contains(variables, match[1]) {
					report("params", "%s: $%s is %s.", name, match[1], otherwise)
				}
			}
		}
	}
}
