package fleet

import (
	"math"
	"math/rand/v2"
	"slices"
)

// trafficFamilies are what an endpoint counts about its requests.
type trafficFamilies struct {
	requests, errors, tokens, items, data, cache points
	latency, queue                               distributions
	fastest, slowest                             points
}

func newTrafficFamilies(t *Target) trafficFamilies {
	const id = "endpoint_id"
	return trafficFamilies{
		requests: t.counter("tensorone_endpoint_requests_total", "Requests answered, failed ones included.", id, "status"),
		errors:   t.counter("tensorone_endpoint_errors_total", "Failed requests by cause.", id, "error_class", "code"),
		latency: t.histogram("tensorone_endpoint_latency_seconds",
			"Time from taking a request to its answer, queueing, cold starts and failures included.", endpointLatencyBounds, id),
		fastest: t.gauge("tensorone_endpoint_latency_min_seconds", "Fastest request of the last minute in which there was one; 0 before the first.", id),
		slowest: t.gauge("tensorone_endpoint_latency_max_seconds", "Slowest request of the last minute in which there was one; 0 before the first.", id),
		queue:   t.summary("tensorone_endpoint_queue_time_seconds", "Time that a request waits for an instance.", id),
		tokens:  t.counter("tensorone_endpoint_tokens_total", "Tokens processed, by endpoints whose model counts in tokens.", id, "direction"),
		items:   t.counter("tensorone_endpoint_items_total", "Items processed: a batch request has several, any other one.", id),
		data:    t.counter("tensorone_endpoint_data_bytes_total", "Bytes of requests (input) and answers (output).", id, "direction"),
		cache:   t.counter("tensorone_endpoint_cache_requests_total", "Requests by whether the result cache had their answer.", id, "result"),
	}
}

// failure is a way for requests to fail.
type failure struct {
	class, code string
	share       float64  // of all failures
	takes       duration // until it is known; zero is the endpoint's time-out
}

var failures = []failure{
	{"user", "400", 0.36, duration{0.05, 0.3}},
	{"user", "422", 0.2, duration{0.08, 0.3}},
	{"timeout", "504", 0.2, duration{}},
	{"resource", "503", 0.13, duration{0.9, 0.4}},
	{"internal", "500", 0.11, duration{0.6, 0.5}},
}

var outOfMemory = slices.IndexFunc(failures, func(f failure) bool { return f.class == "resource" })

// endpointTraffic is the requests of one endpoint. Each ends in one step, in
// which everything about it is counted.
type endpointTraffic struct {
	endpoint
	arrivals, hits, errors flow
	arrived                float64 // in this step
	waiting                float64 // for the first instance

	succeeded, failed   *point
	causes              []*point // by failures
	latency             latencies
	queue               *distribution
	read, written       *point // tokens; nil where the model doesn't count in them
	processed           *point
	received, sent      *point // bytes
	cacheHit, cacheMiss *point
}

// endpointWork is what an endpoint has done in a step.
type endpointWork struct {
	requests, bytesIn, bytesOut float64
	busy                        float64 // seconds of work on instances
}

func (f trafficFamilies) of(e endpoint, rng *rand.Rand) *endpointTraffic {
	t := &endpointTraffic{
		endpoint:  e,
		arrivals:  newFlow(rng),
		hits:      newFlow(rng),
		errors:    newFlow(rng),
		succeeded: f.requests.with(e.id, "success"),
		failed:    f.requests.with(e.id, "error"),
		latency:   latencies{seconds: f.latency.with(e.id), fastest: f.fastest.with(e.id), slowest: f.slowest.with(e.id)},
		queue:     f.queue.with(e.id),
		processed: f.items.with(e.id),
		received:  f.data.with(e.id, "input"),
		sent:      f.data.with(e.id, "output"),
		cacheHit:  f.cache.with(e.id, "hit"),
		cacheMiss: f.cache.with(e.id, "miss"),
	}
	for _, failure := range failures {
		t.causes = append(t.causes, f.errors.with(e.id, failure.class, failure.code))
	}
	if e.tokensIn > 0 {
		t.read = f.tokens.with(e.id, "input")
	}
	if e.tokensOut > 0 {
		t.written = f.tokens.with(e.id, "output")
	}
	return t
}

// arrive takes the requests of a step in and returns how many there are.
func (t *endpointTraffic) arrive(expected float64, rng *rand.Rand) float64 {
	t.arrived = t.arrivals.events(expected*jitter(rng), math.Inf(1))
	return t.arrived
}

// answer ends the requests that have come. Without an instance they wait. When
// instances have started, those that waited have waited for them, or else one
// request for each. utilization is the instances', from 0 to 1.
func (t *endpointTraffic) answer(m Moment, running float64, started []coldStart, utilization float64, rng *rand.Rand) endpointWork {
	if running == 0 {
		t.waiting += t.arrived
		return endpointWork{}
	}
	n := t.arrived + t.waiting
	failing := t.failing
	if t.fails(m) {
		failing = 0.15
	}
	failed := t.errors.events(n*failing, t.arrived)
	hits := t.hits.events((t.arrived-failed)*t.cached, t.arrived-failed)
	worked := n - hits - failed

	delayed, delay := min(worked, max(t.waiting, float64(len(started)))), 0.0
	if len(started) > 0 {
		delay = started[0].total()
		if t.waiting > 0 {
			delay *= 0.7 // they came one by one while it started
		}
	}
	t.waiting = 0

	t.latency.observe(m, hits, duration{min(0.06, t.work.median/3), 0.3}, rng)
	t.latency.observe(m, worked-delayed, t.work, rng)
	t.latency.observe(m, delayed, duration{delay + t.work.median, 0.15}, rng)
	t.fail(m, failed, rng)
	t.queue.observe(n-delayed, duration{0.02 + 0.25*utilization*utilization*utilization, 0.5}, rng)
	t.queue.observe(delayed, duration{delay, 0.15}, rng)

	t.succeeded.add(n - failed)
	t.failed.add(failed)
	t.cacheHit.add(hits)
	t.cacheMiss.add(n - hits)
	return t.move(n, failed, worked, rng)
}

// fail gives each failure a cause.
func (t *endpointTraffic) fail(m Moment, failed float64, rng *rand.Rand) {
	for ; failed > 0; failed-- {
		cause := outOfMemory
		if !t.fails(m) {
			cause = anyCause(rng.Float64())
		}
		takes := failures[cause].takes
		if takes == (duration{}) {
			takes = duration{max(2, 12*t.work.median), 0.01}
		}
		t.causes[cause].add(1)
		t.latency.observe(m, 1, takes, rng)
	}
}

// fails says whether the incident that picks an endpoint picks this one.
func (t *endpointTraffic) fails(m Moment) bool {
	return m.during(endpointErrorsIncident) && t.name == failingEndpoint
}

// anyCause is an index of failures, by their shares. draw is between 0 and 1.
func anyCause(draw float64) int {
	cause := 0
	for draw > failures[cause].share && cause < len(failures)-1 {
		draw -= failures[cause].share
		cause++
	}
	return cause
}

// move counts what the requests carry in and out.
func (t *endpointTraffic) move(n, failed, worked float64, rng *rand.Rand) endpointWork {
	done := endpointWork{
		requests: n,
		bytesIn:  math.Round(n * t.bytesIn * jitter(rng)),
		bytesOut: math.Round((n - failed) * t.bytesOut * jitter(rng)),
		busy:     worked * t.work.mean() / t.concurrency,
	}
	t.received.add(done.bytesIn)
	t.sent.add(done.bytesOut)
	t.processed.add(math.Round((n - failed) * t.items))
	if t.read != nil {
		t.read.add(math.Round(n * t.tokensIn * jitter(rng)))
	}
	if t.written != nil {
		t.written.add(math.Round((n - failed) * t.tokensOut * jitter(rng)))
	}
	return done
}
