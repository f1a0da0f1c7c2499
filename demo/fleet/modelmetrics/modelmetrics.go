// Package modelmetrics simulates a Grafana with two data sources of this plugin.
// Package fleet adds it to the demo's fleet.
package modelmetrics

import (
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

const (
	mebibyte       = 1 << 20
	peakHour       = 10    // UTC
	bytesPerSample = 31    // of Prometheus's JSON
	mistyped       = 0.012 // share of the PromQL queries, and of the resource requests, that fail
	slowdown       = 200   // of Prometheus, during the incident SlowPrometheus
	busyShare      = 0.2   // of the queries, which Prometheus refuses during the incident BusyPrometheus
	packProblems   = 3     // during the incident BrokenPack
	cutOff         = 0.004 // share of query_range requests whose connection breaks and that are retried
)

// durationBounds are the bucket bounds of all histograms of the data source, in seconds.
var durationBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

// allCallers are the callers of a data source.
var allCallers = []struct {
	name    string
	rate    float64              // queries per second of all data sources at the peak
	steady  bool                 // constant load
	byName  float64              // share of catalog queries among the queries
	api     string               // endpoint of Prometheus
	latency simulation.LogNormal // of Prometheus's response
	samples float64              // per response
}{
	{"dashboard", 5.2, false, 0.86, "query_range", simulation.Seconds(0.045, 0.9), 2400},
	{"alert", 0.9, true, 1, "query", simulation.Seconds(0.012, 0.5), 6},
	{"api", 0.6, true, 1, "query", simulation.Seconds(0.015, 0.6), 40},
	{"other", 0.35, false, 0.3, "query_range", simulation.Seconds(0.08, 1.1), 3800},
}

// allMetrics are the metrics of the catalog queries, with their shares of the catalog
// queries.
var allMetrics = []struct {
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

// allRoutes are the resource routes in use, with their requests per second at the peak, for
// all data sources together.
var allRoutes = []struct {
	route   string
	rate    float64
	latency simulation.LogNormal
}{
	{"GET /api/metrics/{name}", 0.6, simulation.Seconds(0.016, 0.6)},
	{"GET /catalog/search", 0.12, simulation.Seconds(0.002, 0.4)},
	{"GET /catalog/{name}/values/{param}", 0.08, simulation.Seconds(0.02, 0.7)},
	{"GET /api/v1/label/{label}/values", 0.05, simulation.Seconds(0.03, 0.8)},
}

// allSources are the simulated data sources.
var allSources = []struct {
	org     string
	uid     string
	share   float64            // of the queries
	catalog map[string]float64 // number of metrics by pack; contains each pack of allMetrics
}{
	{"1", "modelmetrics-eu", 0.7, map[string]float64{"tango": 18, "inference": 19, "tessallite": 28, "tensorone": 50, "lango": 34, "user_defined": 6}},
	{"1", "modelmetrics-us", 0.3, map[string]float64{"tango": 18, "inference": 19, "tessallite": 28, "tensorone": 50, "lango": 34}},
}

// platform is the simulated Grafana. Because of it, the dashboard of the plugin's own metrics
// shows a history. The demo's real plugin is scraped in addition.
type platform struct {
	target                  *simulation.Target
	rng                     *rand.Rand
	drift                   simulation.Drift
	sources                 []*source
	memory, cpu, goroutines *simulation.Scalar
}

// New returns the platform.
func New(rng *rand.Rand, _ time.Time) simulation.Platform {
	t := &simulation.Target{Job: "modelmetrics", Instance: "grafana:3000"}
	p := &platform{target: t, rng: rng}
	metrics := newFamilies(t)
	for _, s := range allSources {
		p.sources = append(p.sources, metrics.source(s.org, s.uid, s.share, s.catalog, rng))
	}
	t.Gauge("modelmetrics_build_info", "Always 1; the labels are the versions of the plugin and of Go.", "version", "go_version").With("0.1.0", runtime.Version()).Set(1)
	p.memory = t.Gauge("process_resident_memory_bytes", "Resident memory size in bytes.").With()
	p.cpu = t.Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.").With()
	p.goroutines = t.Gauge("go_goroutines", "Number of goroutines that currently exist.").With()
	return p
}

func (p *platform) Targets() []*simulation.Target { return []*simulation.Target{p.target} }

func (p *platform) Step(m simulation.Moment) {
	load := simulation.Daily(m.Time, peakHour) * p.drift.Next(p.rng)
	samples, executing := 0.0, 0.0
	for _, s := range p.sources {
		s.governance.step(m, s.share)
		decoded, busy := s.step(m, load, p.rng)
		samples += decoded
		executing += busy
	}
	p.cpu.Add(0.02 + samples*150e-9 + executing*0.01*simulation.Jitter(p.rng))
	p.memory.Set(math.Round((34 + samples/9e3*simulation.Jitter(p.rng)) * mebibyte))
	p.goroutines.Set(math.Round(24 + 6*executing*simulation.Jitter(p.rng)))
}

// families are the metric families of pkg/telemetry with the labels of a data source.
type families struct {
	queries, catalogQueries, requests, retries, bytes, samples, resources simulation.ScalarVec
	inFlight, catalog, problems, decisions, dropped                       simulation.ScalarVec
	querySeconds, requestSeconds, resourceSeconds                         simulation.DistributionVec
}

func newFamilies(t *simulation.Target) families {
	const org, source = "org_id", "datasource"
	return families{
		queries:         t.Counter("modelmetrics_queries_total", "Queries answered.", org, source, "type", "caller", "outcome"),
		querySeconds:    t.Histogram("modelmetrics_query_duration_seconds", "Time to answer a query, requests to Prometheus included.", durationBounds, org, source, "caller"),
		inFlight:        t.Gauge("modelmetrics_queries_in_flight", "Queries in progress.", org, source),
		catalogQueries:  t.Counter("modelmetrics_catalog_queries_total", "Catalog queries by metric.", org, source, "pack", "metric", "caller"),
		catalog:         t.Gauge("modelmetrics_catalog_metrics", "Metrics in the catalog.", org, source, "pack"),
		problems:        t.Gauge("modelmetrics_catalog_problems", "Problems in the user packs of the data source.", org, source),
		requests:        t.Counter("modelmetrics_prometheus_requests_total", "Requests sent to Prometheus, retries included.", org, source, "api", "code"),
		requestSeconds:  t.Histogram("modelmetrics_prometheus_request_duration_seconds", "Time from sending a request to Prometheus to the end of the response.", durationBounds, org, source, "api"),
		retries:         t.Counter("modelmetrics_prometheus_retries_total", "Repeated requests to Prometheus.", org, source, "reason"),
		bytes:           t.Counter("modelmetrics_prometheus_received_bytes_total", "Decompressed bytes of Prometheus's responses.", org, source),
		samples:         t.Counter("modelmetrics_prometheus_samples_total", "Samples in Prometheus's responses.", org, source),
		decisions:       t.Counter("modelmetrics_policy_decisions_total", "Queries and API requests that the access rules or the policy of the data source blocked or observed.", org, source, "verdict", "reason"),
		dropped:         t.Counter("modelmetrics_audit_dropped_events_total", "Audit events that were not exported to the OTLP endpoint.", org, source),
		resources:       t.Counter("modelmetrics_resource_requests_total", "Requests to the data source's resource routes.", org, source, "route", "code"),
		resourceSeconds: t.Histogram("modelmetrics_resource_request_duration_seconds", "Time to answer a request to a resource route.", durationBounds, org, source, "route"),
	}
}

// source is one data source.
type source struct {
	share          float64
	callers        []*callerUse
	routes         []*routeUse
	inFlight       *simulation.Scalar
	cut, retried   *simulation.Scalar
	refused        *simulation.Scalar // requests that Prometheus answered with 503
	problems       *simulation.Scalar // in user packs
	cutFlow        simulation.Flow
	bytes, samples *simulation.Scalar
	governance     governance
}

// callerUse contains the metrics of one caller. Its index in source.callers is the caller's
// index in allCallers.
type callerUse struct {
	flow, handFlow, wrongFlow simulation.Flow
	byName, byHand, wrong     *simulation.Scalar
	busy                      *simulation.Scalar
	seconds                   *simulation.Distribution
	named                     []*simulation.Scalar // by the index of allMetrics
	namedFlows                []simulation.Flow
	requests                  *simulation.Scalar
	requestSeconds            *simulation.Distribution
}

// routeUse contains the metrics of one route. Its index in source.routes is the route's index
// in allRoutes.
type routeUse struct {
	flow, lostFlow simulation.Flow
	answered, lost *simulation.Scalar
	seconds        *simulation.Distribution
}

func (f families) source(org, uid string, share float64, catalog map[string]float64, rng *rand.Rand) *source {
	for _, pack := range []string{"tango", "inference", "user_defined"} {
		if n, has := catalog[pack]; has {
			f.catalog.With(org, uid, pack).Set(n)
		}
	}
	s := &source{
		share: share, inFlight: f.inFlight.With(org, uid), cutFlow: simulation.NewFlow(rng),
		refused: f.requests.With(org, uid, "query", "503"), problems: f.problems.With(org, uid),
		cut: f.requests.With(org, uid, "query_range", "no_response"), retried: f.retries.With(org, uid, "transient"),
		bytes: f.bytes.With(org, uid), samples: f.samples.With(org, uid), governance: f.governance(org, uid),
	}
	requests, seconds := map[string]*simulation.Scalar{}, map[string]*simulation.Distribution{}
	for _, c := range allCallers {
		if requests[c.api] == nil {
			requests[c.api], seconds[c.api] = f.requests.With(org, uid, c.api, "200"), f.requestSeconds.With(org, uid, c.api)
		}
		caller := &callerUse{
			flow: simulation.NewFlow(rng), handFlow: simulation.NewFlow(rng), wrongFlow: simulation.NewFlow(rng),
			byName: f.queries.With(org, uid, "catalog", c.name, "ok"), seconds: f.querySeconds.With(org, uid, c.name),
			busy:     f.queries.With(org, uid, "catalog", c.name, "busy"),
			requests: requests[c.api], requestSeconds: seconds[c.api],
		}
		if c.byName < 1 {
			caller.byHand = f.queries.With(org, uid, "promql", c.name, "ok")
			caller.wrong = f.queries.With(org, uid, "promql", c.name, "bad_promql")
		}
		for _, metric := range allMetrics {
			caller.named = append(caller.named, f.catalogQueries.With(org, uid, metric.pack, metric.metric, c.name))
			caller.namedFlows = append(caller.namedFlows, simulation.NewFlow(rng))
		}
		s.callers = append(s.callers, caller)
	}
	for _, r := range allRoutes {
		s.routes = append(s.routes, &routeUse{
			flow: simulation.NewFlow(rng), lostFlow: simulation.NewFlow(rng),
			answered: f.resources.With(org, uid, r.route, "200"), lost: f.resources.With(org, uid, r.route, "404"),
			seconds: f.resourceSeconds.With(org, uid, r.route),
		})
	}
	return s
}

// step simulates a step. It returns the number of decoded samples and the mean
// number of concurrent queries.
func (s *source) step(m simulation.Moment, load float64, rng *rand.Rand) (samples, executing float64) {
	s.problems.Set(0)
	if m.During(incident.BrokenPack) {
		s.problems.Set(packProblems)
	}
	for i, c := range allCallers {
		caller, rate := s.callers[i], c.rate*s.share
		if !c.steady {
			rate *= load * simulation.Jitter(rng)
		}
		n := caller.flow.Events(rate*simulation.Interval.Seconds(), math.Inf(1))
		latency := c.latency
		if m.During(incident.SlowPrometheus) {
			latency = latency.Times(slowdown)
		}
		if m.During(incident.BusyPrometheus) {
			busy := math.Ceil(n * busyShare)
			caller.busy.Add(busy)
			s.refused.Add(busy)
			n -= busy
		}
		byHand, wrong := 0.0, 0.0
		if caller.byHand != nil {
			byHand = caller.handFlow.Events(n*(1-c.byName), n)
			wrong = caller.wrongFlow.Events(byHand*mistyped, byHand)
			caller.byHand.Add(byHand - wrong)
			caller.wrong.Add(wrong)
		}
		caller.byName.Add(n - byHand)
		for j, metric := range allMetrics {
			caller.named[j].Add(caller.namedFlows[j].Events((n-byHand)*metric.share, math.Inf(1)))
		}
		caller.seconds.Observe(n, latency.Times(1.1), rng)
		caller.requests.Add(n - wrong)
		caller.requestSeconds.Observe(n-wrong, latency, rng)
		samples += (n - wrong) * c.samples * simulation.Jitter(rng)
		executing += n / simulation.Interval.Seconds() * c.latency.Mean()
		if c.api == "query_range" {
			cut := s.cutFlow.Events(n*cutOff, n)
			s.cut.Add(cut)
			s.retried.Add(cut)
		}
	}
	for i, r := range allRoutes {
		route := s.routes[i]
		n := route.flow.Events(r.rate*s.share*load*simulation.Interval.Seconds(), math.Inf(1))
		lost := route.lostFlow.Events(n*mistyped, n)
		route.answered.Add(n - lost)
		route.lost.Add(lost)
		route.seconds.Observe(n, r.latency, rng)
	}
	samples = math.Round(samples)
	s.samples.Add(samples)
	s.bytes.Add(samples * bytesPerSample)
	s.inFlight.Set(math.Round(executing * rng.ExpFloat64()))
	return samples, executing
}
