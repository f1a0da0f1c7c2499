package faults

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// TestAddresses checks data source URLs with a wrong host, port or scheme, or with an
// untrusted certificate.
func TestAddresses(t *testing.T) {
	t.Parallel()
	secure := upstream.Start(true)
	t.Cleanup(secure.Close)
	closed := closedPort(t)
	for _, test := range []struct {
		name, scheme, address string
		settings              Settings
		status                int
		want                  string
	}{
		{"refused", "http", closed, nil, 502, "Could not connect to Prometheus at HOST: connection refused. Check that it is running and that the data source's URL is correct."},
		{"unknown host", "http", "prometheus.invalid:9090", nil, 502, "The host prometheus.invalid can't be resolved. Check the data source's URL"},
		{"untrusted certificate", "https", secure.Host(), nil, 502, "Could not establish a TLS connection to HOST: x509: certificate signed by unknown authority. Check the TLS settings of the data source."},
		{"untrusted certificate with tlsSkipVerify", "https", secure.Host(), Settings{"tlsSkipVerify": true}, 200, ""},
		{"TLS to a server without TLS", "https", server.Host(), nil, 502, "Could not establish a TLS connection to HOST"},
		{"no TLS to a server with TLS", "http", secure.Host(), nil, 400, "HOST refused the request (HTTP 400): Client sent an HTTP request to an HTTPS server. Check that the data source's URL leads to a Prometheus API."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := strings.ReplaceAll(test.want, "HOST", test.address)
			good := upstream.Fault{"kind": "good", "id": test.name}
			checkResponse(t, runQuery(t, source(test.scheme, test.address, test.settings), panel("A", good), nil), test.status, want)
		})
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	return listener.Addr().String()
}

// The plugin doesn't follow a redirect to another host or port, so that the other server
// receives no password and no query.
func TestRedirectsDontLeakCredentials(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Header.Clone())
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(other.Close)
	locations := map[string]string{
		"host": strings.Replace(other.URL, "127.0.0.1", "localhost", 1) + "/elsewhere",
		"port": other.URL + "/elsewhere",
	}
	for _, test := range []struct{ status, another string }{
		{"301", "port"}, {"302", "host"}, {"302", "port"}, {"307", "host"}, {"307", "port"}, {"308", "host"}, {"308", "port"},
	} {
		t.Run(test.status+" to another "+test.another, func(t *testing.T) {
			id := "redirect " + test.status + test.another
			status, location := test.status, locations[test.another]
			away := respond(status, "").With(upstream.Fault{"location": location, "id": id})
			response := runQuery(t, source("http", server.Host(), nil), panel("A", away), nil)
			if response.Error == nil {
				t.Error("no error")
			}
			mu.Lock()
			defer mu.Unlock()
			if len(seen) != 0 {
				t.Errorf("the other server received %v", seen)
			}
			seen = nil
		})
	}
}

// A server may close an idle connection before or when the next request arrives. In both
// cases, the request is sent immediately on a new connection. The query doesn't fail, and the
// request isn't counted as a retry. (A retry would wait first.)
func TestClosedIdleConnections(t *testing.T) {
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) {
			faulty := upstream.Start(false)
			t.Cleanup(faulty.Close)
			from := source("http", faulty.Host(), Settings{"httpMethod": method})
			good := panel("A", upstream.Fault{"kind": "good"})
			for range 5 {
				checkResponse(t, runQuery(t, from, good, nil), 200, "")
				faulty.DropIdle()
			}
			checkResponse(t, runQuery(t, from, good, nil), 200, "")
			closed := panel("A", raw("", "close").With(upstream.Fault{"id": "closed", "times": "1"}))
			checkResponse(t, runQuery(t, from, closed, nil), 200, "")
			if n := faulty.Requests("closed"); n != 2 {
				t.Errorf("%d requests, want one on the closed connection and one on a new connection", n)
			}
			for _, line := range metricsOf(t, from) {
				if strings.HasPrefix(line, "modelmetrics_prometheus_retries_total") {
					t.Error(line)
				}
			}
		})
	}
}

// metricsOf returns the lines of the plugin's metrics that have the uid of a data source.
func metricsOf(t *testing.T, from backend.DataSourceInstanceSettings) []string {
	t.Helper()
	text, err := compiled.CollectMetrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, fmt.Sprintf("datasource=%q", from.UID)) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		t.Fatalf("the plugin has no metrics of %s", from.UID)
	}
	return lines
}

// Consecutive queries use the same connection, regardless of how the server sends the
// responses.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]upstream.Fault{
		"small":                  {"kind": "good"},
		"chunked":                {"kind": "good", "series": "20", "points": "200"},
		"compressed":             {"kind": "good", "encoding": "gzip"},
		"delayed end":            {"kind": "good", "series": "20", "points": "200", "late": "20"},
		"compressed and chunked": {"kind": "good", "encoding": "gzip", "series": "100", "points": "200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faulty := upstream.Start(false)
			t.Cleanup(faulty.Close)
			from := source("http", faulty.Host(), nil)
			for range 10 {
				checkResponse(t, runQuery(t, from, panel("A", answer), nil), 200, "")
			}
			if got := faulty.Accepted(); got != 1 {
				t.Errorf("10 queries took %d connections", got)
			}
		})
	}
}
