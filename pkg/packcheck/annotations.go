package packcheck

import (
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// annotation checks one annotation of a dashboard: the one with the given index.
func (c checker) annotation(d *catalog.Dashboard, index int, report reportFunc) {
	a := &d.Annotations[index]
	if slices.ContainsFunc(d.Annotations[:index], func(other catalog.Annotation) bool { return other.Name == a.Name }) {
		report("name", "The annotation name %q is not unique. Choose another one.", a.Name)
	}
	if a.Disabled && a.Hidden {
		report("hidden", "A disabled annotation can't be hidden, because nobody could enable it.")
	}
	for _, id := range a.Panels {
		if !hasPanel(d, id) {
			report("panels", "The dashboard has no panel %d.", id)
		}
	}
	checkMinStep(a.MinStep, report)
	metric := c.query(&catalog.PanelQuery{Metric: a.Metric, Params: a.Params, GroupBy: a.GroupBy, Window: a.Window, Legend: a.Title}, d, report)
	if metric == nil {
		return
	}
	group, err := metric.Grouping(a.GroupBy)
	if err != nil {
		return // reported by c.query
	}
	labels, ok := metric.ResultLabels(group)
	if !ok {
		return // reported with the metric
	}
	checkText := func(key, text string) {
		for _, match := range series.LegendLabel.FindAllStringSubmatch(text, -1) {
			if name := match[1]; name != "value" && name != "__value__" && !labels.Has(name) {
				report(key, "{{%s}} is always empty: the result of %s has %s.", fault.ClipName(name), metric.Name, labels)
			}
		}
	}
	checkText("title", a.Title)
	checkText("text", a.Text)
	for _, tag := range a.Tags {
		checkText("tags", tag)
		if strings.Contains(tag, ",") {
			report("tags", "%q would be several tags: Grafana splits tags at commas.", tag)
		}
	}
}
