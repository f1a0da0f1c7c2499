package tensorone

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// The load of an endpoint is the average number of busy instances in the last minutes. The
// autoscaler adds instances if the load per instance exceeds scaleUpAt. It removes one if, for
// scaleDownAfter, the remaining ones suffice: the load per instance would not exceed
// scaleDownAt. If the endpoint can scale to zero, the last instance is removed after idleAfter
// without requests. The limits least and most apply, and incidents change the rules.
const (
	scaleUpAt      = 0.78
	scaleDownAt    = 0.66
	scaleDownAfter = 4 * time.Minute
	idleAfter      = 10 * time.Minute
	draining       = 20 * time.Second // usual time to remove an instance
	provisioning   = 4 * time.Second  // before the first phase of a cold start

	// eagerRequests is the expected number of requests of eagerEndpoint in each step of the
	// incident ColdStarts. With so few, the endpoint scales to zero and starts repeatedly.
	eagerRequests = 0.6
)

// scaling is the direction and reason of a change of the number of instances.
type scaling struct{ action, reason string }

var (
	forLoad       = scaling{"scale_up", "high_request_volume"}
	forFirst      = scaling{"scale_up", "first_request"}
	forLull       = scaling{"scale_down", "low_request_volume"}
	forIdleness   = scaling{"scale_down", "idle"}
	everyScaling  = []scaling{forLoad, forFirst, forLull, forIdleness}
	coldReasons   = map[string]string{"high_request_volume": "scale_up", "first_request": "scaled_to_zero"}
	startupPhases = []string{"container_start", "model_load", "dependency_load"}
	usualStartup  = [...]float64{12.5, 18.7, 3} // seconds per phase; see docs/contracts/tensorone.md#cold-starts
)

// coldStart contains the duration of each of the startupPhases, in seconds.
type coldStart [len(usualStartup)]float64

func (c coldStart) total() (seconds float64) {
	for _, phase := range c {
		seconds += phase
	}
	return seconds
}

type instanceFamilies struct {
	instances, coldStarts simulation.ScalarVec
	scaling, phases       simulation.DistributionVec
}

func newInstanceFamilies(t *simulation.Target) instanceFamilies {
	const id = "endpoint_id"
	return instanceFamilies{
		instances:  t.Gauge("tensorone_endpoint_instances", "Instances of the endpoint.", id, "state"),
		scaling:    t.Summary("tensorone_endpoint_scaling_duration_seconds", "Duration of completed scaling events.", id, "action", "reason"),
		coldStarts: t.Counter("tensorone_endpoint_cold_starts_total", "Instances that started cold.", id, "reason"),
		phases:     t.Summary("tensorone_endpoint_cold_start_duration_seconds", "Duration of the phases of cold starts.", id, "phase"),
	}
}

// endpointInstances simulates an endpoint's instances and its autoscaler. At most one change
// of the number of instances is in progress.
type endpointInstances struct {
	endpoint
	load     float64       // average number of busy instances
	running  float64       // number of running instances
	lull     time.Duration // time for which fewer instances would suffice
	wanted   float64       // number of instances after the change in progress, if any
	why      scaling       // direction and reason of the change
	left     time.Duration // time until the change is complete; 0 without a change
	takes    time.Duration // duration of the change
	starting []coldStart   // cold starts of the change

	uncounted bool // set before the history: changes don't count in the metrics

	current, target *simulation.Scalar
	events          map[scaling]*simulation.Distribution
	coldStarts      map[string]*simulation.Scalar // by reason
	phases          []*simulation.Distribution
}

func (f instanceFamilies) of(e endpoint) *endpointInstances {
	s := &endpointInstances{
		endpoint: e, running: e.least, wanted: e.least,
		current: f.instances.With(e.id, "current"),
		target:  f.instances.With(e.id, "target"),
		events:  map[scaling]*simulation.Distribution{}, coldStarts: map[string]*simulation.Scalar{},
	}
	for _, why := range everyScaling {
		s.events[why] = f.scaling.With(e.id, why.action, why.reason)
	}
	for _, reason := range []string{"scale_up", "scaled_to_zero"} {
		s.coldStarts[reason] = f.coldStarts.With(e.id, reason)
	}
	for _, phase := range startupPhases {
		s.phases = append(s.phases, f.phases.With(e.id, phase))
	}
	return s
}

// step simulates a step and returns the completed cold starts. demand is the number of
// instances that the requests keep busy.
func (s *endpointInstances) step(m simulation.Moment, demand float64, hasRequests bool, rng *rand.Rand) []coldStart {
	const pace = 0.1 // an average over about two and a half minutes
	s.load += pace * (demand - s.load)
	var started []coldStart
	if s.left > 0 {
		s.left -= simulation.Interval
		if s.left <= 0 {
			started = s.arrive()
		}
	} else {
		s.decide(m, hasRequests, rng)
	}
	s.current.Set(s.running)
	s.target.Set(s.wanted)
	return started
}

func (s *endpointInstances) decide(m simulation.Moment, hasRequests bool, rng *rand.Rand) {
	least, idle := s.least, idleAfter
	if m.During(incident.Overscaled) && s.name == overscaledEndpoint {
		least = s.most
	}
	if m.During(incident.ColdStarts) && s.name == eagerEndpoint {
		idle = 0
	}
	needed := min(max(math.Ceil(s.load/scaleUpAt), least), s.most)
	enough := max(math.Ceil(s.load/scaleDownAt), least, 1)
	switch {
	case s.running == 0:
		if hasRequests {
			s.begin(1, forFirst, rng)
		}
	case needed > s.running:
		s.begin(needed, forLoad, rng)
	case enough < s.running:
		s.lull += simulation.Interval
		if s.lull >= scaleDownAfter {
			s.begin(s.running-1, forLull, rng)
		}
	case s.least == 0 && !hasRequests:
		s.lull += simulation.Interval
		if s.lull >= idle {
			s.begin(0, forIdleness, rng)
		}
	default:
		s.lull = 0
	}
}

func (s *endpointInstances) begin(wanted float64, why scaling, rng *rand.Rand) {
	s.wanted, s.why, s.lull = wanted, why, 0
	s.takes = time.Duration(float64(draining) * simulation.Jitter(rng))
	s.starting = nil
	for range int(wanted - s.running) {
		var start coldStart
		for i, usual := range usualStartup {
			start[i] = usual * s.startup * simulation.Jitter(rng)
		}
		s.starting = append(s.starting, start)
		took := provisioning + time.Duration(start.total()*float64(time.Second))
		s.takes = max(s.takes, took)
	}
	s.left = s.takes
}

// arrive completes the change of the number of instances and returns its cold starts.
func (s *endpointInstances) arrive() []coldStart {
	s.running, s.left = s.wanted, 0
	if s.uncounted {
		return s.starting
	}
	s.events[s.why].Record(1, s.takes.Seconds())
	for _, start := range s.starting {
		s.coldStarts[coldReasons[s.why.reason]].Add(1)
		for i, seconds := range start {
			s.phases[i].Record(1, seconds)
		}
	}
	return s.starting
}
