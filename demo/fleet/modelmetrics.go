package fleet

import (
	"math"
	"math/rand/v2"
	"runtime"
	"time"
)

const (
	selfPeak       = 10    // UTC hour
	bytesPerSample = 31    // of Prometheus's JSON
	mistyped       = 0.012 // share of people's queries that they write wrong
	cutOff         = 0.004 // share of requests that something between cuts off, and that are sent again
)

// selfBounds are those of all histograms of the data source.
var selfBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

// selfCallers are who asks a data source.
var selfCallers = []struct {
	name    string
	rate    float64  // queries per second at the peak
	steady  bool     // by night as by day
	byName  float64  // share that names a metric of the catalog
	api     string   // what a query asks of Prometheus
	latency duration // of Prometheus's answer
	samples float64  // in an answer
}{
	{"dashboard", 5.2, false, 0.86, "query_range", duration{0.045, 0.9}, 2400},
	{"alert", 0.9, true, 1, "query", duration{0.012, 0.5}, 6},
	{"api", 0.6, true, 1, "query", duration{0.015, 0.6}, 40},
	{"other", 0.35, false, 0.3, "query_range", duration{0.08, 1.1}, 3800},
}

// selfMetrics are what the callers ask for by name, and how often.
var selfMetrics = []struct {
	pack, metric string
	share        float64
}{
	{"inference", "inference_latency_p99", 0.19},
	{"inference", "inference_error_ratio", 0.15},
	{"tango", "invocation_failure_rate", 0.17},
	{"tango", "active_sessions", 0.08},
	{"tessallite", "tessallite_http_latency_p95", 0.13},
	{"tessallite", "tessallite_service_up", 0.08},
	{"tensorone", "tensorone_request_rate", 0.11},
	{"lango", "lango_token_rate", 0.09},
}

// selfRoutes are the resource routes in use, with their requests per second at the
// peak.
var selfRoutes = []struct {
	route   string
	rate    float64
	latency duration
}{
	{"GET /api/metrics/{name}", 0.6, duration{0.016, 0.6}},
	{"GET /catalog/search", 0.12, duration{0.002, 0.4}},
	{"GET /catalog/{name}/values/{param}", 0.08, duration{0.02, 0.7}},
	{"GET /api/v1/label/{label}/values", 0.05, duration{0.03, 0.8}},
}

// selfSources are the simulated data sources, by organization and uid.
var selfSources = []struct {
	org     string
	uid     string
	share   float64 // of the queries
	catalog map[string]float64
}{
	{"1", "modelmetrics-eu", 0.7, map[string]float64{"tango": 17, "inference": 18, "user_defined": 6}},
	{"1", "modelmetrics-us", 0.3, map[string]float64{"tango": 17, "inference": 18}},
}

// modelMetrics is a Grafana with two data sources of this very plugin, so that the
// dashboard on the data source has a day to show. What the demo's own data source
// does is scraped beside it.
type modelMetrics struct {
	target                  *Target
	rng                     *rand.Rand
	drift                   drift
	sources                 []*selfSource
	memory, cpu, goroutines *point
}

func newModelMetrics(rng *rand.Rand, _ time.Time) Platform {
	t := &Target{Job: "modelmetrics", Instance: "grafana:3000"}
	p := &modelMetrics{target: t, rng: rng}
	families := newSelfFamilies(t)
	for _, s := range selfSources {
		p.sources = append(p.sources, families.source(s.org, s.uid, s.share, s.catalog, rng))
	}
	t.gauge("modelmetrics_build_info", "1, with the version of the plugin.", "version", "go_version").with("0.1.0", runtime.Version()).set(1)
	p.memory = t.gauge("process_resident_memory_bytes", "Resident memory size in bytes.").with()
	p.cpu = t.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.").with()
	p.goroutines = t.gauge("go_goroutines", "Number of goroutines that currently exist.").with()
	return p
}

func (p *modelMetrics) Targets() []*Target { return []*Target{p.target} }

func (p *modelMetrics) Step(m Moment) {
	load := daily(m.Time, selfPeak) * p.drift.next(p.rng)
	samples, executing := 0.0, 0.0
	for _, s := range p.sources {
		decoded, busy := s.step(load, p.rng)
		samples += decoded
		executing += busy
	}
	p.cpu.add(0.02 + samples*150e-9 + executing*0.01*jitter(p.rng))
	p.memory.set(math.Round((34 + samples/9e3*jitter(p.rng)) * mebibyte))
	p.goroutines.set(math.Round(24 + 6*executing*jitter(p.rng)))
}

// selfFamilies are the families of pkg/telemetry.
type selfFamilies struct {
	queries, catalogQueries, requests, retries, bytes, samples, resources points
	inFlight, catalog, problems                                           points
	querySeconds, requestSeconds, resourceSeconds                         distributions
}

func newSelfFamilies(t *Target) selfFamilies {
	const org, source = "org_id", "datasource"
	return selfFamilies{
		queries:         t.counter("modelmetrics_queries_total", "Queries answered.", org, source, "type", "caller", "outcome"),
		querySeconds:    t.histogram("modelmetrics_query_duration_seconds", "Time to answer a query, requests to Prometheus included.", selfBounds, org, source, "caller"),
		inFlight:        t.gauge("modelmetrics_queries_in_flight", "Queries in progress.", org, source),
		catalogQueries:  t.counter("modelmetrics_catalog_queries_total", "Catalog queries by metric.", org, source, "pack", "metric", "caller"),
		catalog:         t.gauge("modelmetrics_catalog_metrics", "Metrics in the catalog.", org, source, "pack"),
		problems:        t.gauge("modelmetrics_catalog_problems", "Problems in the user packs of the data source.", org, source),
		requests:        t.counter("modelmetrics_prometheus_requests_total", "Requests sent to Prometheus, retries included.", org, source, "api", "code"),
		requestSeconds:  t.histogram("modelmetrics_prometheus_request_duration_seconds", "Time from a request to Prometheus to the end of its response.", selfBounds, org, source, "api"),
		retries:         t.counter("modelmetrics_prometheus_retries_total", "Repeated requests to Prometheus.", org, source, "reason"),
		bytes:           t.counter("modelmetrics_prometheus_received_bytes_total", "Decompressed bytes of Prometheus's responses.", org, source),
		samples:         t.counter("modelmetrics_prometheus_samples_total", "Samples in Prometheus's responses.", org, source),
		resources:       t.counter("modelmetrics_resource_requests_total", "Requests to the data source's resource routes.", org, source, "route", "code"),
		resourceSeconds: t.histogram("modelmetrics_resource_request_duration_seconds", "Time to answer a request to a resource route.", selfBounds, org, source, "route"),
	}
}

// selfSource is one data source.
type selfSource struct {
	share          float64
	callers        []*selfCaller
	routes         []*selfRoute
	inFlight       *point
	cut, retried   *point
	cutFlow        flow
	bytes, samples *point
}

// selfCaller is one caller's use of it; its index is that of selfCallers.
type selfCaller struct {
	flow, handFlow, wrongFlow flow
	byName, byHand, wrong     *point
	seconds                   *distribution
	named                     []*point // as selfMetrics
	namedFlows                []flow
	requests                  *point
	requestSeconds            *distribution
}

// selfRoute is the use of one route; its index is that of selfRoutes.
type selfRoute struct {
	flow, lostFlow flow
	answered, lost *point
	seconds        *distribution
}

func (f selfFamilies) source(org, uid string, share float64, catalog map[string]float64, rng *rand.Rand) *selfSource {
	for _, pack := range []string{"tango", "inference", "user_defined"} {
		if n, has := catalog[pack]; has {
			f.catalog.with(org, uid, pack).set(n)
		}
	}
	f.problems.with(org, uid)
	s := &selfSource{
		share: share, inFlight: f.inFlight.with(org, uid), cutFlow: newFlow(rng),
		cut: f.requests.with(org, uid, "query_range", "none"), retried: f.retries.with(org, uid, "transient"),
		bytes: f.bytes.with(org, uid), samples: f.samples.with(org, uid),
	}
	requests, seconds := map[string]*point{}, map[string]*distribution{}
	for _, c := range selfCallers {
		if requests[c.api] == nil {
			requests[c.api], seconds[c.api] = f.requests.with(org, uid, c.api, "200"), f.requestSeconds.with(org, uid, c.api)
		}
		caller := &selfCaller{
			flow: newFlow(rng), handFlow: newFlow(rng), wrongFlow: newFlow(rng),
			byName: f.queries.with(org, uid, "catalog", c.name, "ok"), seconds: f.querySeconds.with(org, uid, c.name),
			requests: requests[c.api], requestSeconds: seconds[c.api],
		}
		if c.byName < 1 {
			caller.byHand = f.queries.with(org, uid, "promql", c.name, "ok")
			caller.wrong = f.queries.with(org, uid, "promql", c.name, "bad_promql")
		}
		for _, metric := range selfMetrics {
			caller.named = append(caller.named, f.catalogQueries.with(org, uid, metric.pack, metric.metric, c.name))
			caller.namedFlows = append(caller.namedFlows, newFlow(rng))
		}
		s.callers = append(s.callers, caller)
	}
	for _, r := range selfRoutes {
		s.routes = append(s.routes, &selfRoute{
			flow: newFlow(rng), lostFlow: newFlow(rng),
			answered: f.resources.with(org, uid, r.route, "200"), lost: f.resources.with(org, uid, r.route, "404"),
			seconds: f.resourceSeconds.with(org, uid, r.route),
		})
	}
	return s
}

// step returns the samples that it decoded, and the queries in flight at a time.
func (s *selfSource) step(load float64, rng *rand.Rand) (samples, executing float64) {
	for i, c := range selfCallers {
		caller, rate := s.callers[i], c.rate*s.share
		if !c.steady {
			rate *= load * jitter(rng)
		}
		n := caller.flow.events(rate*Interval.Seconds(), math.Inf(1))
		byHand, wrong := 0.0, 0.0
		if caller.byHand != nil {
			byHand = caller.handFlow.events(n*(1-c.byName), n)
			wrong = caller.wrongFlow.events(byHand*mistyped, byHand)
			caller.byHand.add(byHand - wrong)
			caller.wrong.add(wrong)
		}
		caller.byName.add(n - byHand)
		for j, metric := range selfMetrics {
			caller.named[j].add(caller.namedFlows[j].events((n-byHand)*metric.share, math.Inf(1)))
		}
		caller.seconds.observe(n, c.latency.times(1.1), rng)
		caller.requests.add(n - wrong)
		caller.requestSeconds.observe(n-wrong, c.latency, rng)
		samples += (n - wrong) * c.samples * jitter(rng)
		executing += n / Interval.Seconds() * c.latency.mean()
		if c.api == "query_range" {
			cut := s.cutFlow.events(n*cutOff, n)
			s.cut.add(cut)
			s.retried.add(cut)
		}
	}
	for i, r := range selfRoutes {
		route := s.routes[i]
		n := route.flow.events(r.rate*s.share*load*Interval.Seconds(), math.Inf(1))
		lost := route.lostFlow.events(n*mistyped, n)
		route.answered.add(n - lost)
		route.lost.add(lost)
		route.seconds.observe(n, r.latency, rng)
	}
	samples = math.Round(samples)
	s.samples.add(samples)
	s.bytes.add(samples * bytesPerSample)
	s.inFlight.set(math.Round(executing * rng.ExpFloat64()))
	return samples, executing
}
