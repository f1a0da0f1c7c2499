package integration

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// reportRule returns an alert rule that compares a number of the report with a limit.
func reportRule(section string, endpoints []string, evaluator string, limit float64) provision.Rule {
	return provision.Rule{Rule: rules.Rule{
		Title: section, Condition: "C",
		Data: []rules.Query{
			{RefID: "A", DatasourceUID: "modelmetrics", RelativeTimeRange: rules.RelativeTimeRange{From: 600}, Model: rules.Model{
				RefID: "A", QueryType: "report", Section: section, EndpointIDs: endpoints, Timeframe: "24h",
			}},
			{RefID: "C", DatasourceUID: rules.ExprUID, Model: rules.Model{
				RefID: "C", Type: "threshold", Expression: "A",
				Conditions: []rules.Condition{{Evaluator: rules.Evaluator{Type: evaluator, Params: []float64{limit}}}},
			}},
		},
	}}
}

// TestAlertRulesOverReports evaluates rules whose limit is between the lowest and the highest
// value of the endpoints, so that only some of the endpoints exceed the limit.
func TestAlertRulesOverReports(t *testing.T) {
	for _, section := range []string{"summary.successRate", "summary.averageLatency", "costs.budgetAnalysis.projectedTotal"} {
		t.Run(section, func(t *testing.T) {
			values := map[string]float64{}
			response := queryReports(t, reportQuery(t, "A", section, reported, nil))["A"]
			for _, id := range reported {
				if v, found := numberIn(t, response, id); found {
					values[id] = v
				}
			}
			var sorted []float64
			for _, v := range values {
				sorted = append(sorted, v)
			}
			slices.Sort(sorted)
			if len(sorted) < 2 || sorted[0] == sorted[len(sorted)-1] {
				t.Fatalf("the values %v have no limit between them", sorted)
			}
			limit := (sorted[0] + sorted[len(sorted)-1]) / 2
			result := alerting.Evaluate(t.Context(), plugin, reportRule(section, reported, "gt", limit), now)
			if result.Err != nil || result.State != alerting.Alerting || len(result.Instances) != len(values) {
				t.Fatalf("%s, %d instances, %v", result.State, len(result.Instances), result.Err)
			}
			for _, instance := range result.Instances {
				id := instance.Labels["endpoint_id"]
				want := alerting.Normal
				if values[id] > limit {
					want = alerting.Alerting
				}
				if len(instance.Labels) != 1 || instance.State != want || *instance.Value != values[id] {
					t.Errorf("%v is %s with %v, want %s with %v", instance.Labels, instance.State, *instance.Value, want, values[id])
				}
			}
		})
	}
}

// TestAlertRuleStatesOverReports checks that a rule can compare a Boolean value with a
// number, that an absent value is NoData, and that an unknown endpoint is an error.
func TestAlertRuleStatesOverReports(t *testing.T) {
	result := alerting.Evaluate(t.Context(), plugin, reportRule("coldStarts.optimization.warmPoolRecommended", reported, "gt", -1), now)
	if result.State != alerting.Alerting || len(result.Instances) != len(reported) {
		t.Errorf("yes or no: %s, %v", result.State, result.Err)
	}
	unknown := alerting.Evaluate(t.Context(), plugin, reportRule("summary.successRate", []string{"ep_unknown"}, "lt", 95), now)
	if unknown.State != alerting.Error || !strings.Contains(unknown.Err.Error(), `There is no endpoint "ep_unknown"`) {
		t.Errorf("unknown endpoint: %s, %v", unknown.State, unknown.Err)
	}
	// The report of an hour has no average of weekdays.
	rule := reportRule("usage.requests.patterns.weekdayAverage", reported[:1], "gt", 20)
	rule.Data[0].Model.Timeframe = "1h"
	if result := alerting.Evaluate(t.Context(), plugin, rule, now); result.State != alerting.NoData {
		t.Errorf("absent value: %s, %v", result.State, result.Err)
	}
}
