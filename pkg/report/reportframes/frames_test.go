package reportframes_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportframes"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

// answer decodes the JSON of an endpoint's report.
func answer(t *testing.T, text string) *reportjson.FullReport {
	t.Helper()
	r := &reportjson.FullReport{}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func results(t *testing.T) *report.Results {
	t.Helper()
	return &report.Results{Reports: map[string]any{
		"ep_1": answer(t, `{
			"summary": {"successRate": 98.5, "totalExecutions": 10},
			"performance": {"latency": {"timeSeries": [
				{"timestamp": "2026-07-01T00:00:00Z", "avg": 1, "p95": 2}, {"timestamp": "2026-07-01T01:00:00Z", "avg": 3}]}},
			"usage": {"requests": {"byHour": [{"hour": "2026-07-01T00:00:00Z", "count": 7}]}, "compute": {"efficiency": {"suggestions": ["Scale down."]}}},
			"costs": {
				"breakdown": {"compute": {"amount": 3, "percentage": 75}, "storage": {"amount": 1, "percentage": 25}, "network": {"amount": 0}, "other": {"amount": 0}},
				"trends": {"daily": {"average": 2, "trend": "stable", "changePercent": 1.5}},
				"budgetAnalysis": {"monthlyBudget": 100, "onTrack": false}},
			"resources": {"scaling": {"events": [{"timestamp": "2026-07-01T00:30:00Z", "action": "scale_up", "from": 0, "to": 2, "reason": "High request volume", "duration": 9}]}},
			"insights": {"usage": [{"type": "usage_pattern", "severity": "info", "message": "M", "recommendation": "R"}],
				"costs": [{"type": "cost_trend", "severity": "warning", "message": "N", "timestamp": "2026-07-01T00:00:00Z", "recommendation": "S"}]},
			"notes": [{"field": "granularity", "reason": "The default isn't available."}, {"field": "usage", "reason": "The section is reserved."},
				{"field": "summary.averageLatency", "reason": "There were no requests."}]}`),
		"ep_2": answer(t, `{"summary": {"totalExecutions": 0}, "costs": {"trends": {"daily": {"average": 4}}, "budgetAnalysis": {}},
			"notes": [{"field": "summary.successRate", "reason": "There were no requests."}, {"field": "costs.breakdown", "reason": "No costs."}]}`),
	}, Unknown: map[string]*report.UnknownError{}}
}

// printed returns frames as text: the type, and the fields with labels, units and values.
func printed(all data.Frames) string {
	var b strings.Builder
	for _, frame := range all {
		fmt.Fprintf(&b, "%s", frame.Meta.Type)
		for _, f := range frame.Fields {
			fmt.Fprintf(&b, " | %s", f.Name)
			if f.Labels != nil {
				fmt.Fprintf(&b, "{%s}", f.Labels)
			}
			if f.Config != nil {
				fmt.Fprintf(&b, " %q %s", f.Config.DisplayNameFromDS, f.Config.Unit)
			}
			for i := range f.Len() {
				value, present := f.ConcreteAt(i)
				if at, is := value.(time.Time); is && present {
					value = at.Format("15:04")
				}
				if !present {
					value = "-"
				}
				fmt.Fprintf(&b, ", %v", value)
			}
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}

func TestFrames(t *testing.T) {
	for _, test := range []struct{ path, ids, want string }{
		{"summary.successRate", "ep_1", `numeric-multi | Value{endpoint_id=ep_1} "Success rate" percent, 98.5`},
		{"summary.totalExecutions", "ep_1 ep_2", "numeric-multi | Value{endpoint_id=ep_1} \"ep_1\" short, 10\nnumeric-multi | Value{endpoint_id=ep_2} \"ep_2\" short, 0"},
		{"summary.successRate", "ep_2", "numeric-multi"},
		{"costs.budgetAnalysis.onTrack", "ep_1", `numeric-multi | Value{endpoint_id=ep_1} "On track" , 0`},
		{"performance.latency.timeSeries", "ep_1", "timeseries-multi | Time \"\" , 00:00, 01:00 | Value{endpoint_id=ep_1, field=avg} \"Latency: average\" s, 1, 3\n" +
			`timeseries-multi | Time "" , 00:00 | Value{endpoint_id=ep_1, field=p95} "Latency: p95" s, 2`},
		{"performance.latency.timeSeries.avg", "ep_1 ep_2", `timeseries-multi | Time "" , 00:00, 01:00 | Value{endpoint_id=ep_1} "ep_1" s, 1, 3`},
		{"usage.requests.byHour.count", "ep_1", `timeseries-multi | Time "" , 00:00 | Value{endpoint_id=ep_1} "Requests in the hour" short, 7`},
		{"costs.breakdown", "ep_1 ep_2", `numeric-long | endpoint_id "Endpoint" , ep_1, ep_1, ep_1, ep_1 | category "Category" , compute, storage, network, other | ` +
			`amount "Cost" currencyUSD, 3, 1, 0, 0 | percentage "Share" percent, 75, 25, -, -`},
		{"costs.breakdown.compute", "ep_1", `table | endpoint_id "Endpoint" , ep_1 | amount "Cost" currencyUSD, 3 | percentage "Share" percent, 75 | ` +
			`details.gpuHours "GPU hours" h, - | details.rate "Rate per hour" currencyUSD, - | details.tier "Tier" , `},
		{"costs.trends.daily", "ep_1 ep_2", `table | endpoint_id "Endpoint" , ep_1, ep_2 | average "Average cost of a day" currencyUSD, 2, 4 | trend "Daily cost: trend" , stable,  | ` +
			`changePercent "Daily cost: change" percent, 1.5, - | projection.monthly "Projected monthly cost" currencyUSD, -, - | projection.confidence "Confidence of the projection" percentunit, -, -`},
		{"costs.trends.daily.trend", "ep_1 ep_2", `table | endpoint_id "Endpoint" , ep_1, ep_2 | trend "Daily cost: trend" , stable, `},
		{"resources.scaling.events", "ep_1 ep_2", `table | endpoint_id "Endpoint" , ep_1 | timestamp "Time" , 00:30 | action "Action" , scale_up | from "From" short, 0 | to "To" short, 2 | ` +
			`reason "Reason" , High request volume | duration "Duration" s, 9`},
		{"insights", "ep_1", `table | endpoint_id "Endpoint" , ep_1, ep_1 | section "Section" , usage, costs | type "Type" , usage_pattern, cost_trend | severity "Severity" , info, warning | ` +
			`message "Insight" , M, N | timestamp "Time" , -, 00:00 | recommendation "Recommendation" , R, S`},
		{"insights.performance", "ep_1", "table"},
		{"usage.compute.efficiency.suggestions", "ep_1", `table | endpoint_id "Endpoint" , ep_1 | suggestions "Efficiency suggestions" , Scale down.`},
	} {
		t.Run(test.path+" "+test.ids, func(t *testing.T) {
			all := framesOf(t, test.path, test.ids, results(t))
			if got := printed(all); got != strings.TrimSpace(test.want) {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			for _, frame := range all {
				if frame.Meta.TypeVersion != (data.FrameTypeVersion{0, 1}) {
					t.Errorf("version %v", frame.Meta.TypeVersion)
				}
			}
			if all[0].Meta.ExecutedQueryString != "text" {
				t.Errorf("executed query %q", all[0].Meta.ExecutedQueryString)
			}
		})
	}
}

func framesOf(t *testing.T, path, ids string, r *report.Results) data.Frames {
	t.Helper()
	s, err := section.Find(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := reportframes.Frames(s, strings.Fields(ids), r, reportframes.Options{Expr: "text", Granularity: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEverySectionHasFrames converts each section of two reports, one by one and together.
func TestEverySectionHasFrames(t *testing.T) {
	for _, s := range section.All() {
		for _, ids := range []string{"ep_1", "ep_2", "ep_1 ep_2"} {
			all := framesOf(t, s.Path, ids, results(t))
			if len(all) == 0 || all[0].Meta == nil || all[0].Meta.Type == "" {
				t.Errorf("%s of %s: %v", s.Path, ids, all)
			}
			for _, frame := range all {
				if _, err := frame.MarshalArrow(); err != nil {
					t.Errorf("%s: %v", s.Path, err)
				}
			}
			checkColumns(t, s, all[0])
		}
	}
}

// checkColumns compares the columns of a table with those that packs can select.
func checkColumns(t *testing.T, s section.Field, table *data.Frame) {
	t.Helper()
	if len(table.Fields) == 0 || s.Columns() == nil {
		return
	}
	var got []section.Column
	for _, f := range table.Fields {
		got = append(got, section.Column{Name: f.Name, Title: f.Config.DisplayNameFromDS})
	}
	if !slices.Equal(got, s.Columns()) {
		t.Errorf("%s has the columns %v, want %v", s.Path, got, s.Columns())
	}
}

func TestNoticesHaveTheReasonsForAbsentValues(t *testing.T) {
	for _, test := range []struct{ path, ids, want string }{
		{"summary", "ep_1", "summary.averageLatency: There were no requests."},
		{"summary.averageLatency", "ep_1 ep_2", "ep_1, summary.averageLatency: There were no requests."},
		{"summary.totalExecutions", "ep_1", ""},
		{"costs.breakdown.compute.amount", "ep_2", "costs.breakdown: No costs."},
		{"performance.latency.timeSeries.p95", "ep_1", "granularity: The default isn't available."},
		{"performance.latency.timeSeries", "ep_1", "granularity: The default isn't available."},
		{"insights", "ep_1", "usage: The section is reserved."},
	} {
		notices := framesOf(t, test.path, test.ids, results(t))[0].Meta.Notices
		text := ""
		for _, n := range notices {
			text += n.Text
			if n.Severity != data.NoticeSeverityInfo {
				t.Errorf("%s: %v", test.path, n)
			}
		}
		if text != test.want {
			t.Errorf("%s of %s: %q, want %q", test.path, test.ids, text, test.want)
		}
	}
}

func TestLegend(t *testing.T) {
	s, err := section.Find("performance.latency.timeSeries")
	if err != nil {
		t.Fatal(err)
	}
	all, err := reportframes.Frames(s, []string{"ep_1"}, results(t), reportframes.Options{Legend: "{{endpoint_id}} {{field}}: {{title}}"})
	if err != nil || all[0].Fields[1].Config.DisplayNameFromDS != "ep_1 avg: Latency: average" {
		t.Errorf("%v %v", all[0].Fields[1].Config, err)
	}
}
