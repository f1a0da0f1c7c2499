// Package tensorone simulates the platform of docs/contracts/tensorone.md. Package fleet adds it
// to the demo's fleet.
package tensorone

import (
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// platform is five serverless endpoints behind one exporter.
type platform struct {
	target    *simulation.Target
	endpoints []*endpointState
}

// endpointState simulates an endpoint: the load causes requests, the requests require
// instances, and the instances cause costs.
type endpointState struct {
	endpoint
	load      func(time.Time) float64
	end       time.Time // end of the history, at which the load has grown to rate
	drift     simulation.Drift
	generated *simulation.Scalar
	info      *simulation.Scalar
	traffic   *endpointTraffic
	instances *endpointInstances
	resources *endpointResources
	costs     *endpointCosts
	rng       *rand.Rand
	warmedUp  bool
}

// New returns the platform.
func New(rng *rand.Rand, end time.Time) simulation.Platform { return build(rng, end, "") }

// Copy returns the builder of a platform with the same endpoints, whose ids end with
// suffix.
func Copy(suffix string) func(*rand.Rand, time.Time) simulation.Platform {
	return func(rng *rand.Rand, end time.Time) simulation.Platform { return build(rng, end, suffix) }
}

func build(rng *rand.Rand, end time.Time, suffix string) simulation.Platform {
	t := &simulation.Target{Job: "tensorone", Instance: "tensorone-exporter" + suffix + ":9464"}
	info := t.Gauge("tensorone_endpoint_info", "Always 1; the labels are the properties of the endpoint.", "endpoint_id", "name", "model", "gpu_type", "tier", "autoscaling")
	generated := t.Gauge("tensorone_endpoint_generated_timestamp_seconds", "Unix time at which the platform computed the endpoint's metrics.", "endpoint_id")
	traffic, instances := newTrafficFamilies(t), newInstanceFamilies(t)
	resources, costs := newResourceFamilies(t), newCostFamilies(t)

	p := &platform{target: t}
	for _, e := range endpoints {
		e.id += suffix
		p.endpoints = append(p.endpoints, &endpointState{
			endpoint:  e,
			load:      e.rhythm(rng, end),
			end:       end,
			generated: generated.With(e.id),
			info:      info.With(e.id, e.name, e.model, e.gpu.name, e.tier, e.autoscaling()),
			traffic:   traffic.of(e, rng),
			instances: instances.of(e),
			resources: resources.of(e, rng),
			costs:     costs.of(e),
			rng:       rng,
		})
	}
	return p
}

func (p *platform) Targets() []*simulation.Target { return []*simulation.Target{p.target} }

func (p *platform) Step(m simulation.Moment) {
	for _, e := range p.endpoints {
		if m.During(incident.StaleMetrics) && e.name == staleEndpoint {
			continue // the exporter repeats the last values
		}
		e.step(m)
	}
}

func (e *endpointState) step(m simulation.Moment) {
	if !e.warmedUp {
		e.warmedUp = true
		e.warmUp(m.Time)
	}
	e.info.Set(1)
	e.generated.Set(float64(m.Time.Truncate(time.Minute).Unix()))

	// Alerts compare costs with the costs of the day before. Therefore the number of
	// instances follows a load that is nearly the same each day. The number of requests
	// varies more.
	expected := e.expected(m.Time) * (0.9 + 0.1*e.drift.Next(e.rng))
	if m.During(incident.ColdStarts) && e.name == eagerEndpoint {
		expected = eagerRequests
	}
	arrived := e.traffic.arrive(expected, e.rng)
	started := e.instances.step(m, e.demand(expected), arrived > 0, e.rng)
	done := e.traffic.answer(m, e.instances.running, started, e.resources.utilization, e.rng)
	spent := e.resources.step(e.instances.running, done.busy, e.rng)
	e.costs.step(m, spent, started, done)
}

// warmUp simulates the autoscaler and the costs before the history begins, because the
// number of instances and the used budget depend on earlier steps. It starts at the
// beginning of the month, or a day before the history if that is earlier.
func (e *endpointState) warmUp(begin time.Time) {
	e.instances.uncounted = true
	from := monthOf(begin.UTC())
	if before := begin.Add(-simulation.Day); before.Before(from) {
		from = before
	}
	for t := from; t.Before(begin); t = t.Add(simulation.Interval) {
		expected := e.expected(t)
		started := e.instances.step(simulation.Moment{Time: t}, e.demand(expected), expected > 0, e.rng)
		e.costs.expect(t, instanceTime{
			instances: e.instances.running * simulation.Interval.Seconds(),
			working:   e.instances.running * simulation.Interval.Seconds(), // idle time costs the same
		}, started, endpointWork{requests: expected, bytesIn: expected * e.bytesIn, bytesOut: expected * e.bytesOut})
	}
	e.instances.uncounted = false
}

// expected returns the expected number of requests in the step that ends at t.
func (e *endpointState) expected(t time.Time) float64 {
	load := e.load(t) * simulation.Weekly(t, e.weekend) * simulation.Growth(t, e.end, e.growth)
	return e.rate * load * simulation.Interval.Seconds()
}

// demand returns the number of instances that a step's requests keep busy.
func (e *endpointState) demand(requests float64) float64 {
	return requests * (1 - e.cached) * e.work.Mean() / e.concurrency / simulation.Interval.Seconds()
}
