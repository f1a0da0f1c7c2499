package fleet

import (
	"math/rand/v2"
	"time"
)

// tessallite is the platform of docs/contracts/tessallite.md: six Python services,
// each with its HTTP families, and the frontend behind an nginx exporter. The query-router exports the model families, the scheduler
// those of the refreshes. A target's job is the name of its service.
type tessallite struct {
	targets []*Target
	parts   []interface{ step(m Moment) }
}

func newTessallite(rng *rand.Rand, _ time.Time) Platform {
	p := &tessallite{}
	for _, s := range tessalliteServices {
		t := &Target{Job: s.name, Instance: s.instance}
		p.targets = append(p.targets, t)
		p.parts = append(p.parts, newHTTPService(t, s, rng))
		switch s.name {
		case "query-router":
			p.parts = append(p.parts, newModelUsage(t, rng))
		case "scheduler":
			p.parts = append(p.parts, newRefreshes(t, rng))
		}
	}
	frontend := &Target{Job: "frontend", Instance: "nginx-exporter:9113"}
	p.targets = append(p.targets, frontend)
	p.parts = append(p.parts, newFrontend(frontend, rng))
	return p
}

func (p *tessallite) Targets() []*Target { return p.targets }

func (p *tessallite) Step(m Moment) {
	for _, part := range p.parts {
		part.step(m)
	}
}

// frontend is nginx's stub_status as the exporter translates it: no status
// codes, no latency.
type frontend struct {
	up, requests, connections *point
	flow                      flow
	drift                     drift
	rng                       *rand.Rand
}

func newFrontend(t *Target, rng *rand.Rand) *frontend {
	return &frontend{
		up:          t.gauge("nginx_up", "1 where the exporter reached the frontend's nginx.").with(),
		requests:    t.counter("nginx_http_requests_total", "Requests that the frontend's nginx took.").with(),
		connections: t.gauge("nginx_connections_active", "Open client connections of the frontend's nginx.").with(),
		flow:        newFlow(rng),
		rng:         rng,
	}
}

func (f *frontend) step(m Moment) {
	rate := 38 * daily(m.Time, tessallitePeak) * f.drift.next(f.rng)
	f.up.set(1)
	f.requests.add(f.flow.events(rate*Interval.Seconds()*jitter(f.rng), rate*100))
	f.connections.set(float64(int(4 + rate*1.5*jitter(f.rng))))
}
