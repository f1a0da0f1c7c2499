// Package pages tests the documentation: it runs or parses every snippet of the pages in docs, and
// produces the texts of the errors on docs/troubleshoot.md.
package pages

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/prometheus/promql/promqltest"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

const root = "../.."

// discard is the log of servers.
var discard = slog.New(slog.DiscardHandler)

// plugin is the compiled plugin with a Prometheus.
type plugin struct {
	*host.Host
	prometheus string // URL
}

// series are the samples of the Prometheus, from minute 0.
const series = `
load 1m
  requests_total{job="api",code="200"} 0+60x10
  requests_total{job="api",code="500"} 0+6x10
  limits{job="api",zone="a"} 100x10
  limits{job="api",zone="b"} 200x10
`

// at is the end of the time range of all queries.
var at = time.Unix(600, 0).UTC()

func start(t *testing.T) plugin {
	t.Helper()
	storage := promqltest.LoadedStorage(t, series)
	t.Cleanup(func() { _ = storage.Close() })
	engine := promqltest.NewTestEngine(t, false, 5*time.Minute, promqltest.DefaultMaxSamplesPerQuery)
	url := promserver.Serve(t, engine, storage)
	return plugin{plugintest.Start(t, plugintest.Source(t, url, nil)), url}
}

// settings are the jsonData of a data source.
type settings map[string]any

var ids atomic.Int64

// with returns the plugin with a new data source.
func (p plugin) with(t *testing.T, url string, jsonData settings) plugin {
	t.Helper()
	source := plugintest.Source(t, url, jsonData)
	source.ID = ids.Add(1) + 1
	source.UID = fmt.Sprintf("pages-%d", source.ID)
	return plugin{p.WithDataSource(source), p.prometheus}
}

// query returns the error of a query over the last 10 minutes, or the first notice of its result.
func (p plugin) query(t *testing.T, text string, headers map[string]string) string {
	t.Helper()
	responses, err := p.QueryData(t.Context(), []backend.DataQuery{{
		RefID: "A", JSON: []byte(text), Interval: 15 * time.Second, MaxDataPoints: 100,
		TimeRange: timeRange(),
	}}, headers)
	if err != nil {
		t.Fatal(err)
	}
	response := responses.Responses["A"]
	if response.Error != nil {
		return response.Error.Error()
	}
	for _, frame := range response.Frames {
		if frame.Meta != nil && len(frame.Meta.Notices) > 0 {
			return frame.Meta.Notices[0].Text
		}
	}
	return ""
}

func timeRange() backend.TimeRange { return backend.TimeRange{From: at.Add(-10 * time.Minute), To: at} }

// health returns the message of Save & test, or "" if it reports no problem.
func (p plugin) health(t *testing.T) string {
	t.Helper()
	result, err := p.CheckHealth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if result.Status == backend.HealthStatusOk {
		return ""
	}
	return result.Message
}

// get returns the text of the error of a resource route.
func (p plugin) get(t *testing.T, target string) string {
	t.Helper()
	path, _, _ := strings.Cut(target, "?")
	var body strings.Builder
	status := 0
	err := p.CallResource(t.Context(), &backend.CallResourceRequest{Method: http.MethodGet, Path: path, URL: target},
		backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
			status = cmp.Or(part.Status, status)
			_, err := body.Write(part.Body)
			return err
		}))
	if err != nil {
		t.Fatal(err)
	}
	var failure struct{ Error, Message string }
	if status < http.StatusBadRequest {
		return ""
	}
	if err := json.Unmarshal([]byte(body.String()), &failure); err != nil {
		t.Fatalf("status %d: %s", status, body.String())
	}
	return cmp.Or(failure.Message, failure.Error)
}

// responding returns the URL of a server that sends a response to each request.
func responding(t *testing.T, status int, contentType, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Retry-After", "31") // longer than half of the query timeout, so that the plugin doesn't wait
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// closedPort returns the URL of a port at which no server listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	return "http://" + listener.Addr().String()
}

// documentedHost replaces the host of a server by the host on the page.
func documentedHost(t *testing.T, server, text string) string {
	t.Helper()
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(text, at.Host, "prometheus:9090")
}
