package report

import (
	"math"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

func (c *computation) costAnswer() (a reportjson.CostAnswer) {
	var hasCosts bool
	if a.CostCommon, hasCosts = c.common(); hasCosts {
		a.Breakdown = c.detailedBreakdown()
	}
	a.Trends.Daily = c.dailyTrend()
	a.Trends.Projection = a.Trends.Daily.Projection
	if a.Trends.Projection.Monthly == nil || a.Trends.Projection.Confidence == nil {
		c.notes.add("costs.trends.projection", "See costs.trends.daily.projection.")
	}
	weekly := 7 * c.dailyCost()
	if c.length < week {
		weekly = c.costOfSpan(week)(last)
	}
	a.Trends.Weekly = c.costTrend("weekly", week, weekly)
	a.BudgetAnalysis = c.budget()
	o := c.optimization()
	a.Optimization = reportjson.CostOptimization{TotalPotentialSavings: o.PotentialSavings, Recommendations: []reportjson.Recommendation{}, Optimization: o}
	for _, s := range c.suggestions() {
		a.Optimization.Recommendations = append(a.Optimization.Recommendations, reportjson.Recommendation{
			Category: s.costCategory, Savings: s.saved, Confidence: s.confidence, Description: s.description, Implementation: s.implementation,
		})
	}
	return a
}

// part returns the cost of a category, given by its index in categories, and the category's
// share of the total cost. If the total is 0, the share is absent.
func part[D any](c *computation, category int, details D) reportjson.CostPart[D] {
	p := reportjson.CostPart[D]{Amount: rounding.Number(c.byCategory()[category], cents), Details: details}
	total := c.totalCost()
	if total == 0 {
		return p
	}
	shares := make([]float64, len(categories))
	for i := range shares {
		shares[i] = percent(costOf(c.totals(), last, i), total)
	}
	p.Percentage = rounding.Number(rounding.Allocate(100, shares, tenths)[category], tenths)
	return p
}

func (c *computation) detailedBreakdown() *reportjson.DetailedBreakdown {
	items := func(category int, names ...string) []reportjson.Number {
		return amounts(rounding.Allocate(c.byCategory()[category], c.costByItem(category, names...), cents))
	}
	hours := c.totals().Total(last, "compute_seconds_total") / time.Hour.Seconds()
	details := reportjson.ComputeDetails{
		GPUHours: c.notes.number("costs.breakdown.compute.details.gpuHours", hours, tenths, noSamples("compute_seconds_total")),
		Rate:     c.notes.number("costs.breakdown.compute.details.rate", ratio(costOf(c.totals(), last, 0), hours), 3, c.why(noInstance, "compute_seconds_total")),
		Tier:     c.infoLabel("tier"),
	}
	if details.Tier == "" {
		c.notes.add("costs.breakdown.compute.details.tier", "The label tier of %sinfo is empty.", prefix)
	}
	storage, network, other := items(1, "models", "outputs"), items(2, "ingress", "egress"), items(otherCategory, "cold_starts", "monitoring", "logging")
	return &reportjson.DetailedBreakdown{
		Compute: part(c, 0, details),
		Storage: part(c, 1, reportjson.StorageDetails{Models: storage[0], Outputs: storage[1]}),
		Network: part(c, 2, reportjson.NetworkDetails{Ingress: network[0], Egress: network[1]}),
		Other:   part(c, otherCategory, reportjson.OtherDetails{ColdStarts: other[0], Monitoring: other[1], Logging: other[2]}),
	}
}

// infoLabel returns the value of a label of the metric named info. If the endpoint has no
// current sample of this metric, infoLabel returns the label's value in the timeframe.
func (c *computation) infoLabel(name string) string {
	if value, found := c.now.Label(0, "info", name); found {
		return value
	}
	value, _ := c.now.Label(0, "known", name)
	return value
}

// budgetValues are the values from which the budget analysis is computed.
type budgetValues struct {
	monthly, used, burn, projected float64
	source                         string // where monthly comes from; "" without a budget
}

func (c *computation) budgetValues() budgetValues {
	end := c.end()
	b := budgetValues{monthly: c.now.Total(0, budgetMonth), used: c.now.Total(0, budgetUsed), burn: c.costOfSpan(day)(last), source: fromPlatform}
	if at := c.now.Total(0, generated); math.IsNaN(at) || monthOf(time.Unix(int64(at), 0)) != monthOf(end) {
		b.used = math.NaN()
	}
	if set, found := c.settings.BudgetOf(c.id); found {
		if math.IsNaN(b.monthly) {
			b.monthly, b.source = set, fromSettings
		}
		if math.IsNaN(b.used) {
			b.used = c.costOfMonth()
		}
	}
	if math.IsNaN(b.monthly) {
		b.source = ""
	}
	left := monthOf(end).AddDate(0, 1, 0).Sub(end)
	b.projected = b.used + b.burn*left.Hours()/24
	return b
}

// costOfMonth returns the cost from the beginning of the month to the end of the report.
func (c *computation) costOfMonth() float64 {
	if end := c.end(); end.Equal(monthOf(end)) {
		return 0
	}
	return c.tables[monthView].Total(0, "cost_total")
}

// monthOf returns the beginning of a time's month in UTC.
func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func (c *computation) budget() (b reportjson.BudgetAnalysis) {
	const field = "costs.budgetAnalysis."
	noBudget := "Prometheus has no current sample of " + prefix + budgetMonth + "."
	noUsage := "Prometheus has no current sample of " + prefix + budgetUsed + " from this month."
	v := c.budgetValues()
	b.MonthlyBudget = c.notes.number(field+"monthlyBudget", v.monthly, cents, noBudget)
	if b.Source = v.source; b.Source == "" {
		c.notes.add(field+"source", "%s", noBudget)
	}
	b.CurrentUsage = c.notes.number(field+"currentUsage", v.used, cents, noUsage)
	b.RemainingBudget = c.notes.number(field+"remainingBudget", v.monthly-v.used, cents, "The monthly budget or the current usage is absent.")
	b.BurnRate = c.notes.number(field+"burnRate", v.burn, cents, "Prometheus has too few samples of "+prefix+"cost_total in the last day.")
	b.ProjectedTotal = c.notes.number(field+"projectedTotal", v.projected, cents, "The current usage or the cost of the last day is absent.")
	if b.ProjectedTotal == nil || b.MonthlyBudget == nil {
		c.notes.add(field+"onTrack", "The projected total or the monthly budget is absent.")
		return b
	}
	onTrack := v.projected <= v.monthly
	b.OnTrack = &onTrack
	return b
}

// completeDays returns the cost of each complete day that has costs. A day is complete if the
// endpoint had samples when the day began. The day of the endpoint's creation isn't complete.
func (c *computation) completeDays() (costs []float64) {
	t := c.tables[dayView]
	scale := day.Seconds() / c.window(day).Seconds()
	for i := range max(7, int(c.length/day)) {
		if cost := t.Total(i, "cost_total") * scale; !math.IsNaN(cost) && !math.IsNaN(t.Total(i, began)) {
			costs = append(costs, cost)
		}
	}
	return costs
}
