package report

import (
	"math"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/statistics"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// categories are the values of the label category of cost_total. A series with any other
// value belongs to the category other.
var categories = []string{"compute", "storage", "network", "other"}

const computeCategory, otherCategory = 0, 3

func categoryOf(l series.Labels) int {
	for i, name := range categories {
		if l.Get("category") == name {
			return i
		}
	}
	return otherCategory
}

// costOf returns the cost of a category in an interval, or of some items of the category.
func costOf(t table, i, category int, items ...string) float64 {
	return t.Sum(i, "cost_total", func(l series.Labels) bool {
		return categoryOf(l) == category && (len(items) == 0 || slices.Contains(items, l.Get("item")))
	})
}

// costByItem divides the cost of a category in the timeframe among items. The cost of the
// last item includes the costs of items that aren't listed.
func (c *computation) costByItem(category int, items ...string) []float64 {
	parts := make([]float64, len(items))
	rest := costOf(c.totals(), last, category)
	for i, item := range items[:len(items)-1] {
		parts[i] = costOf(c.totals(), last, category, item)
		rest -= parts[i]
	}
	parts[len(parts)-1] = max(0, rest)
	return parts
}

// amounts rounds amounts in USD to cents.
func amounts(usd []float64) []reportjson.Number {
	list := make([]reportjson.Number, len(usd))
	for i, v := range usd {
		list[i] = rounding.Number(v, cents)
	}
	return list
}

// byCategory returns the cost of each category, rounded to cents. The costs add up to the
// rounded total.
func (c *computation) byCategory() []float64 {
	parts := make([]float64, len(categories))
	for i := range parts {
		parts[i] = costOf(c.totals(), last, i)
	}
	return rounding.Allocate(rounding.Round(c.totalCost(), cents), parts, cents)
}

// common returns the fields of costs that both answers of docs/report.md have: the
// comprehensive answer and the cost answer. If the endpoint has no costs, common sets
// only TimeSeries and returns false.
func (c *computation) common() (common reportjson.CostCommon, hasCosts bool) {
	common.TimeSeries = c.costPoints()
	common.Total = c.notes.number("costs.total", c.totalCost(), cents, c.noCosts())
	if common.Total == nil {
		c.notes.add("costs.breakdown", "%s", c.noCosts())
		c.notes.add("costs.byCategory", "%s", c.noCosts())
		c.notes.add("costs.source", "%s", c.noCosts())
		return common, false
	}
	common.Source = c.costSource
	in := costInputs(c.totals(), last)
	parts := amounts(rounding.Allocate(rounding.Round(c.totalCost(), cents), []float64{
		in.inference, in.cold, in.idle, costOf(c.totals(), last, 2), costOf(c.totals(), last, 1), max(0, costOf(c.totals(), last, otherCategory)-in.cold),
	}, cents))
	common.ByCategory = &reportjson.ByCategory{Inference: parts[0], ColdStarts: parts[1], IdleTime: parts[2], DataTransfer: parts[3], Storage: parts[4], Other: parts[5]}
	return common, true
}

func (c *computation) costPoints() []reportjson.CostPoint {
	points := []reportjson.CostPoint{}
	s := c.steps(pointView)
	total := s.points(true, func(i int) float64 { return s.Total(i, "cost_total") * s.scale })
	parts := make([][]float64, len(categories))
	for category := range categories {
		parts[category] = s.points(true, func(i int) float64 { return costOf(s.table, i, category) * s.scale })
	}
	for i, cost := range total {
		if math.IsNaN(cost) {
			continue
		}
		row := []float64{parts[0][i], parts[1][i], parts[2][i], parts[3][i]}
		if c.aggregation == "avg" || c.aggregation == "sum" {
			row = rounding.Allocate(rounding.Round(cost, pointUSD), row, pointUSD)
		}
		points = append(points, reportjson.CostPoint{
			Timestamp: timestamp(c.points().From(i)), Cost: rounding.Number(cost, pointUSD), ComputeCost: rounding.Number(row[0], pointUSD),
			StorageCost: rounding.Number(row[1], pointUSD), NetworkCost: rounding.Number(row[2], pointUSD), OtherCost: rounding.Number(row[3], pointUSD),
		})
	}
	return points
}

// costOfSpan returns a function that returns the cost of one of two intervals, both as long as
// span. For the constant last, the interval is the span at the end of the report. For the
// constant before, it is the span before that one.
func (c *computation) costOfSpan(span time.Duration) func(i int) float64 {
	t := c.tables[spanView(span)]
	return func(i int) float64 { return t.Total(i, "cost_total") }
}

// dailyCost returns the mean cost per day. It ignores the times for which the endpoint has no
// costs. For a timeframe shorter than a day, it returns the cost of the last day.
func (c *computation) dailyCost() float64 {
	if c.length < day {
		return c.costOfSpan(day)(last)
	}
	count := min(c.totals().Total(last, covered), float64(c.length/c.finest))
	return c.totalCost() * ratio(24, count*c.finest.Hours())
}

func (c *computation) costTrend(name string, span time.Duration, average float64) reportjson.Trend {
	t := c.tables[spanView(span)]
	return c.trendOf("costs.trends."+name, average, change(t, c.costOfSpan(span)), cents, c.noCosts(), "increasing", "decreasing")
}

func (c *computation) dailyTrend() reportjson.CostTrend {
	daily := reportjson.CostTrend{Trend: c.costTrend("daily", day, c.dailyCost())}
	monthly := 30 * c.dailyCost()
	daily.Projection.Monthly = c.notes.number("costs.trends.daily.projection.monthly", monthly, cents, c.noCosts())
	daily.Projection.Confidence = c.notes.number("costs.trends.daily.projection.confidence", statistics.Confidence(c.completeDays(), monthly), cents, "Fewer than 3 complete days of costs are available.")
	return daily
}

func (c *computation) costs() *reportjson.CostsReport {
	r := &reportjson.CostsReport{}
	var hasCosts bool
	if r.CostCommon, hasCosts = c.common(); hasCosts {
		parts := amounts(c.byCategory())
		r.Breakdown = &reportjson.Breakdown{Compute: parts[0], Storage: parts[1], Network: parts[2], Other: parts[3]}
	}
	r.Trends.Daily = c.dailyTrend()
	r.Optimization = c.optimization()
	return r
}

func (c *computation) optimization() reportjson.Optimization {
	o := reportjson.Optimization{Suggestions: []reportjson.Suggestion{}}
	for _, s := range c.suggestions() {
		o.Suggestions = append(o.Suggestions, reportjson.Suggestion{
			Category: s.category, Description: s.description, Savings: s.saved, Effort: s.effort, Confidence: s.confidence,
		})
		o.PotentialSavings = rounding.Round(o.PotentialSavings+s.saved, cents)
	}
	return o
}
