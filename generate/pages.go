package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// fromPages leads from a page to the repository's root.
const fromPages = "../../"

// pages makes the reference page of every pack and the index of all.
func pages(from sources) (files, error) {
	b := newBook(from)
	made := files{indexFile: b.indexPage()}
	var wrong []error
	for _, pack := range from.Packs() {
		name := pagesDir + "/" + pageOf(pack)
		if _, taken := made[name]; taken {
			wrong = append(wrong, fmt.Errorf("pack %s would be described in %s, which is another page", pack.Name, name))
			continue
		}
		text, err := b.page(pack)
		wrong = append(wrong, err)
		made[name] = text
	}
	return made, errors.Join(wrong...)
}

// page is one pack's: its metrics in a table, then a section for each.
func (b *book) page(pack *catalog.Pack) ([]byte, error) {
	var m markdown
	m.block("<!-- %s -->", generated(packFile(pack)))
	m.block("# %s", escape(pack.Title))
	m.block("%s · owned by %s · %s · %s · %s",
		counted(len(pack.Metrics), "metric", "metrics"), escape(pack.Owner),
		link("what the platform exports", "../metrics-contract.md"+b.packAt[pack]),
		link("how to read this page", "README.md"+howToRead),
		link("definitions", fromPages+packFile(pack)))
	b.dashboards(&m, pack)

	rows := make([][]string, len(pack.Metrics))
	for i, metric := range pack.Metrics {
		rows[i] = []string{link(code(metric.Name), b.metricAt[metric]), escape(metric.Title), code(metric.Unit)}
	}
	m.table([]string{"Metric", "", "Unit"}, rows)

	var wrong []error
	for _, metric := range pack.Metrics {
		wrong = append(wrong, b.metric(&m, metric))
	}
	return m.bytes(), errors.Join(wrong...)
}

func (b *book) dashboards(m *markdown, pack *catalog.Pack) {
	if len(pack.Dashboards) == 0 {
		return
	}
	links := make([]string, len(pack.Dashboards))
	for i, dashboard := range pack.Dashboards {
		links[i] = link(escape(dashboard.Title), fromPages+dashboardDir+"/"+dashboard.UID+".json")
	}
	m.block("Shown on %s.", strings.Join(links, ", "))
}

// metric is one metric's section.
func (b *book) metric(m *markdown, metric *catalog.Metric) error {
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
	m.list(b.facts(metric))
	return example(m, metric)
}

// facts are what there is to say about a metric beside its query and parameters.
func (b *book) facts(metric *catalog.Metric) []string {
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
	for _, alert := range b.alerts[metric.Name] {
		add("Alert", alertLine(metric, alert))
	}
	var families []string
	for _, family := range metric.Families() {
		families = append(families, link(code(family.Name), "../metrics-contract.md"+b.familyAt[family]))
	}
	add("Reads", strings.Join(families, ", "))
	return lines
}

func grouping(labels []string) string {
	if len(labels) == 0 {
		return "nothing"
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

// alertLine says when an alert fires, and for which series.
func alertLine(metric *catalog.Metric, alert catalog.Alert) string {
	parts := []string{
		link(code(alert.Name), "../runbooks/"+runbookOf(alert)),
		escape(alert.Severity) + ": " + held(alert),
	}
	if alert.GroupBy != nil {
		parts = append(parts, "by "+grouping(alert.GroupBy))
	}
	if alert.Window != "" {
		parts = append(parts, "over "+code(alert.Window))
	}
	matchers, _ := metric.Matchers(alert.Params) // loading has checked them
	for _, matcher := range matchers {
		parts = append(parts, "with "+code(matcher.String()))
	}
	return strings.Join(parts, ", ")
}

// held is an alert's condition, and for how long that has to hold.
func held(alert catalog.Alert) string {
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
