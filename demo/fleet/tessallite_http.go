package fleet

import "math/rand/v2"

// tessallitePeak is the busiest hour (UTC) of the platform as a whole.
const tessallitePeak = 14

// httpBounds are the default buckets of Python's prometheus-client.
var httpBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// route is a path template with its load at the peak and its latency.
type route struct {
	method, path string
	rate         float64 // requests per second
	latency      duration
	success      string // the status of a success
	refusal      string // the status of a client's mistake
}

type service struct {
	name, instance string
	routes         []route
}

var tessalliteServices = []service{
	{"model-service", "model-service:8001", []route{
		{"GET", "/api/v1/models", 6, duration{0.035, 0.5}, "200", "404"},
		{"GET", "/api/v1/models/{model_id}", 9, duration{0.022, 0.5}, "200", "404"},
		{"POST", "/api/v1/models", 0.4, duration{0.18, 0.6}, "201", "422"},
		{"PUT", "/api/v1/models/{model_id}", 0.6, duration{0.15, 0.6}, "200", "422"},
	}},
	{"query-router", "query-router:8000", []route{
		{"POST", "/api/v1/query/sql", 24, duration{0.16, 0.7}, "200", "400"},
		{"POST", "/api/v1/query/dax", 15, duration{0.21, 0.7}, "200", "400"},
		{"GET", "/api/v1/query/{query_id}", 11, duration{0.03, 0.6}, "200", "404"},
		{"POST", "/api/v1/explain", 1.2, duration{0.12, 0.5}, "200", "400"},
	}},
	{"optimizer", "optimizer:8000", []route{
		{"POST", "/api/v1/plan", 20, duration{0.045, 0.6}, "200", "422"},
		{"GET", "/api/v1/aggregates", 2.5, duration{0.06, 0.5}, "200", "404"},
		{"POST", "/api/v1/aggregates/recommend", 0.3, duration{0.5, 0.5}, "201", "422"},
	}},
	{"scheduler", "scheduler:8000", []route{
		{"GET", "/api/v1/schedules", 1.6, duration{0.02, 0.5}, "200", "404"},
		{"POST", "/api/v1/refresh", 0.8, duration{0.09, 0.5}, "201", "422"},
		{"GET", "/api/v1/refresh/{run_id}", 3.5, duration{0.015, 0.5}, "200", "404"},
	}},
	{"agent-service", "agent-service:8000", []route{
		{"POST", "/api/v1/agents/{agent_id}/chat", 1.8, duration{0.32, 0.5}, "200", "404"},
		{"GET", "/api/v1/agents", 2.2, duration{0.025, 0.5}, "200", "404"},
		{"GET", "/api/v1/agents/{agent_id}/threads", 1.4, duration{0.04, 0.5}, "200", "404"},
	}},
	{"gateway", "gateway:8080", []route{
		{"POST", "/xmla", 14, duration{0.24, 0.7}, "200", "401"},
		{"POST", "/sql", 22, duration{0.19, 0.7}, "200", "401"},
		{"GET", "/catalog", 7, duration{0.04, 0.5}, "200", "401"},
		{"POST", "/auth/token", 1.1, duration{0.07, 0.4}, "201", "401"},
	}},
}

const (
	refusalShare = 0.008
	failureShare = 0.0025
)

// httpService is what the services' shared middleware counts.
type httpService struct {
	name   string
	drift  drift
	rng    *rand.Rand
	routes []*routeState
}

type routeState struct {
	route
	requests, refusals, failures, unavailable flow
	succeeded, refused, failed, turnedAway    *point
	seconds                                   *distribution
}

func newHTTPService(t *Target, s service, rng *rand.Rand) *httpService {
	requests := t.counter("tessallite_http_requests_total", "HTTP requests handled.", "service", "method", "path", "status")
	seconds := t.histogram("tessallite_http_request_duration_seconds", "Latency of HTTP requests.", httpBounds, "service", "method", "path")
	h := &httpService{name: s.name, rng: rng}
	for _, r := range s.routes {
		h.routes = append(h.routes, &routeState{
			route:       r,
			requests:    newFlow(rng),
			refusals:    newFlow(rng),
			failures:    newFlow(rng),
			unavailable: newFlow(rng),
			succeeded:   requests.with(s.name, r.method, r.path, r.success),
			refused:     requests.with(s.name, r.method, r.path, r.refusal),
			failed:      requests.with(s.name, r.method, r.path, "500"),
			turnedAway:  requests.with(s.name, r.method, r.path, "503"),
			seconds:     seconds.with(s.name, r.method, r.path),
		})
	}
	return h
}

func (h *httpService) step(m Moment) {
	load := daily(m.Time, tessallitePeak) * h.drift.next(h.rng) * Interval.Seconds()
	slowdown, unavailableShare := 1.0, 0.0005
	if h.name == "query-router" && m.during(latencyIncident) {
		slowdown = 14
	}
	if h.name == "gateway" && m.during(errorsIncident) {
		unavailableShare = 0.12
	}
	for _, r := range h.routes {
		n := r.requests.events(r.rate*load*jitter(h.rng), r.rate*load*2)
		failed := r.failures.events(n*failureShare*jitter(h.rng), n)
		turnedAway := r.unavailable.events(n*unavailableShare*jitter(h.rng), n-failed)
		refused := r.refusals.events(n*refusalShare*jitter(h.rng), n-failed-turnedAway)
		r.failed.add(failed)
		r.turnedAway.add(turnedAway)
		r.refused.add(refused)
		r.succeeded.add(n - failed - turnedAway - refused)
		r.seconds.observe(n, r.latency.times(slowdown), h.rng)
	}
}
