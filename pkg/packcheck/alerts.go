package packcheck

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// grafanaInterval is Grafana's base interval of rule evaluations.
const grafanaInterval = 10 * time.Second

// alertInterval checks that the evaluation interval is a positive multiple of grafanaInterval.
func (c checker) alertInterval() {
	if interval := c.pack.EvaluationInterval(); interval <= 0 || interval%grafanaInterval != 0 {
		c.doc.Report([]any{"alert_interval"}, "Grafana evaluates rules at multiples of %s. Choose a multiple, such as 1m.", model.Duration(grafanaInterval))
	}
}

// alert checks an alert, apart from its panel.
func (c checker) alert(a *catalog.Alert, report reportFunc) {
	if err := catalog.CheckDuration(a.For); a.For != "" && err != nil {
		report("for", "%v", err)
	}
	if err := catalog.CheckPositiveDuration(a.KeepFiring); a.KeepFiring != "" && err != nil {
		report("keep_firing_for", "%v", err)
	}
	if markup.MatchString(a.Runbook) {
		report("runbook", "A runbook can contain paragraphs and lists, but no headings and no HTML.")
	}
	metric := c.catalog.Lookup(a.Metric)
	c.alertWindow(a, metric, report)
	if metric == nil {
		if !slices.Contains(c.doc.MetricNames(), a.Metric) { // an invalid metric of the pack is reported separately
			c.reportUnknownMetric(a.Metric, report)
		}
		return
	}
	if _, err := metric.Matchers(a.Params); err != nil {
		report("params", "%v", err)
	}
	group, err := metric.Grouping(a.GroupBy)
	if err != nil {
		report("group_by", "%v", err)
		return
	}
	c.descriptionLabels(a, metric, group, report)
}

func (c checker) alertWindow(a *catalog.Alert, metric *catalog.Metric, report reportFunc) {
	if a.Window == "" {
		return
	}
	err := catalog.CheckPositiveDuration(a.Window)
	// If the metric has a problem, such as a misspelt macro, that problem is already reported.
	// CheckWindow could then report in addition that the query contains no macro.
	if err == nil && metric != nil && !c.doc.HasProblemOf(metric.Name) {
		err = metric.CheckWindow(a.Window)
	}
	if err != nil {
		report("window", "%v", err)
	}
}

// alertPanel checks that the alert's panel exists.
func (c checker) alertPanel(a *catalog.Alert, report reportFunc) {
	if a.Panel == nil {
		return
	}
	d := c.findDashboard(a.Panel.Dashboard)
	if d == nil {
		report("panel", "There is no dashboard %s.", a.Panel.Dashboard)
		return
	}
	var titles []string
	for _, row := range d.Rows {
		for j := range row.Panels {
			titles = append(titles, c.titleOf(&row.Panels[j]))
		}
	}
	if !slices.Contains(titles, a.Panel.Title) {
		report("panel", "%s has no panel %q.%s", d.UID, a.Panel.Title, suggest.DidYouMean(a.Panel.Title, titles))
	}
}

// markup matches Markdown that a runbook can't contain: HTML and headings, including
// underlined headings. Such Markdown could end the runbook's section of the generated page.
var markup = regexp.MustCompile(`(?m)^ {0,3}(?:#{1,6}(?:\s|$)|=+\s*$|-+\s*$)|<[A-Za-z/!?]`)

// AlertLabel matches a reference to a label in an alert's description, such as $labels.model.
// The submatch is the name of the label.
var AlertLabel = regexp.MustCompile(`\$labels\.(\w+)`)

// descriptionLabels checks that the alert's series have the labels that the alert's
// description refers to.
func (c checker) descriptionLabels(a *catalog.Alert, metric *catalog.Metric, group []string, report reportFunc) {
	labels, ok := metric.ResultLabels(group)
	if !ok {
		return // reported with the metric
	}
	for _, match := range AlertLabel.FindAllStringSubmatch(a.Description, -1) {
		if name := match[1]; !labels.Has(name) {
			report("description", "With the grouping of the alert, the series of %s have no label %s. Their labels: %s.", fault.ClipName(metric.Name), fault.ClipName(name), cmp.Or(strings.Join(labels.Names(), ", "), "none"))
		}
	}
}
