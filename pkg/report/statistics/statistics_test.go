package statistics

import (
	"math"
	"testing"
)

func TestConfidence(t *testing.T) {
	for _, test := range []struct {
		name    string
		days    []float64
		monthly float64
		want    float64 // NaN means absent
	}{
		{"two days", []float64{1, 1}, 30, math.NaN()},
		{"no projection", []float64{1, 1, 1}, math.NaN(), math.NaN()},
		{"equal days", []float64{2, 2, 2}, 60, 1},
		{"equal days and another projection", []float64{2, 2, 2}, 90, 0},
		// The mean of the 4 days is 10, and the standard deviation is 0.98. The standard error
		// of 30 days is 0.98 * sqrt(30 + 900/4) = 15.67. P(|t3| <= 30/15.67) is 0.849.
		{"days that scatter", []float64{9, 9 + 1./3, 10 + 2./3, 11}, 300, 0.846},
		{"costs of 0", []float64{0, 0, 0}, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Confidence(test.days, test.monthly)
			if math.IsNaN(got) != math.IsNaN(test.want) || math.Abs(got-test.want) > 0.0105 {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestAggregations(t *testing.T) {
	values := []float64{4, 1, 3, 2}
	for _, test := range []struct {
		aggregation string
		amount      bool
		want        float64
	}{{"avg", false, 2.5}, {"avg", true, 10}, {"sum", false, 10}, {"sum", true, 10}, {"min", true, 1}, {"max", false, 4}, {"p95", false, 3.85}, {"p99", true, 3.97}} {
		if got := Aggregate(test.aggregation, test.amount, values); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.aggregation, got, test.want)
		}
	}
}
