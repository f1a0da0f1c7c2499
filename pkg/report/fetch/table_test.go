package fetch

import (
	"math"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

var testNow = time.Date(2026, 3, 18, 14, 38, 22, 0, time.UTC)

func TestHistogramQuantiles(t *testing.T) {
	tableOf := func(counts map[string]float64) Table {
		tab := Table{}
		for le, count := range counts {
			tab[LatencyBuckets] = append(tab[LatencyBuckets], Column{Labels: series.LabelsOf(map[string]string{"le": le}), Values: []float64{count}})
		}
		return tab
	}
	for _, test := range []struct {
		name   string
		counts map[string]float64
		q      float64
		want   float64
	}{
		{"in the first bucket", map[string]float64{"1": 10, "2": 10, "+Inf": 10}, 0.5, 0.5},
		{"in the second", map[string]float64{"1": 5, "2": 10, "+Inf": 10}, 0.75, 1.5},
		{"beyond the last bound", map[string]float64{"1": 5, "2": 6, "+Inf": 10}, 0.99, 2},
		{"no requests", map[string]float64{"1": 0, "+Inf": 0}, 0.5, math.NaN()},
		{"no bucket +Inf", map[string]float64{"1": 5, "2": 6}, 0.5, math.NaN()},
		{"a bucket that is smaller than the one before", map[string]float64{"1": 5, "2": 4.9, "+Inf": 10}, 0.5, 1},
		{"an invalid bound", map[string]float64{"x": 3, "1": 10, "+Inf": 10}, 0.5, 0.5},
		{"no buckets", nil, 0.5, math.NaN()},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := tableOf(test.counts).Quantile(0, test.q); got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestDecodePlacesSamplesInTheirIntervals(t *testing.T) {
	g := Intervals{End: testNow.Truncate(time.Minute), Step: time.Minute, N: 3}
	at := func(i int) int64 { return g.At(i).UnixMilli() }
	result := &series.Result{Series: []series.Series{
		{Labels: series.LabelsOf(map[string]string{"endpoint_id": "a", "field": "f"}), Times: []int64{at(0), at(2)}, Values: []float64{1, 3}},
		{Labels: series.LabelsOf(map[string]string{"endpoint_id": "b", "field": "f"}), Times: []int64{at(0) - 1, at(2) + 60_000}, Values: []float64{8, 9}},
	}}
	tables := Decode(result, g)
	if got := tables["a"]["f"][0].Values; got[0] != 1 || !math.IsNaN(got[1]) || got[2] != 3 {
		t.Errorf("%v", got)
	}
	if got := tables["b"]["f"][0].Values; !math.IsNaN(got[0]) || !math.IsNaN(got[2]) {
		t.Errorf("samples outside the intervals: %v", got)
	}
}
