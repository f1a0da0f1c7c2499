package reporttext

import (
	dto "github.com/prometheus/client_model/go"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

// families are the metric families of an answer, in the order in which they are written. Their
// names and labels are those of docs/metrics-contract.md. The value of a counter is its growth
// in the timeframe.
var families = []family{
	{"requests_total", dto.MetricType_COUNTER, "Total number of requests in the last %s.", counters(func(r *reportjson.Report) []value {
		return []value{{"status", "success", r.Summary.SuccessfulExecutions}, {"status", "error", r.Summary.FailedExecutions}}
	})},
	{"latency_seconds", dto.MetricType_HISTOGRAM, "Request latency in seconds, in the last %s.", latencies},
	{"cold_starts_total", dto.MetricType_COUNTER, "Total number of cold starts in the last %s.", counters(func(r *reportjson.Report) []value {
		return []value{{"", "", r.Summary.ColdStartCount}}
	})},
	{"errors_total", dto.MetricType_COUNTER, "Total number of failed requests by class of the code in the last %s.", counters(func(r *reportjson.Report) []value {
		if r.Performance == nil {
			return nil
		}
		b := r.Performance.ErrorRates.Breakdown
		return []value{{"code", "4xx", b.ClientErrors}, {"code", "5xx", b.ServerErrors}}
	})},
	{"compute_seconds_total", dto.MetricType_COUNTER, "Total time of instances in seconds in the last %s.", counters(func(r *reportjson.Report) []value {
		if r.Usage == nil {
			return nil
		}
		c := r.Usage.Compute
		return []value{{"activity", "gpu", c.GPUSeconds}, {"activity", "cpu", c.CPUSeconds}, {"activity", "idle", c.IdleTime}}
	})},
	{"data_bytes_total", dto.MetricType_COUNTER, "Total number of bytes transferred in the last %s.", counters(func(r *reportjson.Report) []value {
		if r.Usage == nil {
			return nil
		}
		return []value{{"direction", "input", r.Usage.Data.InputBytes}, {"direction", "output", r.Usage.Data.OutputBytes}}
	})},
	{"cache_requests_total", dto.MetricType_COUNTER, "Total number of requests to the cache in the last %s.", counters(func(r *reportjson.Report) []value {
		if r.Usage == nil {
			return nil
		}
		return []value{{"result", "hit", r.Usage.Data.CacheHits}, {"result", "miss", r.Usage.Data.CacheMisses}}
	})},
	{"gpu_utilization", dto.MetricType_GAUGE, "Average GPU utilization percentage in the last %s.", gauges(func(r *reportjson.Report) []value {
		if r.Resources == nil {
			return nil
		}
		return []value{{"", "", r.Resources.GPU.Utilization.Average}}
	})},
	{"cpu_utilization", dto.MetricType_GAUGE, "Average CPU utilization percentage in the last %s.", gauges(func(r *reportjson.Report) []value {
		if r.Resources == nil {
			return nil
		}
		return []value{{"", "", r.Resources.CPU.Utilization.Average}}
	})},
	{"instances", dto.MetricType_GAUGE, "Number of instances at the end of the last %s.", gauges(func(r *reportjson.Report) []value {
		if r.Resources == nil {
			return nil
		}
		return []value{{"state", "current", r.Resources.Scaling.CurrentInstances}, {"state", "target", r.Resources.Scaling.TargetInstances}}
	})},
	{"cost_total", dto.MetricType_COUNTER, "Total cost in USD in the last %s.", costs},
	{"budget_monthly_usd", dto.MetricType_GAUGE, "Budget of the month in USD at the end of the last %s.", budget(func(b reportjson.BudgetAnalysis) reportjson.Number { return b.MonthlyBudget })},
	{"budget_used_usd", dto.MetricType_GAUGE, "Cost of the month in USD at the end of the last %s.", budget(func(b reportjson.BudgetAnalysis) reportjson.Number { return b.CurrentUsage })},
	{"generated_timestamp_seconds", dto.MetricType_GAUGE, "Time of the report on the last %s in Unix seconds.", generatedAt},
}
