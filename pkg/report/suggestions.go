package report

import (
	"math"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// inputs are the costs and other values of the timeframe, or of a step, from which the
// suggestions are computed.
type inputs struct {
	total, compute, inference, idle, cold float64 // USD
	avoidable                             float64 // share of the cold starts
	memoryPeak, hitRate                   float64 // percent
}

// suggestionRule is a row of the table of suggestions in docs/report.md.
type suggestionRule struct {
	category, costCategory      string
	description, implementation string
	effort                      string
	applies                     func(inputs) bool
	savings                     func(inputs) float64   // computed from costs that earlier rules have lowered
	lower                       func(*inputs, float64) // lowers the costs for later rules, if they overlap
}

// Constants of the suggestion rules.
const (
	coldShare    = 0.01 // of the total cost
	idleShare    = 0.2  // of the cost of compute
	smallMemory  = 45   // percent of the GPU's memory
	smallerGPU   = 0.5  // price of a smaller GPU, relative to the current price
	usualHitRate = 30   // percent
	leastSavings = 0.01 // USD
)

// suggestionRules are the rules in the order of docs/report.md. The first one, for cold
// starts, also determines whether the report recommends a warm pool.
var suggestionRules = []suggestionRule{
	{
		"cold_starts", "warm_pools", "Enable a warm pool to avoid cold starts after the endpoint has scaled to zero", "Set the minimum number of instances to 1", "low",
		func(in inputs) bool { return in.cold >= coldShare*in.total && in.cold > 0 },
		func(in inputs) float64 { return in.cold * in.avoidable },
		func(*inputs, float64) {},
	},
	{
		"idle_time", "idle_time", "Reduce the time in which instances wait for requests", "Scale down earlier, or lower the minimum number of instances", "medium",
		func(in inputs) bool { return in.idle >= idleShare*in.compute && in.idle > 0 },
		func(in inputs) float64 { return in.idle - idleShare*in.compute },
		func(in *inputs, saved float64) { in.compute -= saved },
	},
	{
		"resource_sizing", "resource_rightsizing", "Choose a GPU with half the memory: the model never needs more", "Deploy the endpoint on a smaller GPU type", "high",
		func(in inputs) bool { return in.memoryPeak < smallMemory && in.memoryPeak > 0 },
		func(in inputs) float64 { return in.compute * smallerGPU },
		func(in *inputs, _ float64) { in.inference *= 1 - smallerGPU },
	},
	{
		"data_caching", "data_caching", "Cache the results of repeated requests", "Keep results in the cache for longer, and normalize requests that mean the same", "medium",
		func(in inputs) bool { return in.hitRate < usualHitRate && in.hitRate > 0 },
		func(in inputs) float64 {
			return in.inference * (usualHitRate - in.hitRate) / (100 - in.hitRate)
		},
		func(*inputs, float64) {},
	},
}

// savings returns the savings of each rule, or 0 if a rule doesn't apply or would save less
// than leastSavings. The savings of several rules don't overlap.
func savings(in inputs) []float64 {
	lowered := in
	list := make([]float64, len(suggestionRules))
	for i, rule := range suggestionRules {
		if !rule.applies(in) {
			continue
		}
		if saved := rule.savings(lowered); saved >= leastSavings && !math.IsInf(saved, 1) {
			rule.lower(&lowered, saved)
			list[i] = rounding.Round(saved, cents)
		}
	}
	return list
}

// costInputs returns the inputs of an interval, except for avoidable and memoryPeak.
func costInputs(t table, i int) inputs {
	in := inputs{
		total:   t.Total(i, "cost_total"),
		compute: costOf(t, i, computeCategory),
		idle:    costOf(t, i, computeCategory, "idle"),
		cold:    costOf(t, i, otherCategory, "cold_starts"),
		hitRate: hitRate(t, i),
	}
	in.inference = in.compute - in.idle
	return in
}

func (c *computation) totalInputs() inputs {
	in := costInputs(c.totals(), last)
	in.avoidable, in.memoryPeak = c.avoidable(), math.NaN()
	if c.has(Costs) {
		in.memoryPeak = highest(c.memoryPeaks())
	}
	return in
}

// memoryPeaks returns the highest percentage of the GPU's memory in use in each step.
func (c *computation) memoryPeaks() []float64 {
	s := c.steps(gaugeView)
	return s.each(func(i int) float64 {
		return percent(s.Total(i, "max gpu_memory_bytes "+stateUsed), s.Total(i, "max gpu_memory_bytes "+stateAllocated))
	})
}

// highest returns the highest value, or NaN if there is none.
func highest(values []float64) float64 {
	if at := peakOf(values); at >= 0 {
		return values[at]
	}
	return math.NaN()
}

// applied is a suggestion that applies.
type applied struct {
	suggestionRule
	saved      float64
	confidence reportjson.Number
}

// suggestions returns the suggestions that apply. Their confidence is the share of steps in
// which the rule applies. Only steps with costs are counted.
func (c *computation) suggestions() []applied {
	var list []applied
	s, memory := c.steps(pointView), c.memoryPeaks()
	saved := savings(c.totalInputs())
	for r, rule := range suggestionRules {
		if saved[r] == 0 {
			continue
		}
		points, holds := 0.0, 0.0
		for i := range s.n {
			in := costInputs(s.table, i)
			in.memoryPeak = memory[i]
			if math.IsNaN(in.total) {
				continue
			}
			points++
			if rule.applies(in) {
				holds++
			}
		}
		list = append(list, applied{rule, saved[r], rounding.Number(ratio(holds, points), cents)})
	}
	return list
}
