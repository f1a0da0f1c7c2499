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

// alertRulesDir is apart from that of the recording rules: who lets Grafana alert
// loads only those, and isn't told everything twice.
const alertRulesDir = "monitoring/alerts"

// absentSuffix ends the name of the alert that takes the place of Grafana's state
// for no data. It can't bear the alert's own name: without a series there is
// nothing that the alert's description could speak of.
const absentSuffix = "NoData"

// alertRules makes one rule file for each pack that has alerts: the rules that
// Grafana gets, for Prometheus.
func alertRules(from sources) (files, error) {
	made := files{}
	var wrong []error
	for _, pack := range from.Packs() {
		if len(pack.Alerts) == 0 {
			continue
		}
		group := ruleGroup{Name: pack.Name + "-alerts", Interval: model.Duration(pack.EvaluationInterval()).String()}
		for _, alert := range pack.Alerts {
			rules, err := alertRulesOf(from, pack, alert)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("pack %s, alert %s: %w", pack.Name, alert.Name, err))
			}
			group.Rules = append(group.Rules, rules...)
		}
		text, err := writeRules(ruleFile{[]ruleGroup{group}}, packFile(pack))
		wrong = append(wrong, err)
		made[alertRulesDir+"/"+pack.Name+".yaml"] = text
	}
	return made, errors.Join(wrong...)
}

// alertRulesOf makes an alert's rule and, where the lack of data is worth an
// alert too, the rule for that.
func alertRulesOf(from sources, pack *catalog.Pack, alert catalog.Alert) ([]rule, error) {
	expr, err := alertExpr(from.Catalog, alert)
	if err != nil {
		return nil, err
	}
	met, err := compared(expr, alert.Condition)
	if err != nil {
		return nil, err
	}
	description, err := forPrometheus(alert.Description)
	if err != nil {
		return nil, err
	}
	path, err := panelPath(alert.Panel, from.panels)
	if err != nil {
		return nil, err
	}
	fires := rule{
		Alert: alert.Name, Expr: met, For: alert.For, Labels: alertLabels(pack, alert),
		Annotations: map[string]string{"summary": alert.Summary, "description": description, "runbook_url": runbookURL(alert)},
	}
	if path != "" {
		fires.Annotations["dashboard"] = path
	}
	if !firesWithoutData(alert, expr) {
		return []rule{fires}, nil
	}
	metric, err := from.Metric(alert.Metric)
	if err != nil {
		return nil, err
	}
	return []rule{fires, absenceOf(fires, expr, metric, runbookURL(alert)+noDataAnchor)}, nil
}

// absenceOf makes the rule that fires where an alert's expression has no value.
func absenceOf(of rule, expr string, metric *catalog.Metric, runbook string) rule {
	return rule{
		Alert: of.Alert + absentSuffix, Expr: "absent(\n" + expr + "\n)", For: of.For, Labels: of.Labels,
		Annotations: map[string]string{
			"summary":     "There is no data for " + of.Alert + ".",
			"description": noValue(metric),
			"runbook_url": runbook,
		},
	}
}

// noValue is what an alert says instead of its description where there is nothing
// to describe.
func noValue(metric *catalog.Metric) string {
	var reads []string
	for _, family := range metric.Families() {
		reads = append(reads, family.Name)
	}
	return metric.Name + " has no value. Check that Prometheus scrapes " + strings.Join(reads, ", ") + "."
}

// alertExpr is the PromQL that the alert's instant query in Grafana executes.
func alertExpr(c *catalog.Catalog, alert catalog.Alert) (string, error) {
	metric, err := c.Metric(alert.Metric)
	if err != nil {
		return "", err
	}
	text, err := metric.Render(alert.Params, alert.GroupBy)
	if err != nil {
		return "", err
	}
	parsed, err := model.ParseDuration(cmp.Or(alert.Window, metric.InstantWindow()))
	if err != nil {
		return "", err
	}
	window := time.Duration(parsed) // which is the rule's time range too
	return promql.Macros{Interval: window, RateInterval: window, Range: window}.ExpandCode(text), nil
}

// compared is an expression with a condition behind it, such as "> 0.05", and
// proves that the whole expression is what is compared.
func compared(expr, condition string) (string, error) {
	want, err := promql.Parse(expr)
	if err != nil {
		return "", err
	}
	condition = strings.TrimSpace(condition)
	text := expr + " " + condition
	if _, isCalculation := want.(*parser.BinaryExpr); isCalculation || strings.Contains(expr, "\n") {
		text = "(\n" + expr + "\n) " + condition
	}
	got, err := promql.Parse(text)
	if err != nil {
		return "", err
	}
	comparison, ok := got.(*parser.BinaryExpr)
	if !ok || !comparison.Op.IsComparisonOperator() || unwrapped(comparison.LHS).String() != unwrapped(want).String() {
		return "", fmt.Errorf("%q does not compare all of the query", text)
	}
	return text, nil
}

func unwrapped(expr parser.Expr) parser.Expr {
	for {
		inner, ok := expr.(*parser.ParenExpr)
		if !ok {
			return expr
		}
		expr = inner.Expr
	}
}

// firesWithoutData tells whether the lack of data is to raise an alert, of an
// expression that can lack them.
func firesWithoutData(alert catalog.Alert, expr string) bool {
	return alert.NoData != "OK" && !alwaysHasValue(expr)
}

// alwaysHasValue tells an expression that ends in "or vector(0)".
func alwaysHasValue(expr string) bool {
	tree, err := promql.Parse(expr)
	if err != nil {
		return false
	}
	either, ok := unwrapped(tree).(*parser.BinaryExpr)
	if !ok || either.Op != parser.LOR {
		return false
	}
	call, ok := unwrapped(either.RHS).(*parser.Call)
	return ok && call.Func.Name == "vector"
}

// alertLabels are a rule's labels, by which alerts are routed.
func alertLabels(pack *catalog.Pack, alert catalog.Alert) map[string]string {
	return map[string]string{"severity": alert.Severity, "platform": pack.Name, "owner": pack.Owner}
}
