// Package telemetry counts what the plugin does, as Prometheus metrics of the
// process. plugin tells it of queries, rest of requests to the resource routes, and
// promapi of what it asks of a server. Grafana shows them at
// /metrics/plugins/modelmetrics-catalog-datasource, together with Go's own; the pack
// modelmetrics is their contract and makes a dashboard of them.
//
// Grafana serves that page without authentication by default, so every label has few
// values and none that a person writes: the names of a user's packs and metrics, or
// those of unknown metrics, are counted but never become a label's value. labels.go
// has the rules.
package telemetry

import (
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
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
	id             sourceID
	inFlight       prometheus.Gauge
	bytes, samples prometheus.Counter
	close          func()
}

// open counts the open Sources of each data source: Grafana makes a data source anew
// when its settings change, and disposes of the old one later.
var open = struct {
	sync.RWMutex
	sources map[sourceID]int
}{sources: map[sourceID]int{}}

// Open begins to count for the data source with this uid in an organization, whose
// catalog has the given metrics and whose user packs have so many problems.
func Open(org int64, uid string, c *catalog.Catalog, problems int) *Source {
	id := sourceID{org: strconv.FormatInt(org, 10), uid: uidLabel(uid)}
	open.Lock()
	defer open.Unlock()
	open.sources[id]++
	s := &Source{
		id:       id,
		inFlight: queriesInFlight.WithLabelValues(id.with()...),
		bytes:    receivedBytes.WithLabelValues(id.with()...),
		samples:  samples.WithLabelValues(id.with()...),
	}
	s.close = sync.OnceFunc(s.leave)
	catalogMetrics.DeletePartialMatch(id.labels()) // of packs that are gone
	for _, pack := range c.Packs() {
		catalogMetrics.WithLabelValues(id.with(packLabel(pack))...).Add(float64(len(pack.Metrics)))
	}
	catalogProblems.WithLabelValues(id.with()...).Set(float64(problems))
	return s
}

// Close ends what Open began. With the last Source of a data source its series end.
func (s *Source) Close() { s.close() }

func (s *Source) leave() {
	open.Lock()
	defer open.Unlock()
	if open.sources[s.id]--; open.sources[s.id] > 0 {
		return
	}
	delete(open.sources, s.id)
	for _, vec := range vecs {
		vec.DeletePartialMatch(s.id.labels())
	}
}

// count records something of a data source that has open Sources. Without them its
// series have ended, and recording would begin them again for good.
func (s *Source) count(record func()) {
	open.RLock()
	defer open.RUnlock()
	if open.sources[s.id] > 0 {
		record()
	}
}

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

// Names records which metric of the catalog the query names.
func (q *Query) Names(metric *catalog.Metric) {
	q.pack, q.metric = packLabel(metric.Pack()), metricLabel(metric)
}

// End counts the query with its answer's error.
func (q *Query) End(err error) {
	if q.source == nil {
		return
	}
	id, caller := q.source.id, string(q.caller)
	q.source.inFlight.Dec() // where the series has ended meanwhile, it stays so
	q.source.count(func() {
		queries.WithLabelValues(id.with(q.kind, caller, outcomeOf(err))...).Inc()
		queryDuration.WithLabelValues(id.with(caller)...).Observe(time.Since(q.begun).Seconds())
		if q.metric != "" {
			catalogQueries.WithLabelValues(id.with(q.pack, q.metric, caller)...).Inc()
		}
	})
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
	s.count(func() {
		resourceRequests.WithLabelValues(s.id.with(route, codeLabel(status))...).Inc()
		resourceDuration.WithLabelValues(s.id.with(route)...).Observe(took.Seconds())
	})
}

// Request counts a request to the server, as promapi.Observer has it.
func (s *Source) Request(api string, status int, took time.Duration, bytes int64) {
	s.count(func() {
		prometheusRequests.WithLabelValues(s.id.with(api, codeLabel(status))...).Inc()
		prometheusDuration.WithLabelValues(s.id.with(api)...).Observe(took.Seconds())
	})
	s.bytes.Add(float64(bytes))
}

// Retry counts a request that is sent again, as promapi.Observer has it.
func (s *Source) Retry(reason string) {
	s.count(func() { retries.WithLabelValues(s.id.with(reason)...).Inc() })
}

// Samples counts what answers held, as promapi.Observer has it.
func (s *Source) Samples(n int) { s.samples.Add(float64(n)) }

// Build tells the plugin's version.
func Build(version string) { buildInfo.WithLabelValues(version, runtime.Version()).Set(1) }
