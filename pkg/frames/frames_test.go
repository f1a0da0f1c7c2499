package frames

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func labels(pairs ...string) series.Labels {
	var l series.Labels
	for i := 0; i < len(pairs); i += 2 {
		l = append(l, series.Label{Name: pairs[i], Value: pairs[i+1]})
	}
	return l
}

func TestShapes(t *testing.T) {
	matrix := &series.Result{Kind: series.Matrix, Series: []series.Series{
		{Labels: labels("__name__", "up", "job", "a"), Times: []int64{0, 15000, 30000}, Values: []float64{1, math.NaN(), math.Inf(1)}},
		{Labels: labels("__name__", "up", "job", "b"), Times: []int64{0, 15000, 30000}, Values: []float64{0, 1, 0}},
	}}
	ragged := &series.Result{Kind: series.Matrix, Warnings: []string{"partial"}, Infos: []string{"by the way"}, Series: []series.Series{
		{Labels: labels("job", "a"), Times: []int64{0, 30000}, Values: []float64{1, 2}},
		{Labels: labels("job", "b", "zone", "eu"), Times: []int64{15000}, Values: []float64{3}},
	}}
	vector := &series.Result{Kind: series.Vector, Series: []series.Series{
		{Labels: labels("model", "churn"), Times: []int64{30000}, Values: []float64{0.25}},
		{Labels: labels("model", "fraud"), Times: []int64{30000}, Values: []float64{0.5}},
	}}
	empty := &series.Result{Kind: series.Vector}
	histograms := &series.Result{Kind: series.Matrix, Series: []series.Series{
		{Labels: labels("job", "a"), HistogramTimes: []int64{0}, Histograms: []series.Histogram{{Count: 1}}},
		{Labels: labels("job", "b"), Times: []int64{0}, Values: []float64{1}},
	}}
	o := Options{Expr: "up", Legend: auto, Name: "Up", Step: 15 * time.Second}

	for name, frames := range map[string]data.Frames{
		"time_series":               TimeSeries(matrix, o),
		"time_series_ragged":        TimeSeries(ragged, o),
		"time_series_empty":         TimeSeries(empty, o),
		"time_series_of_histograms": TimeSeries(histograms, o),
		"wide":                      TimeSeriesWide(matrix, o),
		"wide_ragged":               TimeSeriesWide(ragged, o),
		"wide_empty":                TimeSeriesWide(empty, o),
		"numeric":                   Numeric(vector, o),
		"numeric_empty":             Numeric(empty, o),
		"table":                     AsTable(ragged, o),
		"table_empty":               AsTable(empty, o),
		"texts":                     Texts([]string{"a", "b"}),
		"texts_empty":               Texts(nil),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, frames) })
	}
}

// golden compares frames with a file that a person can read.
func golden(t *testing.T, name string, frames data.Frames) {
	t.Helper()
	var b strings.Builder
	for _, frame := range frames {
		text, err := frame.StringTable(-1, -1)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(text)
		if m := frame.Meta; m != nil {
			b.WriteString(strings.Join([]string{"type: " + string(m.Type), "version: " + m.TypeVersion.String(), "executed: " + m.ExecutedQueryString}, "\n") + "\n")
			for _, notice := range m.Notices {
				b.WriteString(notice.Severity.String() + ": " + notice.Text + "\n")
			}
		}
		for _, field := range frame.Fields {
			if field.Config != nil && field.Config.DisplayNameFromDS != "" {
				b.WriteString("shown as: " + field.Config.DisplayNameFromDS + "\n")
			}
		}
		b.WriteString("\n")
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestLegends(t *testing.T) {
	two := []series.Series{{Labels: labels("__name__", "up", "env", "x", "job", "a")}, {Labels: labels("__name__", "up", "env", "x", "job", "b")}}
	for _, test := range []struct {
		name, legend string
		series       []series.Series
		want         []string
	}{
		{"templates", "{{job}} in {{ env }}{{nowhere}}", two, []string{"a in x", "b in x"}},
		{"a label's value is not a template", "{{job}}", []series.Series{{Labels: labels("env", "x", "job", "{{env}}")}}, []string{"{{env}}"}},
		{"plain text", "total", two[:1], []string{"total"}},
		{"full", "", two, []string{`up{env="x", job="a"}`, `up{env="x", job="b"}`}},
		{"full without labels is the query's name", "", []series.Series{{}}, []string{"Query"}},
		{"auto keeps what differs", auto, two, []string{"a", "b"}},
		{"auto keeps several", auto, []series.Series{{Labels: labels("a", "1", "b", "1")}, {Labels: labels("a", "2", "b", "2")}}, []string{`{a="1", b="1"}`, `{a="2", b="2"}`}},
		{"auto for one series", auto, two[:1], []string{`{env="x", job="a"}`}},
		{"auto for one label", auto, []series.Series{{Labels: labels("job", "a")}}, []string{"a"}},
		{"auto without labels is the query's name", auto, []series.Series{{}}, []string{"Query"}},
		{"auto falls back to the metric's name", auto, []series.Series{{Labels: labels("__name__", "up")}, {Labels: labels("__name__", "down")}}, []string{"up", "down"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := legends(test.series, Options{Legend: test.legend, Name: "Query"})
			if strings.Join(got, "|") != strings.Join(test.want, "|") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
