// Package tango simulates the platform of docs/contracts/tango.md. Package fleet adds it
// to the demo's fleet.
package tango

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

const peakHour = 11 // UTC

// modelVersion is a registered model version, with its load and its users.
type modelVersion struct {
	code, version, workspace string
	rate                     float64 // invocations per second at the peak
	failures                 float64 // share of the invocations
	latency                  simulation.LogNormal
	users                    []string // that open sessions
}

var modelVersions = []modelVersion{
	{"customer-churn-predictor", "1.0", "marketing", 1.8, 0.024, simulation.Seconds(0.35, 0.5), []string{"u-1042", "u-1177"}},
	{"customer-churn-predictor", "1.1", "marketing", 3.6, 0.013, simulation.Seconds(0.28, 0.5), []string{"u-1042", "u-1177", "u-1260"}},
	{"credit-risk-scorer", "2.3", "finance", 4.4, 0.008, simulation.Seconds(0.19, 0.4), []string{"u-1305", "u-1311"}},
	{"invoice-extractor", "0.9", "finance", 1.5, 0.018, simulation.Seconds(1.4, 0.6), []string{"u-1311", "u-1408"}},
	{"demand-planner", "1.4", "operations", 1.2, 0.011, simulation.Seconds(2.6, 0.5), []string{"u-1177", "u-1522"}},
}

var allDeployments = []struct {
	workspace, proxy, connector string
	count                       float64
	onNode                      float64 // on the node that an incident removes
}{
	{"marketing", "RestProxy", "DockerConnector", 2, 0},
	{"marketing", "RestProxy", "KubernetesConnector", 3, 0},
	{"finance", "RestProxy", "KubernetesConnector", 4, 2},
	{"finance", "GrpcProxy", "KubernetesConnector", 2, 0},
	{"operations", "GrpcProxy", "DockerConnector", 1, 0},
}

// overloadedModel is the model that loses deployments in the incident NodeLoss. Its remaining
// deployments are overloaded.
const overloadedModel = "invoice-extractor"

// platform has one target.
type platform struct {
	target *simulation.Target
	rng    *rand.Rand
	drift  simulation.Drift
	gauges []constant
	models []*modelState
}

// constant is a gauge whose value differs only during the incident NodeLoss.
type constant struct {
	gauge         *simulation.Scalar
	value, onNode float64
}

type modelState struct {
	modelVersion
	kinds     []*invocations
	sessions  []*sessions
	succeeded *simulation.Distribution
	failed    *simulation.Distribution
}

// invocations contains the metrics of one type of invocations of a model version.
type invocations struct {
	share              float64
	flow, failureFlow  simulation.Flow
	succeeded, errored *simulation.Scalar
}

// sessions contains the metrics of the sessions of one user with one model version.
type sessions struct {
	active, closed *simulation.Scalar
	open           float64
	opens, closes  simulation.Flow
}

// New returns the platform.
func New(rng *rand.Rand, _ time.Time) simulation.Platform {
	const code, version = "model_code", "model_version"
	t := &simulation.Target{Job: "tango", Instance: "tango-api:8080"}
	active := t.Gauge("active_sessions", "Sessions that are open.", code, version, "user_id", "workspace")
	closed := t.Counter("closed_sessions", "Sessions closed so far.", code, version, "user_id", "workspace")
	total := t.Counter("total_invocations", "Model invocations.", code, version, "status", "type")
	deployments := t.Gauge("total_deployments", "Deployments that exist.", "workspace", "proxy_class", "connector_class")
	registered := t.Gauge("total_models", "Models that exist.", "workspace", code, version)
	seconds := t.Summary("model_invocation_duration_seconds", "Duration of model invocations.", code, version, "success")

	p := &platform{target: t, rng: rng}
	for _, d := range allDeployments {
		p.gauges = append(p.gauges, constant{deployments.With(d.workspace, d.proxy, d.connector), d.count, d.onNode})
	}
	for _, m := range modelVersions {
		p.gauges = append(p.gauges, constant{registered.With(m.workspace, m.code, m.version), 1, 0})
		s := &modelState{
			modelVersion: m,
			succeeded:    seconds.With(m.code, m.version, "true"),
			failed:       seconds.With(m.code, m.version, "false"),
		}
		for kind, share := range []float64{0.7, 0.3} {
			name := []string{"SYNC", "ASYNC"}[kind]
			s.kinds = append(s.kinds, &invocations{
				share: share, flow: simulation.NewFlow(rng), failureFlow: simulation.NewFlow(rng),
				succeeded: total.With(m.code, m.version, "SUCCESS", name),
				errored:   total.With(m.code, m.version, "ERROR", name),
			})
		}
		for _, user := range m.users {
			s.sessions = append(s.sessions, &sessions{
				active: active.With(m.code, m.version, user, m.workspace),
				closed: closed.With(m.code, m.version, user, m.workspace),
				open:   2, opens: simulation.NewFlow(rng), closes: simulation.NewFlow(rng),
			})
		}
		p.models = append(p.models, s)
	}
	return p
}

func (p *platform) Targets() []*simulation.Target { return []*simulation.Target{p.target} }

func (p *platform) Step(m simulation.Moment) {
	load := simulation.Daily(m.Time, peakHour) * p.drift.Next(p.rng)
	for _, g := range p.gauges {
		g.gauge.Set(g.value)
		if m.During(incident.NodeLoss) {
			g.gauge.Set(g.value - g.onNode)
		}
	}
	for _, s := range p.models {
		s.invoke(m, load, p.rng)
		for _, session := range s.sessions {
			session.step(m, load, p.rng)
		}
	}
}

// invoke simulates the invocations of a step. There are none during the incidents Stalled
// and NoSessions.
func (s *modelState) invoke(m simulation.Moment, load float64, rng *rand.Rand) {
	if m.During(incident.Stalled) || m.During(incident.NoSessions) {
		return
	}
	failures, latency := s.failures, s.latency
	if m.During(incident.NodeLoss) && s.code == overloadedModel {
		failures, latency = 0.3, latency.Times(30)
	}
	for _, k := range s.kinds {
		n := k.flow.Events(s.rate*k.share*load*simulation.Interval.Seconds()*simulation.Jitter(rng), math.Inf(1))
		failed := k.failureFlow.Events(n*failures*simulation.Jitter(rng), n)
		k.succeeded.Add(n - failed)
		k.errored.Add(failed)
		s.succeeded.Observe(n-failed, latency, rng)
		s.failed.Observe(failed, latency.Times(1.8), rng)
	}
}

// step simulates a step. At the peak, the user opens 25 sessions of the model version per
// hour on average. A session stays open for 15 minutes on average.
func (s *sessions) step(m simulation.Moment, load float64, rng *rand.Rand) {
	if m.During(incident.NoSessions) {
		s.closed.Add(s.open)
		s.open = 0
		s.active.Set(s.open)
		return
	}
	s.open += s.opens.Events(25*load*simulation.Interval.Hours()*2*rng.Float64(), math.Inf(1))
	closed := s.closes.Events(s.open*simulation.Interval.Minutes()/15, s.open)
	s.open -= closed
	s.active.Set(s.open)
	s.closed.Add(closed)
}
