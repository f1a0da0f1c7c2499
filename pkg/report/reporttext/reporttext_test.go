package reporttext

import (
	"math"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

func number(v float64) reportjson.Number { return &v }

// sample returns a comprehensive answer with values of all its families except the histogram.
func sample() *reportjson.Report {
	r := &reportjson.Report{
		Head:        reportjson.Head{Timeframe: "24h", GeneratedAt: "2026-03-18T14:38:22Z"},
		Summary:     reportjson.Summary{SuccessfulExecutions: number(2815), FailedExecutions: number(32), ColdStartCount: number(23)},
		Performance: &reportjson.PerformanceReport{}, Usage: &reportjson.UsageReport{}, Resources: &reportjson.ResourcesReport{},
		Costs: &reportjson.CostsReport{Breakdown: &reportjson.Breakdown{Compute: number(42.15), Storage: number(2.84), Network: number(1.47), Other: number(0.86)}},
	}
	r.Performance.ErrorRates.Breakdown.ClientErrors, r.Performance.ErrorRates.Breakdown.ServerErrors = number(18), number(14)
	r.Usage.Compute.GPUSeconds, r.Usage.Compute.CPUSeconds, r.Usage.Compute.IdleTime = number(6234.8), number(312.4), number(145.2)
	r.Usage.Data.InputBytes, r.Usage.Data.OutputBytes = number(45672819200), number(12847392000)
	r.Usage.Data.CacheHits, r.Usage.Data.CacheMisses = number(847), number(2000)
	r.Resources.GPU.Utilization.Average, r.Resources.CPU.Utilization.Average = number(67.3), number(23.8)
	r.Resources.Scaling.CurrentInstances, r.Resources.Scaling.TargetInstances = number(3), number(4)
	return r
}

func results(timeframe string, reports map[string]any) *report.Results {
	histograms := map[string]*report.Histogram{}
	for id := range reports {
		histograms[id] = &report.Histogram{Buckets: []fetch.Bucket{{Bound: 0.5, Count: 284.4}, {Bound: 1, Count: 1256.5}, {Bound: math.Inf(1), Count: 2846.6}}, Count: 2846.6, Sum: 6547.2}
	}
	return &report.Results{Timeframe: timeframe, Reports: reports, Histograms: histograms}
}

func TestWrite(t *testing.T) {
	text, err := Write(results("24h", map[string]any{"ep_a": sample()}), []string{"ep_a", "ep_a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"# HELP tensorone_endpoint_requests_total Total number of requests in the last 24h.",
		"# TYPE tensorone_endpoint_requests_total counter",
		`tensorone_endpoint_requests_total{endpoint_id="ep_a",status="success"} 2815`,
		`tensorone_endpoint_requests_total{endpoint_id="ep_a",status="error"} 32`,
		"# TYPE tensorone_endpoint_latency_seconds histogram",
		`tensorone_endpoint_latency_seconds_bucket{endpoint_id="ep_a",le="0.5"} 284`,
		`tensorone_endpoint_latency_seconds_bucket{endpoint_id="ep_a",le="1"} 1257`,
		`tensorone_endpoint_latency_seconds_bucket{endpoint_id="ep_a",le="+Inf"} 2847`,
		`tensorone_endpoint_latency_seconds_sum{endpoint_id="ep_a"} 6547.2`,
		`tensorone_endpoint_latency_seconds_count{endpoint_id="ep_a"} 2847`,
		`tensorone_endpoint_gpu_utilization{endpoint_id="ep_a"} 67.3`,
		`tensorone_endpoint_cost_total{endpoint_id="ep_a",category="compute"} 42.15`,
		`tensorone_endpoint_cost_total{endpoint_id="ep_a",category="storage"} 2.84`,
		`tensorone_endpoint_data_bytes_total{endpoint_id="ep_a",direction="input"} 4.56728192e+10`,
		`tensorone_endpoint_instances{endpoint_id="ep_a",state="target"} 4`,
		`tensorone_endpoint_generated_timestamp_seconds{endpoint_id="ep_a"} 1.773844702e+09`,
	} {
		if strings.Count(string(text), line+"\n") != 1 {
			t.Errorf("want the line %s once in\n%s", line, text)
		}
	}
	problems, err := promlint.New(strings.NewReader(string(text))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

func TestCostAnswer(t *testing.T) {
	r := &reportjson.CostReport{Head: reportjson.Head{GeneratedAt: "2026-03-18T14:38:22Z"}}
	r.Costs.Breakdown = &reportjson.DetailedBreakdown{}
	r.Costs.Breakdown.Compute.Amount, r.Costs.BudgetAnalysis.MonthlyBudget = number(1089.24), number(1500)
	families := parse(t, results("30d", map[string]any{"ep_a": r}), "ep_a")
	if len(families) != 3 || families["tensorone_endpoint_cost_total"].Metric[0].Counter.GetValue() != 1089.24 || families["tensorone_endpoint_budget_monthly_usd"].Metric[0].Gauge.GetValue() != 1500 {
		t.Errorf("got %v", families)
	}
}

// parse reads an answer with Prometheus's parser.
func parse(t *testing.T, results *report.Results, ids ...string) map[string]*dto.MetricFamily {
	t.Helper()
	text, err := Write(results, ids)
	if err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return families
}

func TestAbsentValuesAreLeftOut(t *testing.T) {
	if families := parse(t, &report.Results{Reports: map[string]any{"ep_a": &reportjson.Report{}}}, "ep_a"); len(families) > 0 {
		t.Errorf("got %v", families)
	}
}

func TestHostileIDsAreLabels(t *testing.T) {
	ids := []string{`"`, `\`, "a\nb", `a"} 1`, "# TYPE x counter", "ö", "a{b}", " "}
	reports := map[string]any{}
	for _, id := range ids {
		reports[id] = sample()
	}
	families := parse(t, results("1h", reports), ids...)
	for _, f := range families {
		seen := map[string]bool{}
		for _, m := range f.Metric {
			seen[m.Label[0].GetValue()] = true
		}
		for _, id := range ids {
			if !seen[id] {
				t.Errorf("%s has no series of %q", f.GetName(), id)
			}
		}
	}
	if len(families) != 12 {
		t.Errorf("%d families", len(families))
	}
	unknown := &report.Results{Unknown: map[string]*report.UnknownError{}}
	for _, id := range ids {
		unknown.Unknown[id] = report.NewUnknownError(id, "1h", nil)
	}
	if families := parse(t, unknown, ids...); len(families) > 0 {
		t.Errorf("got %v", families)
	}
}
