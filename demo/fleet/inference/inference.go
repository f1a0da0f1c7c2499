// Package inference simulates the inference server of docs/contracts/inference.md.
// Package fleet adds it to the demo's fleet.
package inference

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

var latencyBounds = []float64{0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10}

// pipeline is a registered model version with the load that each tenant causes.
type pipeline struct {
	model, version, device string
	latency                simulation.LogNormal
	pending                float64 // usual queue depth at the peak
	tenants                []tenantRate
}

type tenantRate struct {
	tenant string
	rate   float64 // requests per second at the peak
}

// Every tenant sends enough requests that one failed request is less than 5 percent of the
// tenant's requests in five minutes.
var pipelines = []pipeline{
	{"sentiment", "v1", "cpu", simulation.Seconds(0.021, 0.5), 3, []tenantRate{{"aurora-retail", 4.5}, {"borealis-bank", 1.8}, {"delta-health", 1.3}}},
	{"sentiment", "v2", "cuda:0", simulation.Seconds(0.012, 0.5), 2, []tenantRate{{"aurora-retail", 9}, {"borealis-bank", 2.6}, {"cirrus-logistics", 2.2}}},
	{"fraud-scoring", "v3", "cpu", simulation.Seconds(0.008, 0.6), 2, []tenantRate{{"aurora-retail", 2.1}, {"borealis-bank", 7}}},
	{"image-tagger", "v1", "cuda:0", simulation.Seconds(0.09, 0.5), 9, []tenantRate{{"aurora-retail", 3.2}, {"cirrus-logistics", 1.4}}},
	{"speech-to-text", "v2", "cuda:0", simulation.Seconds(0.3, 0.45), 12, []tenantRate{{"cirrus-logistics", 1.3}, {"delta-health", 1.9}}},
	{"document-summarizer", "v1", "cuda:0", simulation.Seconds(0.3, 0.35), 10, []tenantRate{{"borealis-bank", 1.5}, {"delta-health", 1.2}}},
}

// Parameters of the simulation and of incidents.
const (
	slowPipeline    = "document-summarizer"
	failingPipeline = "image-tagger"
	queuedPipeline  = "speech-to-text"
	timeoutDevice   = "cuda:0"

	peakHour       = 13 // UTC
	usualErrorRate = 0.006
	burstLength    = 4 * time.Minute // length of a burst of executor timeouts; there are three a day
	queueGrowth    = 6               // jobs per step
	queueLimit     = 2000
)

// platform is one process with one target.
type platform struct {
	target    *simulation.Target
	rng       *rand.Rand
	drift     simulation.Drift
	bursts    []time.Time
	devices   []*device
	pipelines []*pipelineState
}

type device struct {
	name      string
	inflight  *simulation.Scalar
	timeouts  *simulation.Scalar
	flow      simulation.Flow
	timingOut *requester // the device's busiest requester; its calls time out
}

type pipelineState struct {
	pipeline
	depth      *simulation.Scalar
	backlog    float64
	requesters []*requester
}

// requester contains the metrics of a tenant's requests to a pipeline.
type requester struct {
	tenantRate
	flow, errorFlow                    simulation.Flow
	timedOut                           float64 // number of calls that time out in this step
	requests                           *simulation.Scalar
	notFound, timeout, inferenceFailed *simulation.Scalar
	seconds                            *simulation.Distribution
}

// New returns the platform.
func New(rng *rand.Rand, end time.Time) simulation.Platform {
	t := &simulation.Target{Job: "inference", Instance: "inference:8000"}
	requests := t.Counter("inference_requests_total", "Requests received, counted before execution, including failed ones.", "model", "version", "tenant")
	failures := t.Counter("inference_errors_total", "Failed requests; error_type is model_not_found, timeout or inference_error.", "model", "version", "error_type", "tenant")
	seconds := t.Histogram("inference_latency_seconds", "Latency from preprocessor to postprocessor.", latencyBounds, "model", "version", "tenant")
	inflight := t.Gauge("executor_inflight", "Inference calls executing in the thread pool.", "device")
	timeouts := t.Counter("executor_timeouts_total", "Executor timeouts.", "device")
	depth := t.Gauge("job_queue_depth", "Jobs waiting for a worker (state PENDING).", "model", "version")

	p := &platform{target: t, rng: rng, bursts: simulation.PlanMoments(rng, 3, end)}
	for _, name := range []string{"cpu", "cuda:0"} {
		p.devices = append(p.devices, &device{name: name, inflight: inflight.With(name), timeouts: timeouts.With(name), flow: simulation.NewFlow(rng)})
	}
	for _, line := range pipelines {
		s := &pipelineState{pipeline: line, depth: depth.With(line.model, line.version)}
		for _, tenant := range line.tenants {
			r := &requester{
				tenantRate:      tenant,
				flow:            simulation.NewFlow(rng),
				errorFlow:       simulation.NewFlow(rng),
				requests:        requests.With(line.model, line.version, tenant.tenant),
				notFound:        failures.With(line.model, line.version, "model_not_found", tenant.tenant),
				timeout:         failures.With(line.model, line.version, "timeout", tenant.tenant),
				inferenceFailed: failures.With(line.model, line.version, "inference_error", tenant.tenant),
				seconds:         seconds.With(line.model, line.version, tenant.tenant),
			}
			s.requesters = append(s.requesters, r)
			for _, d := range p.devices {
				if d.name == line.device && (d.timingOut == nil || d.timingOut.rate < r.rate) {
					d.timingOut = r
				}
			}
		}
		p.pipelines = append(p.pipelines, s)
	}
	return p
}

func (p *platform) Targets() []*simulation.Target { return []*simulation.Target{p.target} }

func (p *platform) Step(m simulation.Moment) {
	load := simulation.Daily(m.Time, peakHour) * p.drift.Next(p.rng)
	for _, d := range p.devices {
		d.step(m, simulation.Within(p.bursts, burstLength, m.Time), p.rng)
	}
	busy := map[string]float64{}
	for _, s := range p.pipelines {
		busy[s.device] += s.step(m, load, p.rng)
	}
	for _, d := range p.devices {
		d.inflight.Set(math.Round(busy[d.name] * simulation.Jitter(p.rng)))
	}
}

// step simulates timeouts. Calls time out only during a burst or the incident Timeouts,
// because a single timeout fires an alert.
func (d *device) step(m simulation.Moment, burst bool, rng *rand.Rand) {
	expected := 0.0
	switch {
	case m.During(incident.Timeouts) && d.name == timeoutDevice:
		expected = 0.5
	case burst:
		expected = 0.4
	}
	d.timingOut.timedOut = d.flow.Events(expected*2*rng.Float64(), math.Inf(1))
	d.timeouts.Add(d.timingOut.timedOut)
}

// step simulates the requests of a step and returns the mean number of concurrent
// calls.
func (s *pipelineState) step(m simulation.Moment, load float64, rng *rand.Rand) float64 {
	latency, errorRate := s.latency, usualErrorRate
	if m.During(incident.Latency) && s.model == slowPipeline {
		latency = latency.Times(6)
	}
	if s.model == failingPipeline {
		switch {
		case m.During(incident.Errors):
			errorRate = 0.17
		case m.During(incident.SlowBurn):
			errorRate = 0.1
		}
	}
	executing := 0.0
	for _, r := range s.requesters {
		n := max(r.timedOut, r.flow.Events(r.rate*load*simulation.Interval.Seconds()*simulation.Jitter(rng), math.Inf(1)))
		failed := r.errorFlow.Events(n*errorRate, n-r.timedOut)
		notFound := 0.0
		if errorRate == usualErrorRate && rng.Float64() < 0.3 {
			notFound = failed
		}
		r.requests.Add(n)
		r.timeout.Add(r.timedOut)
		r.notFound.Add(notFound)
		r.inferenceFailed.Add(failed - notFound)
		r.seconds.Observe(n-r.timedOut-failed, latency, rng)
		executing += n / simulation.Interval.Seconds() * latency.Mean()
	}
	if m.During(incident.Queue) && s.model == queuedPipeline {
		s.backlog = min(s.backlog+queueGrowth, queueLimit)
	}
	s.depth.Set(math.Round(s.backlog + s.pending*load*simulation.Jitter(rng)))
	return executing
}
