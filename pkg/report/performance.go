package report

import (
	"math"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func (c *computation) performance() *reportjson.PerformanceReport {
	p := &reportjson.PerformanceReport{ErrorRates: c.errorRates()}
	if c.has(Performance) {
		p.Latency, p.Throughput = c.latency(), c.throughput()
	}
	return p
}

func (c *computation) latency() *reportjson.LatencyReport {
	l := &reportjson.LatencyReport{TimeSeries: []reportjson.LatencyPoint{}}
	s, gauges := c.steps(pointView), c.steps(gaugeView)
	avg := s.points(false, func(i int) float64 { return meanLatency(s.table, i) })
	quantiles := func(q float64) []float64 {
		return s.points(false, func(i int) float64 { return s.Quantile(i, q) })
	}
	p50, p95, p99 := quantiles(0.5), quantiles(0.95), quantiles(0.99)
	fastest := gauges.combine(gauges.each(func(i int) float64 {
		if v := gauges.Total(i, "min latency_min_seconds"); v > 0 {
			return v
		}
		return math.NaN()
	}), slices.Min)
	slowest := gauges.combine(gauges.each(func(i int) float64 { return gauges.Total(i, "max latency_max_seconds") }), slices.Max)
	for i := range avg {
		if math.IsNaN(avg[i]) {
			continue
		}
		l.TimeSeries = append(l.TimeSeries, reportjson.LatencyPoint{
			Timestamp: timestamp(c.points().From(i)), Avg: rounding.Number(avg[i], seconds), P50: rounding.Number(p50[i], seconds), P95: rounding.Number(p95[i], seconds),
			P99: rounding.Number(p99[i], seconds), Min: rounding.Number(fastest[i], seconds), Max: rounding.Number(slowest[i], seconds),
		})
	}
	trends := func(name, view string) reportjson.Trend {
		t := c.tables[view]
		mean := func(i int) float64 { return meanLatency(t, i) }
		return c.trendOf("performance.latency.trends."+name, mean(last), change(t, mean), seconds,
			"The endpoint had no requests in the period of this trend.", "degrading", "improving")
	}
	l.Trends.Hourly, l.Trends.Daily = trends("hourly", spanView(hour)), trends("daily", spanView(day))
	return l
}

// requestRates returns the requests per second of each step.
func (s steps) requestRates() []float64 {
	return s.each(func(i int) float64 { return s.Total(i, "requests_total") / s.window })
}

// peakOf returns the index of the highest value, or -1 if there is none.
func peakOf(values []float64) int {
	at, most := -1, math.Inf(-1)
	for i, v := range values {
		if v > most {
			at, most = i, v
		}
	}
	return at
}

func (c *computation) throughput() *reportjson.ThroughputReport {
	t := &reportjson.ThroughputReport{TimeSeries: []reportjson.ThroughputPoint{}}
	s := c.steps(pointView)
	rates := s.requestRates()
	perSecondOf := func(key string) []float64 {
		return s.points(false, func(i int) float64 { return s.Total(i, key) / s.window })
	}
	requests, tokens := perSecondOf("requests_total"), perSecondOf("tokens_total")
	items := s.points(true, func(i int) float64 { return s.Total(i, "items_total") * s.scale })
	for i := range requests {
		if math.IsNaN(requests[i]) {
			continue
		}
		t.TimeSeries = append(t.TimeSeries, reportjson.ThroughputPoint{
			Timestamp: timestamp(c.points().From(i)), RequestsPerSecond: rounding.Number(requests[i], perSecond),
			TokensPerSecond: rounding.Number(tokens[i], perSecond), ItemsProcessed: rounding.Number(items[i], counts),
		})
	}
	for _, f := range [...]struct{ name, family string }{{"tokensPerSecond", "tokens_total"}, {"itemsProcessed", "items_total"}} {
		if len(s.table[f.family]) == 0 {
			c.notes.add("performance.throughput.timeSeries."+f.name, "%s", noSamples(f.family))
		}
	}
	if at := peakOf(rates); at >= 0 {
		t.Peak = &reportjson.Peak{RequestsPerSecond: rounding.Number(rates[at], perSecond), Timestamp: timestamp(intervals{End: c.end(), Step: c.step(), N: s.n}.From(at))}
	} else {
		c.notes.add("performance.throughput.peak", "%s", noSamples("requests_total"))
	}
	return t
}

// errorRate returns the percentage of failed requests of an interval.
func errorRate(t table, i int) float64 {
	total := t.Total(i, "requests_total")
	return percent(total-t.Sum(i, "requests_total", fetch.Where("status", "success")), total)
}

func (c *computation) errorRates() (e reportjson.ErrorReport) {
	e.TimeSeries = []reportjson.ErrorPoint{}
	s := c.steps(pointView)
	rate := s.points(false, func(i int) float64 { return errorRate(s.table, i) })
	classes := func(class string) []float64 {
		return s.points(false, func(i int) float64 {
			return percent(s.Sum(i, "errors_total", fetch.Where("error_class", class)), s.Total(i, "requests_total"))
		})
	}
	timeouts, resources, users := classes("timeout"), classes("resource"), classes("user")
	for i := range rate {
		if math.IsNaN(rate[i]) {
			continue
		}
		e.TimeSeries = append(e.TimeSeries, reportjson.ErrorPoint{
			Timestamp: timestamp(c.points().From(i)), ErrorRate: rounding.Number(rate[i], percents), TimeoutRate: rounding.Number(timeouts[i], percents),
			ResourceErrorRate: rounding.Number(resources[i], percents), UserErrorRate: rounding.Number(users[i], percents),
		})
	}
	count := func(field string, match func(series.Labels) bool) reportjson.Number {
		return c.notes.number("performance.errorRates.breakdown."+field, c.totals().Sum(last, "errors_total", match), counts, noSamples("errors_total"))
	}
	code := func(digit string) func(series.Labels) bool {
		return func(l series.Labels) bool { return strings.HasPrefix(l.Get("code"), digit) }
	}
	e.Breakdown.ClientErrors = count("4xx", code("4"))
	e.Breakdown.ServerErrors = count("5xx", code("5"))
	e.Breakdown.Timeouts = count("timeouts", fetch.Where("error_class", "timeout"))
	e.Breakdown.ResourceExhausted = count("resourceExhausted", fetch.Where("error_class", "resource"))
	return e
}
