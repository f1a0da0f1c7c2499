package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// grafanaTick is the time between two looks that Grafana takes at what is due.
const grafanaTick = 10 * time.Second

// alertInterval holds the time between two evaluations to what Grafana can keep.
func (c *checker) alertInterval() {
	if every := c.pack.EvaluatedEvery(); every <= 0 || every%grafanaTick != 0 {
		c.doc.report([]any{"alert_interval"}, "Grafana evaluates rules every %s, or every multiple of that.", model.Duration(grafanaTick))
	}
}

// alert holds an alert against the metric that it watches.
func (c *checker) alert(a *Alert, report reporter) {
	for _, field := range []struct{ name, text string }{{"for", a.For}, {"window", a.Window}} {
		if field.text != "" && !isDuration(field.text) {
			report(field.name, "%s is longer than Prometheus can count.", field.text)
		}
	}
	if isZero(a.Window) {
		report("window", "A window of %s holds no samples.", a.Window)
	}
	if markup.MatchString(a.Runbook) {
		report("runbook", "A runbook is paragraphs and lists: a heading or HTML would end its section of the alert's page.")
	}
	metric := c.catalog.metrics[a.Metric]
	if metric == nil {
		if !slices.Contains(c.doc.names, a.Metric) { // otherwise what is wrong with it is told where it stands
			report("metric", "The catalog has no metric %q.%s", clip(a.Metric), didYouMean(a.Metric, c.catalog.Names()))
		}
		return
	}
	c.windowed(metric, a.Window, report)
	if _, err := metric.Matchers(a.Params); err != nil {
		report("params", "%v", err)
	}
	group, err := metric.grouping(a.GroupBy)
	if err != nil {
		report("group_by", "%v", err)
		return
	}
	c.mentions(a, metric, group, report)
}

// markup is what leaves a section of Markdown: a heading, underlined ones too, or
// HTML.
var markup = regexp.MustCompile(`(?m)^ {0,3}(?:#{1,6}(?:\s|$)|=+\s*$|-+\s*$)|<[A-Za-z/!?]`)

// mentioned is a label of the series that fires, as an alert's description has it.
var mentioned = regexp.MustCompile(`\$labels\.(\w+)`)

// mentions checks that the series that fire have the labels that the description
// names: any other would be filled in with nothing.
func (c *checker) mentions(a *Alert, metric *Metric, group []string, report reporter) {
	labels, ok := c.catalog.labelsOf(metric, group)
	if !ok {
		return // told where the metric stands
	}
	for _, match := range mentioned.FindAllStringSubmatch(a.Description, -1) {
		if name := match[1]; !labels.has(name) {
			report("description", "A series of %s has no label %s here. Its labels: %s.", clip(metric.Name), clip(name), cmp.Or(strings.Join(labels.names, ", "), "none"))
		}
	}
}
