package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// dashboardCheck holds a pack's dashboards, and its alerts' links to panels,
// against the catalog. The schema has said what can be said of each key alone.
type dashboardCheck struct {
	catalog *Catalog // every pack, this one too
	pack    *Pack
	doc     *document // the pack's text, which keeps the problems
}

// checkDashboards finds what is wrong with a pack's dashboards and with its
// alerts' links to panels.
func checkDashboards(catalog *Catalog, pack *Pack, doc *document) {
	check := dashboardCheck{catalog, pack, doc}
	for i := range pack.Dashboards {
		check.dashboard(i)
	}
	for i := range pack.Alerts {
		check.panelOf(i)
	}
}

// about reports what is wrong with an element at a path of keys and indexes.
func (c dashboardCheck) about(title string, path ...any) reporter {
	return func(key, format string, args ...any) {
		problem := c.doc.problem(append(slices.Clone(path), key), format, args...)
		problem.Metric = title // the dashboard's would say less than its panel's
		c.doc.keep(problem)
	}
}

func (c dashboardCheck) dashboard(i int) {
	d := &c.pack.Dashboards[i]
	report := c.about(d.Title, "dashboards", i)
	if c.findDashboard(d.UID) != d {
		report("uid", "There is another dashboard %s.", d.UID)
	}
	for j := range d.Variables {
		c.variable(d, j, c.about(d.Title, "dashboards", i, "variables", j))
	}
	for j := range d.Annotations {
		c.annotation(d, j, c.about(d.Annotations[j].Name, "dashboards", i, "annotations", j))
	}
	ids, titles := map[int]string{}, map[string]bool{}
	for j, row := range d.Rows {
		for k := range row.Panels {
			p, path := &row.Panels[k], []any{"dashboards", i, "rows", j, "panels", k}
			title := c.titleOf(p)
			report := c.about(title, path...)
			if other, taken := ids[p.ID]; taken {
				report("id", "%d is the number of %q; %d is free.", p.ID, other, d.freeID())
			}
			if titles[title] {
				report("title", "Another panel of the dashboard is called %q, and an alert couldn't tell them apart.", title)
			}
			ids[p.ID], titles[title] = title, true
			c.panel(d, p, path)
		}
	}
}

// freeID is the smallest number that no panel has.
func (d *Dashboard) freeID() int {
	id := 1
	for d.hasPanel(id) {
		id++
	}
	return id
}

func (d *Dashboard) hasPanel(id int) bool {
	return slices.ContainsFunc(d.Rows, func(row Row) bool {
		return slices.ContainsFunc(row.Panels, func(p Panel) bool { return p.ID == id })
	})
}

func (c dashboardCheck) panel(d *Dashboard, p *Panel, path []any) {
	report := c.about(c.titleOf(p), path...)
	p.checkShow(report)
	if p.AxisUnit != "" && !isUnit(p.AxisUnit) {
		report("axis_unit", "%s", unknownUnit(p.AxisUnit))
	}
	if p.Min != nil && p.Max != nil && *p.Min >= *p.Max {
		report("max", "%v is not above min, which is %v.", *p.Max, *p.Min)
	}
	checkMinStep(p.MinStep, report)
	metric := c.query(&p.PanelQuery, d, report)
	for i := range p.And {
		c.query(&p.And[i], d, c.about(c.titleOf(p), append(slices.Clone(path), "and", i)...))
	}
	c.columns(p, report)
	for i := range p.Links {
		c.link(&p.Links[i], d, p, c.about(c.titleOf(p), append(slices.Clone(path), "links", i)...))
	}
	if metric == nil {
		return
	}
	if p.Show == "heatmap" && metric.Type != "histogram" {
		report("show", "A heatmap shows buckets, and %s is a %s.", metric.Name, metric.Type)
	}
	// With another label in the grouping several series would share one piece, and all but one be lost.
	group, err := metric.grouping(p.GroupBy)
	if p.Show == "bars" && err == nil && !sameSet(group, []string{p.Bar, p.Piece}) {
		report("group_by", "Bars by %s in pieces by %s need exactly this grouping, not [%s].", p.Bar, p.Piece, strings.Join(group, ", "))
	}
}

// query checks what a panel asks for and returns the metric, nil where there is
// none of the name.
func (c dashboardCheck) query(q *PanelQuery, d *Dashboard, report reporter) *Metric {
	metric, ok := c.catalog.metrics[q.Metric]
	if !ok {
		report("metric", "The catalog has no metric %q.%s", q.Metric, didYouMean(q.Metric, c.catalog.Names()))
		return nil
	}
	if _, err := metric.Matchers(q.Params); err != nil {
		report("params", "%v", err)
	}
	if _, err := metric.grouping(q.GroupBy); err != nil {
		report("group_by", "%v", err)
	}
	if cmp.Or(q.Legend, metric.LegendFor(q.GroupBy)) == "" {
		report("legend", "%s has no legend, so the panel needs one.", metric.Name)
	}
	references(q.Params, d.variableNames(), "no variable of this dashboard", report)
	for _, name := range metric.RequiredParams {
		for _, value := range q.Params[name].Values {
			if v := d.standsFor(value); v != nil && !v.Required {
				report("params", "%s needs a value for %s, and All of $%s is none: make the variable required.", metric.Name, name, v.Name)
			}
		}
	}
	checkWindow(metric, q.Window, report)
	if q.Exemplars && !slices.ContainsFunc(metric.Families(), (*Family).hasExemplars) {
		report("exemplars", "%s reads neither a counter nor a histogram, and nothing else has exemplars.", metric.Name)
	}
	return metric
}

// checkWindow checks that a panel's window is one, and changes the metric's query.
func checkWindow(metric *Metric, window string, report reporter) {
	switch {
	case window == "":
	case !isDuration(window):
		report("window", "%s is longer than Prometheus can count.", window)
	case isZero(window):
		report("window", "A window of %s holds no samples.", window)
	case !metric.Windowed():
		report("window", "The query of %s has no $__rate_interval or $__range whose place a window could take.", metric.Name)
	}
}

// checkMinStep checks that a step leads from one point to another.
func checkMinStep(step string, report reporter) {
	switch {
	case step == "":
	case !isDuration(step):
		report("min_step", "%s is longer than Prometheus can count.", step)
	case isZero(step):
		report("min_step", "A step of %s leads nowhere.", step)
	}
}

// titleOf is the panel's own title or else its metric's.
func (c dashboardCheck) titleOf(p *Panel) string {
	if metric, ok := c.catalog.metrics[p.Metric]; ok {
		return cmp.Or(p.Title, metric.Title)
	}
	return cmp.Or(p.Title, p.Metric)
}

// findDashboard returns the first dashboard of a uid.
func (c dashboardCheck) findDashboard(uid string) *Dashboard {
	for _, pack := range c.catalog.packs {
		for i := range pack.Dashboards {
			if pack.Dashboards[i].UID == uid {
				return &pack.Dashboards[i]
			}
		}
	}
	return nil
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
