package catalog

import (
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// annotation checks the dashboard's annotation at an index.
func (c dashboardCheck) annotation(d *Dashboard, index int, report reporter) {
	a := &d.Annotations[index]
	if slices.ContainsFunc(d.Annotations[:index], func(other Annotation) bool { return other.Name == a.Name }) {
		report("name", "There is another annotation %q.", a.Name)
	}
	if a.Disabled && a.Hidden {
		report("hidden", "It is disabled, and without a switch nobody could enable it.")
	}
	for _, id := range a.Panels {
		if !d.hasPanel(id) {
			report("panels", "The dashboard has no panel %d.", id)
		}
	}
	checkMinStep(a.MinStep, report)
	metric := c.query(&PanelQuery{Metric: a.Metric, Params: a.Params, GroupBy: a.GroupBy, Window: a.Window, Legend: a.Title}, d, report)
	if metric == nil {
		return
	}
	group, err := metric.grouping(a.GroupBy)
	if err != nil {
		return // told by the query
	}
	labels, ok := c.catalog.labelsOf(metric, group)
	if !ok {
		return // told where the metric stands
	}
	labels = labels.with("value", "__value__")
	shows := func(key, text string) {
		for _, match := range series.LegendLabel.FindAllStringSubmatch(text, -1) {
			if name := match[1]; !labels.has(name) {
				report(key, "{{%s}} is empty: the series of %s have %s.", clip(name), metric.Name, labels.without("value", "__value__"))
			}
		}
	}
	shows("title", a.Title)
	shows("text", a.Text)
	for _, tag := range a.Tags {
		shows("tags", tag)
		if strings.Contains(tag, ",") {
			report("tags", "%q would be several tags: Grafana ends one at a comma.", tag)
		}
	}
}
