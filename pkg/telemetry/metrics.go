package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The labels that identify a data source. Data sources of two organizations can have the
// same uid.
const (
	orgID      = "org_id"
	datasource = "datasource"
)

// durations are the bucket bounds of all histograms, in seconds. They range from the usual
// duration of a query for label values to the usual query timeouts.
var durations = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

var (
	queries = counter("modelmetrics_queries_total",
		"Queries answered.", "type", "caller", "outcome")
	queryDuration = histogram("modelmetrics_query_duration_seconds",
		"Time to answer a query, requests to Prometheus included.", "caller")
	queriesInFlight = gauge("modelmetrics_queries_in_flight",
		"Queries in progress.")

	catalogQueries = counter("modelmetrics_catalog_queries_total",
		"Catalog queries by metric.", "pack", "metric", "caller")
	catalogMetrics = gauge("modelmetrics_catalog_metrics",
		"Metrics in the catalog.", "pack")
	catalogProblems = gauge("modelmetrics_catalog_problems",
		"Problems in the user packs of the data source.")

	prometheusRequests = counter("modelmetrics_prometheus_requests_total",
		"Requests sent to Prometheus, retries included.", "api", "code")
	prometheusDuration = histogram("modelmetrics_prometheus_request_duration_seconds",
		"Time from sending a request to Prometheus to the end of the response.", "api")
	retries = counter("modelmetrics_prometheus_retries_total",
		"Repeated requests to Prometheus.", "reason")
	receivedBytes = counter("modelmetrics_prometheus_received_bytes_total",
		"Decompressed bytes of Prometheus's responses.")
	samples = counter("modelmetrics_prometheus_samples_total",
		"Samples in Prometheus's responses.")

	resourceRequests = counter("modelmetrics_resource_requests_total",
		"Requests to the data source's resource routes.", "route", "code")
	resourceDuration = histogram("modelmetrics_resource_request_duration_seconds",
		"Time to answer a request to a resource route.", "route")

	policyDecisions = counter("modelmetrics_policy_decisions_total",
		"Queries and API requests that the access rules or the policy of the data source blocked or observed.", "verdict", "reason")
	auditDropped = counter("modelmetrics_audit_dropped_events_total",
		"Audit events that were not exported to the OTLP endpoint.")

	buildInfo = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "modelmetrics_build_info",
		Help: "Always 1; the labels are the versions of the plugin and of Go.",
	}, []string{"version", "go_version"})
)

// vecs contains all metrics that have the labels of a data source.
var vecs []interface {
	DeletePartialMatch(prometheus.Labels) int
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	vec := promauto.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append([]string{orgID, datasource}, labels...))
	vecs = append(vecs, vec)
	return vec
}

func gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	vec := promauto.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, append([]string{orgID, datasource}, labels...))
	vecs = append(vecs, vec)
	return vec
}

func histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	vec := promauto.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: durations}, append([]string{orgID, datasource}, labels...))
	vecs = append(vecs, vec)
	return vec
}
