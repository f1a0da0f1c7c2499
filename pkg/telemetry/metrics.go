package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The labels that identify a data source: each organization of a Grafana has its own,
// and two of them may have the same uid.
const (
	orgID      = "org_id"
	datasource = "datasource"
)

// durations are the bounds of answers' times, in seconds: from a variable's values
// out of Prometheus's memory to the query timeouts in use.
var durations = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

var (
	queries = counter("modelmetrics_queries_total",
		"Queries answered.", "type", "caller", "outcome")
	queryDuration = histogram("modelmetrics_query_duration_seconds",
		"Time from a query's arrival to its answer, Prometheus's part included.", "caller")
	queriesInFlight = gauge("modelmetrics_queries_in_flight",
		"Queries that are being answered.")

	catalogQueries = counter("modelmetrics_catalog_queries_total",
		"Queries by the catalog metric that they name.", "pack", "metric", "caller")
	catalogMetrics = gauge("modelmetrics_catalog_metrics",
		"Metrics that the catalog has.", "pack")
	catalogProblems = gauge("modelmetrics_catalog_problems",
		"Problems in the data source's own packs.")

	prometheusRequests = counter("modelmetrics_prometheus_requests_total",
		"Requests sent to Prometheus, each attempt by itself.", "api", "code")
	prometheusDuration = histogram("modelmetrics_prometheus_request_duration_seconds",
		"Time from a request to Prometheus to its answer's end.", "api")
	retries = counter("modelmetrics_prometheus_retries_total",
		"Requests sent to Prometheus again.", "reason")
	receivedBytes = counter("modelmetrics_prometheus_received_bytes_total",
		"Bytes of Prometheus's answers, decompressed.")
	samples = counter("modelmetrics_prometheus_samples_total",
		"Samples in Prometheus's answers.")

	resourceRequests = counter("modelmetrics_resource_requests_total",
		"Requests to the data source's resource routes.", "route", "code")
	resourceDuration = histogram("modelmetrics_resource_request_duration_seconds",
		"Time from a request to a resource route to its answer.", "route")

	buildInfo = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "modelmetrics_build_info",
		Help: "1, with the plugin's version.",
	}, []string{"version", "go_version"})
)

// vecs are all that have the labels of a data source.
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
