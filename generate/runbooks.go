package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
)

const (
	runbooksDir   = "docs/runbooks"
	runbooksIndex = runbooksDir + "/README.md"

	// runbooksURL is the public address of the pages, so that they open on any device.
	runbooksURL = "https://github.com/modelmetrics/modelmetrics-catalog-datasource/blob/main/" + runbooksDir + "/"

	// dataSourceAlert is the alert that fires if the queries of all other alerts fail.
	dataSourceAlert = "ModelMetricsPrometheusUnreachable"
	dataSourcePack  = "modelmetrics"

	noDataHeading = "Without data"
	noDataAnchor  = "#without-data"
)

// runbookName returns the name of the alert's page in its folder.
func runbookName(alert catalog.Alert) string { return alert.Name + ".md" }

func runbookURL(alert catalog.Alert) string { return runbooksURL + runbookName(alert) }

// runbooks returns a page for each alert, and their list.
func runbooks(from sources) (files, error) {
	r := newReferences(from)
	all := files{runbooksIndex: r.runbookList()}
	var errs []error
	for _, pack := range from.Packs() {
		for _, alert := range pack.Alerts {
			name := runbooksDir + "/" + runbookName(alert)
			if _, exists := all[name]; exists {
				errs = append(errs, fmt.Errorf("pack %s: the runbook of alert %s would be %s, which is another page", pack.Name, alert.Name, name))
				continue
			}
			text, err := r.runbook(pack, alert)
			if err != nil {
				errs = append(errs, fmt.Errorf("pack %s, alert %s: %w", pack.Name, alert.Name, err))
			}
			all[name] = text
		}
	}
	return all, errors.Join(errs...)
}

// runbookList returns the list of all alerts, by platform.
func (r *references) runbookList() []byte {
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# Runbooks")
	m.block("Each alert has a page that describes the alert's rule and what to do first. The annotation %s of an alert contains the address of the page.", code("runbook_url"))
	for _, pack := range r.Packs() {
		if len(pack.Alerts) == 0 {
			continue
		}
		m.block("## %s", escape(pack.Title))
		rows := make([][]string, len(pack.Alerts))
		for i, alert := range pack.Alerts {
			rows[i] = []string{link(code(alert.Name), runbookName(alert)), escape(alert.Severity), escape(alert.Summary)}
		}
		m.table([]string{"Alert", "Severity", ""}, rows)
	}
	return m.bytes()
}

// runbook returns the page of an alert.
func (r *references) runbook(pack *catalog.Pack, alert catalog.Alert) ([]byte, error) {
	metric, err := r.Metric(alert.Metric)
	if err != nil {
		return nil, err
	}
	expr, err := alertExpr(r.Catalog, alert)
	if err != nil {
		return nil, err
	}
	path, err := panelPath(alert.Panel, r.panels)
	if err != nil {
		return nil, err
	}
	var m markdown
	m.block("<!-- %s -->", generated(packFile(pack)))
	m.block("# %s", code(alert.Name))
	m.block("**%s**", escape(alert.Summary))
	m.list(r.ruleFacts(pack, metric, alert, path))

	m.block("## What to do first")
	m.block("%s", cmp.Or(strings.TrimSpace(alert.Runbook), prose(alert.Description)))

	m.block("## Metric")
	m.block("**%s.** %s", escape(metric.Title), escape(metric.Description))
	m.fence("promql", expr)
	if len(metric.Thresholds) > 0 {
		m.block("Colors on panels: %s.", thresholds(metric.Thresholds))
	}

	m.block("## %s", noDataHeading)
	m.block("%s", withoutData(alert, expr))
	m.block("%s", afterError(alert))
	return m.bytes(), nil
}

// ruleFacts returns lines about the alert's rule: the condition on which it fires, its
// severity, the owner of the platform, and links.
func (r *references) ruleFacts(pack *catalog.Pack, metric *catalog.Metric, alert catalog.Alert, path string) []string {
	value := link(code(metric.Name), "../catalog/"+pageName(metric.Pack())+r.metricAt[metric])
	matchers, _ := metric.Matchers(alert.Params) // packcheck has checked the parameters, so there is no error
	if len(matchers) > 0 {
		filters := make([]string, len(matchers))
		for i, matcher := range matchers {
			filters[i] = code(matcher.String())
		}
		value += " with " + strings.Join(filters, " and ")
	}
	if metric.Windowed() {
		value += " over the last " + code(cmp.Or(alert.Window, metric.InstantWindow()))
	}
	fires := fmt.Sprintf("Fires: if %s is %s", value, conditionText(alert))
	by := metric.GroupBy
	if alert.GroupBy != nil {
		by = alert.GroupBy
	}
	switch len(by) {
	case 0:
	case 1:
		fires += ", once for each " + codes(by)
	default:
		fires += ", once for each combination of " + codes(by)
	}
	facts := []string{
		fires,
		"Severity: " + escape(alert.Severity),
		fmt.Sprintf("Platform: %s, owned by %s", link(escape(pack.Title), "../catalog/"+pageName(pack)), escape(pack.Owner)),
	}
	if alert.Panel != nil {
		facts = append(facts, fmt.Sprintf("Panel: %s, in Grafana at %s", link(escape(alert.Panel.Title), fromPages+dashboardDir+"/"+alert.Panel.Dashboard+".json"), code(path)))
	}
	rule := "Rule: for " + link("Grafana", fromPages+alertingDir+"/"+pack.Name+".yaml")
	if alert.OnError != "Alerting" {
		rule += ", for " + link("Prometheus", fromPages+alertRulesDir+"/"+pack.Name+".yaml")
	}
	return append(facts, rule)
}

// withoutData returns a text about the effect of missing data on the alert.
func withoutData(alert catalog.Alert, expr string) string {
	if alwaysHasValue(expr) {
		return "The query always returns a value, even if the platform exports no data."
	}
	inPrometheus := "In Prometheus, the alert " + code(alert.Name+noDataSuffix) + " fires instead."
	const look = " Check whether Prometheus scrapes the platform's targets, then whether these targets export the metrics of the query."
	switch alert.NoData {
	case "Alerting":
		return "If the query returns no data, the alert fires in Grafana for each series that the query returned before the data ended. The alert's texts are then those of the last evaluation with data: either the measurement that raised the alert, or that the data has ended. If there is no such series, the alert fires once, without the labels of a series. " + inPrometheus + look
	case "NoData":
		return "If the query returns no data, the alert " + code("DatasourceNoData") + " fires in Grafana, with the labels of this alert's rule. " + inPrometheus + look
	case keepLast:
		return "If the query returns no data at all, the alert keeps its last state in Grafana: an alert that fires continues to fire. " + inPrometheusWithoutData(alert) + " If only some series end, their alerts end as well."
	default:
		return "If the query returns no data, the alert doesn't fire, neither in Grafana nor in Prometheus."
	}
}

func inPrometheusWithoutData(alert catalog.Alert) string {
	if alert.KeepFiring == "" {
		return "In Prometheus, it ends."
	}
	return "In Prometheus, it continues to fire for " + code(alert.KeepFiring) + "."
}

// afterError returns a text about the effect of a failed query on the alert.
func afterError(alert catalog.Alert) string {
	if alert.OnError == "Alerting" {
		return "If the query fails, the alert fires in Grafana. Prometheus has no such rule, because it evaluates no rules while it is down."
	}
	return "If the query fails, for example because Prometheus is down, the alert keeps its last state in Grafana, and " + link(code(dataSourceAlert), dataSourceAlert+".md") + " fires."
}

// templateAction matches an action of a description's template.
var templateAction = regexp.MustCompile(`\{\{.*?\}\}`)

// prose returns an alert's description as Markdown, with label names in place of label values,
// and N in place of all other actions of the template.
func prose(description string) string {
	const firstMark = '\uE000' // a private-use character, which escape doesn't change
	var names []string
	text := escape(templateAction.ReplaceAllStringFunc(description, func(action string) string {
		name := "*N*"
		if match := packcheck.AlertLabel.FindStringSubmatch(action); match != nil {
			name = code(match[1])
		}
		names = append(names, name)
		return string(firstMark + rune(len(names)-1)) //nolint:gosec // G115: a runbook has few placeholders
	}))
	for i, name := range names {
		text = strings.ReplaceAll(text, string(firstMark+rune(i)), name)
	}
	return text
}
