package tessallite

import (
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// peakHour is the busiest hour (UTC) of the platform.
const peakHour = 14

// httpBounds are the default bucket bounds of Python's prometheus-client.
var httpBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// route is a method and a path template, with load and latency.
type route struct {
	method, path string
	rate         float64 // requests per second at the peak
	latency      simulation.LogNormal
	success      string // status of a successful request
	clientError  string // status of a request with a client error
}

type service struct {
	name, instance string
	routes         []route
}

var services = []service{
	{"model-service", "model-service:8001", []route{
		{"GET", "/api/v1/models", 6, simulation.Seconds(0.035, 0.5), "200", "404"},
		{"GET", "/api/v1/models/{model_id}", 9, simulation.Seconds(0.022, 0.5), "200", "404"},
		{"POST", "/api/v1/models", 0.4, simulation.Seconds(0.18, 0.6), "201", "422"},
		{"PUT", "/api/v1/models/{model_id}", 0.6, simulation.Seconds(0.15, 0.6), "200", "422"},
	}},
	{"query-router", "query-router:8000", []route{
		{"POST", "/api/v1/query/sql", 24, simulation.Seconds(0.11, 0.7), "200", "400"},
		{"POST", "/api/v1/query/dax", 15, simulation.Seconds(0.13, 0.7), "200", "400"},
		{"GET", "/api/v1/query/{query_id}", 11, simulation.Seconds(0.03, 0.6), "200", "404"},
		{"POST", "/api/v1/explain", 1.2, simulation.Seconds(0.12, 0.5), "200", "400"},
	}},
	{"optimizer", "optimizer:8000", []route{
		{"POST", "/api/v1/plan", 20, simulation.Seconds(0.045, 0.6), "200", "422"},
		{"GET", "/api/v1/aggregates", 2.5, simulation.Seconds(0.06, 0.5), "200", "404"},
		{"POST", "/api/v1/aggregates/recommend", 0.3, simulation.Seconds(0.5, 0.5), "201", "422"},
	}},
	{"scheduler", "scheduler:8000", []route{
		{"GET", "/api/v1/schedules", 1.6, simulation.Seconds(0.02, 0.5), "200", "404"},
		{"POST", "/api/v1/refresh", 0.8, simulation.Seconds(0.09, 0.5), "201", "422"},
		{"GET", "/api/v1/refresh/{run_id}", 3.5, simulation.Seconds(0.015, 0.5), "200", "404"},
	}},
	{"agent-service", "agent-service:8000", []route{
		{"POST", "/api/v1/agents/{agent_id}/chat", 1.8, simulation.Seconds(0.16, 0.5), "200", "404"},
		{"GET", "/api/v1/agents", 2.2, simulation.Seconds(0.025, 0.5), "200", "404"},
		{"GET", "/api/v1/agents/{agent_id}/threads", 1.4, simulation.Seconds(0.04, 0.5), "200", "404"},
	}},
	{"gateway", "gateway:8080", []route{
		{"POST", "/xmla", 14, simulation.Seconds(0.13, 0.7), "200", "401"},
		{"POST", "/sql", 22, simulation.Seconds(0.12, 0.7), "200", "401"},
		{"GET", "/catalog", 7, simulation.Seconds(0.04, 0.5), "200", "401"},
		{"POST", "/auth/token", 1.1, simulation.Seconds(0.07, 0.4), "201", "401"},
	}},
}

const (
	clientErrorShare = 0.003
	serverErrorShare = 0.001
)

// httpService contains the metrics of one service's HTTP middleware. All services use the
// same middleware.
type httpService struct {
	name   string
	drift  simulation.Drift
	rng    *rand.Rand
	routes []*routeState
}

type routeState struct {
	route
	requests, clientErrors, failures, unavailable simulation.Flow
	succeeded, rejected, failed, unavailableTotal *simulation.Scalar
	seconds                                       *simulation.Distribution
}

func newHTTPService(t *simulation.Target, s service, rng *rand.Rand) *httpService {
	requests := t.Counter("tessallite_http_requests_total", "HTTP requests handled.", "service", "method", "path", "status")
	seconds := t.Histogram("tessallite_http_request_duration_seconds", "Latency of HTTP requests.", httpBounds, "service", "method", "path")
	h := &httpService{name: s.name, rng: rng}
	for _, r := range s.routes {
		h.routes = append(h.routes, &routeState{
			route:            r,
			requests:         simulation.NewFlow(rng),
			clientErrors:     simulation.NewFlow(rng),
			failures:         simulation.NewFlow(rng),
			unavailable:      simulation.NewFlow(rng),
			succeeded:        requests.With(s.name, r.method, r.path, r.success),
			rejected:         requests.With(s.name, r.method, r.path, r.clientError),
			failed:           requests.With(s.name, r.method, r.path, "500"),
			unavailableTotal: requests.With(s.name, r.method, r.path, "503"),
			seconds:          seconds.With(s.name, r.method, r.path),
		})
	}
	return h
}

func (h *httpService) step(m simulation.Moment) {
	load := simulation.Daily(m.Time, peakHour) * h.drift.Next(h.rng) * simulation.Interval.Seconds()
	slowdown, unavailableShare := 1.0, 0.0005
	if h.name == "query-router" && m.During(incident.Latency) {
		slowdown = 14
	}
	if h.name == "gateway" && m.During(incident.Errors) {
		unavailableShare = 0.12
	}
	for _, r := range h.routes {
		n := r.requests.Events(r.rate*load*simulation.Jitter(h.rng), r.rate*load*2)
		failed := r.failures.Events(n*serverErrorShare*simulation.Jitter(h.rng), n)
		unavailableTotal := r.unavailable.Events(n*unavailableShare*simulation.Jitter(h.rng), n-failed)
		rejected := r.clientErrors.Events(n*clientErrorShare*simulation.Jitter(h.rng), n-failed-unavailableTotal)
		r.failed.Add(failed)
		r.unavailableTotal.Add(unavailableTotal)
		r.rejected.Add(rejected)
		r.succeeded.Add(n - failed - unavailableTotal - rejected)
		r.seconds.Observe(n, r.latency.Times(slowdown), h.rng)
	}
}
