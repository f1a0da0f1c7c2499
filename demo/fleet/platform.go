package fleet

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Platform is one product of the fleet. It owns the targets that export its
// families and says how their numbers move.
type Platform interface {
	// Targets are the platform's scrape targets, always the same ones.
	Targets() []*Target
	// Step moves the targets' numbers on by one Interval, up to m.Time.
	Step(m Moment)
}

// platforms is the fleet. A platform is one file and one line here.
var platforms = []struct {
	name  string
	build func(rng *rand.Rand, end time.Time) Platform
}{
	{"tessallite", newTessallite},
	{"inference", newInference},
	{"tango", newTango},
	{"tensorone", newTensorone},
	{"lango", newLango},
	{"modelmetrics", newModelMetrics},
}

// Moment is what a platform knows about the step it takes.
type Moment struct {
	Time      time.Time
	incidents []*Incident // those that are going on
}

// during says whether the named incident is going on.
func (m Moment) during(incident string) bool {
	return slices.ContainsFunc(m.incidents, func(i *Incident) bool { return i.Name == incident })
}
