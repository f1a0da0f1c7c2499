package rest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// panicking is a transport that panics.
type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("a bug") }

func TestPanicIsCounted(t *testing.T) {
	o := options(t, &upstream{})
	client, err := promapi.New(&http.Client{Transport: panicking{}}, promapi.Options{URL: "http://prometheus:9090", MaxBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	o.Client, o.Telemetry = client, telemetry.Open(1, "panics", o.Catalog, 0)
	defer o.Telemetry.Close()

	w := get(New(o), "/api/metrics/total_models")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `"INTERNAL"`) || strings.Contains(w.Body.String(), "a bug") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	const want = `
# HELP modelmetrics_queries_total Queries answered.
# TYPE modelmetrics_queries_total counter
modelmetrics_queries_total{caller="api",datasource="panics",org_id="1",outcome="internal",type="catalog"} 1
# HELP modelmetrics_queries_in_flight Queries in progress.
# TYPE modelmetrics_queries_in_flight gauge
modelmetrics_queries_in_flight{datasource="panics",org_id="1"} 0
# HELP modelmetrics_resource_requests_total Requests to the data source's resource routes.
# TYPE modelmetrics_resource_requests_total counter
modelmetrics_resource_requests_total{code="500",datasource="panics",org_id="1",route="GET /api/metrics/{name}"} 1
`
	err = testutil.GatherAndCompare(prometheus.DefaultGatherer, strings.NewReader(want),
		"modelmetrics_queries_total", "modelmetrics_queries_in_flight", "modelmetrics_resource_requests_total")
	if err != nil {
		t.Error(err)
	}
}
