package frames

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func exemplar(ms int64, value float64, pairs ...string) series.Exemplar {
	return series.Exemplar{Labels: labels(pairs...), Value: value, Time: ms}
}

// everySecond returns one series with an exemplar per second.
func everySecond(values ...float64) []series.ExemplarSeries {
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
	cloud := everySecond(1, 1.01, 1.02, 9, 1.03, 5, 1, 1, 1, 1, 1, 1.01)
	for _, test := range []struct {
		name string
		all  []series.ExemplarSeries
		o    ExemplarOptions
	}{
		{"exemplars", traced, ExemplarOptions{Expr: "x", Step: 15 * time.Second, Sampler: series.AllSampler, Links: links}},
		{"exemplars_spread", cloud, ExemplarOptions{Step: 6 * time.Second}},
		{"exemplars_highest", cloud, ExemplarOptions{Step: 6 * time.Second, Sampler: series.HighestSampler}},
		{"exemplars_in_heatmap", traced, ExemplarOptions{Sampler: series.AllSampler, Graph: rows}},
	} {
		t.Run(test.name, func(t *testing.T) { golden(t, test.name, must(Exemplars(test.all, test.o))) })
	}
	if frames := must(Exemplars([]series.ExemplarSeries{{Labels: labels("job", "a")}}, ExemplarOptions{})); frames != nil {
		t.Errorf("frames without exemplars: %v", frames)
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
		want    []float64 // nil if only the notice is tested
		notice  string
	}{
		{"all of a few distinct values", series.SpreadSampler, []float64{1, 5, 9}, time.Minute, []float64{1, 5, 9}, ""},
		{"outliers of a cloud", series.SpreadSampler, []float64{5, 5.1, 5, 100, 5.05, 0.5}, time.Minute, []float64{5.1, 100, 0.5},
			"3 of 6 exemplars are shown: those with clearly different values in each interval of 1m."},
		{"equal values once per step", series.SpreadSampler, []float64{2, 2, 2, 2}, 2 * time.Second, []float64{2, 2}, "2 of 4 exemplars are shown: those with clearly different values in each interval of 2s."},
		{"values that are not finite are dropped", series.SpreadSampler, []float64{inf, 3, nan, -inf}, time.Minute, []float64{3}, "1 of 4 exemplars are shown: those with clearly different values in each interval of 1m."},
		{"unknown sampler", "random", []float64{2, 2}, time.Minute, []float64{2}, "1 of 2 exemplars are shown: those with clearly different values in each interval of 1m."},
		{"highest of each step, in order of time", series.HighestSampler, []float64{1, 9, 8, 7, 4, 5}, 4 * time.Second, []float64{9, 8, 7, 4, 5},
			"5 of 6 exemplars are shown: the highest 3 in each interval of 4s."},
		{"all, infinite ones too", series.AllSampler, []float64{inf, 3, 3}, time.Minute, []float64{inf, 3, 3}, ""},
		{"all, up to the limit", series.AllSampler, many, time.Minute, nil, "10,000 of 24,000 exemplars are shown: as many as a panel can draw, evenly chosen in order of time."},
		{"too many steps are combined", series.HighestSampler, many, time.Second, nil, "501 of 24,000 exemplars are shown: the highest 3 in each interval of 2m24s."},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := must(Exemplars(everySecond(test.values...), ExemplarOptions{Step: test.step, Sampler: test.sampler}))[0]
			value := frame.Fields[1]
			if test.want != nil && value.Len() != len(test.want) {
				t.Fatalf("%d exemplars, want %d", value.Len(), len(test.want))
			}
			for i, want := range test.want {
				if got := value.At(i); got != want {
					t.Errorf("exemplar %d: got %v, want %v", i, got, want)
				}
			}
			text := ""
			for _, notice := range frame.Meta.Notices {
				text += notice.Text
			}
			if text != test.notice {
				t.Errorf("notice %q, want %q", text, test.notice)
			}
		})
	}
}

// TestDroppedExemplarsAreReportedOnTheGraph: a panel's header shows the notices of the graph,
// but not those of the exemplars.
func TestDroppedExemplarsAreReportedOnTheGraph(t *testing.T) {
	graph := must(allTimeSeries(&series.Result{Notes: series.Notes{Infos: []string{"by the way"}}, Series: []series.Series{le("1", 1)}}, Options{Infos: true}))
	must(Exemplars(everySecond(1, 1), ExemplarOptions{Step: time.Minute, Graph: graph}))
	if got := graph[0].Meta.Notices; len(got) != 1 || got[0].Text != "by the way · 1 of 2 exemplars are shown: those with clearly different values in each interval of 1m." {
		t.Errorf("got %+v", got)
	}
	must(Exemplars(everySecond(1), ExemplarOptions{Graph: data.Frames{data.NewFrame("")}}))
}

// TestExemplarsHaveTheFirstLabelOfHeatmapRows: the panel finds the row of an exemplar by
// the first label of the rows, even if the rows have no bounds.
func TestExemplarsHaveTheFirstLabelOfHeatmapRows(t *testing.T) {
	rows := must(Heatmap(&series.Result{Series: []series.Series{with(labels("zone", "eu"), 1)}}, Options{Legend: auto}))
	frame := must(Exemplars(everySecond(1), ExemplarOptions{Graph: rows}))[0]
	if zone, _ := frame.FieldByName("zone"); zone == nil {
		t.Errorf("no zone in %v", frame)
	}
}

func TestExemplarColumnNamesAreUnique(t *testing.T) {
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

// TestRowsOfExemplars: an exemplar belongs to the row with the lowest bound that its value
// doesn't exceed.
func TestRowsOfExemplars(t *testing.T) {
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
		frame := must(Exemplars(everySecond(values...), ExemplarOptions{Sampler: series.AllSampler, Graph: rows}))[0]
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
