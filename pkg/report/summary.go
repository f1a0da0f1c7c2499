package report

import (
	"math"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

const (
	noRequests   = "The endpoint had no requests in the timeframe."
	noInstance   = "No instance ran in the timeframe."
	noColdStarts = "The endpoint had no cold starts in the timeframe."
)

// executions returns the numbers of successful and failed executions in the timeframe.
func (c *computation) executions() (successful, failed float64) {
	successful = c.growth("requests_total", "status", "success")
	return successful, c.totals().Total(last, "requests_total") - successful
}

func (c *computation) successRate() float64 {
	successful, failed := c.executions()
	return percent(successful, successful+failed)
}

// counted returns the rounded numbers of executions. The total is the sum of the other two
// rounded numbers. Notes about a number refer to the field prefix plus one of the names.
func (c *computation) counted(prefix string, names [3]string) (total, successful, failed reportjson.Number) {
	s, f := c.executions()
	reason := noSamples("requests_total")
	total = c.notes.number(prefix+names[0], rounding.Round(s, counts)+rounding.Round(f, counts), counts, reason)
	successful = c.notes.number(prefix+names[1], s, counts, reason)
	failed = c.notes.number(prefix+names[2], f, counts, reason)
	return total, successful, failed
}

// meanLatency returns the mean latency of an interval of a table.
func meanLatency(t table, i int) float64 {
	return ratio(t.Total(i, "latency_seconds_sum"), t.Total(i, "latency_seconds_count"))
}

func (c *computation) averageQueueTime() float64 {
	return ratio(c.totals().Total(last, "queue_time_seconds_sum"), c.totals().Total(last, "queue_time_seconds_count"))
}

// computeSeconds returns the seconds in which instances worked, without their idle time.
func (c *computation) computeSeconds() (gpu, cpu float64) {
	return c.growth("compute_seconds_total", "activity", "gpu"), c.growth("compute_seconds_total", "activity", "cpu")
}

func (c *computation) coldStartCount() float64 { return c.totals().Total(last, "cold_starts_total") }

func (c *computation) coldStartRate() float64 {
	return percent(c.coldStartCount(), c.totals().Total(last, "requests_total"))
}

func (c *computation) totalCost() float64 { return c.totals().Total(last, "cost_total") }

func (c *computation) summary() (s reportjson.Summary) {
	n, t := &c.notes, c.totals()
	s.TotalExecutions, s.SuccessfulExecutions, s.FailedExecutions = c.counted("summary.", [3]string{"totalExecutions", "successfulExecutions", "failedExecutions"})
	s.SuccessRate = n.number("summary.successRate", c.successRate(), percents, c.why(noRequests, "requests_total"))
	s.TotalCost = n.number("summary.totalCost", c.totalCost(), cents, c.noCosts())
	latency := c.why(noRequests, "latency_seconds_count")
	s.AverageLatency = n.number("summary.averageLatency", meanLatency(t, last), seconds, latency)
	s.P95Latency = n.number("summary.p95Latency", t.Quantile(last, 0.95), seconds, latency)
	s.P99Latency = n.number("summary.p99Latency", t.Quantile(last, 0.99), seconds, latency)
	gpu, cpu := c.computeSeconds()
	s.TotalComputeTime = n.number("summary.totalComputeTime", gpu+cpu, seconds, noSamples("compute_seconds_total"))
	s.AverageQueueTime = n.number("summary.averageQueueTime", c.averageQueueTime(), seconds, c.why(noRequests, "queue_time_seconds_count"))
	s.ColdStartCount = n.number("summary.coldStartCount", c.coldStartCount(), counts, noSamples("cold_starts_total"))
	s.ColdStartRate = n.number("summary.coldStartRate", c.coldStartRate(), percents, c.why(noRequests, "cold_starts_total", "requests_total"))
	c.reserveSummary(&s)
	return s
}

// reserveSummary removes the values of sections that are reserved for a higher role than the
// user's.
func (c *computation) reserveSummary(s *reportjson.Summary) {
	for _, f := range []struct {
		section Section
		name    string
		value   *reportjson.Number
	}{
		{Usage, "totalExecutions", &s.TotalExecutions},
		{Usage, "successfulExecutions", &s.SuccessfulExecutions},
		{Usage, "failedExecutions", &s.FailedExecutions},
		{Usage, "totalComputeTime", &s.TotalComputeTime},
		{Errors, "successRate", &s.SuccessRate},
		{Costs, "totalCost", &s.TotalCost},
		{Performance, "averageLatency", &s.AverageLatency},
		{Performance, "p95Latency", &s.P95Latency},
		{Performance, "p99Latency", &s.P99Latency},
		{Performance, "averageQueueTime", &s.AverageQueueTime},
		{Performance, "coldStartCount", &s.ColdStartCount},
		{Performance, "coldStartRate", &s.ColdStartRate},
	} {
		c.reserve(f.section, "summary."+f.name, f.value)
	}
}

// change returns the change of a value in percent, from the first to the second interval of t.
// It returns NaN if the first value is 0, or if there were no samples before its interval.
func change(t table, value func(i int) float64) float64 {
	if math.IsNaN(t.Total(before, began)) {
		return math.NaN()
	}
	return percent(value(last), value(before)) - 100
}

const noPeriodBefore = "The period before has no complete data, or its value is 0."

// stablePercent is the change in percent below which a trend is stable, in either direction.
const stablePercent = 5

// trendOf returns a trend. If the average is absent, reason is the text of the note about it.
// rise and fall are the words for a change of at least stablePercent.
func (c *computation) trendOf(name string, average, changed float64, decimals int, reason, rise, fall string) reportjson.Trend {
	t := reportjson.Trend{Average: c.notes.number(name+".average", average, decimals, reason)}
	if t.ChangePercent = rounding.Number(changed, percents); t.ChangePercent == nil {
		c.notes.add(name+".changePercent", "%s", noPeriodBefore)
		return t
	}
	switch {
	case changed >= stablePercent:
		t.Trend = rise
	case changed <= -stablePercent:
		t.Trend = fall
	default:
		t.Trend = "stable"
	}
	return t
}
