package frames

import (
	"encoding/json"
	"flag"
	"fmt"
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

func TestFrames(t *testing.T) {
	matrix := &series.Result{Kind: series.Matrix, Series: []series.Series{
		{Labels: labels("__name__", "up", "job", "a"), Times: []int64{0, 15000, 30000}, Values: []float64{1, math.NaN(), math.Inf(1)}},
		{Labels: labels("__name__", "up", "job", "b"), Times: []int64{0, 15000, 30000}, Values: []float64{0, 1, 0}},
	}}
	ragged := &series.Result{Kind: series.Matrix, Notes: series.Notes{Warnings: []string{"partial", "slow"}, Infos: []string{"by the way"}},
		Stats: &series.Stats{Samples: 1200, PeakSamples: 300, Seconds: 0.25}, Series: []series.Series{
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
		"time_series":                must(allTimeSeries(matrix, o)),
		"time_series_ragged":         must(allTimeSeries(ragged, o)),
		"time_series_empty":          must(allTimeSeries(empty, o)),
		"time_series_and_histograms": must(allTimeSeries(histograms, o)),
		"wide":                       must(allTimeSeriesWide(matrix, o)),
		"wide_ragged":                must(allTimeSeriesWide(ragged, o)),
		"wide_empty":                 must(allTimeSeriesWide(empty, o)),
		"numeric":                    must(allNumeric(vector, o)),
		"numeric_empty":              must(allNumeric(empty, o)),
		"table":                      must(Table(ragged, o)),
		"table_empty":                must(Table(empty, o)),
		"texts":                      Texts([]string{"a", "b"}, series.LabelNames{}, series.Notes{Warnings: []string{"partial"}}),
		"texts_named":                Texts([]string{"ep-1", "ep-2"}, series.LabelNames{Label: "id", ByID: map[string]string{"ep-1": "chat"}}, series.Notes{}),
		"texts_empty":                Texts(nil, series.LabelNames{}, series.Notes{}),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, frames) })
	}
}

// golden compares frames with a text file.
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
			if m.PreferredVisualization != "" {
				fmt.Fprintf(&b, "in Explore: %s\n", m.PreferredVisualization)
			}
			for _, notice := range m.Notices {
				b.WriteString(notice.Severity.String() + ": " + notice.Text + "\n")
			}
			for _, stat := range m.Stats {
				fmt.Fprintf(&b, "%s: %v %s\n", stat.DisplayName, stat.Value, stat.Unit)
			}
			if m.DataTopic != "" {
				fmt.Fprintf(&b, "topic: %s\n", m.DataTopic)
			}
			if m.Custom != nil {
				fmt.Fprintf(&b, "custom: %v\n", m.Custom)
			}
		}
		for _, field := range frame.Fields {
			if field.Config != nil && field.Config.DisplayNameFromDS != "" {
				b.WriteString("shown as: " + field.Config.DisplayNameFromDS + "\n")
			}
			if field.Config != nil && field.Config.Filterable != nil {
				b.WriteString("filterable: " + field.Name + "\n")
			}
			if field.Config != nil && field.Config.Links != nil {
				links, err := json.Marshal(field.Config.Links)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString(field.Name + " leads to: " + string(links) + "\n")
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
