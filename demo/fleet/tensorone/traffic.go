package tensorone

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// trafficFamilies are the metrics of requests.
type trafficFamilies struct {
	requests, errors, tokens, items, data, cache simulation.ScalarVec
	latency, queue                               simulation.DistributionVec
	fastest, slowest                             simulation.ScalarVec
}

func newTrafficFamilies(t *simulation.Target) trafficFamilies {
	const id = "endpoint_id"
	return trafficFamilies{
		requests: t.Counter("tensorone_endpoint_requests_total", "Requests answered, including failed ones.", id, "status"),
		errors:   t.Counter("tensorone_endpoint_errors_total", "Failed requests by cause.", id, "error_class", "code"),
		latency: t.Histogram("tensorone_endpoint_latency_seconds",
			"Time from receiving a request to answering it, including queueing, cold starts and failed requests.", endpointLatencyBounds, id),
		fastest: t.Gauge("tensorone_endpoint_latency_min_seconds", "Duration of the fastest request in the last minute that had requests; 0 before the first request.", id),
		slowest: t.Gauge("tensorone_endpoint_latency_max_seconds", "Duration of the slowest request in the last minute that had requests; 0 before the first request.", id),
		queue:   t.Summary("tensorone_endpoint_queue_time_seconds", "Time that a request waits for an instance.", id),
		tokens:  t.Counter("tensorone_endpoint_tokens_total", "Tokens processed; only endpoints with a language model have them.", id, "direction"),
		items:   t.Counter("tensorone_endpoint_items_total", "Items processed: a batch request has several items, any other request has one.", id),
		data:    t.Counter("tensorone_endpoint_data_bytes_total", "Bytes of requests (input) and responses (output).", id, "direction"),
		cache:   t.Counter("tensorone_endpoint_cache_requests_total", "Requests, by whether the response was in the result cache.", id, "result"),
	}
}

// failure is a cause of failed requests, with its share of all failures.
type failure struct {
	class, code string
	share       float64              // of all failures
	takes       simulation.LogNormal // time until the failure; zero means the endpoint's timeout
}

var failures = []failure{
	{"user", "400", 0.36, simulation.Seconds(0.05, 0.3)},
	{"user", "422", 0.2, simulation.Seconds(0.08, 0.3)},
	{"timeout", "504", 0.2, simulation.LogNormal{}},
	{"resource", "503", 0.13, simulation.Seconds(0.9, 0.4)},
	{"internal", "500", 0.11, simulation.Seconds(0.6, 0.5)},
}

var outOfMemory = slices.IndexFunc(failures, func(f failure) bool { return f.class == "resource" })

// endpointTraffic contains the metrics of the requests of one endpoint. A request is
// counted in the step in which it ends.
type endpointTraffic struct {
	endpoint
	arrivals, hits, errors simulation.Flow
	arrived                float64 // in this step
	waiting                float64 // requests that wait for the first instance

	succeeded, failed   *simulation.Scalar
	causes              []*simulation.Scalar // in the order of failures
	latency             latencies
	queue               *simulation.Distribution
	read, written       *simulation.Scalar // tokens; nil for a model without tokens
	processed           *simulation.Scalar
	received, sent      *simulation.Scalar // bytes
	cacheHit, cacheMiss *simulation.Scalar
}

// endpointWork is the work of an endpoint in a step.
type endpointWork struct {
	requests, bytesIn, bytesOut float64
	busy                        float64 // seconds of work on instances
}

func (f trafficFamilies) of(e endpoint, rng *rand.Rand) *endpointTraffic {
	t := &endpointTraffic{
		endpoint:  e,
		arrivals:  simulation.NewFlow(rng),
		hits:      simulation.NewFlow(rng),
		errors:    simulation.NewFlow(rng),
		succeeded: f.requests.With(e.id, "success"),
		failed:    f.requests.With(e.id, "error"),
		latency:   latencies{seconds: f.latency.With(e.id), fastest: f.fastest.With(e.id), slowest: f.slowest.With(e.id)},
		queue:     f.queue.With(e.id),
		processed: f.items.With(e.id),
		received:  f.data.With(e.id, "input"),
		sent:      f.data.With(e.id, "output"),
		cacheHit:  f.cache.With(e.id, "hit"),
		cacheMiss: f.cache.With(e.id, "miss"),
	}
	for _, failure := range failures {
		t.causes = append(t.causes, f.errors.With(e.id, failure.class, failure.code))
	}
	if e.tokensIn > 0 {
		t.read = f.tokens.With(e.id, "input")
	}
	if e.tokensOut > 0 {
		t.written = f.tokens.With(e.id, "output")
	}
	return t
}

// arrive returns the number of requests that arrive in a step.
func (t *endpointTraffic) arrive(expected float64, rng *rand.Rand) float64 {
	t.arrived = t.arrivals.Events(expected*simulation.Jitter(rng), math.Inf(1))
	return t.arrived
}

// answer completes the requests that wait or have arrived in this step. If no instance is
// running, these requests continue to wait. started contains the cold starts that ended in
// this step. They delay at most as many requests as were waiting, or one request for each cold
// start if that is more. They don't delay requests that no instance executes, as cache hits.
// utilization is the utilization of the instances, from 0 to 1.
func (t *endpointTraffic) answer(m simulation.Moment, running float64, started []coldStart, utilization float64, rng *rand.Rand) endpointWork {
	if running == 0 {
		t.waiting += t.arrived
		return endpointWork{}
	}
	n := t.arrived + t.waiting
	failing := t.failing
	if t.fails(m) {
		failing = 0.15
	}
	failed := t.errors.Events(n*failing, t.arrived)
	hits := t.hits.Events((t.arrived-failed)*t.cached, t.arrived-failed)
	worked := n - hits - failed

	delayed, delay := min(worked, max(t.waiting, float64(len(started)))), 0.0
	if len(started) > 0 {
		delay = started[0].total()
		if t.waiting > 0 {
			delay *= 0.7 // the waiting requests arrived during the start
		}
	}
	t.waiting = 0

	t.latency.observe(m, hits, simulation.Seconds(min(0.06, t.work.Median/3), 0.3), rng)
	t.latency.observe(m, worked-delayed, t.work, rng)
	t.latency.observe(m, delayed, simulation.Seconds(delay+t.work.Median, 0.15), rng)
	t.fail(m, failed, rng)
	t.queue.Observe(n-delayed, simulation.Seconds(0.02+0.25*utilization*utilization*utilization, 0.5), rng)
	t.queue.Observe(delayed, simulation.Seconds(delay, 0.15), rng)

	t.succeeded.Add(n - failed)
	t.failed.Add(failed)
	t.cacheHit.Add(hits)
	t.cacheMiss.Add(n - hits)
	return t.move(n, failed, worked, rng)
}

// fail counts failed requests, each with its cause and its latency.
func (t *endpointTraffic) fail(m simulation.Moment, failed float64, rng *rand.Rand) {
	for ; failed > 0; failed-- {
		cause := outOfMemory
		if !t.fails(m) {
			cause = anyCause(rng.Float64())
		}
		takes := failures[cause].takes
		if takes == (simulation.LogNormal{}) {
			takes = simulation.Seconds(max(2, 12*t.work.Median), 0.01)
		}
		t.causes[cause].Add(1)
		t.latency.observe(m, 1, takes, rng)
	}
}

// fails reports whether the incident EndpointErrors affects the endpoint.
func (t *endpointTraffic) fails(m simulation.Moment) bool {
	return m.During(incident.EndpointErrors) && t.name == failingEndpoint
}

// anyCause returns the index of one of the failures. If draw is a random number between 0 and
// 1, the probability of each failure is its share.
func anyCause(draw float64) int {
	cause := 0
	for draw > failures[cause].share && cause < len(failures)-1 {
		draw -= failures[cause].share
		cause++
	}
	return cause
}

// move counts the bytes, items and tokens of n requests, and returns the work of the
// step.
func (t *endpointTraffic) move(n, failed, worked float64, rng *rand.Rand) endpointWork {
	done := endpointWork{
		requests: n,
		bytesIn:  math.Round(n * t.bytesIn * simulation.Jitter(rng)),
		bytesOut: math.Round((n - failed) * t.bytesOut * simulation.Jitter(rng)),
		busy:     worked * t.work.Mean() / t.concurrency,
	}
	t.received.Add(done.bytesIn)
	t.sent.Add(done.bytesOut)
	t.processed.Add(math.Round((n - failed) * t.items))
	if t.read != nil {
		t.read.Add(math.Round(n * t.tokensIn * simulation.Jitter(rng)))
	}
	if t.written != nil {
		t.written.Add(math.Round((n - failed) * t.tokensOut * simulation.Jitter(rng)))
	}
	return done
}
