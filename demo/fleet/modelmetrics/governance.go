package modelmetrics

import (
	"math"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// allDecisions are the decisions of the policies, with their numbers per second for all data
// sources together. lockout is the number during the incident PolicyLockout.
var allDecisions = []struct {
	verdict, reason string
	rate, lockout   float64
}{
	{"observe", "range_too_long", 0.012, 0.012},
	{"observe", "regexp_matches_everything", 0.004, 0.004},
	{"block", "promql_not_allowed", 0.003, 0.8},
}

// droppedEvents is the number of audit events of each data source that are dropped per second
// during the incident AuditOutage.
const droppedEvents = 0.02

// governance contains the policy decisions and the dropped audit events of one data source.
type governance struct {
	decisions   []*simulation.Scalar // by the index of allDecisions
	flows       []simulation.Flow
	dropped     *simulation.Scalar
	droppedFlow simulation.Flow
}

func (f families) governance(org, uid string) governance {
	g := governance{flows: make([]simulation.Flow, len(allDecisions)), dropped: f.dropped.With(org, uid)}
	for _, d := range allDecisions {
		g.decisions = append(g.decisions, f.decisions.With(org, uid, d.verdict, d.reason))
	}
	return g
}

// step simulates a step of a data source. share is the data source's share of the numbers in
// allDecisions, from 0 to 1.
func (g *governance) step(m simulation.Moment, share float64) {
	for i, d := range allDecisions {
		rate := d.rate
		if m.During(incident.PolicyLockout) {
			rate = d.lockout
		}
		g.decisions[i].Add(g.flows[i].Events(rate*share*simulation.Interval.Seconds(), math.Inf(1)))
	}
	if m.During(incident.AuditOutage) {
		g.dropped.Add(g.droppedFlow.Events(droppedEvents*simulation.Interval.Seconds(), math.Inf(1)))
	}
}
