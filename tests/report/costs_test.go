package report

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// shares rounds parts with the largest remainder method, so that they add up to the
// rounded total.
func shares(total float64, parts []float64, decimals int) []number {
	unit := math.Pow(10, -float64(decimals))
	left := int(math.Round(total / unit))
	type share struct {
		i, units  int
		remainder float64
	}
	list := make([]share, len(parts))
	for i, part := range parts {
		whole, fraction := math.Modf(part / unit)
		list[i] = share{i, int(whole), math.Round(fraction * 1e6)}
		left -= int(whole)
	}
	slices.SortStableFunc(list, func(a, b share) int {
		switch {
		case a.remainder > b.remainder:
			return -1
		case a.remainder < b.remainder:
			return 1
		}
		return 0
	})
	out := make([]number, len(parts))
	for rank, s := range list {
		if rank < left {
			s.units++
		}
		out[s.i] = number{float64(s.units) * unit, decimals}
	}
	return out
}

func (x *expectation) put(path string, names []string, values []number) {
	for i, name := range names {
		x.out[path+"."+name] = values[i]
	}
}

var categoryNames = []string{"compute", "storage", "network", "other"}

func (x *expectation) costs(isAnswer bool) {
	total := x.T("cost_total")
	x.num("costs.total", total, 2)
	x.costPoints()
	x.costTrends(isAnswer, total)
	item := func(name string) float64 { return x.T("cost_total", "item", name) }
	category := func(name string) float64 { return x.T("cost_total", "category", name) }
	if math.IsNaN(total) {
		return
	}
	x.text("costs.source", x.source())
	x.put("costs.byCategory", []string{"inference", "coldStarts", "idleTime", "dataTransfer", "storage", "other"}, shares(total, []float64{
		item("inference"), item("cold_starts"), item("idle"), category("network"), category("storage"), item("monitoring") + item("logging"),
	}, 2))
	var parts, percentages []float64
	for _, name := range categoryNames {
		parts = append(parts, category(name))
		percentages = append(percentages, 100*category(name)/total)
	}
	amounts := shares(total, parts, 2)
	if !isAnswer {
		x.put("costs.breakdown", categoryNames, amounts)
		return
	}
	percent := shares(100, percentages, 1)
	for i, name := range categoryNames {
		x.out["costs.breakdown."+name+".amount"] = amounts[i]
		x.out["costs.breakdown."+name+".percentage"] = percent[i]
	}
	hours := x.T("compute_seconds_total") / 3600
	x.num("costs.breakdown.compute.details.gpuHours", hours, 1)
	x.num("costs.breakdown.compute.details.rate", div(parts[0], hours), 3)
	x.text("costs.breakdown.compute.details.tier", x.rawEndpoint["info"][0].labels.Get("tier"))
	x.put("costs.breakdown.storage.details", []string{"models", "outputs"}, shares(amounts[1].v, []float64{item("models"), item("outputs")}, 2))
	x.put("costs.breakdown.network.details", []string{"ingress", "egress"}, shares(amounts[2].v, []float64{item("ingress"), item("egress")}, 2))
	x.put("costs.breakdown.other.details", []string{"coldStarts", "monitoring", "logging"}, shares(amounts[3].v, []float64{item("cold_starts"), item("monitoring"), item("logging")}, 2))
}

func (x *expectation) costPoints() {
	scale := x.step.Seconds() / x.window(x.step).Seconds()
	fields := []string{"cost", "computeCost", "storageCost", "networkCost", "otherCost"}
	x.series("costs", fields, []int{6, 6, 6, 6, 6}, true, func(i interval) []float64 {
		row := []float64{x.G(i.from, i.to, "cost_total") * scale}
		for _, name := range categoryNames {
			row = append(row, x.G(i.from, i.to, "cost_total", "category", name)*scale)
		}
		return row
	})
	if x.aggregation != "avg" && x.aggregation != "sum" {
		return
	}
	for _, i := range x.intervals(x.point) { // the categories add up to the cost
		path := "costs.timeSeries[" + stamp(i.begin) + "]"
		total, present := x.out[path+".cost"].(number)
		if !present {
			continue
		}
		var parts []float64
		for _, field := range fields[1:] {
			parts = append(parts, x.out[path+"."+field].(number).v)
		}
		x.put(path, fields[1:], shares(total.v, parts, 6))
	}
}

func (x *expectation) cost(from, to time.Time) float64 { return x.G(from, to, "cost_total") }

func (x *expectation) costTrends(isAnswer bool, total float64) {
	lastDay := x.cost(x.end.Add(-day), x.end)
	daily := lastDay
	if x.length >= day {
		covered := 0.0
		for at := x.end; at.After(x.end.Add(-x.length)); at = at.Add(-x.finest) {
			if x.isBilled(at) {
				covered += x.finest.Hours() / 24
			}
		}
		daily = div(total, covered)
	}
	x.num("costs.trends.daily.average", daily, 2)
	x.trend("costs.trends.daily", day, "increasing", "decreasing", x.cost)
	x.num("costs.trends.daily.projection.monthly", 30*daily, 2)
	x.num("costs.trends.daily.projection.confidence", x.confidence(30*daily), 2)
	if !isAnswer {
		return
	}
	x.num("costs.trends.projection.monthly", 30*daily, 2)
	x.num("costs.trends.projection.confidence", x.confidence(30*daily), 2)
	weekly := 7 * daily
	if x.length < 7*day {
		weekly = x.cost(x.end.Add(-7*day), x.end)
	}
	x.num("costs.trends.weekly.average", weekly, 2)
	x.trend("costs.trends.weekly", 7*day, "increasing", "decreasing", x.cost)

	const path = "costs.budgetAnalysis."
	budget, used := x.at(x.end, "budget_monthly_usd"), x.at(x.end, "budget_used_usd")
	month := time.Date(x.end.Year(), x.end.Month(), 1, 0, 0, 0, 0, time.UTC)
	budgetSource := "platform"
	if set, found := x.budgets[x.id]; found && math.IsNaN(budget) {
		budget, used, budgetSource = set, x.cost(month, x.end), "settings"
	}
	projected := used + lastDay*month.AddDate(0, 1, 0).Sub(x.end).Hours()/24
	x.num(path+"monthlyBudget", budget, 2)
	if !math.IsNaN(budget) {
		x.text(path+"source", budgetSource)
	}
	x.num(path+"currentUsage", used, 2)
	x.num(path+"remainingBudget", budget-used, 2)
	x.num(path+"burnRate", lastDay, 2)
	x.num(path+"projectedTotal", projected, 2)
	if !math.IsNaN(projected) && !math.IsNaN(budget) {
		x.out[path+"onTrack"] = projected <= budget
	}
}

// confidence estimates, from the daily costs, the probability that the cost of 30 days is
// within 10 percent of the projection. It returns NaN for costs of fewer than three days.
func (x *expectation) confidence(monthly float64) float64 {
	var days []float64
	for i := range max(7, int(x.length/day)) {
		to := x.end.Add(-time.Duration(i) * day)
		existed := false
		for _, s := range x.rawEndpoint["requests_total"] {
			_, values := s.within(to.Add(-day-time.Hour), to.Add(-day))
			existed = existed || len(values) > 0
		}
		if cost := x.cost(to.Add(-day), to); existed && !math.IsNaN(cost) {
			days = append(days, cost)
		}
	}
	n := float64(len(days))
	if n < 3 {
		return math.NaN()
	}
	mean, squares := avgOf(days), 0.0
	for _, d := range days {
		squares += (d - mean) * (d - mean)
	}
	deviation := math.Sqrt(squares / (n - 1))
	t := distuv.StudentsT{Mu: 30 * mean, Sigma: deviation * math.Sqrt(30+900/n), Nu: n - 1}
	return t.CDF(1.1*monthly) - t.CDF(0.9*monthly)
}
