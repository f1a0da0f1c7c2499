// Package telemetry counts the plugin's work in Prometheus metrics of the process.
// Package plugin reports queries, package rest reports requests to the resource routes, and
// package promapi reports requests to servers. Grafana exposes the metrics at
// /metrics/plugins/modelmetrics-catalog-datasource, together with those of Go. The pack
// modelmetrics declares the plugin's metrics and has a dashboard of them.
//
// By default, Grafana serves the metrics without authentication. Labels therefore don't
// contain names from user packs: user packs and user metrics are counted under a fixed name.
// The only label values that users choose are the uids of data sources. labels.go contains
// these rules, and rules that limit the number of label values.
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

// Caller is the origin of a query.
type Caller string

// The callers.
const (
	Alert     Caller = "alert"     // the evaluation of an alert rule
	Dashboard Caller = "dashboard" // a panel or another part of a saved dashboard
	API       Caller = "api"       // the metrics API under the resource routes
	Other     Caller = "other"     // Explore, an unsaved dashboard and anything else
)

// Source counts the work of one data source. It is safe for concurrent use. The methods Query
// and Resource accept a nil Source, for which they count nothing.
type Source struct {
	id             sourceID
	inFlight       prometheus.Gauge
	bytes, samples prometheus.Counter
	close          func()
}

// open counts the open Sources of each data source. A data source can have several: when its
// settings change, Grafana creates a new instance and disposes of the old one later.
var open = struct {
	sync.RWMutex
	sources map[sourceID]int
}{sources: map[sourceID]int{}}

// Open starts counting for a data source, which is identified by its organization and uid. It
// exports the number of metrics in each built-in pack and in all user packs of the data
// source's catalog, and the number of problems in the user packs.
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
	s.close = sync.OnceFunc(s.remove)
	catalogMetrics.DeletePartialMatch(id.labels()) // there may be series of removed packs
	for _, pack := range c.Packs() {
		catalogMetrics.WithLabelValues(id.with(packLabel(pack))...).Add(float64(len(pack.Metrics)))
	}
	catalogProblems.WithLabelValues(id.with()...).Set(float64(problems))
	auditDropped.WithLabelValues(id.with()...) // starts at 0; see ExpectDecision
	return s
}

// Close ends the use of a Source. When the last Source of a data source is closed, the series
// of the data source are deleted, and nothing is counted for it any more.
func (s *Source) Close() { s.close() }

func (s *Source) remove() {
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

// count calls record if the data source has open Sources. Without open Sources, the series
// have been deleted. record would create them again, and nothing would delete them later.
func (s *Source) count(record func()) {
	open.RLock()
	defer open.RUnlock()
	if open.sources[s.id] > 0 {
		record()
	}
}

// Query measures one query.
type Query struct {
	source       *Source
	caller       Caller
	start        time.Time
	kind         string
	pack, metric string
}

// unknownType is the type of a query before SetType is called. A query that can't be parsed
// keeps it.
const unknownType = "unknown"

// Query starts measuring a query. The caller must call End.
func (s *Source) Query(caller Caller) *Query {
	if s == nil {
		return &Query{}
	}
	s.inFlight.Inc()
	return &Query{source: s, caller: caller, start: time.Now(), kind: unknownType}
}

// SetType sets the query type.
func (q *Query) SetType(kind string) { q.kind = kind }

// SetMetric sets the catalog metric of the query.
func (q *Query) SetMetric(metric *catalog.Metric) {
	q.pack, q.metric = packLabel(metric.Pack()), metricLabel(metric)
}

// End counts the query. err is the error of the query's response, or nil.
func (q *Query) End(err error) {
	if q.source == nil {
		return
	}
	id, caller := q.source.id, string(q.caller)
	q.source.inFlight.Dec() // no effect if the series has been deleted
	q.source.count(func() {
		queries.WithLabelValues(id.with(q.kind, caller, outcomeOf(err))...).Inc()
		queryDuration.WithLabelValues(id.with(caller)...).Observe(time.Since(q.start).Seconds())
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

// Request counts a request to the server and the bytes of the response. It implements
// promapi.Observer.
func (s *Source) Request(api string, status int, took time.Duration, bytes int64) {
	s.count(func() {
		prometheusRequests.WithLabelValues(s.id.with(api, codeLabel(status))...).Inc()
		prometheusDuration.WithLabelValues(s.id.with(api)...).Observe(took.Seconds())
	})
	s.bytes.Add(float64(bytes))
}

// Retry counts a repeated request. It implements promapi.Observer.
func (s *Source) Retry(reason string) {
	s.count(func() { retries.WithLabelValues(s.id.with(reason)...).Inc() })
}

// Samples counts the samples of responses. It implements promapi.Observer.
func (s *Source) Samples(n int) { s.samples.Add(float64(n)) }

// Decision counts a query that the policy blocked or observed. The verdicts and reasons are
// those of package access. It implements audit.Observer.
func (s *Source) Decision(verdict, reason string) {
	s.count(func() { policyDecisions.WithLabelValues(s.id.with(verdict, reason)...).Inc() })
}

// ExpectDecision creates the counter of decisions with the given verdict and reason. It starts
// at 0, because PromQL's increase() doesn't include the first value of a counter.
func (s *Source) ExpectDecision(verdict, reason string) {
	s.count(func() { policyDecisions.WithLabelValues(s.id.with(verdict, reason)...) })
}

// AuditDropped counts audit events that were not exported. It implements audit.Observer.
func (s *Source) AuditDropped(events int) {
	s.count(func() { auditDropped.WithLabelValues(s.id.with()...).Add(float64(events)) })
}

// Build exports the versions of the plugin and of Go.
func Build(version string) { buildInfo.WithLabelValues(version, runtime.Version()).Set(1) }
