package frames

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// evenTimes are n times, every other step apart, from a first one.
func evenTimes(n int, first int64) []int64 {
	times := make([]int64, n)
	for i := range times {
		times[i] = first + 2*int64(i)
	}
	return times
}

// one is a result of one series without labels.
func one(times []int64, labels ...series.Label) *series.Result {
	return &series.Result{Kind: series.Matrix, Series: []series.Series{{Labels: labels, Times: times, Values: make([]float64, len(times))}}}
}

// manyLabels are n labels with distinct names.
func manyLabels(n int, value string) series.Labels {
	labels := make(series.Labels, n)
	for i := range labels {
		labels[i] = series.Label{Name: fmt.Sprintf("l%07d", i), Value: value}
	}
	return labels
}

// eachAlone are n series, each at a time of its own.
func eachAlone(n int, of func(i int) series.Series) *series.Result {
	r := &series.Result{Kind: series.Matrix}
	for i := range n {
		r.Series = append(r.Series, of(i))
	}
	return r
}

// nativeOf is a native histogram with so many buckets of custom bounds.
func nativeOf(buckets int) series.Histogram {
	h := series.Histogram{Buckets: make([]series.Bucket, buckets)}
	for i := range h.Buckets {
		h.Buckets[i] = between(float64(i), float64(i+1), 1)
	}
	return h
}

// TestShapesAreBounded: an answer that is as large as a bound is shaped, and one that is
// larger is refused before its frames are allocated, with the bound and with what to do.
func TestShapesAreBounded(t *testing.T) {
	const (
		fewer  = "Ask for fewer series, a shorter range or a larger step"
		others = fewer + ", or use the format time_series."
	)
	// A frame has a column of times, too. square is how many series there are, each at a
	// time of its own, in the largest frame.
	const square = 3160
	for _, test := range []struct {
		name, shape string
		answer      func(over int) *series.Result // over is 0 at the bound, and 1 over it
		want        string
	}{
		{"timestamps", "time_series", func(over int) *series.Result { return one(evenTimes(maxTimes+over, 0)) },
			"The series of the answer have more than 5,000,000 timestamps that they don't share. " + fewer + "."},
		{"timestamps of two series", "time_series", func(over int) *series.Result {
			r := one(evenTimes(maxTimes/2, 0))
			r.Series = append(r.Series, one(evenTimes(maxTimes/2+over, 1)).Series...)
			return r
		}, "more than 5,000,000 timestamps"},
		{"timestamps", "chunked", func(over int) *series.Result { return one(evenTimes(maxTimes+over, 0)) }, "more than 5,000,000 timestamps"},
		{"numbers beside a heatmap", "heatmap", func(over int) *series.Result {
			r := one(evenTimes(maxTimes+over, 0))
			r.Series = append(r.Series, le("1", 1))
			return r
		}, "more than 5,000,000 timestamps"},
		{"series side by side", "time_series_wide", func(over int) *series.Result {
			times, values := []int64{0}, []float64{1}
			return eachAlone(maxFields+over, func(int) series.Series { return series.Series{Times: times, Values: values} })
		}, "Side by side the answer takes more than 100,000 fields, one for each series. Aggregate, such as with sum by, or ask for fewer series."},
		{"series at different times", "time_series_wide", func(over int) *series.Result {
			r := one(evenTimes(maxSparse/(2+cellsOfTime)/2, 0))
			r.Series = append(r.Series, one(evenTimes(maxSparse/(2+cellsOfTime)/2+over, 1)).Series...)
			return r
		}, "Side by side the series of the answer take more than 10,000,000 cells, nulls included, since they have samples at different times. " + others},
		{"a series for each time", "time_series_wide", func(over int) *series.Result {
			return eachAlone(square+over, func(i int) series.Series { return series.Series{Times: []int64{int64(i)}, Values: []float64{1}} })
		}, "more than 10,000,000 cells, nulls included"},
		{"series at the same times", "time_series_wide", func(over int) *series.Result {
			times := evenTimes(maxCells/(100+cellsOfTime)+over, 0)
			values := make([]float64, len(times))
			return eachAlone(100, func(int) series.Series { return series.Series{Times: times, Values: values} })
		}, "Side by side the series of the answer take more than 20,000,000 cells. " + others},
		{"labels of a table", "table", func(over int) *series.Result {
			return one([]int64{0}, manyLabels(maxColumns+over, "x")...)
		}, "As a table the answer takes more than 2,000 columns, one for each label name. Aggregate, such as with sum by, or use another format."},
		{"a label for each row of a table", "table", func(over int) *series.Result {
			names := manyLabels(maxColumns+over, "x")
			return eachAlone(len(names), func(i int) series.Series {
				return series.Series{Labels: names[i : i+1], Times: []int64{0}, Values: []float64{1}}
			})
		}, "more than 2,000 columns"},
		{"cells of a table", "table", func(over int) *series.Result {
			return one(evenTimes(maxTextCells/8+over, 0), manyLabels(6, "x")...)
		}, "As a table the answer takes more than 8,000,000 cells: 1,000,001 rows of 8 columns. Aggregate, such as with sum by, or use another format."},
		{"text of a table", "table", func(over int) *series.Result {
			return one(evenTimes(maxTextMiB+over, 0), manyLabels(1, strings.Repeat("x", mib))...)
		}, "As a table the answer takes more than 128 MiB of text, since each of the 129 rows repeats the labels of its series."},
		{"buckets at different times", "heatmap", func(over int) *series.Result {
			first, second := le("1"), le("2")
			first.Times, second.Times = evenTimes(maxSparse/(2+cellsOfTime)/2, 0), evenTimes(maxSparse/(2+cellsOfTime)/2+over, 1)
			first.Values, second.Values = make([]float64, len(first.Times)), make([]float64, len(second.Times))
			return &series.Result{Series: []series.Series{first, second}}
		}, "As a heatmap the answer takes more than 10,000,000 cells, one for each bucket at each time. " + others},
		{"buckets of several histograms", "heatmap", func(over int) *series.Result {
			times := evenTimes(maxSparse/(1+cellsOfTime)/10, 0)
			values := make([]float64, len(times))
			r := eachAlone(10, func(i int) series.Series {
				return series.Series{Labels: labels("job", fmt.Sprint(i), "le", "1"), Times: times, Values: values}
			})
			r.Series[9].Times = evenTimes(len(times)+over, 0)
			r.Series[9].Values = make([]float64, len(r.Series[9].Times))
			return r
		}, "more than 10,000,000 cells, one for each bucket"},
		{"plain numbers at different times", "heatmap", func(over int) *series.Result {
			return eachAlone(square+over, func(i int) series.Series { return series.Series{Times: []int64{int64(i)}, Values: []float64{1}} })
		}, "more than 10,000,000 cells, one for each bucket"},
		{"rows of plain numbers", "heatmap", func(over int) *series.Result {
			times, values := []int64{0}, []float64{1}
			return eachAlone(maxFields+over, func(int) series.Series { return series.Series{Times: times, Values: values} })
		}, "As a heatmap the answer takes more than 100,000 fields, one for each bucket of each histogram. Aggregate, such as with sum by, so that there are fewer histograms."},
		{"rows of a native histogram", "heatmap", func(over int) *series.Result {
			const ofTotals, below = 2, 1
			return eachAlone(1, func(int) series.Series {
				return series.Series{HistogramTimes: []int64{0}, Histograms: []series.Histogram{nativeOf(maxFields - ofTotals - below + over)}}
			})
		}, "more than 100,000 fields, one for each bucket"},
		{"rows of many native histograms", "heatmap", func(over int) *series.Result {
			const each = 100
			h := nativeOf(each - 1 - 2) // and the bound below, the count and the sum
			return eachAlone(maxFields/each+over, func(i int) series.Series {
				return series.Series{Labels: labels("job", fmt.Sprint(i)), HistogramTimes: []int64{0}, Histograms: []series.Histogram{h}}
			})
		}, "more than 100,000 fields, one for each bucket"},
		{"cells of a native histogram with custom bounds", "heatmap", func(over int) *series.Result {
			histograms := make([]series.Histogram, maxSparse/1000)
			for i := range histograms {
				histograms[i].Buckets = nativeOf(1).Buckets
			}
			const below, ofTotals = 1, 2
			histograms[0] = nativeOf(1000 - below - cellsOfTime - ofTotals - cellsOfTime + over)
			return eachAlone(1, func(int) series.Series {
				return series.Series{HistogramTimes: evenTimes(len(histograms), 0), Histograms: histograms}
			})
		}, "more than 10,000,000 cells, one for each bucket"},
		{"buckets of a native histogram", "heatmap", func(over int) *series.Result {
			const each = cellsOfBucket*(1+1000) + 2 + cellsOfTime // with the count and the sum
			bucket := []series.Bucket{between(1, 2, 1)}
			histograms := make([]series.Histogram, maxSparse/each+over)
			for i := range histograms {
				histograms[i].Buckets = slices.Repeat(bucket, 1000)
			}
			return eachAlone(1, func(int) series.Series {
				return series.Series{HistogramTimes: evenTimes(len(histograms), 0), Histograms: histograms}
			})
		}, "more than 10,000,000 cells, one for each bucket"},
		{"totals of native histograms at different times", "heatmap", func(over int) *series.Result {
			return eachAlone(2233+over, func(i int) series.Series {
				return series.Series{Labels: labels("job", fmt.Sprint(i)), HistogramTimes: []int64{int64(i)}, Histograms: []series.Histogram{{Buckets: []series.Bucket{between(1, 2, 1)}}}}
			})
		}, "more than 10,000,000 cells, one for each bucket"},
	} {
		t.Run(test.shape+", "+test.name, func(t *testing.T) {
			within := test.answer(0)
			allocated := allocating(func() {
				if _, err := everyShape[test.shape](within, Options{Legend: auto}); err != nil {
					t.Errorf("at the bound: %v", err)
				}
			})
			if t.Logf("%d MiB at the bound", allocated); allocated > 350 {
				t.Errorf("%d MiB are allocated at the bound", allocated)
			}
			over := test.answer(1)
			var err error
			allocated = allocating(func() { _, err = everyShape[test.shape](over, Options{Legend: auto}) })
			if f := fault.As(err); err == nil || f.Kind != fault.TooLarge || f.Status != http.StatusRequestEntityTooLarge || !strings.Contains(f.Text, test.want) {
				t.Errorf("over the bound: %v, want %s", err, test.want)
			}
			if t.Logf("%d MiB over it", allocated); allocated > 100 {
				t.Errorf("%d MiB are allocated over the bound", allocated)
			}
		})
	}
}

// allocating is how many MiB are allocated in all while a function runs.
func allocating(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20
}

// TestExemplarsAreBounded as tables are.
func TestExemplarsAreBounded(t *testing.T) {
	points := func(n int, of func(i int) series.Labels) []series.ExemplarSeries {
		s := series.ExemplarSeries{}
		for i := range n {
			s.Exemplars = append(s.Exemplars, series.Exemplar{Labels: of(i), Time: int64(i), Value: float64(i)})
		}
		return []series.ExemplarSeries{s}
	}
	const (
		rows    = 10_000
		columns = maxTextCells/rows - 2
	)
	names, long := manyLabels(maxColumns+1, "x"), manyLabels(1, strings.Repeat("x", mib))
	for _, test := range []struct {
		name string
		all  func(over int) []series.ExemplarSeries
		over data.Frames
		want string
	}{
		{"labels", func(over int) []series.ExemplarSeries {
			return points(1, func(int) series.Labels { return names[:maxColumns+over] })
		}, nil, "With its exemplars the answer takes more than 2,000 columns, one for each label name. Aggregate, such as with sum by, or turn exemplars off."},
		{"labels of a series", func(over int) []series.ExemplarSeries {
			all := points(1, func(int) series.Labels { return names[:1] })
			all[0].Labels = names[:maxColumns-1+over]
			return all
		}, nil, "more than 2,000 columns"},
		{"labels of a heatmap's rows", func(over int) []series.ExemplarSeries {
			return points(1, func(int) series.Labels { return names[:maxColumns-2+over] })
		}, must(Heatmap(one([]int64{0}, labels("a", "1", "b", "2")...), Options{})), "more than 2,000 columns"},
		{"cells", func(over int) []series.ExemplarSeries {
			return points(rows, func(i int) series.Labels { return names[i%(columns+over):][:1] })
		}, nil, "With its exemplars the answer takes more than 8,000,000 cells: 10,000 rows of 801 columns."},
		{"text", func(over int) []series.ExemplarSeries {
			return points(maxTextMiB+over, func(int) series.Labels { return long })
		}, nil, "With its exemplars the answer takes more than 128 MiB of text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ExemplarOptions{Sampler: series.AllSampler, Over: test.over}
			if frames, err := Exemplars(test.all(0), o); err != nil || len(frames) != 1 {
				t.Errorf("at the bound: %v", err)
			}
			over := test.all(1)
			var err error
			allocated := allocating(func() { _, err = Exemplars(over, o) })
			if f := fault.As(err); err == nil || f.Kind != fault.TooLarge || !strings.Contains(f.Text, test.want) {
				t.Errorf("over the bound: %v", err)
			}
			if allocated > 20 {
				t.Errorf("%d MiB are allocated over the bound", allocated)
			}
		})
	}
}

// TestColumnsOfExemplarsHaveNamesOfTheirOwn, however the labels of their series are
// called.
func TestColumnsOfExemplarsHaveNamesOfTheirOwn(t *testing.T) {
	all := []series.ExemplarSeries{{
		Labels:    labels("Time", "a", "exemplar_job", "b", "exemplar_job_2", "c", "job", "d"),
		Exemplars: []series.Exemplar{{Labels: labels("Time", "1", "job", "2", "series_Time", "3")}},
	}}
	var names []string
	for _, field := range must(Exemplars(all, ExemplarOptions{}))[0].Fields {
		names = append(names, fmt.Sprint(field.Name, "=", field.At(0)))
	}
	const want = "exemplar_Time=1 exemplar_job=b exemplar_job_2=c exemplar_job_3=2 exemplar_series_Time=3 job=d series_Time=a"
	if got := strings.Join(names[2:], " "); got != want {
		t.Errorf("got %s", got)
	}
}

// TestExemplarsFindTheirRow: that of the lowest bound which the value isn't above.
func TestExemplarsFindTheirRow(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	bounds := []float64{math.Inf(-1), -2, 0, 0.5, 1, 10, math.Inf(1)}
	r := &series.Result{}
	for _, bound := range bounds {
		r.Series = append(r.Series, le(formatBound(bound), 1))
	}
	values := append([]float64{math.NaN(), math.Inf(-1), math.Inf(1), math.Copysign(0, -1)}, bounds...)
	for range 100 {
		values = append(values, random.NormFloat64()*10)
	}
	for count := range len(bounds) {
		rows := must(Heatmap(&series.Result{Series: r.Series[:count+1]}, Options{}))
		frame := must(Exemplars(dense(values...), ExemplarOptions{Sampler: series.AllSampler, Over: rows}))[0]
		field, _ := frame.FieldByName(bucketLabel)
		for i, value := range values {
			want := ""
			for _, bound := range bounds[:count+1] {
				if value <= bound {
					want = formatBound(bound)
					break
				}
			}
			if got := field.At(i); got != want {
				t.Errorf("%v among %v: got %q, want %q", value, bounds[:count+1], got, want)
			}
		}
	}
}

// TestUnion compares with the plain way: all times, sorted, each once.
func TestUnion(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		all := make([]series.Series, 1+random.IntN(6))
		var want []int64
		for i := range all {
			if i > 0 && random.IntN(3) == 0 {
				all[i].Times = all[i-1].Times
			} else {
				for at := range int64(12) {
					if random.IntN(2) == 0 {
						all[i].Times = append(all[i].Times, at)
					}
				}
			}
			want = append(want, all[i].Times...)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		shared := !slices.ContainsFunc(all, func(s series.Series) bool { return !slices.Equal(s.Times, want) })
		most := random.IntN(14)
		got, isShared, fits := union(all, most)
		if isShared != shared || fits != (shared || len(want) <= most) || fits && !slices.Equal(got, want) {
			t.Fatalf("%v within %d: got %v, shared %t, fits %t", all, most, got, isShared, fits)
		}
	}
}

// TestBoundsOfRows compares with the plain way, across batches.
func TestBoundsOfRows(t *testing.T) {
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

// TestManyEventsTakeNoMemory: all but the latest are forgotten as they are found.
func TestManyEventsTakeNoMemory(t *testing.T) {
	r := one(evenTimes(1_000_000, 0))
	for i := range r.Series[0].Values {
		r.Series[0].Values[i] = float64(i % 2)
	}
	allocated := allocating(func() {
		if frame := Annotations(r, AnnotationOptions{Title: "{{value}}"})[0]; frame.Rows() != maxAnnotations {
			t.Errorf("%d rows", frame.Rows())
		}
	})
	if allocated > 5 {
		t.Errorf("%d MiB are allocated", allocated)
	}
}

// TestALongNameIsCutInAnnotations: very many events can be of one series.
func TestALongNameIsCutInAnnotations(t *testing.T) {
	r := one([]int64{0}, series.Label{Name: "a", Value: strings.Repeat("ä", maxFilled)})
	r.Series[0].Values[0] = 1
	field, _ := Annotations(r, AnnotationOptions{})[0].FieldByName("title")
	if title := field.At(0).(string); len(title) > maxFilled+len("…") || !strings.HasSuffix(title, "ä…") {
		t.Errorf("%d bytes", len(title))
	}
}

// TestTheAdviceOnSeveralHeatmapsIsShort, and found in time that is linear in the labels.
func TestTheAdviceOnSeveralHeatmapsIsShort(t *testing.T) {
	var r series.Result
	for _, value := range []string{"1", "2"} {
		l := append(manyLabels(50_000, value), manyLabels(100_000, "x")[50_000:]...)
		r.Series = append(r.Series, series.Series{Labels: l, HistogramTimes: []int64{0}, Histograms: []series.Histogram{nativeOf(1)}})
	}
	r.Series[0].Labels[0].Name += strings.Repeat("é", 1000)
	got := must(Heatmap(&r, Options{}))[0].Meta.Notices[0].Text
	want := "To see one of all, sum their l0000000, l0000000" + strings.Repeat("é", maxNameLength-len("l0000000")) + "…, l0000001, "
	if !strings.Contains(got, want) || !strings.HasSuffix(got, " l0000008 and 49,991 more away with sum(…).") {
		t.Errorf("got %s", got)
	}
}

// TestStreamsKeepNoHistograms: a chunked answer is never in memory as a whole.
func TestStreamsKeepNoHistograms(t *testing.T) {
	var stream Stream
	for range 3 {
		if frame, err := stream.Frame(series.Series{HistogramTimes: []int64{0}, Histograms: []series.Histogram{nativeOf(1)}}); frame != nil || err != nil {
			t.Errorf("got %v, %v", frame, err)
		}
	}
	if notices := stream.Last(&series.Result{}).Meta.Notices; len(notices) != 1 || !strings.HasPrefix(notices[0].Text, "3 series hold native histograms") {
		t.Errorf("got %+v", notices)
	}
}

// TestTablesOfManySeries: every cell is that of its series.
func TestTablesOfManySeries(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	names := manyLabels(20, "")
	var r series.Result
	for i := range 50 {
		s := series.Series{Times: evenTimes(1+i%3, int64(i))}
		s.Values = make([]float64, len(s.Times))
		for _, label := range names {
			if random.IntN(2) == 0 {
				s.Labels = append(s.Labels, series.Label{Name: label.Name, Value: fmt.Sprint(i, label.Name)})
			}
		}
		r.Series = append(r.Series, s)
	}
	frame := must(AsTable(&r, Options{}))[0]
	row := 0
	for _, s := range r.Series {
		for _, at := range s.Times {
			if got := frame.Fields[0].At(row).(time.Time).UnixMilli(); got != at {
				t.Errorf("row %d is at %d, want %d", row, got, at)
			}
			for _, field := range frame.Fields[1 : len(frame.Fields)-1] {
				if got := field.At(row); got != s.Labels.Get(field.Name) {
					t.Errorf("row %d, %s: got %q", row, field.Name, got)
				}
			}
			row++
		}
	}
}
