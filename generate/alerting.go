package main

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

const (
	alertingDir       = "provisioning/alerting"
	legacyAlertingDir = "provisioning/alerting-10.4.0"
	stackAlertingDir  = "monitoring/alerting"

	thresholdID   = "C" // the refId of a rule's condition, whose value is 1 if it is met, and otherwise 0
	pluginID      = "modelmetrics-catalog-datasource"
	datasourceUID = "modelmetrics"    // the uid in provisioning/datasources; rules can't use variables
	folder        = "Model platforms" // also the folder of the dashboards
)

// keepLast is the state in which a rule keeps the state of its last evaluation. Grafana 10.4.0,
// unlike 10.4.1, doesn't start if a provisioned rule has it.
const keepLast = "KeepLast"

// alerting returns a provisioning file for each pack that has alerts.
func alerting(from sources) (files, error) {
	return alertingFiles(from, alertingDir, everyAlert, func(state string) string { return state })
}

// legacyAlerting returns the provisioning files for Grafana 10.4.0. There, OK takes the place of
// KeepLast: a firing alert ends while Prometheus is down. With Error, each rule would raise an
// alert of its own, and the firing alert would end as well.
func legacyAlerting(from sources) (files, error) {
	return alertingFiles(from, legacyAlertingDir, everyAlert, legacyState)
}

// stackAlerting returns the provisioning file of the alerts on Prometheus for the monitoring
// stack. The stack, whose Grafana is 10.4.0, has neither the dashboard nor the samples of the
// other alerts of their pack.
func stackAlerting(from sources) (files, error) {
	onPrometheus := func(pack *catalog.Pack, alert catalog.Alert) bool {
		return pack.Name == dataSourcePack && alert.Panel == nil
	}
	return alertingFiles(from, stackAlertingDir, onPrometheus, legacyState)
}

func everyAlert(*catalog.Pack, catalog.Alert) bool { return true }

func legacyState(state string) string {
	if state == keepLast {
		return "OK"
	}
	return state
}

// alertingFiles returns the provisioning files in dir with the alerts for which includes returns
// true. The function stateFor returns the state that the rules have in place of a state of the
// packs.
func alertingFiles(from sources, dir string, includes func(*catalog.Pack, catalog.Alert) bool, stateFor func(string) string) (files, error) {
	all := files{}
	for _, pack := range from.Packs() {
		group := rules.Group{OrgID: 1, Name: pack.Name, Folder: folder, Interval: model.Duration(pack.EvaluationInterval()).String()}
		for _, alert := range pack.Alerts {
			if !includes(pack, alert) {
				continue
			}
			rule, err := grafanaRule(from, pack, alert)
			if err != nil {
				return nil, fmt.Errorf("pack %s, alert %s: %w", pack.Name, alert.Name, err)
			}
			rule.NoDataState, rule.ExecErrState = stateFor(rule.NoDataState), stateFor(rule.ExecErrState)
			group.Rules = append(group.Rules, rule)
		}
		if len(group.Rules) == 0 {
			continue
		}
		var text bytes.Buffer
		fmt.Fprintf(&text, "# %s\n", generated(packFile(pack)))
		file := rules.File{APIVersion: 1, Groups: []rules.Group{group}}
		if err := file.Write(&text); err != nil {
			return nil, err
		}
		all[dir+"/"+pack.Name+".yaml"] = text.Bytes()
	}
	return all, nil
}

// grafanaRule returns the rule of an alert. The rule consists of A, an instant query for the
// metric, and C, a threshold for the values of A. The query of a ratio computes the numerator
// and the denominator. If numerator and denominator were separate queries, the rule would
// become NoData if either query had no data.
func grafanaRule(from sources, pack *catalog.Pack, alert catalog.Alert) (rules.Rule, error) {
	query, err := catalogQuery(from.Catalog, pack, alert)
	if err != nil {
		return rules.Rule{}, err
	}
	metric, err := from.Metric(alert.Metric)
	if err != nil {
		return rules.Rule{}, err
	}
	condition, err := threshold(query.RefID, alert.Condition)
	if err != nil {
		return rules.Rule{}, err
	}
	if alert.Description, err = withNames(metric, alert); err != nil {
		return rules.Rule{}, err
	}
	summary, description := grafanaTexts(alert, metric)
	rule := rules.Rule{
		UID:          uidOf(alert.Name),
		Title:        alert.Name,
		Condition:    condition.RefID,
		Data:         []rules.Query{query, condition},
		NoDataState:  alert.NoData,
		ExecErrState: cmp.Or(alert.OnError, keepLast), // the default of provisioning files is Alerting: if Prometheus is down, all rules would fire
		For:          alert.For,
		Annotations: map[string]string{
			"summary":     summary,
			"description": description,
			"runbook_url": runbookURL(alert),
		},
		Labels: alertLabels(pack, alert),
	}
	return rule, linkPanel(&rule, alert.Panel, from.panels)
}

// grafanaTexts returns the summary and the description of an alert's rule in Grafana. A rule
// that fires without a value has measured nothing, so its texts are then others. The texts of an
// alert on errors of the data source are about the error.
func grafanaTexts(alert catalog.Alert, metric *catalog.Metric) (summary, description string) {
	if alert.OnError == "Alerting" {
		return alert.Summary, alert.Description
	}
	if alert.NoData == "OK" || alert.NoData == keepLast {
		return alert.Summary, forGrafana(alert.Description, noDataDescription(metric))
	}
	summary = ifMet(alert.Summary, alert.Name+" has no data, or has ended.")
	description = ifMet(alert.Description, "The last value of "+metric.Name+" raised no alert. If the alert fires, there is no data since then. "+checkScrapes(metric))
	return forGrafana(summary, noDataSummary(alert.Name)), forGrafana(description, noDataDescription(metric))
}

func catalogQuery(c *catalog.Catalog, pack *catalog.Pack, alert catalog.Alert) (rules.Query, error) {
	metric, err := c.Metric(alert.Metric)
	if err != nil {
		return rules.Query{}, err
	}
	// The instant query uses only the end of the range. The preview in the rule's editor
	// shows the complete range.
	window, err := model.ParseDuration(cmp.Or(alert.Window, metric.InstantWindow()))
	if err != nil {
		return rules.Query{}, err
	}
	const refID = "A"
	names, err := displayNames(metric, alert)
	if err != nil {
		return rules.Query{}, err
	}
	return rules.Query{
		RefID:             refID,
		RelativeTimeRange: rules.RelativeTimeRange{From: int64(time.Duration(window).Seconds())},
		DatasourceUID:     datasourceUID,
		Model: rules.Model{
			RefID:         refID,
			Datasource:    rules.Datasource{Type: pluginID, UID: datasourceUID},
			QueryType:     "catalog",
			Metric:        metric.Name,
			Params:        alert.Params,
			GroupBy:       alert.GroupBy,
			DisplayNames:  names,
			Window:        alert.Window,
			Instant:       true,
			IntervalMs:    pack.EvaluationInterval().Milliseconds(),
			MaxDataPoints: 100,
		},
	}, nil
}

var evaluators = map[string]string{">": "gt", "<": "lt"}

// threshold returns the expression that compares a query's values with a condition, such
// as "> 0.05".
func threshold(refID, condition string) (rules.Query, error) {
	condition = strings.TrimSpace(condition)
	if condition == "" || evaluators[condition[:1]] == "" {
		return rules.Query{}, fmt.Errorf("%q is not a comparison with > or <", condition)
	}
	limit, err := strconv.ParseFloat(strings.TrimSpace(condition[1:]), 64)
	if err != nil {
		return rules.Query{}, fmt.Errorf("%q does not compare with a number", condition)
	}
	return rules.Query{
		RefID:         thresholdID,
		DatasourceUID: rules.ExprUID,
		Model: rules.Model{
			RefID:      thresholdID,
			Datasource: rules.Datasource{Type: rules.ExprUID, UID: rules.ExprUID},
			Type:       "threshold",
			Expression: refID,
			Conditions: []rules.Condition{{Evaluator: rules.Evaluator{Type: evaluators[condition[:1]], Params: []float64{limit}}}},
		},
	}, nil
}

// linkPanel writes the alert's panel into the annotations of the rule, which Grafana uses, and
// into the fields of the rule, which Grafana's API returns.
func linkPanel(rule *rules.Rule, ref *catalog.PanelRef, all panels) error {
	if ref == nil {
		return nil
	}
	id, err := all.id(*ref)
	if err != nil {
		return err
	}
	rule.DashboardUID, rule.PanelID = ref.Dashboard, id
	rule.Annotations["__dashboardUid__"] = ref.Dashboard
	rule.Annotations["__panelId__"] = strconv.FormatInt(id, 10)
	return nil
}

var (
	wordStart  = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	acronymEnd = regexp.MustCompile(`([A-Z])([A-Z][a-z])`)
)

// uidOf returns the uid of an alert's rule: slo-fast-burn for SLOFastBurn.
func uidOf(name string) string {
	for _, boundary := range []*regexp.Regexp{wordStart, acronymEnd} {
		name = boundary.ReplaceAllString(name, "$1-$2")
	}
	return strings.ToLower(name)
}
