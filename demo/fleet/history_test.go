package fleet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// end is the end of the history in most tests.
var end = time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)

func newFleet(t *testing.T, o fleet.Options) *simulation.Fleet {
	t.Helper()
	f, err := fleet.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// play steps a fleet to the end of its history and calls visit after each step.
func play(f *simulation.Fleet, visit func()) {
	for f.Now().Before(f.End()) {
		f.Step()
		visit()
	}
}

func TestDefaultHistory(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end})
	f.Step()
	if want := end.Add(-fleet.DefaultHistory); !f.Now().Equal(want) {
		t.Errorf("first step at %s, want %s", f.Now(), want)
	}
	play(f, func() {})
	if !f.Now().Equal(end) {
		t.Errorf("last step at %s, want %s", f.Now(), end)
	}
}

func TestCountersDecreaseOnlyAtRestarts(t *testing.T) {
	families := contract(t)
	mayDecrease := func(series string) bool { return families[series].Type == "gauge" }
	f := newFleet(t, fleet.Options{Now: end})
	type state struct {
		series   []labels.Labels
		before   []float64
		down     bool
		restarts int
		resets   int
	}
	states := map[*simulation.Target]*state{}
	for _, target := range f.Targets() {
		states[target] = &state{series: target.Series()}
	}
	play(f, func() {
		for target, s := range states {
			down := target.Scrape().Condition == simulation.Down
			if down && !s.down && end.Sub(f.Now()) < simulation.Day {
				s.restarts++
				if end.Sub(f.Now()) < 2*time.Hour {
					t.Errorf("%s restarts %s before the end", target.Job, end.Sub(f.Now()))
				}
			}
			values := target.Values(nil)
			for i, v := range s.before {
				if v <= values[i] || mayDecrease(s.series[i].Get(model.MetricNameLabel)) {
					continue
				}
				if !down {
					t.Fatalf("%s decreases from %g to %g without a restart", s.series[i], v, values[i])
				}
				s.resets++
			}
			s.before, s.down = values, down
		}
	})
	for target, s := range states {
		if s.restarts != 2 || s.resets == 0 {
			t.Errorf("%s: %d restarts with %d counters reset, want 2 restarts in the last day", target.Job, s.restarts, s.resets)
		}
	}
}

func TestFamiliesAreConsistent(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end})
	play(f, func() {})
	sums := map[string]float64{} // by family and, for Tessallite, service or model
	tenants := map[string]string{}
	total := 0
	for _, target := range f.Targets() {
		values := target.Values(nil)
		total += len(values)
		for i, series := range target.Series() {
			sums[series.Get(model.MetricNameLabel)+" "+series.Get("service")+series.Get("model_name")] += values[i]
			project, tenant := series.Get("project"), series.Get("tenant")
			if known, ok := tenants[project]; project != "" && ok && known != tenant {
				t.Errorf("project %s belongs to %s and to %s", project, known, tenant)
			}
			tenants[project] = tenant
		}
	}
	if total > 3000 {
		t.Errorf("%d series, want at most 3000", total)
	}
	for key, count := range sums {
		family, of, _ := strings.Cut(key, " ")
		switch family {
		case "tessallite_http_requests_total":
			if observed := sums["tessallite_http_request_duration_seconds_count "+of]; observed != count {
				t.Errorf("%s: %g requests, %g durations", of, count, observed)
			}
		case "tessallite_model_queries_total":
			if observed := sums["tessallite_model_query_duration_seconds_count "+of]; observed != count {
				t.Errorf("%s: %g queries, %g durations", of, count, observed)
			}
			if failed := sums["tessallite_model_query_errors_total "+of]; failed == 0 || failed > count/20 {
				t.Errorf("%s: %g of %g queries failed, want some but few", of, failed, count)
			}
		case "inference_requests_total":
			answered := sums["inference_latency_seconds_count "] + sums["inference_errors_total "]
			if answered != count {
				t.Errorf("inference: %g requests, %g successes and errors", count, answered)
			}
		}
	}
}

func TestFleetWithoutIncidentsHasEveryKindOfEvent(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end})
	happened := map[string]time.Time{} // time of the last increase, by family and kind
	for _, kind := range []string{
		"tessallite_http_requests_total 200", "tessallite_http_requests_total 201", "tessallite_http_requests_total 404",
		"tessallite_http_requests_total 500", "tessallite_http_requests_total 503",
		"tessallite_model_query_errors_total timeout", "tessallite_model_query_errors_total source_unavailable",
		"tessallite_model_query_errors_total invalid_query",
		"tessallite_refresh_runs_total completed", "tessallite_refresh_runs_total failed",
		"inference_errors_total inference_error", "inference_errors_total model_not_found", "inference_errors_total timeout",
		"executor_timeouts_total cpu", "executor_timeouts_total cuda:0",
		"total_invocations SUCCESS", "total_invocations ERROR",
	} {
		happened[kind] = time.Time{}
	}
	kinds, before := map[*simulation.Target][]string{}, map[*simulation.Target][]float64{}
	for _, target := range f.Targets() {
		for _, series := range target.Series() {
			kind := series.Get("status") + series.Get("error_type") + series.Get("device")
			kinds[target] = append(kinds[target], series.Get(model.MetricNameLabel)+" "+kind)
		}
		before[target] = make([]float64, len(kinds[target]))
	}
	play(f, func() {
		for target, last := range before {
			values := target.Values(nil)
			for i, v := range values {
				if _, known := happened[kinds[target][i]]; known && v > last[i] {
					happened[kinds[target][i]] = f.Now()
				}
			}
			before[target] = values
		}
	})
	for kind, at := range happened {
		// A single executor timeout or inference timeout fires an alert.
		rare := strings.HasPrefix(kind, "executor_timeouts_total") || kind == "inference_errors_total timeout"
		switch ago := end.Sub(at); {
		case at.IsZero():
			t.Errorf("%s never happens", kind)
		case rare && ago < 90*time.Minute:
			t.Errorf("%s happens %s before the end", kind, ago)
		case !rare && ago > 90*time.Minute:
			t.Errorf("%s last happens %s before the end", kind, ago)
		}
	}
}
