package rounding

import (
	"math"
	"slices"
	"testing"
)

// Numbers of decimals.
const (
	counts   = 0
	cents    = 2
	percents = 2
)

func TestPartsAddUpToTheTotal(t *testing.T) {
	for _, test := range []struct {
		name        string
		total       float64
		parts, want []float64
	}{
		{"exact", 1, []float64{0.25, 0.75}, []float64{0.25, 0.75}},
		{"thirds", 1, []float64{1. / 3, 1. / 3, 1. / 3}, []float64{0.34, 0.33, 0.33}},
		{"the largest remainder gets the cent", 1, []float64{0.331, 0.338, 0.331}, []float64{0.33, 0.34, 0.33}},
		{"small parts don't vanish together", 0.02, []float64{0.004, 0.004, 0.004, 0.004}, []float64{0.01, 0.01, 0, 0}},
		{"nothing", 0, []float64{0, 0}, []float64{0, 0}},
		{"one part", 42.15, []float64{42.1543, 0}, []float64{42.15, 0}},
		{"remainders that differ by a floating-point error", 0.01, []float64{0.005 - 1e-17, 0.005}, []float64{0.01, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Allocate(test.total, test.parts, cents); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestRoundingIsHalfAwayFromZero(t *testing.T) {
	for _, test := range []struct {
		v        float64
		decimals int
		want     float64
	}{{2.5, counts, 3}, {-2.5, counts, -3}, {0.125, cents, 0.13}, {98.876, percents, 98.88}, {1e15 + 0.4, counts, 1e15}} {
		if got := Round(test.v, test.decimals); got != test.want {
			t.Errorf("%v: %v, want %v", test.v, got, test.want)
		}
	}
	if Number(math.NaN(), cents) != nil || Number(math.Inf(1), cents) != nil {
		t.Error("absent values are numbers")
	}
	if v := Number(-0.001, cents); math.Signbit(*v) {
		t.Error("0 has a sign")
	}
}

// TestLargeNumbersStayFinite: an infinite number can't be encoded as JSON.
func TestLargeNumbersStayFinite(t *testing.T) {
	for _, v := range []float64{1 << 53, 1e300, 1.7e308, math.MaxFloat64, -math.MaxFloat64} {
		for decimals := range 7 {
			if got := Round(v, decimals); got != v {
				t.Errorf("Round(%g, %d) is %g", v, decimals, got)
			}
			if got := Number(v, decimals); got == nil || *got != v {
				t.Errorf("Number(%g, %d) is %v", v, decimals, got)
			}
			if got, want := Allocate(v, []float64{v / 2, v / 2}, decimals), []float64{v / 2, v / 2}; !slices.Equal(got, want) {
				t.Errorf("Allocate(%g, %d) is %g", v, decimals, got)
			}
		}
	}
}
