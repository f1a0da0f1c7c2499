package frames

import (
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TestSeriesNamesAreUniqueInAllFormats uses series that differ in the metric name and in a
// label. Without the metric name, two of them have the same name.
func TestSeriesNamesAreUniqueInAllFormats(t *testing.T) {
	pair := func(metric, job string, more ...string) series.Series {
		return series.Series{Labels: sorted(labels(append([]string{"__name__", metric, "job", job}, more...)...)), Times: []int64{0}, Values: []float64{1}}
	}
	floats := &series.Result{Kind: series.Matrix, Series: []series.Series{pair("a_x", "1"), pair("a_x", "2"), pair("a_y", "1")}}
	buckets := &series.Result{Kind: series.Matrix, Series: []series.Series{pair("a_x", "1", "le", "1"), pair("a_x", "2", "le", "1"), pair("a_y", "1", "le", "1")}}
	native := &series.Result{Kind: series.Matrix}
	for _, s := range floats.Series {
		s.Values, s.Times = nil, nil
		s.HistogramTimes, s.Histograms = []int64{0}, []series.Histogram{{Count: 1, Buckets: []series.Bucket{{Lower: 1, Upper: 2, Count: 1}}}}
		native.Series = append(native.Series, s)
	}
	o := Options{Expr: `{__name__=~"a_.*"}`, Legend: auto, Name: `{__name__=~"a_.*"}`, Step: 15 * time.Second}
	short := []string{`a_x{job="1"}`, `a_x{job="2"}`, `a_y{job="1"}`}

	for _, test := range []struct {
		name string
		got  []string
	}{
		{"time series", frameNames(must(allTimeSeries(floats, o)))},
		{"numbers", frameNames(must(allNumeric(floats, o)))},
		{"wide time series", fieldNames(must(allTimeSeriesWide(floats, o))[0])},
		{"rows of a heatmap", fieldNames(must(Heatmap(floats, o))[0])},
		{"heatmaps of classic histograms", frameNames(must(Heatmap(buckets, o)))},
		{"heatmaps of native histograms", frameNames(must(Heatmap(native, o))[:3])},
		{"annotations", titles(must(Annotations(floats, AnnotationOptions{Options: Options{Step: o.Step, Name: o.Name}})))},
		{"chunked time series", chunkNames(floats, o)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !slices.Equal(test.got, short) {
				t.Errorf("got %q, want %q", test.got, short)
			}
		})
	}
}

func frameNames(frames data.Frames) []string {
	names := make([]string, len(frames))
	for i, frame := range frames {
		names[i] = frame.Name
	}
	return names
}

func fieldNames(frame *data.Frame) []string {
	var names []string
	for _, field := range frame.Fields[1:] {
		names = append(names, field.Config.DisplayNameFromDS)
	}
	return names
}

func titles(frames data.Frames) []string {
	field, _ := frames[0].FieldByName("title")
	var names []string
	for i := range field.Len() {
		names = append(names, field.At(i).(string))
	}
	return names
}

func chunkNames(r *series.Result, o Options) []string {
	stream := Stream{Options: o}
	var names []string
	for _, s := range r.Series {
		frame, _ := stream.Frame(s)
		names = append(names, frame.Name)
	}
	return names
}
