// Package simulation simulates scrape targets whose metrics change in steps of 15 seconds. A
// [Platform] declares targets and their metric families and determines how the values change.
// A [Fleet] runs the platforms, with incidents and restarts, and serves the targets as
// exporters. Fleets with the same options have the same history, provided that Options.Now is
// set. demo/fleet defines the platforms, and package prometheus writes a fleet's history into
// a TSDB and then scrapes its exporters.
package simulation

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Interval is the time between two steps and the scrape interval of the
// platforms.
const Interval = 15 * time.Second

// maxCatchUp is the longest pause after which a fleet simulates all missed steps. After a
// longer pause, for example while a laptop is suspended, it skips them.
const maxCatchUp = time.Hour

// Options describe a fleet.
type Options struct {
	Seed      uint64
	Now       time.Time     // end of the history; zero means the wall clock
	History   time.Duration // length of the history
	Platforms []Builder
	Incidents []*Incident
}

// Builder builds a platform.
type Builder struct {
	Name  string // seeds the platform's random numbers
	Build func(rng *rand.Rand, end time.Time) Platform
}

// Fleet is the state of all platforms at one time. It is safe for concurrent
// use, except for reading its targets: see [Target].
type Fleet struct {
	options   Options // New replaces a zero Now by the current time
	mu        sync.Mutex
	now       time.Time // time of the last step
	begin     time.Time // time of the first step
	end       time.Time // end of the history when the fleet was created
	followsUp bool      // whether the history ends at the wall clock
	incidents []*Incident
	platforms []Platform
	targets   []*Target
}

// New returns a fleet one step before the beginning of its history. The first Step
// produces the first sample.
func New(o Options) *Fleet {
	followsUp := o.Now.IsZero()
	if followsUp {
		o.Now = time.Now()
	}
	o.Now = o.Now.Truncate(Interval)
	f := newFleet(o)
	f.followsUp = followsUp
	return f
}

func newFleet(o Options) *Fleet {
	f := &Fleet{options: o, incidents: o.Incidents, end: o.Now}
	f.begin = f.end.Add(-o.History).Truncate(Interval)
	f.now = f.begin.Add(-Interval)
	for _, b := range o.Platforms {
		platform := b.Build(newRand(o.Seed, b.Name), o.Now)
		f.platforms = append(f.platforms, platform)
		f.targets = append(f.targets, platform.Targets()...)
	}
	for _, t := range f.targets {
		t.rng = newRand(o.Seed, t.Job)
		t.restarts = planRestarts(t.rng, o.Now)
	}
	return f
}

// Past returns a fleet for the time before the history of f. It has the named platforms of f,
// with the same planned restarts and disturbances, but no incidents. The past ends one
// Interval before f's history begins. The parameter history is the time from the beginning of
// the past to the end of f's history as of the creation of f. The two fleets are independent:
// f doesn't continue the counters of the past, but begins at 0, as after a restart.
func (f *Fleet) Past(history time.Duration, platforms ...string) *Fleet {
	o := f.options
	o.History, o.Incidents = history, nil
	o.Platforms = slices.DeleteFunc(slices.Clone(o.Platforms), func(b Builder) bool { return !slices.Contains(platforms, b.Name) })
	past := newFleet(o)
	past.end = f.begin.Add(-Interval)
	return past
}

// Now returns the time of the last step.
func (f *Fleet) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// End returns the end of the history: Options.Now or, if that is zero, the wall clock, rounded
// down to a multiple of Interval. For a fleet that Past returned, it is the end of the past.
func (f *Fleet) End() time.Time {
	if f.followsUp {
		return time.Now().Truncate(Interval)
	}
	return f.end
}

// Targets returns the scrape targets of all platforms in a fixed order.
func (f *Fleet) Targets() []*Target { return f.targets }

// Step advances every target by one Interval.
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
		t.endStep(f.condition(t, m))
	}
}

// condition returns the condition of a target at a time.
func (f *Fleet) condition(t *Target, m Moment) Condition {
	for _, incident := range m.incidents {
		if incident.Job == t.Job && incident.affectsScrape(m.Time.Sub(f.end.Add(-incident.Begins))) {
			return incident.Condition
		}
	}
	if t.restarting(m.Time) {
		return Down
	}
	return Serving
}

// catchUp advances the fleet to the wall clock.
func (f *Fleet) catchUp(wall time.Time) {
	if wall.Sub(f.now) > maxCatchUp {
		f.now = wall.Truncate(Interval).Add(-Interval)
	}
	for !f.now.Add(Interval).After(wall) {
		f.step()
	}
}

// newRand returns a random generator with its own sequence for each platform and target,
// so that a new platform doesn't change the history of the others.
func newRand(seed uint64, part string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part))                  // a hash's Write returns no error
	return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // G404: a simulation is repeatable
}
