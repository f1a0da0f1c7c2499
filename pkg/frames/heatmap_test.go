package frames

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// le returns the series of a classic bucket with a sample every 15 s. NaN means a
// missing sample.
func le(bound string, values ...float64) series.Series {
	return with(labels("le", bound), values...)
}

func with(l series.Labels, values ...float64) series.Series {
	s := series.Series{Labels: l}
	for i, v := range values {
		if !math.IsNaN(v) {
			s.Times, s.Values = append(s.Times, int64(15000*i)), append(s.Values, v)
		}
	}
	return s
}

// native returns a series with a native histogram every 15 s.
func native(l series.Labels, histograms ...[]series.Bucket) series.Series {
	s := series.Series{Labels: l}
	for i, buckets := range histograms {
		h := series.Histogram{Sum: float64(100 + i), Buckets: buckets}
		for _, b := range buckets {
			h.Count += b.Count
		}
		s.HistogramTimes, s.Histograms = append(s.HistogramTimes, int64(15000*i)), append(s.Histograms, h)
	}
	return s
}

func between(lower, upper, count float64) series.Bucket {
	return series.Bucket{Lower: lower, Upper: upper, Count: count}
}

func TestHeatmap(t *testing.T) {
	inf, none := math.Inf(1), math.NaN()
	zero := series.Bucket{Boundaries: series.ClosedBoth, Lower: -0.001, Upper: 0.001, Count: 2}
	below := series.Bucket{Boundaries: series.OpenRight, Lower: -2, Upper: -1, Count: 1}
	exponential := native(nil, []series.Bucket{below, zero, between(1, 2, 3)}, []series.Bucket{between(1, 2, 4), between(2, 4, 1)})
	custom := native(nil, []series.Bucket{between(-inf, 0.03, 5), between(0.03, 0.05, 1)}, []series.Bucket{between(0.1, inf, 2)})
	for _, test := range []struct {
		name   string
		legend string
		series []series.Series
	}{
		{"heatmap_empty", "", nil},
		{"heatmap_classic", auto, []series.Series{le("+Inf", 10, 12, 30), le("0.5", 3, 4, 8), le("1", 7, none, none), le("1.0", none, none, 20), le("10", 10, 12, 29)}},
		{"heatmap_classic_starts_with_a_gap", "≤ {{le}} s", []series.Series{le("1", 1, none, none, 4), le("+Inf", 2, none, none, 4)}},
		{"heatmap_classic_two_models", auto, []series.Series{
			with(labels("le", "1", "model", "churn", "tenant", "a"), 1), with(labels("le", "+Inf", "model", "churn", "tenant", "a"), 3),
			with(labels("le", "1", "model", "fraud", "tenant", "a"), 5), with(labels("le", "+Inf", "model", "fraud", "tenant", "a"), 5)}},
		{"heatmap_classic_invalid_bound", auto, []series.Series{le("1", 1), le("much", 2), le("NaN", 3)}},
		{"heatmap_of_numbers", auto, []series.Series{with(labels("p", "0.99"), 3, none), with(labels("p", "0.5"), 1, 2)}},
		{"heatmap_native", auto, []series.Series{exponential}},
		{"heatmap_native_custom", auto, []series.Series{custom}},
		{"heatmap_native_two_jobs", auto, []series.Series{
			native(labels("job", "a"), []series.Bucket{between(1, 2, 3)}), native(labels("job", "b"), nil, []series.Bucket{between(2, 4, 1)})}},
		{"heatmap_native_without_buckets", auto, []series.Series{native(nil, nil, nil)}},
		{"heatmap_native_and_floats", auto, []series.Series{
			{Times: []int64{30000}, Values: []float64{7}, HistogramTimes: exponential.HistogramTimes, Histograms: exponential.Histograms}, le("+Inf", 1, 2)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Expr: "x", Legend: test.legend, Name: "X", Step: 15 * time.Second}
			golden(t, test.name, must(Heatmap(&series.Result{Kind: series.Matrix, Series: test.series}, o)))
		})
	}
}

// TestCountsOfClassicBuckets tests the counts at one time. The input is cumulative.
func TestCountsOfClassicBuckets(t *testing.T) {
	none := math.NaN()
	for _, test := range []struct {
		name             string
		cumulative, want []float64
	}{
		{"differences", []float64{1, 4, 4, 9}, []float64{1, 3, 0, 5}},
		{"the bucket above a missing one includes it", []float64{1, none, 6, 9}, []float64{1, none, 5, 3}},
		{"the lowest bucket is missing", []float64{none, 4, 6}, []float64{none, 4, 2}},
		{"no samples", []float64{none, none}, []float64{none, none}},
		{"a decreasing bucket is empty", []float64{1, 5, 4, 7}, []float64{1, 4, 0, 2}},
		{"rounding errors are not observations", []float64{0.1 + 0.2, 0.3, 0.30000000000000010}, []float64{0.1 + 0.2, 0, 0}},
		{"small rates are observations", []float64{0x1p-40, 0x3p-40}, []float64{0x1p-40, 0x2p-40}},
		{"infinity is counted once", []float64{1, math.Inf(1), math.Inf(1)}, []float64{1, math.Inf(1), 0}},
		{"a negative bucket is empty", []float64{-1, 2}, []float64{0, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClassic(nil)
			for i, v := range test.cumulative {
				s := with(nil, 0)
				if s.Values[0] = v; math.IsNaN(v) {
					s.Times, s.Values = []int64{15000}, []float64{1}
				}
				c.add(float64(i), s)
			}
			for i, column := range c.counts([]int64{0, 15000}) {
				if got, want := column[0], test.want[i]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("bucket %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
}

func TestIsExponential(t *testing.T) {
	inf := math.Inf(1)
	root := math.Pow(2, 1.0/256)
	for _, test := range []struct {
		name        string
		buckets     []series.Bucket
		exponential bool
	}{
		{"schema 0", []series.Bucket{between(1, 2, 1), between(2, 4, 1)}, true},
		{"schema 8", []series.Bucket{between(1, root, 1), between(root, root*root, 1)}, true},
		{"schema -4", []series.Bucket{between(1, 65536, 1), between(65536, 65536*65536, 1)}, true},
		{"negative", []series.Bucket{between(-4, -2, 1), between(-2, -1, 1)}, true},
		{"the zero bucket overlaps its neighbours", []series.Bucket{between(-4, -2, 1), between(-2, -1.5, 1), between(-1.5, 1.5, 1), between(1.5, 2, 1), between(2, 4, 1)}, true},
		{"custom", []series.Bucket{between(0.1, 0.25, 1), between(0.25, 0.5, 1), between(0.5, 5, 1)}, false},
		{"custom from zero", []series.Bucket{between(0, 1, 1)}, false},
		{"custom without lower bound", []series.Bucket{between(-inf, 1, 1), between(1, 2, 1)}, false},
		{"custom without upper bound", []series.Bucket{between(2, inf, 1)}, false},
		{"NaN", []series.Bucket{between(math.NaN(), 1, 1)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := isExponential([]series.Histogram{{Buckets: test.buckets}}); got != test.exponential {
				t.Errorf("got %t", got)
			}
		})
	}
}

// TestEmptyCellsForMeasurement: the heatmap panel derives the ratio of its axis from the
// first cell, and the width of cells from the first two times.
func TestEmptyCellsForMeasurement(t *testing.T) {
	zero, one := between(-0.001, 0.001, 5), between(1, 2, 3)
	gap := native(nil, []series.Bucket{one}, []series.Bucket{one})
	gap.HistogramTimes[1] = 150_000
	for name, s := range map[string]series.Series{
		"first histogram has a zero bucket only": native(nil, []series.Bucket{zero}, []series.Bucket{zero, one}),
		"first histogram is empty":               native(nil, nil, []series.Bucket{zero, one}),
		"gap after the first time":               gap,
		"one time":                               native(nil, []series.Bucket{one}),
		"one time, zero bucket":                  native(nil, []series.Bucket{zero, one}),
	} {
		t.Run(name, func(t *testing.T) {
			frame := must(Heatmap(&series.Result{Kind: series.Matrix, Series: []series.Series{s}}, Options{Step: 15 * time.Second}))[0]
			at := func(field, row int) float64 { return frame.Fields[field].At(row).(float64) }
			if ratio := at(2, 0) / at(1, 0); ratio != 2 {
				t.Errorf("the first cell has the ratio %v", ratio)
			}
			var seconds []int64
			for row := range frame.Rows() {
				seconds = append(seconds, frame.Fields[0].At(row).(time.Time).Unix())
			}
			if !slices.IsSorted(seconds) {
				t.Errorf("times are not in order: %v", seconds)
			}
			if seconds = slices.Compact(seconds); len(seconds) < 2 || seconds[1]-seconds[0] != 15 {
				t.Errorf("times are %v", seconds)
			}
		})
	}
}

func BenchmarkHeatmap(b *testing.B) {
	r := &series.Result{Kind: series.Matrix}
	for i := range 20 {
		values := make([]float64, 1000)
		for j := range values {
			values[j] = float64(i * j)
		}
		r.Series = append(r.Series, le(formatBound(float64(i)), values...))
	}
	b.ReportAllocs()
	var frames data.Frames
	for b.Loop() {
		frames = must(Heatmap(r, Options{Legend: auto, Step: 15 * time.Second}))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(20*frames[0].Rows()), "ns/cell")
}

// TestUpperBounds compares the result with the sorted and compacted list of the bounds of all
// histograms.
func TestUpperBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, distinct := range []int{1, 10, 1000, 5000} {
		var all []series.Histogram
		var want []float64
		for range 20 {
			h := series.Histogram{}
			for range 500 {
				at := float64(random.IntN(distinct))
				h.Buckets = append(h.Buckets, between(at, at+1, 1))
				want = append(want, at, at+1)
			}
			all = append(all, h)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if got := upperBounds(all, len(want)); !slices.Equal(got, want) {
			t.Errorf("%d: got %d bounds, want %d", distinct, len(got), len(want))
		}
		if got := upperBounds(all, len(want)-2); len(got) <= len(want)-2 {
			t.Errorf("%d: got %d bounds, want more than %d", distinct, len(got), len(want)-2)
		}
	}
}

// TestNoticeOnSeveralHeatmapsIsBounded would take minutes if the time for finding the
// differing labels were quadratic in the number of labels.
func TestNoticeOnSeveralHeatmapsIsBounded(t *testing.T) {
	var r series.Result
	for _, value := range []string{"1", "2"} {
		l := append(manyLabels(50_000, value), manyLabels(100_000, "x")[50_000:]...)
		r.Series = append(r.Series, series.Series{Labels: l, HistogramTimes: []int64{0}, Histograms: []series.Histogram{nativeOf(1)}})
	}
	r.Series[0].Labels[0].Name += strings.Repeat("é", 1000)
	got := must(Heatmap(&r, Options{}))[0].Meta.Notices[0].Text
	want := "To combine them, aggregate over l0000000, l0000000" + strings.Repeat("é", maxNameLength-len("l0000000")) + "…, l0000001, "
	if !strings.Contains(got, want) || !strings.HasSuffix(got, " l0000008 and 49,991 more with sum(…).") {
		t.Errorf("got %s", got)
	}
}
