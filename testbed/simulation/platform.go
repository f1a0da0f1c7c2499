package simulation

import (
	"slices"
	"time"
)

// Platform is one product of a fleet. It has the targets that export its metric families
// and determines how their values change.
type Platform interface {
	// Targets returns the platform's scrape targets, always the same ones.
	Targets() []*Target
	// Step advances the targets' values by one Interval, to m.Time.
	Step(m Moment)
}

// Moment is the time of a step, with the incidents that are active at that time.
type Moment struct {
	Time      time.Time
	incidents []*Incident
}

// During reports whether the named incident is active.
func (m Moment) During(incident string) bool {
	return slices.ContainsFunc(m.incidents, func(i *Incident) bool { return i.Name == incident })
}

// Incident is a simulated failure. It begins before the end of the history and lasts
// until the fleet is stopped. It begins early enough to fill the windows and the `for` of
// the alerts that it raises.
type Incident struct {
	Name   string
	Title  string        // one line that describes the incident
	Begins time.Duration // before the end of the history
	Raises []string      // names of all alerts whose condition is met during the incident
	Blanks []string      // titles of the panels that show no data during the incident

	// Culprits are the names of what causes the incident, such as a service, or the title of a
	// panel. The first screen of each dashboard of the alerts shows one of them in red. There are
	// none if the incident affects a platform as a whole; then the name of the alert is enough.
	Culprits []string

	// The following fields are set for an incident that changes a scrape target's
	// condition.
	Job       string
	Condition Condition     // of the target
	Lasts     time.Duration // length of one occurrence; 0 means as long as the incident
	Every     time.Duration // time between the beginnings of two occurrences
}

// affectsScrape reports whether the incident determines the condition of its target. since is
// the time that has passed since the incident began.
func (i *Incident) affectsScrape(since time.Duration) bool {
	return i.Lasts == 0 || since%i.Every < i.Lasts
}
