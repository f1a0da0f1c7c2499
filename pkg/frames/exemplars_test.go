package frames

import (
	"math"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func exemplar(ms int64, value float64, pairs ...string) series.Exemplar {
	return series.Exemplar{Labels: labels(pairs...), Value: value, Time: ms}
}

// dense are exemplars of one series, one each second, with a value each.
func dense(values ...float64) []series.ExemplarSeries {
	s := series.ExemplarSeries{Labels: labels("job", "a")}
	for i, v := range values {
		s.Exemplars = append(s.Exemplars, exemplar(int64(1000*i), v))
	}
	return []series.ExemplarSeries{s}
}

func TestExemplarShapes(t *testing.T) {
	links := []TraceLink{
		{Label: "trace_id", DatasourceUID: "tempo", Title: "Open in Tempo"},
		{Label: "trace_id", URL: "https://traces.example.com/${__value.raw}"},
		{Label: "job", URL: "https://exemplars.example.com/${__value.raw}"},
		{Label: "nowhere", URL: "https://example.com"},
	}
	traced := []series.ExemplarSeries{
		{Labels: labels("__name__", "x_bucket", "job", "a", "le", "1"), Exemplars: []series.Exemplar{exemplar(20000, 0.7, "trace_id", "t2"), exemplar(5000, 0.9, "job", "mine", "trace_id", "t1")}},
		{Labels: labels("__name__", "x_bucket", "job", "b", "le", "+Inf"), Exemplars: []series.Exemplar{exemplar(10000, 12, "Value", "v", "trace_id", "t3")}},
	}
	rows := must(Heatmap(&series.Result{Series: []series.Series{le("0.5", 1, 2), le("1.0", 2, 3), le("+Inf", 3, 4)}}, Options{Legend: auto, Step: 15 * time.Second}))
	cloud := dense(1, 1.01, 1.02, 9, 1.03, 5, 1, 1, 1, 1, 1, 1.01)
	for _, test := range []struct {
		name string
		all  []series.ExemplarSeries
		o    ExemplarOptions
	}{
		{"exemplars", traced, ExemplarOptions{Expr: "x", Step: 15 * time.Second, Sampler: series.AllSampler, Links: links}},
		{"exemplars_spread", cloud, ExemplarOptions{Step: 6 * time.Second}},
		{"exemplars_highest", cloud, ExemplarOptions{Step: 6 * time.Second, Sampler: series.HighestSampler}},
		{"exemplars_over_rows", traced, ExemplarOptions{Sampler: series.AllSampler, Over: rows}},
	} {
		t.Run(test.name, func(t *testing.T) { golden(t, test.name, must(Exemplars(test.all, test.o))) })
	}
	if frames := must(Exemplars([]series.ExemplarSeries{{Labels: labels("job", "a")}}, ExemplarOptions{})); frames != nil {
		t.Errorf("without exemplars there are frames: %v", frames)
	}
}

func TestSamplers(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	many := make([]float64, 24_000)
	for i := range many {
		many[i] = float64(i % 100)
	}
	for _, test := range []struct {
		name    string
		sampler series.Sampler
		values  []float64
		step    time.Duration
		want    []float64 // nil where only their number is known
		notice  string
	}{
		{"few that stand apart are all there", series.SpreadSampler, []float64{1, 5, 9}, time.Minute, []float64{1, 5, 9}, ""},
		{"a cloud doesn't hide outliers", series.SpreadSampler, []float64{5, 5.1, 5, 100, 5.05, 0.5}, time.Minute, []float64{5.1, 100, 0.5},
			"3 of 6 exemplars are shown: those whose values stand apart, of each 1m."},
		{"equal ones once a step", series.SpreadSampler, []float64{2, 2, 2, 2}, 2 * time.Second, []float64{2, 2}, "2 of 4 exemplars are shown: those whose values stand apart, of each 2s."},
		{"what is no place on a graph is left out", series.SpreadSampler, []float64{inf, 3, nan, -inf}, time.Minute, []float64{3}, "1 of 4 exemplars are shown: those whose values stand apart, of each 1m."},
		{"an unknown sampler spreads", "random", []float64{2, 2}, time.Minute, []float64{2}, "1 of 2 exemplars are shown: those whose values stand apart, of each 1m."},
		{"the highest of each step, in order of time", series.HighestSampler, []float64{1, 9, 8, 7, 4, 5}, 4 * time.Second, []float64{9, 8, 7, 4, 5},
			"5 of 6 exemplars are shown: the highest 3 of each 4s."},
		{"all, whatever they are", series.AllSampler, []float64{inf, 3, 3}, time.Minute, []float64{inf, 3, 3}, ""},
		{"not more than a browser can draw", series.AllSampler, many, time.Minute, nil, "10,000 of 24,000 exemplars are shown: as many as a panel can draw, evenly chosen over time."},
		{"steps that are too many are taken together", series.HighestSampler, many, time.Second, nil, "501 of 24,000 exemplars are shown: the highest 3 of each 2m24s."},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := must(Exemplars(dense(test.values...), ExemplarOptions{Step: test.step, Sampler: test.sampler}))[0]
			value := frame.Fields[1]
			if test.want != nil && value.Len() != len(test.want) {
				t.Fatalf("%d are shown, want %d", value.Len(), len(test.want))
			}
			for i, want := range test.want {
				if got := value.At(i); got != want {
					t.Errorf("%d is %v, want %v", i, got, want)
				}
			}
			said := ""
			for _, notice := range frame.Meta.Notices {
				said += notice.Text
			}
			if said != test.notice {
				t.Errorf("it says %q, want %q", said, test.notice)
			}
		})
	}
}

// TestLeftOutExemplarsAreToldInThePanel: a panel's header shows the notices of
// what the exemplars are drawn over.
func TestLeftOutExemplarsAreToldInThePanel(t *testing.T) {
	over := must(TimeSeries(&series.Result{Notes: series.Notes{Infos: []string{"by the way"}}, Series: []series.Series{le("1", 1)}}, Options{Infos: true}))
	must(Exemplars(dense(1, 1), ExemplarOptions{Step: time.Minute, Over: over}))
	if got := over[0].Meta.Notices; len(got) != 1 || got[0].Text != "by the way · 1 of 2 exemplars are shown: those whose values stand apart, of each 1m." {
		t.Errorf("got %+v", got)
	}
	must(Exemplars(dense(1), ExemplarOptions{Over: data.Frames{data.NewFrame("")}}))
}

// TestHeatmapFindsExemplars: rows of a heatmap without bounds are found by their
// first label, which every exemplar must have.
func TestHeatmapFindsExemplars(t *testing.T) {
	rows := must(Heatmap(&series.Result{Series: []series.Series{with(labels("zone", "eu"), 1)}}, Options{Legend: auto}))
	frame := must(Exemplars(dense(1), ExemplarOptions{Over: rows}))[0]
	if zone, _ := frame.FieldByName("zone"); zone == nil {
		t.Errorf("no zone in %v", frame)
	}
}
