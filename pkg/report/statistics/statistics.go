// Package statistics computes the statistics of a report as docs/report.md defines them.
// report calls it.
package statistics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Parameters of Confidence.
const (
	minDays      = 3
	projected    = 30.0 // days
	tolerance    = 0.1  // of the projection
	fullyCertain = 1.0
)

// Confidence returns the probability that the total cost of the next 30 days is within 10
// percent of the amount monthly. It assumes that the daily costs scatter like the costs in
// the parameter days. It uses Student's t distribution, with the mean and the standard
// deviation of the costs in days. It returns NaN for fewer than 3 days, and if monthly is NaN.
func Confidence(days []float64, monthly float64) float64 {
	if len(days) < minDays || math.IsNaN(monthly) {
		return math.NaN()
	}
	n := float64(len(days))
	center, deviation := stat.MeanStdDev(days, nil)
	scatter := deviation * math.Sqrt(projected+projected*projected/n)
	low, high := (1-tolerance)*monthly-projected*center, (1+tolerance)*monthly-projected*center
	if scatter == 0 {
		if low <= 0 && high >= 0 {
			return fullyCertain
		}
		return 0
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}
	return t.CDF(high/scatter) - t.CDF(low/scatter)
}

// Quantile returns the p-quantile of values, for p from 0 to 1. It interpolates linearly
// between the two nearest ranks. values must not be empty.
func Quantile(p float64, values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	rank := p * float64(len(sorted)-1)
	lower := int(rank)
	upper := min(lower+1, len(sorted)-1)
	return sorted[lower] + (rank-float64(lower))*(sorted[upper]-sorted[lower])
}

// Mean returns the mean, or NaN if there are no values.
func Mean(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return stat.Mean(values, nil)
}

// Aggregate combines values by an aggregation of docs/report.md, such as avg. For an amount, avg
// returns the sum. values must not be empty.
func Aggregate(aggregation string, isAmount bool, values []float64) float64 {
	switch aggregation {
	case "min":
		return slices.Min(values)
	case "max":
		return slices.Max(values)
	case "p95":
		return Quantile(0.95, values)
	case "p99":
		return Quantile(0.99, values)
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	if aggregation == "avg" && !isAmount {
		return sum / float64(len(values))
	}
	return sum
}
