package reportcsv

import (
	"encoding/csv"
	"reflect"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

func number(v float64) reportjson.Number { return &v }

func TestRows(t *testing.T) {
	enabled := true
	r := &reportjson.Report{
		Head:    reportjson.Head{EndpointID: "ep_a", Timeframe: "24h", Granularity: "15m", GeneratedAt: "2026-03-18T14:38:22Z"},
		Summary: reportjson.Summary{TotalExecutions: number(1e9), SuccessRate: number(98.88)},
		Performance: &reportjson.PerformanceReport{
			Latency: &reportjson.LatencyReport{TimeSeries: []reportjson.LatencyPoint{
				{Timestamp: "2026-03-17T15:00:00Z", Avg: number(2.1)}, {Timestamp: "2026-03-17T15:15:00Z", Avg: number(2), P50: number(1.8)},
			}},
			Throughput: &reportjson.ThroughputReport{Peak: &reportjson.Peak{RequestsPerSecond: number(24.8), Timestamp: "2026-03-18T09:30:00Z"}},
		},
		Usage:     &reportjson.UsageReport{},
		Costs:     &reportjson.CostsReport{Optimization: reportjson.Optimization{Suggestions: []reportjson.Suggestion{{Category: "idle_time", Savings: 2.17}}}},
		Resources: &reportjson.ResourcesReport{},
		Insights:  &reportjson.InsightsReport{Performance: []reportjson.Insight{{Type: "latency_spike", Message: `5 "s"`, Timestamp: "2026-03-18T09:30:00Z"}}},
		Notes:     []reportjson.Note{{Field: "granularity", Reason: "A, B\nand C"}},
	}
	r.Performance.Latency.Trends.Hourly.ChangePercent = number(-2.1)
	r.Usage.Requests.ByHour = []reportjson.HourPoint{{Hour: "2026-03-18T09:00:00Z", Count: number(3)}}
	r.Usage.Compute.Efficiency.Suggestions = []string{"-1 instance"}
	r.Resources.Scaling.AutoScalingEnabled = &enabled
	r.Resources.Scaling.Events = []reportjson.ScalingEvent{{Timestamp: "2026-03-18T09:30:00Z", Action: "scale_up", From: 2, To: 4}}
	got := string(Write(&report.Results{Reports: map[string]any{"ep_a": r}}, []string{"ep_a"}))
	want := strings.ReplaceAll(`endpointId,section,field,timestamp,value
ep_a,report,timeframe,,24h
ep_a,report,granularity,,15m
ep_a,report,generatedAt,,2026-03-18T14:38:22Z
ep_a,summary,summary.totalExecutions,,1000000000
ep_a,summary,summary.successRate,,98.88
ep_a,performance,performance.latency.timeSeries.avg,2026-03-17T15:00:00Z,2.1
ep_a,performance,performance.latency.timeSeries.avg,2026-03-17T15:15:00Z,2
ep_a,performance,performance.latency.timeSeries.p50,2026-03-17T15:15:00Z,1.8
ep_a,performance,performance.latency.trends.hourly.changePercent,,-2.1
ep_a,performance,performance.throughput.peak.requestsPerSecond,,24.8
ep_a,performance,performance.throughput.peak.timestamp,,2026-03-18T09:30:00Z
ep_a,usage,usage.requests.byHour.count,2026-03-18T09:00:00Z,3
ep_a,usage,usage.compute.efficiency.suggestions[0],,'-1 instance
ep_a,costs,costs.optimization.potentialSavings,,0
ep_a,costs,costs.optimization.suggestions[0].category,,idle_time
ep_a,costs,costs.optimization.suggestions[0].savings,,2.17
ep_a,resources,resources.scaling.events.action,2026-03-18T09:30:00Z,scale_up
ep_a,resources,resources.scaling.events.from,2026-03-18T09:30:00Z,2
ep_a,resources,resources.scaling.events.to,2026-03-18T09:30:00Z,4
ep_a,resources,resources.scaling.autoScalingEnabled,,true
ep_a,insights,insights.performance[0].type,,latency_spike
ep_a,insights,insights.performance[0].message,,"5 ""s"""
ep_a,insights,insights.performance[0].timestamp,,2026-03-18T09:30:00Z
ep_a,notes,granularity,,"A, B~and C"
`, "\n", "\r\n")
	if want = strings.ReplaceAll(want, "~", "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestHostileTextsAreData: a CSV reader returns each id unchanged, except for the quote that
// keeps spreadsheets from evaluating the id.
func TestHostileTextsAreData(t *testing.T) {
	ids := []string{
		"=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "a=1", "a\"b", "a,b", "a\nb", `a\b`, " a", "a ", "'", `"`, `""`, ",", "ep;1", "\u2028", "ö", `\.`, "a\rb",
	}
	results := &report.Results{Reports: map[string]any{}}
	for _, id := range ids {
		results.Reports[id] = &reportjson.CostReport{Head: reportjson.Head{Timeframe: "1h"}, Notes: []reportjson.Note{{Field: "f", Reason: id}}}
	}
	text := string(Write(results, ids))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[1:] {
		if row[1] == noteSection && row[4] != row[0] {
			t.Errorf("the value is %q, the id %q", row[4], row[0])
		}
		if row[1] == noteSection {
			got = append(got, row[0])
		}
	}
	for i, id := range ids {
		want := id
		if strings.ContainsAny(id[:1], "=+-@\t\r\n") {
			want = "'" + id
		}
		if got[i] != want {
			t.Errorf("got %q, want %q", got[i], want)
		}
	}
	if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", ""), "a\nb", ""), "\nep") {
		t.Error("a line ends without a carriage return")
	}
}

func TestUnknownEndpointIsAnErrorRow(t *testing.T) {
	results := &report.Results{Unknown: map[string]*report.UnknownError{"ep_b": report.NewUnknownError("ep_b", "24h", nil)}}
	want := "ep_b,error,NOT_FOUND,,\"There is no endpoint \"\"ep_b\"\" with samples of tensorone_endpoint_info in the last 24h.\"\r\n"
	if got := string(Write(results, []string{"ep_b"})); !strings.HasSuffix(got, "value\r\n"+want) {
		t.Errorf("got %s", got)
	}
}

// TestEveryFieldCanBeWritten writes answers in which every field has a value, and compares the
// number of rows with the number of values.
func TestEveryFieldCanBeWritten(t *testing.T) {
	for _, answer := range []any{&reportjson.Report{}, &reportjson.CostReport{}} {
		count := fill(reflect.ValueOf(answer).Elem())
		text := Write(&report.Results{Reports: map[string]any{"ep": answer}}, []string{"ep"})
		// There are fewer rows than values: the id and the times of points have their own
		// columns, and the two values of a note share a row.
		if rows := strings.Count(string(text), "\r\n") - 1; rows < count*8/10 || rows > count {
			t.Errorf("%T: %d rows of %d values", answer, rows, count)
		}
	}
}

// fill sets all values and returns their number.
func fill(v reflect.Value) (count int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0))
	case reflect.Struct:
		for _, field := range v.Fields() {
			count += fill(field)
		}
		return count
	case reflect.String:
		v.SetString("text")
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Bool:
		v.SetBool(true)
	}
	return 1
}
