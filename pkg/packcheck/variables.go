package packcheck

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// variableReference matches a reference to a dashboard variable in any of Grafana's
// spellings, such as $model, ${model}, ${model:regex} or [[model]]. Names that begin with an
// underscore, such as those of Grafana's own variables, don't match.
var variableReference = regexp.MustCompile(`\$([A-Za-z]\w*)|\$\{([A-Za-z]\w*)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[([A-Za-z]\w*)(?::\w+)?\]\]`)

// findVariable returns the dashboard's variable with the given name, or nil if there is none.
func findVariable(d *catalog.Dashboard, name string) *catalog.Variable {
	i := slices.IndexFunc(d.Variables, func(v catalog.Variable) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Variables[i]
}

func variableNames(d *catalog.Dashboard) []string {
	names := make([]string, len(d.Variables))
	for i := range d.Variables {
		names[i] = d.Variables[i].Name
	}
	return names
}

// variable checks one variable of a dashboard: the one with the given index.
func (c checker) variable(d *catalog.Dashboard, index int, report reportFunc) {
	v, earlier := &d.Variables[index], variableNames(d)[:index]
	if slices.Contains(earlier, v.Name) {
		report("name", "The variable name %s is not unique. Choose another one.", v.Name)
	}
	checkReferences(v.Params, earlier, "not a variable before this one", report)
	switch {
	case v.ValuesOf == "" && v.Param == "":
		report("values_of", "The variable needs either values_of or param.")
	case v.ValuesOf != "" && v.Param != "":
		report("param", "The variable can have either values_of (%s) or param (%s), not both.", v.ValuesOf, v.Param)
	case v.Param != "":
		c.paramVariable(v, report)
	default:
		c.labelVariable(v, report)
	}
}

// paramVariable checks a variable that lists the values of a catalog metric's parameter.
func (c checker) paramVariable(v *catalog.Variable, report reportFunc) {
	metric := c.catalog.Lookup(v.Metric)
	if metric == nil {
		c.reportUnknownMetric(v.Metric, report)
		return
	}
	if err := metric.CheckParam(v.Param); err != nil {
		report("param", "%v", err)
	}
	if _, err := metric.OptionalMatchers(v.Params); err != nil {
		report("params", "%v", err)
	}
}

// labelVariable checks a variable that lists the values of a Prometheus metric's label.
func (c checker) labelVariable(v *catalog.Variable, report reportFunc) {
	family := c.catalog.FamilyOf(c.pack, v.Metric)
	if family == nil {
		report("metric", "No pack declares a family %s.", v.Metric)
		return
	}
	if !family.HasLabel(v.ValuesOf) {
		report("values_of", "%s has no label %s.", family.Name, v.ValuesOf)
	}
	for _, label := range slices.Sorted(maps.Keys(v.Params)) {
		if !family.HasLabel(label) {
			report("params", "%s has no label %s.", family.Name, label)
		}
	}
}

// referencedVariable returns the variable of a value that is exactly one reference. A format,
// as in ${name:regex}, makes no difference: Grafana doesn't format .*, the value of All in the
// variables of packs. referencedVariable returns nil for other values, and if the dashboard
// has no variable with that name.
func referencedVariable(d *catalog.Dashboard, value string) *catalog.Variable {
	match := variableReference.FindStringSubmatch(value)
	if match == nil || match[0] != value {
		return nil
	}
	return findVariable(d, referencedName(match))
}

// referencedName returns the name of the variable in a match of variableReference.
func referencedName(match []string) string { return strings.Join(match[1:], "") }

// checkReferences reports each variable that params refers to and that isn't in the list of
// variables. The argument otherwise is the end of the problem's text, such as "not a variable
// of this dashboard".
func checkReferences(params catalog.Params, variables []string, otherwise string, report reportFunc) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		for _, value := range params[name].Values {
			for _, match := range variableReference.FindAllStringSubmatch(value, -1) {
				if variable := referencedName(match); !slices.Contains(variables, variable) {
					report("params", "%s: $%s is %s.", name, variable, otherwise)
				}
			}
		}
	}
}
