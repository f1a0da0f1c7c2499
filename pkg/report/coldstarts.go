package report

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"

// startPhases are the phases of a cold start, named as in the label phase.
var startPhases = [...]string{"container_start", "model_load", "dependency_load"}

// phaseDurations returns the mean duration of each phase in seconds.
func (c *computation) phaseDurations() (durations [len(startPhases)]float64) {
	for i, phase := range startPhases {
		durations[i] = ratio(c.growth("cold_start_duration_seconds_sum", "phase", phase), c.growth("cold_start_duration_seconds_count", "phase", phase))
	}
	return durations
}

// avoidable returns the share of the cold starts that a warm instance would have avoided:
// those after the endpoint had scaled to zero.
func (c *computation) avoidable() float64 {
	return ratio(c.growth("cold_starts_total", "reason", "scaled_to_zero"), c.coldStartCount())
}

// userExperience returns the word for the effect of cold starts on users. rate is the number
// of cold starts in percent of the number of requests.
func userExperience(count, rate float64) string {
	switch {
	case count == 0:
		return "none"
	case rate < 0.5:
		return "minor"
	case rate < 2:
		return "moderate"
	default:
		return "severe"
	}
}

func (c *computation) coldStarts() *reportjson.ColdStartsReport {
	r := &reportjson.ColdStartsReport{}
	n := &c.notes
	noStarts := c.why(noColdStarts, "cold_starts_total", "cold_start_duration_seconds_count")
	r.Count = n.number("coldStarts.count", c.coldStartCount(), counts, noSamples("cold_starts_total"))
	r.Rate = n.number("coldStarts.rate", c.coldStartRate(), percents, c.why(noRequests, "cold_starts_total", "requests_total"))
	durations := c.phaseDurations()
	duration := durations[0] + durations[1] + durations[2]
	r.AverageDuration = n.number("coldStarts.averageDuration", duration, seconds, noStarts)
	r.Breakdown.ContainerStart = n.number("coldStarts.breakdown.containerStart", durations[0], seconds, noStarts)
	r.Breakdown.ModelLoad = n.number("coldStarts.breakdown.modelLoad", durations[1], seconds, noStarts)
	r.Breakdown.DependencyLoad = n.number("coldStarts.breakdown.dependencyLoad", durations[2], seconds, noStarts)

	latency, cost := max(0, duration-c.averageQueueTime()), costOf(c.totals(), last, otherCategory, "cold_starts")
	r.Impact.LatencyIncrease = n.number("coldStarts.impact.latencyIncrease", latency, seconds, noStarts)
	r.Impact.CostIncrease = n.number("coldStarts.impact.costIncrease", cost, cents, c.noCosts())
	r.Impact.UserExperience = n.text("coldStarts.impact.userExperience", c.coldStartRate(), func(rate float64) string {
		return userExperience(c.coldStartCount(), rate)
	}, c.why(noRequests, "cold_starts_total", "requests_total"))

	improvement := &r.Optimization.EstimatedImprovement
	r.Optimization.WarmPoolRecommended = savings(c.totalInputs())[0] > 0
	improvement.LatencyReduction = n.number("coldStarts.optimization.estimatedImprovement.latencyReduction", latency*c.avoidable(), seconds, noStarts)
	improvement.CostReduction = n.number("coldStarts.optimization.estimatedImprovement.costReduction", cost*c.avoidable(), cents, noStarts)
	c.reserve(Costs, "coldStarts.impact.costIncrease", &r.Impact.CostIncrease)
	c.reserve(Costs, "coldStarts.optimization.estimatedImprovement.costReduction", &improvement.CostReduction)
	return r
}
