package report

import (
	"math"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/statistics"
)

// steps are the values of an endpoint in the view pointView or gaugeView, with the
// parameters that convert them to points.
type steps struct {
	table
	c      *computation
	n      int
	window float64 // in seconds
	scale  float64 // converts an amount in the window to an amount in the step
}

func (c *computation) steps(view string) steps {
	step := c.step()
	window := c.window(step)
	return steps{c.tables[view], c, int(c.length / step), window.Seconds(), step.Seconds() / window.Seconds()}
}

// each returns a value for each step.
func (s steps) each(value func(i int) float64) []float64 {
	values := make([]float64, s.n)
	for i := range values {
		values[i] = value(i)
	}
	return values
}

// points returns a value for each point. It combines the values of the point's steps by the
// aggregation of the request. If isAmount is set, the aggregation avg returns the sum of the
// values instead of their mean.
func (s steps) points(isAmount bool, value func(i int) float64) []float64 {
	return s.combine(s.each(value), func(values []float64) float64 {
		return statistics.Aggregate(s.c.aggregation, isAmount, values)
	})
}

// combine returns a value for each point. The parameter combined computes it from those values
// of the point's steps that aren't NaN. If all of the values are NaN, the point is NaN too.
func (s steps) combine(values []float64, combined func([]float64) float64) []float64 {
	per := int(s.c.point / s.c.step())
	points := make([]float64, 0, s.n/per)
	for chunk := range slices.Chunk(values, per) {
		present := slices.DeleteFunc(slices.Clone(chunk), math.IsNaN)
		if len(present) == 0 {
			points = append(points, math.NaN())
			continue
		}
		points = append(points, combined(present))
	}
	return points
}
