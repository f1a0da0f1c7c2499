// Package fleet simulates the platforms that Model Metrics watches. A [Fleet]
// holds the counters, gauges and histograms of every scrape target and moves
// them on in steps of 15 seconds. The same seed and the same end time give the
// same history. Package prometheus plays that history into a TSDB and then
// scrapes the fleet, whose exporters continue from where the history stopped.
package fleet

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// Interval is the time between two steps, and the scrape interval of the
// platforms.
const Interval = 15 * time.Second

// DefaultHistory is a day for `offset 1d` and `[24h]`, and two hours for the
// longest window beside them.
const DefaultHistory = 26 * time.Hour

// staleAfter is how far a fleet follows the wall clock step by step. After a
// longer silence (a laptop that slept) it leaves the missing time out.
const staleAfter = time.Hour

// Options say which fleet to simulate. The zero value is the quiet fleet of
// seed 1 with a history of 26 hours that ends at the wall clock.
type Options struct {
	Seed     uint64
	Incident string        // names of Incidents, with commas between; empty is the quiet fleet
	Now      time.Time     // where the history ends; zero is the wall clock
	History  time.Duration // length of the history; zero is DefaultHistory
}

// Fleet is the platforms' state at one moment. It is safe for concurrent use;
// for reading its targets see Target.
type Fleet struct {
	mu        sync.Mutex
	now       time.Time // the moment of the last step
	end       time.Time // where the history ends, as known at New
	followsUp bool      // the history ends at the wall clock
	incidents []*Incident
	platforms []Platform
	targets   []*Target
}

// New returns a fleet at the beginning of its history: the first Step takes it
// to the first sample. The error of an unknown incident lists the known ones.
func New(o Options) (*Fleet, error) {
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.History == 0 {
		o.History = DefaultHistory
	}
	incidents, err := FindIncidents(o.Incident)
	if err != nil {
		return nil, err
	}
	f := &Fleet{incidents: incidents, followsUp: o.Now.IsZero()}
	if f.followsUp {
		o.Now = time.Now()
	}
	f.end = o.Now.Truncate(Interval)
	f.now = f.end.Add(-o.History).Truncate(Interval).Add(-Interval)
	for _, p := range platforms {
		platform := p.build(newRand(o.Seed, p.name), f.end)
		f.platforms = append(f.platforms, platform)
		f.targets = append(f.targets, platform.Targets()...)
	}
	for _, t := range f.targets {
		t.rng = newRand(o.Seed, t.Job)
		t.restarts = planRestarts(t.rng, f.end)
	}
	return f, nil
}

// Now is the moment of the fleet's state: that of its last step.
func (f *Fleet) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// End is where the history ends: Options.Now, or the wall clock when that was
// left to it.
func (f *Fleet) End() time.Time {
	if f.followsUp {
		return time.Now().Truncate(Interval)
	}
	return f.end
}

// Targets are the scrape targets of all platforms, in a fixed order.
func (f *Fleet) Targets() []*Target { return f.targets }

// Step moves every target on by one Interval.
func (f *Fleet) Step() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.step()
}

func (f *Fleet) step() {
	f.now = f.now.Add(Interval)
	m := Moment{Time: f.now}
	for _, incident := range f.incidents {
		if !f.now.Before(f.end.Add(-incident.Begins)) {
			m.incidents = append(m.incidents, incident)
		}
	}
	for _, p := range f.platforms {
		p.Step(m)
	}
	for _, t := range f.targets {
		t.settle(f.condition(t, m))
	}
}

// condition says what a scrape of the target meets at a moment.
func (f *Fleet) condition(t *Target, m Moment) Condition {
	for _, incident := range m.incidents {
		if incident.job == t.Job && incident.strikes(m.Time.Sub(f.end.Add(-incident.Begins))) {
			return incident.condition
		}
	}
	if t.restarting(m.Time) {
		return Down
	}
	return Serving
}

// follow takes the fleet to the wall clock.
func (f *Fleet) follow(wall time.Time) {
	if wall.Sub(f.now) > staleAfter {
		f.now = wall.Truncate(Interval).Add(-Interval)
	}
	for !f.now.Add(Interval).After(wall) {
		f.step()
	}
}

// newRand gives each platform and target its own stream, so that a new platform
// leaves the history of the others as it was.
func newRand(seed uint64, part string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part)) // a hash's Write returns no error
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
