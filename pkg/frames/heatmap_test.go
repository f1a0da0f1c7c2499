package frames

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// le is a series of a classic bucket with a sample every 15 s; NaN is no sample.
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

// native is a series of native histograms, one every 15 s.
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

func TestHeatmapShapes(t *testing.T) {
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
		{"heatmap_classic_bad_bound", auto, []series.Series{le("1", 1), le("much", 2), le("NaN", 3)}},
		{"heatmap_rows_of_plain_series", auto, []series.Series{with(labels("p", "0.99"), 3, none), with(labels("p", "0.5"), 1, 2)}},
		{"heatmap_native", auto, []series.Series{exponential}},
		{"heatmap_native_custom", auto, []series.Series{custom}},
		{"heatmap_native_two_jobs", auto, []series.Series{
			native(labels("job", "a"), []series.Bucket{between(1, 2, 3)}), native(labels("job", "b"), nil, []series.Bucket{between(2, 4, 1)})}},
		{"heatmap_native_without_buckets", auto, []series.Series{native(nil, nil, nil)}},
		{"heatmap_native_beside_floats", auto, []series.Series{
			{Times: []int64{30000}, Values: []float64{7}, HistogramTimes: exponential.HistogramTimes, Histograms: exponential.Histograms}, le("+Inf", 1, 2)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Expr: "x", Legend: test.legend, Name: "X", Step: 15 * time.Second}
			golden(t, test.name, must(Heatmap(&series.Result{Kind: series.Matrix, Series: test.series}, o)))
		})
	}
}

// TestBucketsAlone reads one time of a heatmap whose buckets are cumulative.
func TestBucketsAlone(t *testing.T) {
	none := math.NaN()
	for _, test := range []struct {
		name            string
		upTo, wantAlone []float64
	}{
		{"each bucket without those below", []float64{1, 4, 4, 9}, []float64{1, 3, 0, 5}},
		{"a bucket without a sample has no count, the next one holds both", []float64{1, none, 6, 9}, []float64{1, none, 5, 3}},
		{"the lowest bucket is missing", []float64{none, 4, 6}, []float64{none, 4, 2}},
		{"nothing there", []float64{none, none}, []float64{none, none}},
		{"a bucket that was scraped too early is empty, and those above count from the highest", []float64{1, 5, 4, 7}, []float64{1, 4, 0, 2}},
		{"what is left by adding floats is no observation", []float64{0.1 + 0.2, 0.3, 0.30000000000000010}, []float64{0.1 + 0.2, 0, 0}},
		{"small rates are observations", []float64{0x1p-40, 0x3p-40}, []float64{0x1p-40, 0x2p-40}},
		{"infinite once is infinite once", []float64{1, math.Inf(1), math.Inf(1)}, []float64{1, math.Inf(1), 0}},
		{"a negative one is empty", []float64{-1, 2}, []float64{0, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClassic(nil)
			for i, v := range test.upTo {
				s := with(nil, 0)
				if s.Values[0] = v; math.IsNaN(v) {
					s.Times, s.Values = []int64{15000}, []float64{1}
				}
				c.add(float64(i), s)
			}
			for i, column := range c.counts([]int64{0, 15000}) {
				if got, want := column[0], test.wantAlone[i]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("bucket %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
}

func TestBoundsOfNativeHistograms(t *testing.T) {
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
		{"the zero bucket cuts its neighbours", []series.Bucket{between(-4, -2, 1), between(-2, -1.5, 1), between(-1.5, 1.5, 1), between(1.5, 2, 1), between(2, 4, 1)}, true},
		{"custom", []series.Bucket{between(0.1, 0.25, 1), between(0.25, 0.5, 1), between(0.5, 5, 1)}, false},
		{"custom from zero", []series.Bucket{between(0, 1, 1)}, false},
		{"custom without a lower end", []series.Bucket{between(-inf, 1, 1), between(1, 2, 1)}, false},
		{"custom without an upper end", []series.Bucket{between(2, inf, 1)}, false},
		{"no number", []series.Bucket{between(math.NaN(), 1, 1)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := isExponential([]series.Histogram{{Buckets: test.buckets}}); got != test.exponential {
				t.Errorf("got %t", got)
			}
		})
	}
}

// TestPanelCanMeasureCells: the heatmap panel takes the first cell for the growth
// of its axis and the first two times for the width of cells.
func TestPanelCanMeasureCells(t *testing.T) {
	zero, one := between(-0.001, 0.001, 5), between(1, 2, 3)
	gap := native(nil, []series.Bucket{one}, []series.Bucket{one})
	gap.HistogramTimes[1] = 150_000
	for name, s := range map[string]series.Series{
		"only zero at first":  native(nil, []series.Bucket{zero}, []series.Bucket{zero, one}),
		"nothing at first":    native(nil, nil, []series.Bucket{zero, one}),
		"a gap at first":      gap,
		"one time":            native(nil, []series.Bucket{one}),
		"one time, with zero": native(nil, []series.Bucket{zero, one}),
	} {
		t.Run(name, func(t *testing.T) {
			frame := must(Heatmap(&series.Result{Kind: series.Matrix, Series: []series.Series{s}}, Options{Step: 15 * time.Second}))[0]
			at := func(field, row int) float64 { return frame.Fields[field].At(row).(float64) }
			if growth := at(2, 0) / at(1, 0); growth != 2 {
				t.Errorf("the first cell grows by %v", growth)
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
