package faults

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// TestAddresses: what can be wrong before a request is even sent.
func TestAddresses(t *testing.T) {
	t.Parallel()
	secure := upstream.Start(true)
	t.Cleanup(secure.Close)
	closed := closedPort(t)
	for _, test := range []struct {
		name, scheme, address string
		settings              Settings
		status                int
		says                  string
	}{
		{"refused", "http", closed, nil, 502, "Could not connect to Prometheus at HOST: connection refused. Check that it is running and that the data source's URL is correct."},
		{"an unknown host", "http", "prometheus.invalid:9090", nil, 502, "The host prometheus.invalid can't be resolved. Check the data source's URL"},
		{"a certificate that nobody trusts", "https", secure.Host(), nil, 502, "Could not establish a TLS connection to HOST: x509: certificate signed by unknown authority. Check the TLS settings of the data source."},
		{"which is trusted nonetheless", "https", secure.Host(), Settings{"tlsSkipVerify": true}, 200, ""},
		{"TLS where there is none", "https", server.Host(), nil, 502, "Could not establish a TLS connection to HOST"},
		{"no TLS where there is", "http", secure.Host(), nil, 400, "HOST refused the request (HTTP 400): Client sent an HTTP request to an HTTPS server. Check that the data source's URL is that of a Prometheus API."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := strings.ReplaceAll(test.says, "HOST", test.address)
			good := upstream.Fault{"kind": "good", "id": test.name}
			told(t, ask(t, source(test.scheme, test.address, test.settings), panel("A", good), nil), test.status, want)
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

// TestCredentialsStayWithTheirServer: a redirect to another host or another port
// is not followed, so neither a password nor the query goes there.
func TestCredentialsStayWithTheirServer(t *testing.T) {
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
			away := say(status, "").With(upstream.Fault{"location": location, "id": id})
			answer := ask(t, source("http", server.Host(), nil), panel("A", away), nil)
			if answer.Error == nil {
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

// TestAServerThatRestarts: a connection that was closed while nobody used it
// costs neither an error nor a pause.
func TestAServerThatRestarts(t *testing.T) {
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) {
			own := upstream.Start(false)
			t.Cleanup(own.Close)
			from := source("http", own.Host(), Settings{"httpMethod": method})
			const shortestPause = 500 * time.Millisecond
			good := panel("A", upstream.Fault{"kind": "good"})
			told(t, ask(t, from, good, nil), 200, "")
			fastest := time.Hour
			for range 5 {
				own.DropIdle()
				begun := time.Now()
				told(t, ask(t, from, good, nil), 200, "")
				fastest = min(fastest, time.Since(begun))
			}
			if fastest >= shortestPause {
				t.Errorf("answered after %v at best, which holds a pause", fastest)
			}
		})
	}
}

// TestConnectionsAreKept: query after query takes the same connection, however
// the answers are sent.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]upstream.Fault{
		"small":             {"kind": "good"},
		"in chunks":         {"kind": "good", "series": "20", "points": "200"},
		"compressed":        {"kind": "good", "encoding": "gzip"},
		"ended late":        {"kind": "good", "series": "20", "points": "200", "late": "20"},
		"compressed chunks": {"kind": "good", "encoding": "gzip", "series": "100", "points": "200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := upstream.Start(false)
			t.Cleanup(own.Close)
			from := source("http", own.Host(), nil)
			for range 10 {
				told(t, ask(t, from, panel("A", answer), nil), 200, "")
			}
			if got := own.Accepted(); got != 1 {
				t.Errorf("10 queries took %d connections", got)
			}
		})
	}
}
