package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/tensorone"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// The reports are about endpoints that are copies of the demo's endpoints.
const (
	fleetCopies       = 10
	endpointsPerCopy  = 5
	endpointsOfReport = fleetCopies * endpointsPerCopy
	recentHistory     = time.Hour // length of the history with the fleet's scrape interval
)

// Limits of the measured values.
const (
	maxRequestsOfOne   = 12
	maxRequestsOfBatch = 15
	maxMilliseconds    = 1000 // for at most as many endpoints as the demo has
)

// kind is a kind of request for reports. Its function take returns the endpoints of a round.
// Successive rounds differ in the endpoints or in their order, so that the plugin doesn't
// return a stored response.
type kind struct {
	name        string
	maxRequests float64
	isOfDemo    bool // whether the demo has enough endpoints for the request
	take        func(all []string, round int) []string
}

var kinds = []kind{
	{"one endpoint", maxRequestsOfOne, true, func(all []string, round int) []string { return all[round%len(all):][:1] }},
	{"a batch of 5", maxRequestsOfBatch, true, func(all []string, round int) []string {
		first := round % fleetCopies * endpointsPerCopy
		return all[first : first+endpointsPerCopy]
	}},
	{"a batch of 50", maxRequestsOfBatch, false, func(all []string, round int) []string {
		first := round % len(all)
		return slices.Concat(all[first:], all[:first])
	}},
}

// measureReports measures reports about the last 30 days. Their endpoints have a history
// of 62 days in a real Prometheus.
func measureReports(ctx context.Context, binary string, env []string, rounds int) (rows []row, err error) {
	dir, err := os.MkdirTemp("", "modelmetrics-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ids, err := writeEndpoints(ctx, dir)
	if err != nil {
		return nil, err
	}
	server, err := prometheus.Start(ctx, prometheus.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	proxy, err := countRequests(server.URL())
	if err != nil {
		return nil, err
	}
	defer proxy.Close()
	plugin, err := host.Start(ctx, host.Options{Binary: binary, Env: env, DataSource: backend.DataSourceInstanceSettings{
		ID: 1, UID: "bench", Type: host.PluginID, Name: "bench", URL: proxy.URL, JSONData: []byte(`{"queryTimeout":"2m"}`), Updated: time.Now(),
	}})
	if err != nil {
		return nil, err
	}
	defer plugin.Close()

	t := table{
		title: "Endpoint reports of 30 days",
		note:  fmt.Sprintf("The reports have all sections and a granularity of 1h. They are computed from the samples of %d endpoints, every %s for %d days, in a real Prometheus on the same machine. The column \"ms of Prometheus\" is the sum of the durations of Prometheus's responses. Up to four responses are concurrent.", len(ids), model.Duration(fleet.PastStep), int(fleet.PastHistory/simulation.Day)),
	}
	t.add("report", "requests", "ms", "ms of Prometheus", "ms per endpoint", "MiB response")
	perEndpoint := map[string]float64{}
	for _, k := range kinds {
		var times, upstream, counts []float64
		size := 0
		for round := range rounds {
			proxy.reset()
			taken := k.take(ids, round)
			begin := time.Now()
			if size, err = requestReports(ctx, plugin, taken); err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
			times = append(times, float64(time.Since(begin).Microseconds())/1000)
			upstream = append(upstream, float64(proxy.time.Load())/1e6)
			counts = append(counts, float64(proxy.requests.Load()))
			perEndpoint[k.name] = median(times) / float64(len(taken))
		}
		t.add(k.name, fmt.Sprint(slices.Max(counts)), trim(median(times)), trim(median(upstream)), trim(perEndpoint[k.name]), trim(float64(size)/(1<<20)))
		rows = append(rows, atMost("report of "+k.name+", requests to Prometheus", slices.Max(counts), k.maxRequests, ""))
		if k.isOfDemo {
			rows = append(rows, atMost("report of "+k.name, median(times), maxMilliseconds, " ms"))
		}
	}
	t.print()
	share := perEndpoint[kinds[len(kinds)-1].name] / perEndpoint[kinds[0].name]
	return append(rows, atMost("report of a batch, time per endpoint ÷ time of one report", share, 1, "")), nil
}

// writeEndpoints writes the histories of the endpoints and returns their ids.
func writeEndpoints(ctx context.Context, dir string) ([]string, error) {
	var builders []simulation.Builder
	var names []string
	for i := range fleetCopies {
		name := fmt.Sprintf("copy%d", i)
		builders = append(builders, simulation.Builder{Name: name, Build: tensorone.Copy("_" + name)})
		names = append(names, name)
	}
	f := simulation.New(simulation.Options{Seed: 1, History: recentHistory, Platforms: builders})
	past := &prometheus.Past{Fleet: f.Past(fleet.PastHistory, names...), Step: fleet.PastStep}
	if err := prometheus.WriteHistory(ctx, dir, f, nil, past); err != nil {
		return nil, err
	}
	var ids []string
	for _, t := range f.Targets() {
		for _, series := range t.Series() {
			if series.Get("__name__") == "tensorone_endpoint_info" {
				ids = append(ids, series.Get("endpoint_id"))
			}
		}
	}
	if len(ids) != endpointsOfReport {
		return nil, fmt.Errorf("the fleet has %d endpoints, want %d", len(ids), endpointsOfReport)
	}
	return ids, nil
}

// countingProxy counts the requests to Prometheus and adds up the response times in
// nanoseconds.
type countingProxy struct {
	*httptest.Server
	requests, time atomic.Int64
}

func countRequests(target string) (*countingProxy, error) {
	upstream, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	p := &countingProxy{}
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		proxy.ServeHTTP(w, r)
		p.requests.Add(1)
		p.time.Add(time.Since(begin).Nanoseconds())
	}))
	return p, nil
}

func (p *countingProxy) reset() {
	p.requests.Store(0)
	p.time.Store(0)
}

// requestReports requests the reports of some endpoints and returns the size of the
// response.
func requestReports(ctx context.Context, plugin *host.Host, ids []string) (size int, err error) {
	request := &backend.CallResourceRequest{Method: http.MethodGet, Path: "v2/endpoints/" + ids[0] + "/metrics"}
	request.URL = request.Path + "?timeframe=30d"
	if len(ids) > 1 {
		body, err := json.Marshal(map[string]any{"endpointIds": ids, "timeframe": "30d"})
		if err != nil {
			return 0, err
		}
		request = &backend.CallResourceRequest{
			Method: http.MethodPost, Path: "v2/endpoints/metrics/batch", URL: "v2/endpoints/metrics/batch", Body: body,
			Headers: map[string][]string{"Content-Type": {"application/json"}},
		}
	}
	var answer []byte
	status := 0
	err = plugin.CallResource(ctx, request, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
		if part.Status != 0 {
			status = part.Status
		}
		answer = append(answer, part.Body...)
		return nil
	}))
	if err != nil {
		return 0, err
	}
	return len(answer), checkReports(status, answer, ids)
}

// checkReports checks that a response contains the reports of the endpoints.
func checkReports(status int, answer []byte, ids []string) error {
	var of struct {
		EndpointID string
		Results    []struct {
			EndpointID string
			Status     int
		}
	}
	if status != http.StatusOK {
		return fmt.Errorf("status %d: %.300s", status, answer)
	}
	if err := json.Unmarshal(answer, &of); err != nil {
		return err
	}
	if len(ids) == 1 {
		if of.EndpointID != ids[0] {
			return fmt.Errorf("the report is of %q, want %q", of.EndpointID, ids[0])
		}
		return nil
	}
	if len(of.Results) != len(ids) {
		return fmt.Errorf("%d results, want %d", len(of.Results), len(ids))
	}
	for i, result := range of.Results {
		if result.EndpointID != ids[i] || result.Status != http.StatusOK {
			return fmt.Errorf("result %d is of %q with status %d, want %q with 200", i, result.EndpointID, result.Status, ids[i])
		}
	}
	return nil
}
