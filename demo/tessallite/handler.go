package main

import (
	"fmt"
	"net"
	"net/http"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/tessallite"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// frontend is the job of the frontend. Its metrics come from an exporter that reads stub_status.
const frontend = "frontend"

// newHandler returns the handler of a new platform.
func newHandler() (http.Handler, error) {
	fleet := simulation.New(simulation.Options{
		Seed:      1,
		Platforms: []simulation.Builder{{Name: "tessallite", Build: tessallite.New}},
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+healthPath, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	for _, target := range fleet.Targets() {
		exporter, err := fleet.Exporter(target)
		if err != nil {
			return nil, err
		}
		if target.Job == frontend {
			gatherer, err := fleet.Gatherer(target)
			if err != nil {
				return nil, err
			}
			mux.Handle("GET "+frontend+"/stub_status", stubStatus(exporter, gatherer))
			continue
		}
		host, _, err := net.SplitHostPort(target.Instance)
		if err != nil {
			return nil, fmt.Errorf("instance of %s: %w", target.Job, err)
		}
		mux.Handle("GET "+host+simulation.MetricsPath, exporter)
	}
	return mux, nil
}

// stubStatus serves the metrics of the frontend in the text format of nginx's module
// stub_status. The exporter advances the fleet and determines whether the frontend responds.
func stubStatus(exporter http.Handler, gatherer client.Gatherer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := statusRecorder{header: http.Header{}}
		exporter.ServeHTTP(&probe, r)
		if probe.status >= http.StatusBadRequest {
			http.Error(w, "the frontend is down", probe.status)
			return
		}
		families, err := gatherer.Gather()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		var active, requests int64
		for _, family := range families {
			switch metric := family.GetMetric()[0]; family.GetName() {
			case "nginx_connections_active":
				active = int64(metric.GetGauge().GetValue())
			case "nginx_http_requests_total":
				requests = int64(metric.GetCounter().GetValue())
			}
		}
		// Each request has its own connection, and one active connection is the one that reads
		// this page.
		active = max(active, 1)
		fmt.Fprintf(w, "Active connections: %d \nserver accepts handled requests\n %d %d %d \nReading: 0 Writing: 1 Waiting: %d \n",
			active, requests, requests, requests, active-1)
	})
}

// statusRecorder records the status of a response and drops the body.
type statusRecorder struct {
	header http.Header
	status int
}

func (r *statusRecorder) Header() http.Header { return r.header }

func (r *statusRecorder) Write(body []byte) (int, error) { return len(body), nil }

func (r *statusRecorder) WriteHeader(status int) { r.status = status }
