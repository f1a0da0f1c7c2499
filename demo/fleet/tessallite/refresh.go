package tessallite

import (
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

var refreshBounds = []float64{1, 5, 15, 30, 60, 120, 300, 600, 1800}

// refreshes contains the scheduler's metrics of the runs that refresh aggregates. The
// runs are evenly distributed over the day.
type refreshes struct {
	completed, failed *simulation.Scalar
	failures          simulation.Flow
	modes             []*refreshMode
	rng               *rand.Rand
}

type refreshMode struct {
	perHour float64
	takes   simulation.LogNormal
	runs    simulation.Flow
	seconds *simulation.Distribution
}

func newRefreshes(t *simulation.Target, rng *rand.Rand) *refreshes {
	runs := t.Counter("tessallite_refresh_runs_total", "Aggregate refreshes that ended; status is completed or failed.", "status")
	seconds := t.Histogram("tessallite_refresh_run_duration_seconds", "Duration of aggregate refreshes; mode is full or incremental.", refreshBounds, "mode")
	return &refreshes{
		completed: runs.With("completed"),
		failed:    runs.With("failed"),
		failures:  simulation.NewFlow(rng),
		modes: []*refreshMode{
			{perHour: 12, takes: simulation.Seconds(95, 0.6), runs: simulation.NewFlow(rng), seconds: seconds.With("full")},
			{perHour: 60, takes: simulation.Seconds(11, 0.7), runs: simulation.NewFlow(rng), seconds: seconds.With("incremental")},
		},
		rng: rng,
	}
}

func (r *refreshes) step(m simulation.Moment) {
	if m.During(incident.RefreshStalled) {
		return
	}
	share := 0.008
	if m.During(incident.RefreshFailures) {
		share = 0.45
	}
	for _, mode := range r.modes {
		expected := mode.perHour * simulation.Interval.Hours() * simulation.Jitter(r.rng)
		runs := mode.runs.Events(expected, 1+expected)
		failed := r.failures.Events(runs*share, runs)
		r.failed.Add(failed)
		r.completed.Add(runs - failed)
		mode.seconds.Observe(runs, mode.takes, r.rng)
	}
}
