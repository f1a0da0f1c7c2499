// Package tessallite simulates the platform of docs/contracts/tessallite.md. Package fleet adds it
// to the demo's fleet.
package tessallite

import (
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// platform consists of the frontend, which has an nginx exporter, and six Python services,
// which export HTTP metrics. The query-router also exports metrics of models. The scheduler
// also exports metrics of refreshes. A target's job is the name of its service.
type platform struct {
	targets []*simulation.Target
	parts   []interface{ step(m simulation.Moment) }
}

// New returns the platform.
func New(rng *rand.Rand, _ time.Time) simulation.Platform {
	p := &platform{}
	for _, s := range services {
		t := &simulation.Target{Job: s.name, Instance: s.instance}
		p.targets = append(p.targets, t)
		p.parts = append(p.parts, newHTTPService(t, s, rng))
		switch s.name {
		case "query-router":
			p.parts = append(p.parts, newModelUsage(t, rng))
		case "scheduler":
			p.parts = append(p.parts, newRefreshes(t, rng))
		}
	}
	frontend := &simulation.Target{Job: "frontend", Instance: "nginx-exporter:9113"}
	p.targets = append(p.targets, frontend)
	p.parts = append(p.parts, newFrontend(frontend, rng))
	return p
}

func (p *platform) Targets() []*simulation.Target { return p.targets }

func (p *platform) Step(m simulation.Moment) {
	for _, part := range p.parts {
		part.step(m)
	}
}

// frontend contains the metrics of nginx's stub_status, which include neither status codes
// nor latency.
type frontend struct {
	up, requests, connections *simulation.Scalar
	flow                      simulation.Flow
	drift                     simulation.Drift
	rng                       *rand.Rand
}

func newFrontend(t *simulation.Target, rng *rand.Rand) *frontend {
	return &frontend{
		up:          t.Gauge("nginx_up", "1 if the exporter reached the frontend's nginx, otherwise 0.").With(),
		requests:    t.Counter("nginx_http_requests_total", "Requests that the frontend's nginx received.").With(),
		connections: t.Gauge("nginx_connections_active", "Open client connections of the frontend's nginx.").With(),
		flow:        simulation.NewFlow(rng),
		rng:         rng,
	}
}

func (f *frontend) step(m simulation.Moment) {
	rate := 38 * simulation.Daily(m.Time, peakHour) * f.drift.Next(f.rng)
	f.up.Set(1)
	f.requests.Add(f.flow.Events(rate*simulation.Interval.Seconds()*simulation.Jitter(f.rng), rate*100))
	f.connections.Set(float64(int(4 + rate*1.5*simulation.Jitter(f.rng))))
}
