// Package telemetry counts what the plugin does, as Prometheus metrics of the
// process. plugin tells it of queries, rest of requests to the resource routes, and
// promapi of what it asks of a server. Grafana shows them at
// /metrics/plugins/modelmetrics-catalog-datasource, together with Go's own; the pack
// modelmetrics is their contract and makes a dashboard of them.
//
// Every label has few values: what a person types, such as an unknown metric's
// name, is counted but never becomes a label's value.
package telemetry

import (
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Caller is who asks a query.
type Caller string

// The callers.
const (
	Alert     Caller = "alert"     // an alert rule's evaluation
	Dashboard Caller = "dashboard" // a panel or a variable of a saved dashboard
	API       Caller = "api"       // the metrics API under the resource routes
	Other     Caller = "other"     // Explore, a dashboard that isn't saved yet, anything else
)

// Source counts for one data source, a nil one nothing. It is safe for concurrent
// use.
type Source struct {
	uid            string
	inFlight       prometheus.Gauge
	bytes, samples prometheus.Counter
	close          func()
}

// open says how many sources of a uid are there: Grafana makes a data source anew
// when its settings change, and disposes of the old one later; and each of its
// organisations may have one of the same uid.
var open = struct {
	sync.Mutex
	sources map[string]int
}{sources: map[string]int{}}

// Open begins to count for the data source with this uid, which has so many catalog
// metrics, by pack, and problems in its own packs.
func Open(uid string, metrics map[string]int, problems int) *Source {
	open.Lock()
	defer open.Unlock()
	open.sources[uid]++
	s := &Source{
		uid:      uid,
		inFlight: queriesInFlight.WithLabelValues(uid),
		bytes:    receivedBytes.WithLabelValues(uid),
		samples:  samples.WithLabelValues(uid),
	}
	s.close = sync.OnceFunc(s.leave)
	catalogMetrics.DeletePartialMatch(s.labels()) // of packs that are gone
	for pack, n := range metrics {
		catalogMetrics.WithLabelValues(uid, pack).Set(float64(n))
	}
	catalogProblems.WithLabelValues(uid).Set(float64(problems))
	return s
}

// Close ends what Open began. With the last Source of a uid its series end.
func (s *Source) Close() { s.close() }

func (s *Source) leave() {
	open.Lock()
	defer open.Unlock()
	if open.sources[s.uid]--; open.sources[s.uid] > 0 {
		return
	}
	delete(open.sources, s.uid)
	for _, vec := range vecs {
		vec.DeletePartialMatch(s.labels())
	}
}

func (s *Source) labels() prometheus.Labels { return prometheus.Labels{datasource: s.uid} }

// Query is one query, from its arrival to its answer.
type Query struct {
	source       *Source
	caller       Caller
	begun        time.Time
	kind         string
	pack, metric string
}

// unknownType is what a query that can't be read asks for.
const unknownType = "unknown"

// Query begins to count a query, which has to End.
func (s *Source) Query(caller Caller) *Query {
	if s == nil {
		return &Query{}
	}
	s.inFlight.Inc()
	return &Query{source: s, caller: caller, begun: time.Now(), kind: unknownType}
}

// Asks says what the query asks for: one of the query types.
func (q *Query) Asks(kind string) { q.kind = kind }

// Names says which metric of the catalog, and of which pack, it asks for.
func (q *Query) Names(pack, metric string) { q.pack, q.metric = pack, metric }

// End counts the query with its answer's error.
func (q *Query) End(err error) {
	if q.source == nil {
		return
	}
	uid, caller := q.source.uid, string(q.caller)
	q.source.inFlight.Dec() // where the series has ended meanwhile, it stays so
	queries.WithLabelValues(uid, q.kind, caller, outcomeOf(err)).Inc()
	queryDuration.WithLabelValues(uid, caller).Observe(time.Since(q.begun).Seconds())
	if q.metric != "" {
		catalogQueries.WithLabelValues(uid, q.pack, q.metric, caller).Inc()
	}
}

func outcomeOf(err error) string {
	if err == nil {
		return "ok"
	}
	return fault.As(err).Kind.String()
}

// Resource counts a request to a resource route, such as "GET /api/metrics".
func (s *Source) Resource(route string, status int, took time.Duration) {
	if s == nil {
		return
	}
	resourceRequests.WithLabelValues(s.uid, route, strconv.Itoa(status)).Inc()
	resourceDuration.WithLabelValues(s.uid, route).Observe(took.Seconds())
}

// Request counts a request to the server, as promapi.Observer has it.
func (s *Source) Request(api string, status int, took time.Duration, bytes int64) {
	code := "none"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	prometheusRequests.WithLabelValues(s.uid, api, code).Inc()
	prometheusDuration.WithLabelValues(s.uid, api).Observe(took.Seconds())
	s.bytes.Add(float64(bytes))
}

// Retry counts a request that is sent again, as promapi.Observer has it.
func (s *Source) Retry(reason string) { retries.WithLabelValues(s.uid, reason).Inc() }

// Samples counts what answers held, as promapi.Observer has it.
func (s *Source) Samples(n int) { s.samples.Add(float64(n)) }

// Build tells the plugin's version.
func Build(version string) { buildInfo.WithLabelValues(version, runtime.Version()).Set(1) }
