package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const (
	runbooksDir   = "docs/runbooks"
	runbooksIndex = runbooksDir + "/README.md"

	// runbooksURL is where a phone finds the pages.
	runbooksURL = "https://github.com/modelmetrics/modelmetrics-catalog-datasource/blob/main/" + runbooksDir + "/"

	noDataHeading = "Without data"
	noDataAnchor  = "#without-data"
)

// runbookOf is the alert's page as the pages beside it call it.
func runbookOf(alert catalog.Alert) string { return alert.Name + ".md" }

func runbookURL(alert catalog.Alert) string { return runbooksURL + runbookOf(alert) }

// runbooks makes a page for every alert and the list of all.
func runbooks(from sources) (files, error) {
	b := newBook(from)
	made := files{runbooksIndex: b.runbookList()}
	var wrong []error
	for _, pack := range from.Packs() {
		for _, alert := range pack.Alerts {
			name := runbooksDir + "/" + runbookOf(alert)
			if _, taken := made[name]; taken {
				wrong = append(wrong, fmt.Errorf("pack %s: the runbook of alert %s would be %s, which is another page", pack.Name, alert.Name, name))
				continue
			}
			text, err := b.runbook(pack, alert)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("pack %s, alert %s: %w", pack.Name, alert.Name, err))
			}
			made[name] = text
		}
	}
	return made, errors.Join(wrong...)
}

// runbookList is the list of all alerts, by platform.
func (b *book) runbookList() []byte {
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# Runbooks")
	m.block("What each alert means and what to do first. An alert leads here by its annotation %s.", code("runbook_url"))
	for _, pack := range b.Packs() {
		if len(pack.Alerts) == 0 {
			continue
		}
		m.block("## %s", escape(pack.Title))
		rows := make([][]string, len(pack.Alerts))
		for i, alert := range pack.Alerts {
			rows[i] = []string{link(code(alert.Name), runbookOf(alert)), escape(alert.Severity), escape(alert.Summary)}
		}
		m.table([]string{"Alert", "Severity", ""}, rows)
	}
	return m.bytes()
}

// runbook is one alert's page.
func (b *book) runbook(pack *catalog.Pack, alert catalog.Alert) ([]byte, error) {
	metric, err := b.Metric(alert.Metric)
	if err != nil {
		return nil, err
	}
	expr, err := alertExpr(b.Catalog, alert)
	if err != nil {
		return nil, err
	}
	path, err := panelPath(alert.Panel, b.panels)
	if err != nil {
		return nil, err
	}
	var m markdown
	m.block("<!-- %s -->", generated(packFile(pack)))
	m.block("# %s", code(alert.Name))
	m.block("**%s**", escape(alert.Summary))
	m.list(b.ruleFacts(pack, metric, alert, path))

	m.block("## What to do first")
	m.block("%s", cmp.Or(strings.TrimSpace(alert.Runbook), prose(alert.Description)))

	m.block("## What it watches")
	m.block("**%s.** %s", escape(metric.Title), escape(metric.Description))
	m.fence("promql", expr)
	if len(metric.Thresholds) > 0 {
		m.block("On panels: %s.", thresholds(metric.Thresholds))
	}

	m.block("## %s", noDataHeading)
	m.block("%s", withoutData(alert, expr))
	return m.bytes(), nil
}

// ruleFacts say when the alert fires, whom it concerns, and where there is more.
func (b *book) ruleFacts(pack *catalog.Pack, metric *catalog.Metric, alert catalog.Alert, path string) []string {
	fires := []string{fmt.Sprintf("where %s is %s", link(code(metric.Name), "../catalog/"+pageOf(metric.Pack())+b.metricAt[metric]), held(alert))}
	by := metric.GroupBy
	if alert.GroupBy != nil {
		by = alert.GroupBy
	}
	if len(by) > 0 {
		fires = append(fires, "once for each "+codes(by))
	}
	if metric.Windowed() {
		fires = append(fires, "over "+code(cmp.Or(alert.Window, metric.InstantWindow())))
	}
	matchers, _ := metric.Matchers(alert.Params) // loading has checked them
	for _, matcher := range matchers {
		fires = append(fires, "with "+code(matcher.String()))
	}
	facts := []string{
		"Fires: " + strings.Join(fires, ", "),
		"Severity: " + escape(alert.Severity),
		fmt.Sprintf("Platform: %s, owned by %s", link(escape(pack.Title), "../catalog/"+pageOf(pack)), escape(pack.Owner)),
	}
	if alert.Panel != nil {
		facts = append(facts, fmt.Sprintf("Panel: %s, in Grafana under %s", link(escape(alert.Panel.Title), fromPages+dashboardDir+"/"+alert.Panel.Dashboard+".json"), code(path)))
	}
	return append(facts, fmt.Sprintf("Rule: for %s, for %s",
		link("Grafana", fromPages+alertingDir+"/"+pack.Name+".yaml"), link("Prometheus", fromPages+alertRulesDir+"/"+pack.Name+".yaml")))
}

// withoutData says what becomes of the alert where its query answers nothing.
func withoutData(alert catalog.Alert, expr string) string {
	if alwaysHasValue(expr) {
		return "The query always has a value."
	}
	inPrometheus := "In Prometheus " + code(alert.Name+absentSuffix) + " fires."
	const look = " Look at the targets in Prometheus, then at what the platform exports."
	switch alert.NoData {
	case "Alerting":
		return "In Grafana the alert fires: for each series that it knew, with what it said of that last, or else once, without the labels of a series. " + inPrometheus + look
	case "NoData":
		return "In Grafana " + code("DatasourceNoData") + " fires, with this rule's labels. " + inPrometheus + look
	default:
		return "The alert is quiet: where nothing happens, there is nothing to alert on."
	}
}

var (
	blank   = regexp.MustCompile(`\{\{.*?\}\}`)     // what a template fills in,
	labelOf = regexp.MustCompile(`\$labels\.(\w+)`) // and from which label
)

// prose is an alert's description as Markdown, with names in the place of what is
// filled in.
func prose(description string) string {
	const firstMark = '\uE000' // of Unicode's private use, which escaping leaves alone
	var names []string
	text := escape(blank.ReplaceAllStringFunc(description, func(action string) string {
		name := "*N*"
		if match := labelOf.FindStringSubmatch(action); match != nil {
			name = code(match[1])
		}
		names = append(names, name)
		return string(firstMark + rune(len(names)-1))
	}))
	for i, name := range names {
		text = strings.ReplaceAll(text, string(firstMark+rune(i)), name)
	}
	return text
}
