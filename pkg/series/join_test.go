package series

import (
	"fmt"
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	shared := []int64{0, 1}
	a, b := Labels{{"job", "a"}}, Labels{{"job", "b"}}
	got := join([]*Result{
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

func join(parts []*Result) *Result {
	var joined Joined
	for _, part := range parts {
		joined.Add(part)
	}
	return &joined.Result
}

// TestJoinKeepsOrderOfTimestamps: the timestamps of a joined series ascend even if the server
// sends duplicate series or overlapping parts. Joining many duplicate series takes few
// allocations.
func TestJoinKeepsOrderOfTimestamps(t *testing.T) {
	of := func(times ...int64) Series { return Series{Times: times, Values: make([]float64, len(times))} }
	histogram := Series{HistogramTimes: []int64{3}, Histograms: make([]Histogram, 1)}
	for _, test := range []struct {
		name          string
		first, second []Series
		want          string
	}{
		{"twice in one part", []Series{of(1), of(2)}, nil, "[1][] [2][] "},
		{"twice in each part", []Series{of(1), of(2)}, []Series{of(3), of(4)}, "[1][] [2 3][] [4][] "},
		{"earlier timestamp", []Series{of(1, 5)}, []Series{of(5, 6)}, "[1 5][] [5 6][] "},
		{"earlier timestamp of a histogram", []Series{histogram}, []Series{histogram}, "[][3] [][3] "},
		{"histograms after floats", []Series{of(1, 5)}, []Series{histogram}, "[1 5][3] "},
	} {
		got := ""
		for _, s := range join([]*Result{{Series: test.first}, {Series: test.second}}).Series {
			got += fmt.Sprint(s.Times, s.HistogramTimes) + " "
		}
		if want := strings.ReplaceAll(test.want, "][", "] ["); got != want {
			t.Errorf("%s: got %s, want %s", test.name, got, want)
		}
	}
	const many = 20_000
	repeated := make([]Series, many)
	for i := range repeated {
		repeated[i] = of(int64(i))
	}
	if allocated := testing.AllocsPerRun(1, func() { join([]*Result{{Series: repeated}}) }); allocated > 100 {
		t.Errorf("%v allocations for %d series of the same labels", allocated, many)
	}
}
