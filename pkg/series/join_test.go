package series

import (
	"fmt"
	"testing"
)

func TestJoin(t *testing.T) {
	shared := []int64{0, 1}
	a, b := Labels{{"job", "a"}}, Labels{{"job", "b"}}
	got := Join([]*Result{
		{Kind: Matrix, Notes: Notes{Warnings: []string{"w"}}, Stats: &Stats{Samples: 3, PeakSamples: 5, Seconds: 1}, Series: []Series{
			{Labels: a, Times: shared[:1:1], Values: []float64{1}},
			{Labels: Labels{{"job", "only first"}}, Times: shared, Values: []float64{8, 9}},
		}},
		{Kind: Matrix, Notes: Notes{Warnings: []string{"w", "v"}}, Series: []Series{
			{Labels: b, Times: []int64{2}, Values: []float64{3}},
			{Labels: a, Times: []int64{2, 3}, Values: []float64{4, 5}, HistogramTimes: []int64{4}, Histograms: []Histogram{{Count: 1}}},
		}},
		{Kind: Matrix, Stats: &Stats{Samples: 4, PeakSamples: 2, Seconds: 1}},
	})
	want := "[{job=\"a\"} [0 2 3] [1 4 5] [4] {job=\"only first\"} [0 1] [8 9] [] {job=\"b\"} [2] [3] []]"
	var texts []any
	for _, s := range got.Series {
		texts = append(texts, s.Labels.String(), s.Times, s.Values, s.HistogramTimes)
	}
	if fmt.Sprint(texts) != want {
		t.Errorf("got %v\nwant %v", texts, want)
	}
	if shared[1] != 1 || fmt.Sprint(got.Warnings, *got.Stats) != "[w v] {7 5 2}" || got.Samples() != 7 {
		t.Errorf("shared %v, warnings %v, stats %v, %d samples", shared, got.Warnings, *got.Stats, got.Samples())
	}
}
