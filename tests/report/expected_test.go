package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

func (x *expectation) successRate() float64 {
	return 100 * div(x.T("requests_total", "status", "success"), x.T("requests_total"))
}

func (x *expectation) executions(path string, names ...string) {
	ok := x.T("requests_total", "status", "success")
	failed := x.T("requests_total", "status", "error")
	x.num(path+names[0], math.Round(ok)+math.Round(failed), 0)
	x.num(path+names[1], ok, 0)
	x.num(path+names[2], failed, 0)
}

func (x *expectation) meanLatency(from, to time.Time) float64 {
	return div(x.G(from, to, "latency_seconds_sum"), x.G(from, to, "latency_seconds_count"))
}

func (x *expectation) queueTime() float64 {
	return div(x.T("queue_time_seconds_sum"), x.T("queue_time_seconds_count"))
}

func (x *expectation) summary() {
	begin := x.end.Add(-x.length)
	x.executions("summary.", "totalExecutions", "successfulExecutions", "failedExecutions")
	x.num("summary.successRate", x.successRate(), 2)
	x.num("summary.totalCost", x.T("cost_total"), 2)
	x.num("summary.averageLatency", x.meanLatency(begin, x.end), 3)
	x.num("summary.p95Latency", x.Q(begin, x.end, 0.95), 3)
	x.num("summary.p99Latency", x.Q(begin, x.end, 0.99), 3)
	x.num("summary.totalComputeTime", x.T("compute_seconds_total", "activity", "gpu")+x.T("compute_seconds_total", "activity", "cpu"), 3)
	x.num("summary.averageQueueTime", x.queueTime(), 3)
	x.num("summary.coldStartCount", x.T("cold_starts_total"), 0)
	x.num("summary.coldStartRate", 100*div(x.T("cold_starts_total"), x.T("requests_total")), 2)
}

// trend sets the fields with the change of a value in comparison with the previous
// period.
func (x *expectation) trend(path string, span time.Duration, rise, fall string, value func(from, to time.Time) float64) {
	start := x.end.Add(-2 * span)
	existed := false
	for _, s := range x.rawEndpoint["requests_total"] {
		_, values := s.within(start.Add(-time.Hour), start)
		existed = existed || len(values) > 0
	}
	change := 100*div(value(x.end.Add(-span), x.end), value(start, x.end.Add(-span))) - 100
	if !existed || math.IsNaN(change) {
		return
	}
	x.num(path+".changePercent", change, 2)
	switch {
	case change >= 5:
		x.text(path+".trend", rise)
	case change <= -5:
		x.text(path+".trend", fall)
	default:
		x.text(path+".trend", "stable")
	}
}

func (x *expectation) performance() {
	x.series("performance.latency", []string{"avg", "p50", "p95", "p99", "min", "max"}, []int{3, 3, 3, 3, 3, 3}, false, func(i interval) []float64 {
		return []float64{
			x.meanLatency(i.from, i.to), x.Q(i.from, i.to, 0.5), x.Q(i.from, i.to, 0.95), x.Q(i.from, i.to, 0.99),
			minOf(x.gauge(i.from, i.to, "latency_min_seconds")), maxOf(x.gauge(i.from, i.to, "latency_max_seconds")),
		}
	})
	for name, span := range map[string]time.Duration{"hourly": time.Hour, "daily": day} {
		path := "performance.latency.trends." + name
		x.num(path+".average", x.meanLatency(x.end.Add(-span), x.end), 3)
		x.trend(path, span, "degrading", "improving", x.meanLatency)
	}
	seconds, scale := x.window(x.step).Seconds(), x.step.Seconds()/x.window(x.step).Seconds()
	x.series("performance.throughput", []string{"requestsPerSecond", "tokensPerSecond", "itemsProcessed"}, []int{4, 4, 0}, false, func(i interval) []float64 {
		return []float64{x.G(i.from, i.to, "requests_total") / seconds, x.G(i.from, i.to, "tokens_total") / seconds, x.G(i.from, i.to, "items_total") * scale}
	})
	peak, at := math.NaN(), ""
	for _, i := range x.intervals(x.step) {
		if rate := x.G(i.from, i.to, "requests_total") / seconds; !math.IsNaN(rate) && !(rate <= peak) {
			peak, at = rate, stamp(i.begin)
		}
	}
	x.num("performance.throughput.peak.requestsPerSecond", peak, 4)
	x.text("performance.throughput.peak.timestamp", at)
	x.coldStarts()
}

func (x *expectation) errors() {
	x.series("performance.errorRates", []string{"errorRate", "timeoutRate", "resourceErrorRate", "userErrorRate"}, []int{2, 2, 2, 2}, false, func(i interval) []float64 {
		rates := []float64{100 * div(x.G(i.from, i.to, "requests_total", "status", "error"), x.G(i.from, i.to, "requests_total"))}
		for _, class := range []string{"timeout", "resource", "user"} {
			rates = append(rates, 100*div(x.G(i.from, i.to, "errors_total", "error_class", class), x.G(i.from, i.to, "requests_total")))
		}
		return rates
	})
	const path = "performance.errorRates.breakdown."
	for _, digit := range []string{"4", "5"} {
		x.num(path+digit+"xx", x.Gif(x.end.Add(-x.length), x.end, "errors_total", func(l labels.Labels) bool { return l.Get("code")[:1] == digit }), 0)
	}
	x.num(path+"timeouts", x.T("errors_total", "error_class", "timeout"), 0)
	x.num(path+"resourceExhausted", x.T("errors_total", "error_class", "resource"), 0)
}

func (x *expectation) coldStarts() {
	count, requests := x.T("cold_starts_total"), x.T("requests_total")
	x.num("coldStarts.count", count, 0)
	rate := 100 * div(count, requests)
	x.num("coldStarts.rate", rate, 2)
	duration := 0.0
	for field, phase := range map[string]string{"containerStart": "container_start", "modelLoad": "model_load", "dependencyLoad": "dependency_load"} {
		mean := div(x.T("cold_start_duration_seconds_sum", "phase", phase), x.T("cold_start_duration_seconds_count", "phase", phase))
		x.num("coldStarts.breakdown."+field, mean, 3)
		duration += mean
	}
	x.num("coldStarts.averageDuration", duration, 3)
	increase := max(0, duration-x.queueTime())
	cost := x.T("cost_total", "item", "cold_starts")
	share := div(x.T("cold_starts_total", "reason", "scaled_to_zero"), count)
	x.num("coldStarts.impact.latencyIncrease", increase, 3)
	x.num("coldStarts.impact.costIncrease", cost, 2)
	x.num("coldStarts.optimization.estimatedImprovement.latencyReduction", increase*share, 3)
	x.num("coldStarts.optimization.estimatedImprovement.costReduction", cost*share, 2)
	if !math.IsNaN(rate) {
		word := "severe"
		switch {
		case count == 0:
			word = "none"
		case rate < 0.5:
			word = "minor"
		case rate < 2:
			word = "moderate"
		}
		x.text("coldStarts.impact.userExperience", word)
	}
	x.out["coldStarts.optimization.warmPoolRecommended"] = cost > 0 && cost >= 0.01*x.T("cost_total") && cost*share >= 0.01
}

func (x *expectation) usage() {
	x.executions("usage.requests.", "total", "successful", "failed")
	n := max(1, int(x.length/time.Hour))
	hours := now.Truncate(time.Hour)
	var byHour [24][]float64
	days := map[bool][]float64{}
	for i := range n {
		to := hours.Add(-time.Duration(n-1-i) * time.Hour)
		from := to.Add(-time.Hour)
		count := x.G(from, to, "requests_total")
		if math.IsNaN(count) {
			continue
		}
		path := "usage.requests.byHour[" + stamp(from) + "]"
		x.text(path+".hour", stamp(from))
		x.num(path+".count", count, 0)
		x.num(path+".avgLatency", x.meanLatency(from, to), 3)
		byHour[from.Hour()] = append(byHour[from.Hour()], count)
		weekend := from.Weekday() == time.Saturday || from.Weekday() == time.Sunday
		days[weekend] = append(days[weekend], count)
	}
	if x.length >= day {
		high, low := -1, -1
		for hour, counts := range byHour {
			if len(counts) == 0 {
				continue
			}
			if high < 0 || avgOf(counts) > avgOf(byHour[high]) {
				high = hour
			}
			if low < 0 || avgOf(counts) < avgOf(byHour[low]) {
				low = hour
			}
		}
		if high >= 0 {
			x.text("usage.requests.patterns.peakHour", fmt.Sprintf("%02d:00-%02d:00", high, (high+1)%24))
			x.text("usage.requests.patterns.lowestHour", fmt.Sprintf("%02d:00-%02d:00", low, (low+1)%24))
		}
		x.num("usage.requests.patterns.weekdayAverage", 24*avgOf(days[false]), 0)
		x.num("usage.requests.patterns.weekendAverage", 24*avgOf(days[true]), 0)
	}
	gpu, cpu, idle := x.T("compute_seconds_total", "activity", "gpu"), x.T("compute_seconds_total", "activity", "cpu"), x.T("compute_seconds_total", "activity", "idle")
	x.num("usage.compute.totalSeconds", gpu+cpu, 3)
	x.num("usage.compute.gpuSeconds", gpu, 3)
	x.num("usage.compute.cpuSeconds", cpu, 3)
	x.num("usage.compute.idleTime", idle, 3)
	utilization := 100 * div(gpu+cpu, gpu+cpu+idle)
	x.num("usage.compute.utilizationRate", utilization, 2)
	x.num("usage.compute.efficiency.score", utilization*x.successRate()/100, 2)
	for _, d := range [][3]string{{"input", "inputBytes", "ingress"}, {"output", "outputBytes", "egress"}} {
		bytes := x.T("data_bytes_total", "direction", d[0])
		x.num("usage.data."+d[1], bytes, 0)
		if !math.IsNaN(bytes) {
			x.text("usage.data.bandwidth."+d[2], fmt.Sprintf("%.1f MB/hour", bytes/1e6/x.length.Hours()))
		}
	}
	hits, misses := x.T("cache_requests_total", "result", "hit"), x.T("cache_requests_total", "result", "miss")
	x.num("usage.data.cacheHits", hits, 0)
	x.num("usage.data.cacheMisses", misses, 0)
	x.num("usage.data.cacheHitRate", 100*div(hits, hits+misses), 2)
}

func (x *expectation) resources() {
	mean := func(i interval, family string, match ...string) float64 {
		return avgOf(x.gauge(i.from, i.to, family, match...))
	}
	most := func(i interval, family string, match ...string) float64 {
		return maxOf(x.gauge(i.from, i.to, family, match...))
	}
	share := func(i interval, memory string) float64 {
		return div(mean(i, memory, "state", "allocated"), most(i, memory, "state", "allocated"))
	}
	sums := func(over func(interval) float64) (sum float64) {
		for _, i := range x.intervals(x.step) {
			if v := over(i); !math.IsNaN(v) {
				sum += v
			}
		}
		return sum
	}
	average := func(family, memory string) float64 {
		return div(sums(func(i interval) float64 { return mean(i, family) }), sums(func(i interval) float64 { return share(i, memory) }))
	}
	peak := func(value func(interval) float64) float64 {
		var list []float64
		for _, i := range x.intervals(x.step) {
			if v := value(i); !math.IsNaN(v) {
				list = append(list, v)
			}
		}
		return maxOf(list)
	}
	peakOf := func(family, memory string) float64 {
		return peak(func(i interval) float64 {
			if math.IsNaN(share(i, memory)) {
				return math.NaN()
			}
			return most(i, family)
		})
	}
	used := func(memory string) float64 {
		return 100 * div(sums(func(i interval) float64 { return mean(i, memory, "state", "used") }), sums(func(i interval) float64 { return mean(i, memory, "state", "allocated") }))
	}
	const gpu, main = "gpu_memory_bytes", "memory_bytes"
	x.num("resources.gpu.utilization.average", average("gpu_utilization", gpu), 2)
	x.num("resources.gpu.utilization.peak", peakOf("gpu_utilization", gpu), 2)
	x.series("resources.gpu.utilization", []string{"utilization", "memoryUsage", "temperature"}, []int{2, 2, 1}, false, func(i interval) []float64 {
		return []float64{
			div(mean(i, "gpu_utilization"), share(i, gpu)), 100 * div(mean(i, gpu, "state", "used"), mean(i, gpu, "state", "allocated")),
			div(mean(i, "gpu_temperature_celsius"), share(i, gpu)),
		}
	})
	memoryPeak := peak(func(i interval) float64 {
		return 100 * div(most(i, gpu, "state", "used"), most(i, gpu, "state", "allocated"))
	})
	x.num("resources.gpu.memory.average", used(gpu), 2)
	x.num("resources.gpu.memory.peak", memoryPeak, 2)
	x.num("resources.gpu.memory.efficiency", 100*div(used(gpu), memoryPeak), 2)
	if !math.IsNaN(memoryPeak) {
		x.text("resources.gpu.memory.allocated", "40GB")
		x.text("resources.cpu.memory.available", "64GB")
	}
	x.num("resources.gpu.performance.flops", average("gpu_flops", gpu)/1e12, 1)
	x.num("resources.gpu.performance.memoryBandwidth", average("gpu_memory_bandwidth_bytes_per_second", gpu)/1e9, 1)
	x.num("resources.gpu.performance.efficiency", 100*div(average("gpu_flops", gpu), peakOf("gpu_flops", gpu)), 2)
	x.num("resources.cpu.utilization.average", average("cpu_utilization", main), 2)
	x.num("resources.cpu.utilization.peak", peakOf("cpu_utilization", main), 2)
	x.num("resources.cpu.memory.usage", used(main), 2)
	x.scaling()
}

func (x *expectation) scaling() {
	const path = "resources.scaling."
	x.num(path+"currentInstances", x.at(x.end, "instances", "state", "current"), 0)
	x.num(path+"targetInstances", x.at(x.end, "instances", "state", "target"), 0)
	x.out[path+"autoScalingEnabled"] = x.rawEndpoint["info"][0].labels.Get("autoscaling") == "true"
	step := map[string]time.Duration{"1h": time.Minute, "6h": time.Minute, "24h": time.Minute, "7d": 5 * time.Minute, "30d": 15 * time.Minute}[x.timeframe]
	type event struct {
		at       time.Time
		from, to float64
	}
	var events []event
	for at := x.end.Add(-x.length + step); !at.After(x.end); at = at.Add(step) {
		from, to := x.at(at.Add(-step), "instances", "state", "current"), x.at(at, "instances", "state", "current")
		if !math.IsNaN(from) && !math.IsNaN(to) && from != to {
			events = append(events, event{at, from, to})
		}
	}
	for _, e := range events[max(0, len(events)-100):] {
		field := path + "events[" + stamp(e.at) + "]."
		action := "scale_up"
		if e.to < e.from {
			action = "scale_down"
		}
		x.text(field+"timestamp", stamp(e.at))
		x.text(field+"action", action)
		x.num(field+"from", e.from, 0)
		x.num(field+"to", e.to, 0)
		from := e.at.Add(-x.window(2 * step))
		counts := map[string]float64{}
		for _, s := range x.rawEndpoint["scaling_duration_seconds_count"] {
			if g := s.growth(from, e.at); s.labels.Get("action") == action && g > 0 {
				counts[s.labels.Get("reason")] = g
			}
		}
		if len(counts) == 0 {
			continue
		}
		var reasons []string
		for reason := range counts {
			reasons = append(reasons, reason)
		}
		slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
		text := strings.ReplaceAll(reasons[0], "_", " ")
		x.text(field+"reason", strings.ToUpper(text[:1])+text[1:])
		x.num(field+"duration", div(x.G(from, e.at, "scaling_duration_seconds_sum", "action", action), x.G(from, e.at, "scaling_duration_seconds_count", "action", action)), 3)
	}
}
