package simulation_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/internal/testfleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

var end = time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)

// play steps a fleet to the end of its history and calls visit after each step.
func play(f *simulation.Fleet, visit func()) {
	for f.Now().Before(f.End()) {
		f.Step()
		visit()
	}
}

// fingerprint hashes the values, scrape durations and conditions of a history.
func fingerprint(f *simulation.Fleet) uint64 {
	sum := uint64(14695981039346656037)
	mix := func(v float64) { sum = (sum ^ math.Float64bits(v)) * 1099511628211 }
	var values []float64
	play(f, func() {
		for _, target := range f.Targets() {
			values = target.Values(values[:0])
			for _, v := range values {
				mix(v)
			}
			mix(target.Scrape().Duration)
			mix(float64(target.Scrape().Condition))
		}
	})
	return sum
}

func TestSeedAndEndDetermineHistory(t *testing.T) {
	const history = 26 * time.Hour
	want := fingerprint(testfleet.New(testfleet.Options{Seed: 7, Now: end, History: history}))
	for _, c := range []struct {
		name    string
		options testfleet.Options
		same    bool
	}{
		{"same seed, same end", testfleet.Options{Seed: 7, Now: end}, true},
		{"end within the same step", testfleet.Options{Seed: 7, Now: end.Add(14 * time.Second)}, true},
		{"other seed", testfleet.Options{Seed: 8, Now: end}, false},
		{"other end", testfleet.Options{Seed: 7, Now: end.Add(time.Hour)}, false},
		{"incident", testfleet.Options{Seed: 7, Now: end, Incident: testfleet.Backlog}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.History = history
			if same := fingerprint(testfleet.New(c.options)) == want; same != c.same {
				t.Errorf("same history: %t, want %t", same, c.same)
			}
		})
	}
}

func TestHistoryLengthAndEnd(t *testing.T) {
	f := testfleet.New(testfleet.Options{Now: end, History: time.Hour})
	f.Step()
	if want := end.Add(-time.Hour); !f.Now().Equal(want) {
		t.Errorf("first step at %s, want %s", f.Now(), want)
	}
	play(f, func() {})
	if !f.Now().Equal(end) {
		t.Errorf("last step at %s, want %s", f.Now(), end)
	}
}

func TestCrashLoopServesBetweenCrashes(t *testing.T) {
	f := testfleet.New(testfleet.Options{Now: end, Incident: testfleet.CrashLoop, History: 20 * time.Minute})
	target := targetOf(t, f, "worker")
	var down []time.Duration // before the end
	play(f, func() {
		if target.Scrape().Condition == simulation.Down {
			down = append(down, end.Sub(f.Now()))
		}
	})
	want := []time.Duration{12 * time.Minute, 11*time.Minute + 45*time.Second, 2 * time.Minute, 1*time.Minute + 45*time.Second}
	if !slices.Equal(down, want) {
		t.Errorf("down %s before the end, want %s", down, want)
	}
}

func TestDistributionRecord(t *testing.T) {
	target := &simulation.Target{Job: "test", Instance: "test:80"}
	histogram := target.Histogram("h", "", []float64{1, 2}).With()
	summary := target.Summary("s", "").With()
	for _, seconds := range []float64{1, 1.5, 5} {
		histogram.Record(2, seconds)
		summary.Record(2, seconds)
	}
	// The histogram's cumulative buckets, sum and count, then the summary's sum and count.
	if got, want := target.Values(nil), []float64{2, 4, 6, 15, 6, 15, 6}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func targetOf(t *testing.T, f *simulation.Fleet, job string) *simulation.Target {
	t.Helper()
	i := slices.IndexFunc(f.Targets(), func(target *simulation.Target) bool { return target.Job == job })
	if i < 0 {
		t.Fatalf("no target has the job %q", job)
	}
	return f.Targets()[i]
}

func TestPastEndsBeforeHistoryWithItsPlans(t *testing.T) {
	const history = 26 * time.Hour
	f := testfleet.New(testfleet.Options{Seed: 7, Now: end, History: history, Incident: testfleet.Outage})
	past := f.Past(4*simulation.Day, "test")
	if n := len(f.Past(4*simulation.Day, "other").Targets()); n != 0 {
		t.Errorf("a past of other platforms has %d targets", n)
	}
	restarts := func(f *simulation.Fleet) map[time.Duration]int {
		worker, times := targetOf(t, f, "worker"), map[time.Duration]int{}
		play(f, func() {
			if worker.Scrape().Condition == simulation.Down && f.Now().Before(end.Add(-time.Hour)) {
				times[f.Now().Sub(f.Now().Truncate(simulation.Day))]++
			}
		})
		return times
	}
	before, after := restarts(past), restarts(f)
	if want := end.Add(-history - simulation.Interval); !past.Now().Equal(want) {
		t.Errorf("the past ends at %s, want %s", past.Now(), want)
	}
	if len(before) != len(after) || len(after) == 0 {
		t.Errorf("restarts at %v in the past, at %v after it", before, after)
	}
	for at, n := range before {
		if n < 2 || after[at] != 1 {
			t.Errorf("%d restarts at %s in the past, %d after it", n, at, after[at])
		}
	}
}

func TestWeeklyLoadIsLowerOnWeekends(t *testing.T) {
	saturday := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	for hours := range 7 * 24 {
		at := saturday.Add(time.Duration(hours) * time.Hour)
		load, weekend := simulation.Weekly(at, 0.5), hours <= 48
		if load < 0.5 || load > 1 || weekend != (load < 0.6) {
			t.Errorf("%s: load %g", at.Format("Mon 15:04"), load)
		}
		if change := math.Abs(simulation.Weekly(at.Add(simulation.Day), 0.5) - load); change >= 0.25 {
			t.Errorf("%s: the load changes by %g in a day", at.Format("Mon 15:04"), change)
		}
	}
}
