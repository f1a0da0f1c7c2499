package catalog

import (
	"slices"
	"strings"
)

// link checks a link of one of the dashboard's panels.
func (c dashboardCheck) link(link *Link, d *Dashboard, p *Panel, report reporter) {
	target := d
	if link.Dashboard != "" {
		if target = c.findDashboard(link.Dashboard); target == nil {
			report("dashboard", "There is no dashboard %s.", link.Dashboard)
			return
		}
	}
	for _, variable := range sortedKeys(link.Choose) {
		if target.find(variable) == nil {
			report("choose", "%s has no variable %s.%s", target.Title, variable, didYouMean(variable, target.variableNames()))
		}
		queries := p.queries()
		if p.Show == "table" {
			queries = queries[:1] // whose rows they are
		}
		for _, q := range queries {
			label := link.Choose[variable]
			if group, ok := c.groupingOf(q); ok && !slices.Contains(group, label) {
				report("choose", "The series of %s have no label %s: they are grouped by [%s].", q.Metric, label, strings.Join(group, ", "))
			}
		}
	}
}

// panelOf checks that an alert's panel is there.
func (c dashboardCheck) panelOf(i int) {
	alert := c.pack.Alerts[i]
	if alert.Panel == nil {
		return
	}
	report := c.about(alert.Name, "alerts", i)
	d := c.findDashboard(alert.Panel.Dashboard)
	if d == nil {
		report("panel", "There is no dashboard %s.", alert.Panel.Dashboard)
		return
	}
	var titles []string
	for _, row := range d.Rows {
		for j := range row.Panels {
			titles = append(titles, c.titleOf(&row.Panels[j]))
		}
	}
	if !slices.Contains(titles, alert.Panel.Title) {
		report("panel", "%s has no panel %q.%s", d.UID, alert.Panel.Title, didYouMean(alert.Panel.Title, titles))
	}
}
