package report

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

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

// TestTextsOfRequestsDiffer: requests with different answers must not share a cached answer.
func TestTextsOfRequestsDiffer(t *testing.T) {
	texts := map[string]Params{}
	for _, p := range []Params{
		{}, {Timeframe: "30d"}, {Timeframe: "30d", Granularity: "1h"}, {Timeframe: "30d", Granularity: "1d"}, {Aggregation: "max"},
		{Metrics: []string{"costs"}}, {Metrics: []string{"costs", "usage"}}, {Metrics: []string{"performance", "usage", "costs", "resources", "errors"}},
	} {
		r, err := Parse([]string{"ep"}, p, testNow, 0)
		if err != nil {
			t.Fatal(err)
		}
		if other, exists := texts[r.String()]; exists {
			t.Errorf("%+v and %+v have the text %s", p, other, r)
		}
		texts[r.String()] = p
	}
	a, errA := Parse([]string{"ep"}, Params{}, testNow, 0)
	b, errB := Parse([]string{"ep"}, Params{Timeframe: "24h", Granularity: "15m", Aggregation: "avg"}, testNow, 0)
	if errA != nil || errB != nil || a.String() != b.String() {
		t.Errorf("the explicit defaults have another text: %s, %s", a, b)
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

// TestRequestsOfAReport checks the maximum number of requests if the settings have no budgets.
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
