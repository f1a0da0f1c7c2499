package packcheck

import (
	"maps"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// linkTarget checks the target of a link of one of the dashboard's panels: whether the target
// exists, and whether it has the variables that the link sets.
func (c checker) linkTarget(link *catalog.Link, d *catalog.Dashboard, report reportFunc) {
	if link.Dashboard == "" && len(link.Choose) == 0 {
		report("choose", "A link within a dashboard sets at least one variable.")
	}
	target := d
	if link.Dashboard != "" {
		if target = c.findDashboard(link.Dashboard); target == nil {
			report("dashboard", "There is no dashboard %s.", link.Dashboard)
			return
		}
	}
	for _, variable := range slices.Sorted(maps.Keys(link.Choose)) {
		if findVariable(target, variable) == nil {
			report("choose", "%s has no variable %s.%s", target.Title, variable, suggest.DidYouMean(variable, variableNames(target)))
		}
	}
}

// link checks a link of one of the dashboard's panels, except for panels of a report.
func (c checker) link(link *catalog.Link, d *catalog.Dashboard, p *catalog.Panel, report reportFunc) {
	c.linkTarget(link, d, report)
	for _, variable := range slices.Sorted(maps.Keys(link.Choose)) {
		// The link would contain the name that the panel shows, not the value of the label.
		if label := link.Choose[variable]; p.Worst > 0 && c.hasNames(p.Metric, label) {
			report("choose", "The values of %s have names (label_names), so a panel with worst can't link to them.", label)
		}
	}
	for _, variable := range slices.Sorted(maps.Keys(link.Choose)) {
		sources := queries(p)
		if p.Show == "table" {
			sources = sources[:1] // the rows are those of the first query
		}
		for _, q := range sources {
			label := link.Choose[variable]
			if group, ok := c.grouping(q); ok && !slices.Contains(group, label) {
				report("choose", "The series of %s have no label %s. They are grouped by [%s].", q.Metric, label, strings.Join(group, ", "))
			}
		}
	}
}

// hasNames reports whether the metric's pack declares names for the values of a label.
func (c checker) hasNames(metric, label string) bool {
	m := c.catalog.Lookup(metric)
	return m != nil && slices.ContainsFunc(m.LabelNames(), func(n catalog.LabelName) bool { return n.Label == label })
}
