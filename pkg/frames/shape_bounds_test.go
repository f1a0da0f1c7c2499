package frames

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// evenTimes returns n timestamps, each 2 ms after the previous one.
func evenTimes(n int, first int64) []int64 {
	times := make([]int64, n)
	for i := range times {
		times[i] = first + 2*int64(i)
	}
	return times
}

// one returns a result of one series.
func one(times []int64, labels ...series.Label) *series.Result {
	return &series.Result{Kind: series.Matrix, Series: []series.Series{{Labels: labels, Times: times, Values: make([]float64, len(times))}}}
}

// manyLabels returns n labels with distinct names.
func manyLabels(n int, value string) series.Labels {
	labels := make(series.Labels, n)
	for i := range labels {
		labels[i] = series.Label{Name: fmt.Sprintf("l%07d", i), Value: value}
	}
	return labels
}

// manySeries returns a result of n series.
func manySeries(n int, newSeries func(i int) series.Series) *series.Result {
	r := &series.Result{Kind: series.Matrix}
	for i := range n {
		r.Series = append(r.Series, newSeries(i))
	}
	return r
}

// nativeOf returns a native histogram with custom bounds and the given number of buckets.
func nativeOf(buckets int) series.Histogram {
	h := series.Histogram{Buckets: make([]series.Bucket, buckets)}
	for i := range h.Buckets {
		h.Buckets[i] = between(float64(i), float64(i+1), 1)
	}
	return h
}

// TestFramesAreBounded converts results of the maximum size, and larger results. A larger
// result fails before its frames are allocated, and the error contains the limit and advice.
func TestFramesAreBounded(t *testing.T) {
	const (
		request = "Request fewer series, a shorter range or a larger step"
		format  = request + ", or use the format time_series."
		// maxDistinct is the maximum number of series in a wide frame if each has a single
		// sample, at a different time.
		maxDistinct = 3160
	)
	for _, test := range []struct {
		name, format string
		result       func(over int) *series.Result // over is 0 at the bound and 1 above it
		want         string
	}{
		{"timestamps", "time_series", func(over int) *series.Result { return one(evenTimes(maxTimes+over, 0)) },
			"The result has more than 5,000,000 timestamps. Series with the same timestamps count once. " + request + "."},
		{"timestamps of two series", "time_series", func(over int) *series.Result {
			r := one(evenTimes(maxTimes/2, 0))
			r.Series = append(r.Series, one(evenTimes(maxTimes/2+over, 1)).Series...)
			return r
		}, "more than 5,000,000 timestamps"},
		{"timestamps", "chunked", func(over int) *series.Result { return one(evenTimes(maxTimes+over, 0)) }, "more than 5,000,000 timestamps"},
		{"numbers in addition to a heatmap", "heatmap", func(over int) *series.Result {
			r := one(evenTimes(maxTimes+over, 0))
			r.Series = append(r.Series, le("1", 1))
			return r
		}, "more than 5,000,000 timestamps"},
		{"series", "time_series_wide", func(over int) *series.Result {
			times, values := []int64{0}, []float64{1}
			return manySeries(maxFields+over, func(int) series.Series { return series.Series{Times: times, Values: values} })
		}, "As a wide time series, the result has more than 50,000 fields, one for each series. Aggregate the query, such as with sum by, or request fewer series."},
		{"series at different times", "time_series_wide", func(over int) *series.Result {
			r := one(evenTimes(maxSparseCells/(2+cellsPerTime)/2, 0))
			r.Series = append(r.Series, one(evenTimes(maxSparseCells/(2+cellsPerTime)/2+over, 1)).Series...)
			return r
		}, "As a wide time series, the result has more than 10,000,000 cells, nulls included, because its series have different timestamps. " + format},
		{"series with one sample each", "time_series_wide", func(over int) *series.Result {
			return manySeries(maxDistinct+over, func(i int) series.Series { return series.Series{Times: []int64{int64(i)}, Values: []float64{1}} })
		}, "more than 10,000,000 cells, nulls included"},
		{"series at the same times", "time_series_wide", func(over int) *series.Result {
			times := evenTimes(maxCells/(100+cellsPerTime)+over, 0)
			values := make([]float64, len(times))
			return manySeries(100, func(int) series.Series { return series.Series{Times: times, Values: values} })
		}, "As a wide time series, the result has more than 20,000,000 cells. " + format},
		{"labels of a table", "table", func(over int) *series.Result {
			return one([]int64{0}, manyLabels(maxColumns+over, "x")...)
		}, "As a table, the result has more than 2,000 columns, one for each label name. Aggregate the query, such as with sum by, or use another format."},
		{"a different label in each row of a table", "table", func(over int) *series.Result {
			names := manyLabels(maxColumns+over, "x")
			return manySeries(len(names), func(i int) series.Series {
				return series.Series{Labels: names[i : i+1], Times: []int64{0}, Values: []float64{1}}
			})
		}, "more than 2,000 columns"},
		{"cells of a table", "table", func(over int) *series.Result {
			return one(evenTimes(maxTextCells/8+over, 0), manyLabels(6, "x")...)
		}, "As a table, the result has more than 5,000,000 cells: 625,001 rows of 8 columns. Aggregate the query, such as with sum by, or use another format."},
		{"text of a table", "table", func(over int) *series.Result {
			return one(evenTimes(maxTextMiB+over, 0), manyLabels(1, strings.Repeat("x", mib))...)
		}, "As a table, the result has more than 64 MiB of text, because each of the 65 rows repeats the labels of its series."},
		{"buckets at different times", "heatmap", func(over int) *series.Result {
			first, second := le("1"), le("2")
			first.Times, second.Times = evenTimes(maxSparseCells/(2+cellsPerTime)/2, 0), evenTimes(maxSparseCells/(2+cellsPerTime)/2+over, 1)
			first.Values, second.Values = make([]float64, len(first.Times)), make([]float64, len(second.Times))
			return &series.Result{Series: []series.Series{first, second}}
		}, "As a heatmap, the result has more than 10,000,000 cells, one for each bucket at each time. " + format},
		{"buckets of several histograms", "heatmap", func(over int) *series.Result {
			times := evenTimes(maxSparseCells/(1+cellsPerTime)/10, 0)
			values := make([]float64, len(times))
			r := manySeries(10, func(i int) series.Series {
				return series.Series{Labels: labels("job", fmt.Sprint(i), "le", "1"), Times: times, Values: values}
			})
			r.Series[9].Times = evenTimes(len(times)+over, 0)
			r.Series[9].Values = make([]float64, len(r.Series[9].Times))
			return r
		}, "more than 10,000,000 cells, one for each bucket"},
		{"numbers at different times", "heatmap", func(over int) *series.Result {
			return manySeries(maxDistinct+over, func(i int) series.Series { return series.Series{Times: []int64{int64(i)}, Values: []float64{1}} })
		}, "more than 10,000,000 cells, one for each bucket"},
		{"rows of numbers", "heatmap", func(over int) *series.Result {
			times, values := []int64{0}, []float64{1}
			return manySeries(maxBuckets+over, func(int) series.Series { return series.Series{Times: times, Values: values} })
		}, "As a heatmap, the result has more than 20,000 fields, one for each bucket of each histogram. Aggregate the query, such as with sum by, so that it has fewer histograms."},
		{"rows of a native histogram", "heatmap", func(over int) *series.Result {
			const totals, below = 2, 1
			return manySeries(1, func(int) series.Series {
				return series.Series{HistogramTimes: []int64{0}, Histograms: []series.Histogram{nativeOf(maxBuckets - totals - below + over)}}
			})
		}, "more than 20,000 fields, one for each bucket"},
		{"rows of many native histograms", "heatmap", func(over int) *series.Result {
			const each = 100
			h := nativeOf(each - 1 - 2) // each also includes a row below the lowest bucket, the count and the sum
			return manySeries(maxBuckets/each+over, func(i int) series.Series {
				return series.Series{Labels: labels("job", fmt.Sprint(i)), HistogramTimes: []int64{0}, Histograms: []series.Histogram{h}}
			})
		}, "more than 20,000 fields, one for each bucket"},
		{"cells of a native histogram with custom bounds", "heatmap", func(over int) *series.Result {
			histograms := make([]series.Histogram, maxSparseCells/1000)
			for i := range histograms {
				histograms[i].Buckets = nativeOf(1).Buckets
			}
			const below, totals = 1, 2
			histograms[0] = nativeOf(1000 - below - cellsPerTime - totals - cellsPerTime + over)
			return manySeries(1, func(int) series.Series {
				return series.Series{HistogramTimes: evenTimes(len(histograms), 0), Histograms: histograms}
			})
		}, "more than 10,000,000 cells, one for each bucket"},
		{"buckets of a native histogram", "heatmap", func(over int) *series.Result {
			const each = cellsPerBucket*(1+1000) + 2 + cellsPerTime // with the count and the sum
			bucket := []series.Bucket{between(1, 2, 1)}
			histograms := make([]series.Histogram, maxSparseCells/each+over)
			for i := range histograms {
				histograms[i].Buckets = slices.Repeat(bucket, 1000)
			}
			return manySeries(1, func(int) series.Series {
				return series.Series{HistogramTimes: evenTimes(len(histograms), 0), Histograms: histograms}
			})
		}, "more than 10,000,000 cells, one for each bucket"},
		{"totals of native histograms at different times", "heatmap", func(over int) *series.Result {
			return manySeries(2233+over, func(i int) series.Series {
				return series.Series{Labels: labels("job", fmt.Sprint(i)), HistogramTimes: []int64{int64(i)}, Histograms: []series.Histogram{{Buckets: []series.Bucket{between(1, 2, 1)}}}}
			})
		}, "more than 10,000,000 cells, one for each bucket"},
	} {
		t.Run(test.format+", "+test.name, func(t *testing.T) {
			within := test.result(0)
			allocated := allocatedMiB(func() {
				if _, err := formats[test.format](within, Options{Legend: auto}); err != nil {
					t.Errorf("at the bound: %v", err)
				}
			})
			if t.Logf("%d MiB at the bound", allocated); allocated > 350 {
				t.Errorf("%d MiB allocated at the bound", allocated)
			}
			over := test.result(1)
			var err error
			allocated = allocatedMiB(func() { _, err = formats[test.format](over, Options{Legend: auto}) })
			if f := fault.As(err); err == nil || f.Kind != fault.TooLarge || f.Status != http.StatusRequestEntityTooLarge || !strings.Contains(f.Text, test.want) {
				t.Errorf("above the bound: %v, want %s", err, test.want)
			}
			if t.Logf("%d MiB above the bound", allocated); allocated > 100 {
				t.Errorf("%d MiB allocated above the bound", allocated)
			}
		})
	}
}

// allocatedMiB returns the total size of the allocations of a function.
func allocatedMiB(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20
}

func TestExemplarsAreBounded(t *testing.T) {
	points := func(n int, labels func(i int) series.Labels) []series.ExemplarSeries {
		s := series.ExemplarSeries{}
		for i := range n {
			s.Exemplars = append(s.Exemplars, series.Exemplar{Labels: labels(i), Time: int64(i), Value: float64(i)})
		}
		return []series.ExemplarSeries{s}
	}
	const (
		rows    = 10_000
		columns = maxTextCells/rows - 2
	)
	names, long := manyLabels(maxColumns+1, "x"), manyLabels(1, strings.Repeat("x", mib))
	for _, test := range []struct {
		name  string
		all   func(over int) []series.ExemplarSeries
		graph data.Frames
		want  string
	}{
		{"labels", func(over int) []series.ExemplarSeries {
			return points(1, func(int) series.Labels { return names[:maxColumns+over] })
		}, nil, "The exemplars of the query have more than 2,000 columns, one for each label name. Aggregate the query, such as with sum by, or turn exemplars off."},
		{"labels of a series", func(over int) []series.ExemplarSeries {
			all := points(1, func(int) series.Labels { return names[:1] })
			all[0].Labels = names[:maxColumns-1+over]
			return all
		}, nil, "more than 2,000 columns"},
		{"labels of heatmap rows", func(over int) []series.ExemplarSeries {
			return points(1, func(int) series.Labels { return names[:maxColumns-2+over] })
		}, must(Heatmap(one([]int64{0}, labels("a", "1", "b", "2")...), Options{})), "more than 2,000 columns"},
		{"cells", func(over int) []series.ExemplarSeries {
			return points(rows, func(i int) series.Labels { return names[i%(columns+over):][:1] })
		}, nil, "The exemplars of the query have more than 5,000,000 cells: 10,000 rows of 501 columns."},
		{"text", func(over int) []series.ExemplarSeries {
			return points(maxTextMiB+over, func(int) series.Labels { return long })
		}, nil, "The exemplars of the query have more than 64 MiB of text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ExemplarOptions{Sampler: series.AllSampler, Graph: test.graph}
			if frames, err := Exemplars(test.all(0), o); err != nil || len(frames) != 1 {
				t.Errorf("at the bound: %v", err)
			}
			over := test.all(1)
			var err error
			allocated := allocatedMiB(func() { _, err = Exemplars(over, o) })
			if f := fault.As(err); err == nil || f.Kind != fault.TooLarge || !strings.Contains(f.Text, test.want) {
				t.Errorf("above the bound: %v", err)
			}
			if allocated > 20 {
				t.Errorf("%d MiB allocated above the bound", allocated)
			}
		})
	}
}
