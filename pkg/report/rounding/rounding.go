// Package rounding rounds the values of a report as docs/report.md defines. report calls it.
package rounding

import (
	"cmp"
	"math"
	"slices"
)

// equalRemainders is the precision with which Allocate compares remainders. It rounds them to
// 1/equalRemainders of the last decimal, so that floating-point errors make no difference.
const equalRemainders = 1e6

// whole is the smallest positive float64 from which on all values are whole numbers. They
// needn't be rounded, and their product with a power of ten could be infinite.
const whole = 1 << 53

// Round rounds a value to a number of decimals, at least 0, half away from zero.
func Round(v float64, decimals int) float64 {
	if math.Abs(v) >= whole {
		return v
	}
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}

// Number returns a rounded value, or nil if the value is NaN or infinite.
func Number(v float64, decimals int) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = Round(v, decimals) + 0 // never -0
	return &v
}

// Allocate rounds parts with the largest-remainder method, so that they add up to total. total
// must already be rounded, and differ from the sum of the parts by less than one rounding
// unit. If total is too large to have decimals, Allocate returns the parts unchanged.
func Allocate(total float64, parts []float64, decimals int) []float64 {
	if math.Abs(total) >= whole {
		return slices.Clone(parts)
	}
	scale := math.Pow10(decimals)
	units := make([]float64, len(parts))
	order := make([]int, len(parts))
	left := math.Round(total * scale)
	for i, part := range parts {
		units[i], order[i] = math.Floor(part*scale), i
		left -= units[i]
	}
	remainder := func(i int) float64 { return math.Round((parts[i]*scale - units[i]) * equalRemainders) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder(b), remainder(a)) })
	for n := 0; left > 0 && n < len(order); n++ {
		units[order[n]]++
		left--
	}
	for i := range units {
		units[i] /= scale
	}
	return units
}
