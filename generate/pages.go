package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// fromPages is the path from a page to the repository's root.
const fromPages = "../../"

// pages returns the reference page of each pack, and the index.
func pages(from sources) (files, error) {
	r := newReferences(from)
	all := files{indexFile: r.indexPage()}
	var errs []error
	for _, pack := range from.Packs() {
		name := pagesDir + "/" + pageName(pack)
		if _, exists := all[name]; exists {
			errs = append(errs, fmt.Errorf("the page of pack %s would be %s, which is another page", pack.Name, name))
			continue
		}
		text, err := r.page(pack)
		errs = append(errs, err)
		all[name] = text
	}
	return all, errors.Join(errs...)
}

// page returns the page of a pack: the list of its metrics, and a section for each.
func (r *references) page(pack *catalog.Pack) ([]byte, error) {
	var m markdown
	m.block("<!-- %s -->", generated(packFile(pack)))
	m.block("# %s", escape(pack.Title))
	m.block("%s · owned by %s · %s · %s · %s",
		counted(len(pack.Metrics), "metric", "metrics"), escape(pack.Owner),
		link("exported families", "../metrics-contract.md"+r.packAt[pack]),
		link("how to read this page", "README.md"+howToRead),
		link("definitions", fromPages+packFile(pack)))
	r.dashboards(&m, pack)

	rows := make([][]string, len(pack.Metrics))
	for i, metric := range pack.Metrics {
		rows[i] = []string{link(code(metric.Name), r.metricAt[metric]), escape(metric.Title), code(metric.Unit)}
	}
	m.table([]string{"Metric", "", "Unit"}, rows)

	var errs []error
	for _, metric := range pack.Metrics {
		errs = append(errs, r.metric(&m, metric))
	}
	return m.bytes(), errors.Join(errs...)
}

func (r *references) dashboards(m *markdown, pack *catalog.Pack) {
	if len(pack.Dashboards) == 0 {
		return
	}
	links := make([]string, len(pack.Dashboards))
	for i, dashboard := range pack.Dashboards {
		links[i] = link(escape(dashboard.Title), fromPages+dashboardDir+"/"+dashboard.UID+".json")
	}
	m.block("Dashboards with these metrics: %s.", strings.Join(links, ", "))
}

// metric writes a metric's section.
func (r *references) metric(m *markdown, metric *catalog.Metric) error {
	m.block("## %s", code(metric.Name))
	m.block("**%s.** %s", escape(metric.Title), escape(metric.Description))
	m.fence("promql", metric.Query)

	var params [][]string
	for i, name := range metric.Params() {
		need := "optional"
		if i < len(metric.RequiredParams) {
			need = "**required**"
		}
		params = append(params, []string{code(name), need, escape(metric.Meaning(name))})
	}
	m.table([]string{"Parameter", "", "Meaning"}, params)
	m.list(r.facts(metric))
	return example(m, metric)
}

// facts returns the lines that follow the query and the parameters in a metric's section.
func (r *references) facts(metric *catalog.Metric) []string {
	var lines []string
	add := func(name, text string) {
		if text != "" {
			lines = append(lines, name+": "+text)
		}
	}
	add("Unit", code(metric.Unit))
	add("Type", escape(metric.Type))
	add("Tags", escape(strings.Join(metric.Tags, ", ")))
	if metric.Groupable() {
		add("Grouped by", grouping(metric.GroupBy))
	}
	if metric.Windowed() {
		add("Window", code(metric.InstantWindow()))
	}
	add("Thresholds", thresholds(metric.Thresholds))
	if metric.Record != "" {
		add("Recorded as", link(code(metric.Record), fromPages+recordingDir+"/"+metric.Pack().Name+".yaml"))
	}
	for _, alert := range r.alerts[metric.Name] {
		add("Alert", alertLine(metric, alert))
	}
	var families []string
	for _, family := range metric.Families() {
		families = append(families, link(code(family.Name), "../metrics-contract.md"+r.familyAt[family]))
	}
	add("Reads", strings.Join(families, ", "))
	return lines
}

func grouping(labels []string) string {
	if len(labels) == 0 {
		return "no labels"
	}
	return codes(labels)
}

func thresholds(list []catalog.Threshold) string {
	texts := make([]string, len(list))
	for i, threshold := range list {
		texts[i] = escape(threshold.Color) + " from " + number(threshold.Value)
	}
	return strings.Join(texts, ", ")
}

func number(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// alertLine returns a line about an alert: a link to its runbook, its severity, its condition,
// and its grouping, window and filters if it sets them.
func alertLine(metric *catalog.Metric, alert catalog.Alert) string {
	parts := []string{
		link(code(alert.Name), "../runbooks/"+runbookName(alert)),
		"severity " + escape(alert.Severity),
		"fires if the value is " + conditionText(alert),
	}
	if alert.GroupBy != nil {
		parts = append(parts, "grouped by "+grouping(alert.GroupBy))
	}
	if alert.Window != "" {
		parts = append(parts, "window "+code(alert.Window))
	}
	matchers, _ := metric.Matchers(alert.Params) // packcheck has checked the parameters, so there is no error
	for _, matcher := range matchers {
		parts = append(parts, "filter "+code(matcher.String()))
	}
	return strings.Join(parts, ", ")
}

// conditionText returns an alert's condition and the time, if any, for which it must be true.
func conditionText(alert catalog.Alert) string {
	if alert.For == "0s" {
		return code(alert.Condition)
	}
	return code(alert.Condition) + " for " + code(alert.For)
}

func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}
