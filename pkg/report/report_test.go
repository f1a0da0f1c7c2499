package report

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestPartsAddUpToTheTotal(t *testing.T) {
	for _, test := range []struct {
		name        string
		total       float64
		parts, want []float64
	}{
		{"exact", 1, []float64{0.25, 0.75}, []float64{0.25, 0.75}},
		{"thirds", 1, []float64{1. / 3, 1. / 3, 1. / 3}, []float64{0.34, 0.33, 0.33}},
		{"the largest remainder gets the cent", 1, []float64{0.331, 0.338, 0.331}, []float64{0.33, 0.34, 0.33}},
		{"small parts don't vanish together", 0.02, []float64{0.004, 0.004, 0.004, 0.004}, []float64{0.01, 0.01, 0, 0}},
		{"nothing", 0, []float64{0, 0}, []float64{0, 0}},
		{"one part", 42.15, []float64{42.1543, 0}, []float64{42.15, 0}},
		{"remainders that differ by a floating-point error", 0.01, []float64{0.005 - 1e-17, 0.005}, []float64{0.01, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := allocate(test.total, test.parts, cents); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestRoundingIsHalfAwayFromZero(t *testing.T) {
	for _, test := range []struct {
		v        float64
		decimals int
		want     float64
	}{{2.5, counts, 3}, {-2.5, counts, -3}, {0.125, cents, 0.13}, {98.876, percents, 98.88}, {1e15 + 0.4, counts, 1e15}} {
		if got := round(test.v, test.decimals); got != test.want {
			t.Errorf("%v: %v, want %v", test.v, got, test.want)
		}
	}
	if number(math.NaN(), cents) != nil || number(math.Inf(1), cents) != nil {
		t.Error("absent values are numbers")
	}
	if v := number(-0.001, cents); math.Signbit(*v) {
		t.Error("0 has a sign")
	}
}

func TestTrendWords(t *testing.T) {
	for _, test := range []struct {
		change float64
		want   string
	}{{5, "degrading"}, {4.99, "stable"}, {0, "stable"}, {-2.1, "stable"}, {-4.99, "stable"}, {-5, "improving"}, {-8.5, "improving"}, {math.NaN(), ""}} {
		c := &computation{}
		got := c.trendOf("f", 1, test.change, seconds, "", "degrading", "improving")
		if got.Trend != test.want || (got.ChangePercent == nil) != (test.want == "") || (len(c.notes) == 1) != (test.want == "") {
			t.Errorf("%v: %+v %v, want %s", test.change, got, c.notes, test.want)
		}
	}
}

func TestConfidence(t *testing.T) {
	for _, test := range []struct {
		name    string
		days    []float64
		monthly float64
		want    float64 // NaN is absent
	}{
		{"two days", []float64{1, 1}, 30, math.NaN()},
		{"no projection", []float64{1, 1, 1}, math.NaN(), math.NaN()},
		{"equal days", []float64{2, 2, 2}, 60, 1},
		{"equal days and another projection", []float64{2, 2, 2}, 90, 0},
		// mean 10, s 1, n 4: the standard error of 30 days is sqrt(30+225) = 15.97; P(|t3| <= 30/15.97)
		{"days that scatter", []float64{9, 9 + 1./3, 10 + 2./3, 11}, 300, 0.846},
		{"costs of 0", []float64{0, 0, 0}, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := confidence(test.days, test.monthly)
			if math.IsNaN(got) != math.IsNaN(test.want) || math.Abs(got-test.want) > 0.0105 {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestHistogramQuantiles(t *testing.T) {
	tableOf := func(counts map[string]float64) table {
		tab := table{}
		for le, count := range counts {
			tab[latencyBuckets] = append(tab[latencyBuckets], column{series.LabelsOf(map[string]string{"le": le}), []float64{count}})
		}
		return tab
	}
	for _, test := range []struct {
		name   string
		counts map[string]float64
		q      float64
		want   float64
	}{
		{"in the first bucket", map[string]float64{"1": 10, "2": 10, "+Inf": 10}, 0.5, 0.5},
		{"in the second", map[string]float64{"1": 5, "2": 10, "+Inf": 10}, 0.75, 1.5},
		{"beyond the last bound", map[string]float64{"1": 5, "2": 6, "+Inf": 10}, 0.99, 2},
		{"no requests", map[string]float64{"1": 0, "+Inf": 0}, 0.5, math.NaN()},
		{"no bucket +Inf", map[string]float64{"1": 5, "2": 6}, 0.5, math.NaN()},
		{"a bucket that is smaller than the one before", map[string]float64{"1": 5, "2": 4.9, "+Inf": 10}, 0.5, 1},
		{"an invalid bound", map[string]float64{"x": 3, "1": 10, "+Inf": 10}, 0.5, 0.5},
		{"no buckets", nil, 0.5, math.NaN()},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := tableOf(test.counts).quantile(0, test.q); got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestAggregations(t *testing.T) {
	values := []float64{4, 1, 3, 2}
	for _, test := range []struct {
		aggregation string
		amount      bool
		want        float64
	}{{"avg", false, 2.5}, {"avg", true, 10}, {"sum", false, 10}, {"sum", true, 10}, {"min", true, 1}, {"max", false, 4}, {"p95", false, 3.85}, {"p99", true, 3.97}} {
		if got := aggregate(test.aggregation, test.amount, values); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.aggregation, got, test.want)
		}
	}
}

func TestDefaultsOfParameters(t *testing.T) {
	for _, test := range []struct {
		timeframe, granularity string
		want                   string
		notes                  int
	}{{"", "", "24h 15m", 0}, {"1h", "", "1h 15m", 0}, {"7d", "", "7d 15m", 0}, {"30d", "", "30d 1h", 1}, {"30d", "1d", "30d 1d", 0}, {"24h", "5m", "24h 5m", 0}} {
		r, err := Parse([]string{"ep"}, Params{Timeframe: test.timeframe, Granularity: test.granularity}, testNow, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.timeframe + " " + r.granularity; got != test.want || len(r.notes) != test.notes || len(r.sections) != len(sections) {
			t.Errorf("%s %v, want %s", got, r.notes, test.want)
		}
	}
}

func TestGranularitiesOfTimeframes(t *testing.T) {
	allowed := map[string]string{"1h": "1m 5m 15m 1h", "6h": "1m 5m 15m 1h", "24h": "5m 15m 1h 1d", "7d": "15m 1h 1d", "30d": "1h 1d"}
	for timeframe, want := range allowed {
		for _, g := range granularities {
			_, err := Parse([]string{"ep"}, Params{Timeframe: timeframe, Granularity: g.name}, testNow, 0)
			isAllowed := slices.Contains(strings.Fields(want), g.name)
			invalid, is := errors.AsType[*ParamError](err)
			if (err == nil) != isAllowed || is && strings.Join(invalid.Allowed, " ") != want {
				t.Errorf("%s of %s: %v", g.name, timeframe, err)
			}
		}
	}
}

func TestReportEndsAtAMultipleOfTheGranularity(t *testing.T) {
	for _, test := range []struct{ timeframe, granularity, want string }{
		{"1h", "1m", "14:38:00"}, {"1h", "15m", "14:30:00"}, {"24h", "1h", "14:00:00"}, {"30d", "1d", "14:00:00"},
	} {
		r, err := Parse([]string{"ep"}, Params{Timeframe: test.timeframe, Granularity: test.granularity}, testNow, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.end().Format(time.TimeOnly); got != test.want {
			t.Errorf("%s: %s, want %s", test.granularity, got, test.want)
		}
	}
}

// TestRequestsOfAReport: the number of requests doesn't depend on the endpoints.
func TestRequestsOfAReport(t *testing.T) {
	for _, timeframe := range timeframes {
		for _, metrics := range [][]string{nil, {"costs"}, {"performance", "usage", "costs", "resources", "errors"}} {
			r, err := Parse([]string{"ep"}, Params{Timeframe: timeframe.name, Metrics: metrics}, testNow, 0)
			if err != nil {
				t.Fatal(err)
			}
			if n := 1 + len(r.views()); n > 9 {
				t.Errorf("%s %v: %d requests", timeframe.name, metrics, n)
			}
		}
	}
}

func TestDecodePlacesSamplesInTheirIntervals(t *testing.T) {
	g := grid{testNow.Truncate(time.Minute), time.Minute, 3}
	at := func(i int) int64 { return g.at(i).UnixMilli() }
	result := &series.Result{Series: []series.Series{
		{Labels: series.LabelsOf(map[string]string{"endpoint_id": "a", "field": "f"}), Times: []int64{at(0), at(2)}, Values: []float64{1, 3}},
		{Labels: series.LabelsOf(map[string]string{"endpoint_id": "b", "field": "f"}), Times: []int64{at(0) - 1, at(2) + 60_000}, Values: []float64{8, 9}},
	}}
	tables := decode(result, g)
	if got := tables["a"]["f"][0].values; got[0] != 1 || !math.IsNaN(got[1]) || got[2] != 3 {
		t.Errorf("%v", got)
	}
	if got := tables["b"]["f"][0].values; !math.IsNaN(got[0]) || !math.IsNaN(got[2]) {
		t.Errorf("samples outside the grid: %v", got)
	}
}
