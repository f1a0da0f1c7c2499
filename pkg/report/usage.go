package report

import (
	"fmt"
	"math"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/statistics"
)

func (c *computation) usage() *reportjson.UsageReport {
	u := &reportjson.UsageReport{}
	n := &c.notes
	u.Requests.Total, u.Requests.Successful, u.Requests.Failed = c.counted("usage.requests.", [3]string{"total", "successful", "failed"})
	c.addHours(u)

	gpu, cpu := c.computeSeconds()
	missing := noSamples("compute_seconds_total")
	u.Compute.TotalSeconds = n.number("usage.compute.totalSeconds", gpu+cpu, seconds, missing)
	u.Compute.GPUSeconds = n.number("usage.compute.gpuSeconds", gpu, seconds, missing)
	u.Compute.CPUSeconds = n.number("usage.compute.cpuSeconds", cpu, seconds, missing)
	u.Compute.IdleTime = n.number("usage.compute.idleTime", c.growth("compute_seconds_total", "activity", "idle"), seconds, missing)
	noInstances := c.why(noInstance, "compute_seconds_total")
	u.Compute.UtilizationRate = n.number("usage.compute.utilizationRate", c.utilizationRate(), percents, noInstances)
	u.Compute.Efficiency.Score = n.number("usage.compute.efficiency.score", c.utilizationRate()*c.successRate()/100, percents, c.why(noRequests, "compute_seconds_total", "requests_total"))
	u.Compute.Efficiency.Suggestions = []string{}
	for _, i := range c.insightsOf(Usage) {
		u.Compute.Efficiency.Suggestions = append(u.Compute.Efficiency.Suggestions, i.Recommendation)
	}

	input, output := c.growth("data_bytes_total", "direction", "input"), c.growth("data_bytes_total", "direction", "output")
	missing = noSamples("data_bytes_total")
	u.Data.InputBytes = n.number("usage.data.inputBytes", input, counts, missing)
	u.Data.OutputBytes = n.number("usage.data.outputBytes", output, counts, missing)
	perHour := func(bytes float64) string {
		return fmt.Sprintf("%.1f MB/hour", rounding.Round(bytes/1e6/c.length.Hours(), tenths))
	}
	u.Data.Bandwidth.Ingress = n.text("usage.data.bandwidth.ingress", input, perHour, missing)
	u.Data.Bandwidth.Egress = n.text("usage.data.bandwidth.egress", output, perHour, missing)
	missing = noSamples("cache_requests_total")
	u.Data.CacheHits = n.number("usage.data.cacheHits", c.growth("cache_requests_total", "result", "hit"), counts, missing)
	u.Data.CacheMisses = n.number("usage.data.cacheMisses", c.growth("cache_requests_total", "result", "miss"), counts, missing)
	u.Data.CacheHitRate = n.number("usage.data.cacheHitRate", hitRate(c.totals(), last), percents, c.why(noRequests, "cache_requests_total"))
	return u
}

// utilizationRate returns the percentage of the instances' time that wasn't idle.
func (c *computation) utilizationRate() float64 {
	gpu, cpu := c.computeSeconds()
	return percent(gpu+cpu, gpu+cpu+c.growth("compute_seconds_total", "activity", "idle"))
}

// hitRate returns the cache hits of an interval in percent of all requests to the cache.
func hitRate(t table, i int) float64 {
	hits, misses := t.Sum(i, "cache_requests_total", fetch.Where("result", "hit")), t.Sum(i, "cache_requests_total", fetch.Where("result", "miss"))
	return percent(hits, hits+misses)
}

// hours returns the last complete clock hours, as many as the timeframe has.
func (c *computation) hours() intervals {
	return intervals{End: c.Request.now.Truncate(hour).UTC(), Step: hour, N: max(1, int(c.length/hour))}
}

// hourlyCounts returns the number of requests in each of c.hours. For an hour without enough
// samples, the number is NaN.
func (c *computation) hourlyCounts() []float64 {
	t, scale := c.tables[hourView], hour.Seconds()/c.window(hour).Seconds()
	values := make([]float64, c.hours().N)
	for i := range values {
		values[i] = t.Total(i, "requests_total") * scale
	}
	return values
}

func (c *computation) addHours(u *reportjson.UsageReport) {
	u.Requests.ByHour = []reportjson.HourPoint{}
	counted := c.hourlyCounts()
	var byHour [24][]float64
	var weekdays, weekends []float64
	for i, count := range counted {
		if math.IsNaN(count) {
			continue
		}
		from := c.hours().From(i)
		u.Requests.ByHour = append(u.Requests.ByHour, reportjson.HourPoint{
			Hour: timestamp(from), Count: rounding.Number(count, counts), AvgLatency: rounding.Number(meanLatency(c.tables[hourView], i), seconds),
		})
		byHour[from.Hour()] = append(byHour[from.Hour()], count)
		if weekday := from.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			weekends = append(weekends, count)
		} else {
			weekdays = append(weekdays, count)
		}
	}
	n := &c.notes
	if c.length < day {
		n.add("usage.requests.patterns", "The timeframe %s is shorter than a day.", c.timeframe)
		return
	}
	p := &u.Requests.Patterns
	highest, lowest := make([]float64, 24), make([]float64, 24)
	for i, values := range byHour {
		highest[i] = statistics.Mean(values)
		lowest[i] = -highest[i]
	}
	name := func(at int) string { return fmt.Sprintf("%02d:00-%02d:00", at, (at+1)%24) }
	if at := peakOf(highest); at >= 0 {
		p.PeakHour, p.LowestHour = name(at), name(peakOf(lowest))
	} else {
		n.add("usage.requests.patterns.peakHour", "%s", noSamples("requests_total"))
		n.add("usage.requests.patterns.lowestHour", "%s", noSamples("requests_total"))
	}
	p.WeekdayAverage = n.number("usage.requests.patterns.weekdayAverage", 24*statistics.Mean(weekdays), counts, "The hours contain no data of a day from Monday to Friday.")
	p.WeekendAverage = n.number("usage.requests.patterns.weekendAverage", 24*statistics.Mean(weekends), counts, "The hours contain no data of a Saturday or Sunday.")
}
