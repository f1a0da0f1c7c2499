package report

import (
	"math"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// Types of package fetch.
type (
	field     = fetch.Field
	view      = fetch.View
	intervals = fetch.Intervals
	table     = fetch.Table
	column    = fetch.Column
)

const (
	prefix        = fetch.Prefix
	endpointLabel = fetch.EndpointLabel
)

// ratio divides two values. It returns NaN for a division by 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

func percent(a, b float64) float64 { return 100 * ratio(a, b) }

// histogram returns the latency histogram of the timeframe. It returns nil if only the cost
// answer is needed, if there are no samples, or if the section performance is reserved.
func (c *computation) histogram() *Histogram {
	buckets := c.totals().Buckets(last)
	if !c.whole || len(buckets) == 0 || slices.Contains(c.reserved, Performance) {
		return nil
	}
	sum := c.totals().Total(last, "latency_seconds_sum")
	if math.IsNaN(sum) {
		return nil
	}
	return &Histogram{buckets, buckets[len(buckets)-1].Count, rounding.Round(sum, seconds)}
}
