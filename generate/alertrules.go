package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// alertRulesDir is separate from the recording rules, so that users who alert in
// Grafana can load the recording rules alone.
const alertRulesDir = "monitoring/alerts"

// noDataSuffix is the suffix of the name of an alert on missing data. For Prometheus, such an
// alert replaces the NoData state of Grafana's rules. It is a separate alert, because the
// description of the original alert can refer to labels of a series, and there is no series.
const noDataSuffix = "NoData"

// alertRules returns a rule file for Prometheus for each pack that has alerts. The rules
// fire under the same conditions as those for Grafana.
func alertRules(from sources) (files, error) {
	all := files{}
	var errs []error
	for _, pack := range from.Packs() {
		if len(pack.Alerts) == 0 {
			continue
		}
		group := ruleGroup{Name: pack.Name + "-alerts", Interval: model.Duration(pack.EvaluationInterval())}
		for _, alert := range pack.Alerts {
			rules, err := prometheusRules(from, pack, alert)
			if err != nil {
				errs = append(errs, fmt.Errorf("pack %s, alert %s: %w", pack.Name, alert.Name, err))
			}
			group.Rules = append(group.Rules, rules...)
		}
		text, err := writeRules(group, packFile(pack))
		errs = append(errs, err)
		all[alertRulesDir+"/"+pack.Name+".yaml"] = text
	}
	return all, errors.Join(errs...)
}

// prometheusRules returns the rule of an alert. If missing data must raise an alert, it
// also returns a rule for missing data. An alert on errors of the data source has no rule,
// because Prometheus evaluates no rules while it is down.
func prometheusRules(from sources, pack *catalog.Pack, alert catalog.Alert) ([]rule, error) {
	if alert.OnError == "Alerting" {
		return nil, nil
	}
	expr, err := alertExpr(from.Catalog, alert)
	if err != nil {
		return nil, err
	}
	metric, err := from.Metric(alert.Metric)
	if err != nil {
		return nil, err
	}
	named, err := alertExprOf(metric, alert, (*catalog.Metric).RenderNamed)
	if err != nil {
		return nil, err
	}
	condition, err := addCondition(named, alert.Condition)
	if err != nil {
		return nil, err
	}
	description, err := withNames(metric, alert)
	if err != nil {
		return nil, err
	}
	if description, err = forPrometheus(description); err != nil {
		return nil, err
	}
	path, err := panelPath(alert.Panel, from.panels)
	if err != nil {
		return nil, err
	}
	fires := rule{
		Alert: alert.Name, Expr: condition, For: alert.For, KeepFiringFor: alert.KeepFiring, Labels: alertLabels(pack, alert),
		Annotations: map[string]string{"summary": alert.Summary, "description": description, "runbook_url": runbookURL(alert)},
	}
	if path != "" {
		fires.Annotations["dashboard"] = path
	}
	if !firesWithoutData(alert, expr) {
		return []rule{fires}, nil
	}
	return []rule{fires, noDataRule(fires, expr, metric, runbookURL(alert)+noDataAnchor)}, nil
}

// noDataRule returns the rule that fires if the expression of an alert has no value.
func noDataRule(alert rule, expr string, metric *catalog.Metric, runbook string) rule {
	return rule{
		Alert: alert.Alert + noDataSuffix, Expr: "absent(\n" + expr + "\n)", For: alert.For, Labels: alert.Labels,
		Annotations: map[string]string{
			"summary":     noDataSummary(alert.Alert),
			"description": noDataDescription(metric),
			"runbook_url": runbook,
		},
	}
}

// noDataSummary returns the summary that an alert has while its metric has no value.
func noDataSummary(name string) string { return "There is no data for " + name + "." }

// noDataDescription returns the description that an alert has while its metric has no value.
func noDataDescription(metric *catalog.Metric) string {
	return metric.Name + " has no value. " + checkScrapes(metric)
}

func checkScrapes(metric *catalog.Metric) string {
	var names []string
	for _, family := range metric.Families() {
		names = append(names, family.Name)
	}
	return "Check that Prometheus scrapes " + strings.Join(names, ", ") + "."
}

// alertExpr returns the PromQL of the alert without names.
func alertExpr(c *catalog.Catalog, alert catalog.Alert) (string, error) {
	metric, err := c.Metric(alert.Metric)
	if err != nil {
		return "", err
	}
	return alertExprOf(metric, alert, (*catalog.Metric).Render)
}

// alertExprOf returns the PromQL of the alert. With RenderNamed, it is the PromQL that the
// alert's instant query in Grafana executes.
func alertExprOf(metric *catalog.Metric, alert catalog.Alert, render func(*catalog.Metric, catalog.Params, []string) (string, error)) (string, error) {
	text, err := render(metric, alert.Params, alert.GroupBy)
	if err != nil {
		return "", err
	}
	parsed, err := model.ParseDuration(cmp.Or(alert.Window, metric.InstantWindow()))
	if err != nil {
		return "", err
	}
	window := time.Duration(parsed) // also the time range of the rule's query
	return promql.Macros{Interval: window, RateInterval: window, Range: window}.ExpandCode(text), nil
}

// addCondition returns an expression followed by a condition, such as "> 0.05". It returns an
// error if the condition doesn't apply to the complete expression.
func addCondition(expr, condition string) (string, error) {
	want, err := promql.Parse(expr)
	if err != nil {
		return "", err
	}
	condition = strings.TrimSpace(condition)
	text := expr + " " + condition
	if _, isBinary := want.(*parser.BinaryExpr); isBinary || strings.Contains(expr, "\n") {
		text = "(\n" + expr + "\n) " + condition
	}
	got, err := promql.Parse(text)
	if err != nil {
		return "", err
	}
	comparison, ok := got.(*parser.BinaryExpr)
	if !ok || !comparison.Op.IsComparisonOperator() || withoutParens(comparison.LHS).String() != withoutParens(want).String() {
		return "", fmt.Errorf("%q does not compare the complete query", text)
	}
	return text, nil
}

func withoutParens(expr parser.Expr) parser.Expr {
	for {
		inner, ok := expr.(*parser.ParenExpr)
		if !ok {
			return expr
		}
		expr = inner.Expr
	}
}

// firesWithoutData reports whether missing data must raise an alert. It returns false for
// an expression that always has a value.
func firesWithoutData(alert catalog.Alert, expr string) bool {
	return alert.NoData != "OK" && alert.NoData != keepLast && !alwaysHasValue(expr)
}

// alwaysHasValue reports whether an expression is "vector(…)" or ends in "or vector(…)".
func alwaysHasValue(expr string) bool {
	tree, err := promql.Parse(expr)
	if err != nil {
		return false
	}
	tree = withoutParens(tree)
	if or, ok := tree.(*parser.BinaryExpr); ok && or.Op == parser.LOR {
		tree = withoutParens(or.RHS)
	}
	call, ok := tree.(*parser.Call)
	return ok && call.Func.Name == "vector"
}

// alertLabels returns the labels of an alert's rules, by which alerts are routed.
func alertLabels(pack *catalog.Pack, alert catalog.Alert) map[string]string {
	return map[string]string{"severity": alert.Severity, "platform": pack.Name, "owner": pack.Owner}
}
