// Package testfleet provides a small fleet for the tests of packages simulation
// and prometheus: two targets, "web" and "worker", with a counter, a gauge, a
// histogram and a summary, and incidents of every kind.
package testfleet

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Names of the incidents.
const (
	Backlog   = "backlog"    // the worker's queue has more than 100 jobs
	Outage    = "outage"     // worker is down
	Vanished  = "vanished"   // worker isn't in service discovery
	SlowPages = "slow-pages" // web responds slowly to a scrape
	CrashLoop = "crash-loop" // worker is down for two scrapes, every ten minutes
)

var incidents = []simulation.Incident{
	{Name: Backlog, Begins: 15 * time.Minute},
	{Name: Outage, Begins: 15 * time.Minute, Job: "worker", Condition: simulation.Down},
	{Name: Vanished, Begins: 15 * time.Minute, Job: "worker", Condition: simulation.Gone},
	{Name: SlowPages, Begins: 15 * time.Minute, Job: "web", Condition: simulation.Slow},
	{Name: CrashLoop, Begins: 12 * time.Minute, Job: "worker", Condition: simulation.Down, Lasts: simulation.RestartLength, Every: 10 * time.Minute},
}

// Options describe a fleet. If Now is zero, the history ends at the wall clock.
type Options struct {
	Seed     uint64
	Incident string // one of the names above, or empty
	Now      time.Time
	History  time.Duration
}

// New returns a fleet one step before the beginning of its history.
func New(o Options) *simulation.Fleet {
	options := simulation.Options{
		Seed: o.Seed, Now: o.Now, History: o.History,
		Platforms: []simulation.Builder{{Name: "test", Build: build}},
	}
	for i := range incidents {
		if incidents[i].Name == o.Incident {
			options.Incidents = append(options.Incidents, &incidents[i])
		}
	}
	return simulation.New(options)
}

// platform has a target that handles requests and a target that runs jobs.
type platform struct {
	targets  []*simulation.Target
	rng      *rand.Rand
	drift    simulation.Drift
	requests simulation.Flow
	ok       *simulation.Scalar
	latency  *simulation.Distribution
	depth    *simulation.Scalar
	runs     *simulation.Distribution
}

func build(rng *rand.Rand, _ time.Time) simulation.Platform {
	web := &simulation.Target{Job: "web", Instance: "web:8080"}
	worker := &simulation.Target{Job: "worker", Instance: "worker:8080"}
	return &platform{
		targets:  []*simulation.Target{web, worker},
		rng:      rng,
		requests: simulation.NewFlow(rng),
		ok:       web.Counter("requests_total", "Requests handled.", "status").With("200"),
		latency:  web.Histogram("latency_seconds", "Latency of requests.", []float64{0.1, 1, 10}).With(),
		depth:    worker.Gauge("queue_depth", "Jobs that wait.").With(),
		runs:     worker.Summary("run_seconds", "Duration of jobs.").With(),
	}
}

func (p *platform) Targets() []*simulation.Target { return p.targets }

func (p *platform) Step(m simulation.Moment) {
	n := p.requests.Events(20*simulation.Daily(m.Time, 12)*p.drift.Next(p.rng), math.Inf(1))
	p.ok.Add(n)
	p.latency.Observe(n, simulation.Seconds(0.3, 0.5), p.rng)
	p.runs.Record(1, 2)
	p.depth.Set(math.Round(10 * simulation.Jitter(p.rng)))
	if m.During(Backlog) {
		p.depth.Set(500)
	}
}
