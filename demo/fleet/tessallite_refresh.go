package fleet

import "math/rand/v2"

var refreshBounds = []float64{1, 5, 15, 30, 60, 120, 300, 600, 1800}

// refreshes is what the scheduler counts about the runs that keep the
// aggregates fresh. They are spread evenly over the day.
type refreshes struct {
	completed, failed *point
	failures          flow
	modes             []*refreshMode
	rng               *rand.Rand
}

type refreshMode struct {
	perHour float64
	takes   duration
	runs    flow
	seconds *distribution
}

func newRefreshes(t *Target, rng *rand.Rand) *refreshes {
	runs := t.counter("tessallite_refresh_runs_total", "Aggregate refreshes that ended; status is completed or failed.", "status")
	seconds := t.histogram("tessallite_refresh_run_duration_seconds", "Duration of aggregate refreshes; mode is full or incremental.", refreshBounds, "mode")
	return &refreshes{
		completed: runs.with("completed"),
		failed:    runs.with("failed"),
		failures:  newFlow(rng),
		modes: []*refreshMode{
			{perHour: 12, takes: duration{95, 0.6}, runs: newFlow(rng), seconds: seconds.with("full")},
			{perHour: 60, takes: duration{11, 0.7}, runs: newFlow(rng), seconds: seconds.with("incremental")},
		},
		rng: rng,
	}
}

func (r *refreshes) step(m Moment) {
	if m.during(refreshStalledIncident) {
		return
	}
	share := 0.02
	if m.during(refreshIncident) {
		share = 0.45
	}
	for _, mode := range r.modes {
		expected := mode.perHour * Interval.Hours() * jitter(r.rng)
		runs := mode.runs.events(expected, 1+expected)
		failed := r.failures.events(runs*share, runs)
		r.failed.add(failed)
		r.completed.add(runs - failed)
		mode.seconds.observe(runs, mode.takes, r.rng)
	}
}
