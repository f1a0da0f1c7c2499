package packcheck

import (
	"cmp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// dashboard checks the dashboard with index i. The schema has checked each key separately.
func (c checker) dashboard(i int) {
	d := &c.pack.Dashboards[i]
	report := c.reportFunc(d.Title, "dashboards", i)
	if c.findDashboard(d.UID) != d {
		report("uid", "The uid %s is not unique. Choose another one.", d.UID)
	}
	for j := range d.Variables {
		c.variable(d, j, c.reportFunc(d.Title, "dashboards", i, "variables", j))
	}
	for j := range d.Annotations {
		c.annotation(d, j, c.reportFunc(d.Annotations[j].Name, "dashboards", i, "annotations", j))
	}
	ids, titles := map[int]string{}, map[string]bool{}
	checkUnique := func(id int, title string, report reportFunc) {
		if other, exists := ids[id]; exists {
			report("id", "The panel %q has the same id %d. Choose another id, such as %d.", other, id, freeID(d))
		}
		if titles[title] {
			report("title", "The dashboard has another panel with the title %q. Titles must be unique, because alerts refer to them.", title)
		}
		ids[id], titles[title] = title, true
	}
	for j, row := range d.Rows {
		for k := range row.Panels {
			p, path := &row.Panels[k], []any{"dashboards", i, "rows", j, "panels", k}
			checkUnique(p.ID, c.titleOf(p), c.reportFunc(c.titleOf(p), path...))
			c.panel(d, p, path)
		}
		for k := range row.Reports {
			p, path := &row.Reports[k], []any{"dashboards", i, "rows", j, "reports", k}
			checkUnique(p.ID, p.Title, c.reportFunc(p.Title, path...))
			c.reportPanel(d, p, path)
		}
		for k, p := range row.Alerts {
			checkUnique(p.ID, p.Title, c.reportFunc(p.Title, "dashboards", i, "rows", j, "alerts", k))
		}
		if len(row.Panels)+len(row.Reports)+len(row.Alerts) == 0 {
			c.reportFunc(d.Title, "dashboards", i, "rows", j)("panels", "The row has no panels. Add panels, reports or alerts.")
		}
	}
}

// freeID returns the smallest id that no panel has.
func freeID(d *catalog.Dashboard) int {
	id := 1
	for hasPanel(d, id) {
		id++
	}
	return id
}

func hasPanel(d *catalog.Dashboard, id int) bool {
	return slices.ContainsFunc(d.Rows, func(row catalog.Row) bool {
		return slices.ContainsFunc(row.Panels, func(p catalog.Panel) bool { return p.ID == id }) ||
			slices.ContainsFunc(row.Reports, func(p catalog.ReportPanel) bool { return p.ID == id }) ||
			slices.ContainsFunc(row.Alerts, func(p catalog.AlertPanel) bool { return p.ID == id })
	})
}

func (c checker) panel(d *catalog.Dashboard, p *catalog.Panel, path []any) {
	title := c.titleOf(p)
	report := c.reportFunc(title, path...)
	checkVisualization(p, report)
	if p.AxisUnit != "" {
		if err := catalog.CheckUnit(p.AxisUnit); err != nil {
			report("axis_unit", "%v", err)
		}
	}
	if p.Min != nil && p.Max != nil && *p.Min >= *p.Max {
		report("max", "%v is not greater than min, which is %v.", *p.Max, *p.Min)
	}
	checkMinStep(p.MinStep, report)
	metric := c.query(&p.PanelQuery, d, report)
	for i := range p.And {
		c.query(&p.And[i], d, c.reportFunc(title, append(slices.Clone(path), "and", i)...))
	}
	c.columns(p, report)
	if p.Worst > 0 && len(p.And) > 0 {
		report("worst", "A panel with further metrics doesn't support this key.")
	}
	for i := range p.Links {
		c.link(&p.Links[i], d, p, c.reportFunc(title, append(slices.Clone(path), "links", i)...))
	}
	if metric == nil {
		return
	}
	if p.Show == "heatmap" && metric.Type != "histogram" {
		report("show", "A heatmap shows buckets, but %s is a %s.", metric.Name, metric.Type)
	}
	// If the grouping had a further label, several series would share a piece of a bar, and
	// the panel would show only one of them.
	group, err := metric.Grouping(p.GroupBy)
	if p.Show == "bars" && err == nil && !sameSet(group, []string{p.Bar, p.Piece}) {
		report("group_by", "The grouping must be exactly bar and piece, [%s, %s], not [%s].", p.Bar, p.Piece, strings.Join(group, ", "))
	}
}

// query checks the query of a panel or an annotation. It returns the query's metric, or nil if
// the metric is unknown.
func (c checker) query(q *catalog.PanelQuery, d *catalog.Dashboard, report reportFunc) *catalog.Metric {
	metric := c.catalog.Lookup(q.Metric)
	if metric == nil {
		c.reportUnknownMetric(q.Metric, report)
		return nil
	}
	if _, err := metric.Matchers(q.Params); err != nil {
		report("params", "%v", err)
	}
	if _, err := metric.Grouping(q.GroupBy); err != nil {
		report("group_by", "%v", err)
	}
	if cmp.Or(q.Legend, metric.LegendFor(q.GroupBy)) == "" {
		report("legend", "%s has no legend. Add one to the panel.", metric.Name)
	}
	checkReferences(q.Params, variableNames(d), "not a variable of this dashboard", report)
	for _, name := range metric.RequiredParams {
		for _, value := range q.Params[name].Values {
			if v := referencedVariable(d, value); v != nil && !v.Required {
				report("params", "%s requires a value for %s, and $%s can be All. Make the variable required.", metric.Name, name, v.Name)
			}
		}
	}
	if err := metric.CheckWindow(q.Window); err != nil {
		report("window", "%v", err)
	}
	if q.Exemplars && !slices.ContainsFunc(metric.Families(), (*catalog.Family).HasExemplars) {
		report("exemplars", "%s reads neither a counter nor a histogram, so it has no exemplars.", metric.Name)
	}
	return metric
}

// queries returns the queries of a panel, the main query first.
func queries(p *catalog.Panel) []*catalog.PanelQuery {
	all := []*catalog.PanelQuery{&p.PanelQuery}
	for i := range p.And {
		all = append(all, &p.And[i])
	}
	return all
}

// grouping returns the grouping of a query. ok is false if the metric is unknown or can't be
// grouped by the labels in the query. The method query reports these problems.
func (c checker) grouping(q *catalog.PanelQuery) (group []string, ok bool) {
	metric := c.catalog.Lookup(q.Metric)
	if metric == nil {
		return nil, false
	}
	group, err := metric.Grouping(q.GroupBy)
	return group, err == nil
}

// checkMinStep checks a minimum step. "" means no minimum.
func checkMinStep(step string, report reportFunc) {
	if step == "" {
		return
	}
	if err := catalog.CheckPositiveDuration(step); err != nil {
		report("min_step", "%v", err)
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
