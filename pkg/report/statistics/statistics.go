// Package statistics has the statistics of a report that gonum lacks or that docs/report.md
// defines. report calls it.
package statistics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Constants of Confidence.
const (
	minDays      = 3
	projected    = 30.0 // days
	tolerance    = 0.1  // of the projection
	fullyCertain = 1.0
)

// Confidence returns the probability that the cost of the next 30 days is within 10 percent
// of monthly, if their costs scatter like those of the given days. It uses Student's t
// distribution of the sum of 30 days, with the standard deviation of days.
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

// Quantile interpolates between the two nearest ranks. values must not be empty.
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
