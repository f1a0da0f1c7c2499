// Package fleet defines the simulated platforms of the demo. Each platform is a separate
// package, which declares scrape targets and determines how their metrics change. Package
// incident lists the failures that can be simulated. New combines the platforms and the
// incidents into a fleet. The demo and some tests write the fleet's history into a TSDB of
// Prometheus.
package fleet

import (
	"cmp"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/inference"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/lango"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/modelmetrics"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/tango"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/tensorone"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/tessallite"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// DefaultHistory is long enough for graphs of 6 hours with `offset 1d` or `[24h]`, with two more
// hours for the longest window that is combined with them.
const DefaultHistory = 32 * time.Hour

// The past of a fleet is the time before its history. It begins PastHistory before the end of
// the history. A report of 30 days compares these days with the 30 days before, so it needs 60
// days. The other two days are for a demo that keeps running. PastStep is the time between two
// samples of the past. It isn't longer than Prometheus's lookback of 5 minutes, so an instant
// query finds a sample at any time.
const (
	PastHistory = 62 * simulation.Day
	PastStep    = 5 * time.Minute
)

// pastPlatforms are the platforms that have samples in the past. Reports read these samples.
var pastPlatforms = []string{"tensorone"}

// Past returns the prometheus.Past of a fleet, which describes the samples before the fleet's
// history. prometheus.WriteHistory writes them together with the history.
func Past(f *simulation.Fleet) *prometheus.Past {
	return &prometheus.Past{Fleet: f.Past(PastHistory, pastPlatforms...), Step: PastStep}
}

// Options describe a fleet. The zero value is the fleet of seed 1 without
// incidents and with a history of 32 hours that ends at the wall clock.
type Options struct {
	Seed     uint64
	Incident string        // comma-separated names of incidents
	Now      time.Time     // end of the history; zero means the wall clock
	History  time.Duration // length of the history; zero means DefaultHistory
}

// platforms are the platforms of a fleet. To add a platform, write a package and add a
// line here.
var platforms = []simulation.Builder{
	{Name: "tessallite", Build: tessallite.New},
	{Name: "inference", Build: inference.New},
	{Name: "tango", Build: tango.New},
	{Name: "tensorone", Build: tensorone.New},
	{Name: "lango", Build: lango.New},
	{Name: "modelmetrics", Build: modelmetrics.New},
}

// New returns a fleet one step before the beginning of its history. The error for an
// unknown incident lists the names of all incidents.
func New(o Options) (*simulation.Fleet, error) {
	incidents, err := incident.Find(o.Incident)
	if err != nil {
		return nil, err
	}
	return simulation.New(simulation.Options{
		Seed:      cmp.Or(o.Seed, 1),
		Now:       o.Now,
		History:   cmp.Or(o.History, DefaultHistory),
		Platforms: platforms,
		Incidents: incidents,
	}), nil
}
