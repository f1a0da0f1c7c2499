package report

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

// insightRule is a row of the table of insights in docs/report.md.
type insightRule struct {
	kind           string
	section        Section
	value          func(*computation) (value float64, at string) // at is the time of the value, or ""
	severity       func(value float64) string                    // "" if the rule doesn't apply
	message        string                                        // a format with a verb for the value
	recommendation string
}

// from returns a function that returns a severity: the parameter higherSeverity for values >=
// higher, the parameter severity for other values >= threshold, or "" for smaller values.
func from(threshold float64, severity string, higher float64, higherSeverity string) func(float64) string {
	return func(v float64) string {
		switch {
		case v >= higher:
			return higherSeverity
		case v >= threshold:
			return severity
		}
		return ""
	}
}

// above is like from, but a value must exceed a threshold instead of reaching it.
func above(threshold float64, severity string, higher float64, higherSeverity string) func(float64) string {
	return from(math.Nextafter(threshold, math.Inf(1)), severity, math.Nextafter(higher, math.Inf(1)), higherSeverity)
}

// between returns a function that returns severity for values above low and below high, and
// "" for other values.
func between(low, high float64, severity string) func(float64) string {
	return func(v float64) string {
		if v > low && v < high {
			return severity
		}
		return ""
	}
}

// untimed returns an insightRule.value that returns the result of value, and no time.
func untimed(value func(*computation) float64) func(*computation) (float64, string) {
	return func(c *computation) (float64, string) { return value(c), "" }
}

// none is a threshold that no finite value reaches.
var none = math.Inf(1)

var insightRules = []insightRule{
	{
		"latency_spike", Performance, (*computation).spike, from(15, "medium", 50, "warning"),
		"Latency was %.1f percent above the average at peak throughput.", "Scale up earlier, or raise the maximum number of instances.",
	},
	{
		"high_latency", Performance, untimed(func(c *computation) float64 { return meanLatency(c.totals(), last) }), above(5, "warning", none, ""),
		"The average latency was %.2f s, over the limit of 5 s.", "Compare the queue time with the latency: add instances if requests wait, or use a faster GPU.",
	},
	{
		"error_rate", Performance, untimed(func(c *computation) float64 { return errorRate(c.totals(), last) }), above(2, "medium", 5, "warning"),
		"%.2f percent of the requests failed.", "Look at the errors by class and code to find the cause.",
	},
	{
		"cold_start_rate", Performance, untimed((*computation).coldStartRate), from(2, "medium", none, ""),
		"There were %.2f cold starts per 100 requests.", "Enable a warm pool, or scale down later.",
	},
	{
		"usage_pattern", Usage, untimed((*computation).dailyCorrelation), from(0.7, "info", none, ""),
		"The requests follow a daily pattern: hours correlate with those of the day before (r = %.2f).", "Plan the capacity by the hour of the day.",
	},
	{
		"low_utilization", Usage, untimed((*computation).utilizationRate), between(-1, 50, "medium"),
		"Instances worked in %.1f percent of their time.", "Lower the minimum number of instances, or scale down earlier.",
	},
	{
		"low_cache_hit_rate", Usage, untimed(func(c *computation) float64 { return hitRate(c.totals(), last) }), between(0, usualHitRate, "info"),
		"The cache answered %.1f percent of the requests.", "Keep results in the cache for longer, and normalize requests that mean the same.",
	},
	{
		"cost_trend", Costs, untimed((*computation).costChange), from(stablePercent, "warning", none, ""),
		"Costs rose by %.1f percent against the period before.", "Compare the costs by category with the requests to find the cause.",
	},
	{
		"cost_trend", Costs, untimed(func(c *computation) float64 { return -c.costChange() }), from(stablePercent, "info", none, ""),
		"Costs fell by %.1f percent against the period before.", "Check that the number of requests didn't fall as well.",
	},
	{
		"budget_overrun", Costs, untimed((*computation).overrun), above(0, "warning", none, ""),
		"The month is projected to cost %.1f percent more than its budget.", "Reduce the costs, or raise the budget.",
	},
}

// spike returns by how many percent the latency at peak throughput exceeds the average
// latency, and the time of the peak. The value is NaN if there were no requests.
func (c *computation) spike() (float64, string) {
	s := c.steps(pointView)
	at := peakOf(s.requestRates())
	if at < 0 {
		return math.NaN(), ""
	}
	return percent(meanLatency(s.table, at), meanLatency(c.totals(), last)) - 100, timestamp(intervals{End: c.end(), Step: c.step(), N: s.n}.From(at))
}

// minPairs is the minimum number of pairs of hours for a correlation.
const minPairs = 48

// dailyCorrelation returns the correlation between the requests of each hour and those of the
// hour 24 hours earlier. It returns NaN if there are fewer than minPairs such pairs.
func (c *computation) dailyCorrelation() float64 {
	counted := c.hourlyCounts()
	var today, yesterday []float64
	for i := 24; i < len(counted); i++ {
		if !math.IsNaN(counted[i]) && !math.IsNaN(counted[i-24]) {
			today, yesterday = append(today, counted[i]), append(yesterday, counted[i-24])
		}
	}
	if len(today) < minPairs {
		return math.NaN()
	}
	return stat.Correlation(today, yesterday, nil)
}

// costChange returns the change of the cost in percent, from the period before the timeframe
// to the timeframe.
func (c *computation) costChange() float64 { return change(c.totals(), c.costOfSpan(c.length)) }

// overrun returns by how many percent the projected total of the month exceeds the budget.
func (c *computation) overrun() float64 {
	b := c.budgetValues()
	return percent(b.projected, b.monthly) - 100
}

func (c *computation) insightsOf(section Section) []reportjson.Insight {
	list := []reportjson.Insight{}
	for _, rule := range insightRules {
		if rule.section != section || !c.has(section) {
			continue
		}
		value, at := rule.value(c)
		if math.IsNaN(value) {
			continue
		}
		if severity := rule.severity(value); severity != "" {
			list = append(list, reportjson.Insight{
				Type: rule.kind, Severity: severity, Message: fmt.Sprintf(rule.message, value), Timestamp: at, Recommendation: rule.recommendation,
			})
		}
	}
	return list
}

// insights returns the insights of all sections of the request. It returns nil if the request
// contains none of the sections for which there are rules.
func (c *computation) insights() *reportjson.InsightsReport {
	if !c.has(Performance, Usage, Costs) {
		return nil
	}
	r := &reportjson.InsightsReport{}
	for section, list := range map[Section]*[]reportjson.Insight{Performance: &r.Performance, Usage: &r.Usage, Costs: &r.Costs} {
		if c.has(section) {
			*list = c.insightsOf(section)
		}
	}
	return r
}
