package promapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/breaker"
)

// deadServer is a server on a port of its own that can be started and stopped.
type deadServer struct {
	t       *testing.T
	address string
	server  *httptest.Server // nil while it is stopped
	status  atomic.Int64
}

// newDeadServer returns a server that isn't started, and a client for it whose breaker waits for
// the given time. The client counts the dialed connections.
func newDeadServer(t *testing.T, wait time.Duration) (s *deadServer, c *Client, dials *atomic.Int64) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = &deadServer{t: t, address: free.Addr().String()}
	_ = free.Close()
	dials = new(atomic.Int64)
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	c, err = New(&http.Client{Transport: transport}, Options{URL: "http://" + s.address, Timeout: time.Hour, MaxBytes: 1 << 20, MaxRetries: 2})
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(context.Context, time.Duration) bool { return true }
	c.breaker = breaker.New[sent](wait)
	return s, c, dials
}

func (s *deadServer) start() {
	s.t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if status := s.status.Load(); status != 0 {
			w.WriteHeader(int(status))
		}
		_, _ = fmt.Fprint(w, one)
	})}}
	s.server.Start()
	s.t.Cleanup(s.server.Close)
}

// waitUntil waits until the breaker has a state.
func waitUntil(t *testing.T, c *Client, state gobreaker.State) {
	t.Helper()
	for c.breaker.State() != state {
		if t.Context().Err() != nil {
			t.FailNow()
		}
		time.Sleep(time.Millisecond)
	}
}

func TestDeadServerFailsFast(t *testing.T) {
	_, c, dials := newDeadServer(t, time.Hour)
	_, first := c.Query(t.Context(), instant)
	if f := fault.As(first); f.Kind != fault.Unreachable || dials.Load() != 3 {
		t.Fatalf("%v after %d connections, want the retries too", first, dials.Load())
	}
	for range 5 {
		_, err := c.LabelNames(t.Context(), Selection{})
		if f := fault.As(err); err == nil || f.Text != fault.As(first).Text || f.Status != http.StatusBadGateway || !errors.As(err, new(*net.OpError)) {
			t.Errorf("got %v, want %v", err, first)
		}
	}
	if dials.Load() != 3 {
		t.Errorf("%d connections", dials.Load())
	}

	// Alert rules and the health check always ask the server.
	if _, err := c.Query(ForAlert(t.Context()), instant); err == nil || dials.Load() != 5 {
		t.Errorf("an alert rule: %v after %d connections", err, dials.Load())
	}
	if _, err := c.TestQuery(t.Context()); err == nil || dials.Load() != 8 {
		t.Errorf("the health check: %v after %d connections", err, dials.Load())
	}
}

func TestServerReturns(t *testing.T) {
	s, c, dials := newDeadServer(t, time.Millisecond)
	if _, err := c.Query(t.Context(), instant); err == nil {
		t.Fatal("the server is up")
	}
	waitUntil(t, c, gobreaker.StateHalfOpen)
	dials.Store(0)
	if _, err := c.Query(t.Context(), instant); err == nil || dials.Load() != 1 {
		t.Errorf("%v after %d connections, want one attempt without retries", err, dials.Load())
	}
	s.start()
	waitUntil(t, c, gobreaker.StateHalfOpen)
	s.status.Store(http.StatusBadRequest)
	if _, err := c.Query(t.Context(), instant); err == nil || c.breaker.State() != gobreaker.StateClosed {
		t.Errorf("got %v, state %v: the server can be reached", err, c.breaker.State())
	}
	s.status.Store(0)
	if _, err := c.Query(t.Context(), instant); err != nil {
		t.Error(err)
	}
}

// TestAlertsCloseTheBreaker checks that the server is asked immediately after a request that is
// always sent has reached it.
func TestAlertsCloseTheBreaker(t *testing.T) {
	s, c, _ := newDeadServer(t, time.Hour)
	if _, err := c.Query(t.Context(), instant); err == nil {
		t.Fatal("the server is up")
	}
	s.start()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Query(ForAlert(gone), instant); fault.As(err).Kind != fault.Canceled || c.breaker.State() != gobreaker.StateOpen {
		t.Errorf("got %v, state %v", err, c.breaker.State())
	}
	if _, err := c.Query(ForAlert(t.Context()), instant); err != nil {
		t.Error(err)
	}
	if _, err := c.Query(t.Context(), instant); err != nil {
		t.Error(err)
	}
}

// TestCallersWhoLeave checks that a canceled request doesn't count, neither as an attempt nor as
// the one that is permitted after a while.
func TestCallersWhoLeave(t *testing.T) {
	s, c, _ := newDeadServer(t, time.Millisecond)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Query(gone, instant); fault.As(err).Kind != fault.Canceled || c.breaker.State() != gobreaker.StateClosed {
		t.Errorf("got %v, state %v", err, c.breaker.State())
	}
	if _, err := c.Query(t.Context(), instant); err == nil {
		t.Fatal("the server is up")
	}
	waitUntil(t, c, gobreaker.StateHalfOpen)
	if _, err := c.Query(gone, instant); fault.As(err).Kind != fault.Canceled {
		t.Errorf("got %v", err)
	}
	s.start()
	if _, err := c.Query(t.Context(), instant); err != nil {
		t.Error(err)
	}
}

// TestBusyServerIsAsked checks that a server that answers with an error, or closes the
// connection, is asked each time.
func TestBusyServerIsAsked(t *testing.T) {
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusInternalServerError, 0} {
		var asked atomic.Int64
		c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			if status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
		})
		_, _ = c.Query(t.Context(), instant)
		before := asked.Load()
		if _, _ = c.Query(t.Context(), instant); asked.Load() == before {
			t.Errorf("status %d: the server wasn't asked", status)
		}
	}
}

// TestConcurrentCallers runs many requests while a server stops and starts. It is for the race
// detector; in the end the server answers.
func TestConcurrentCallers(t *testing.T) {
	s, c, _ := newDeadServer(t, time.Microsecond)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 50 {
				if _, err := c.Query(t.Context(), instant); err != nil {
					_ = fault.As(err).WithStatus(http.StatusTeapot)
				}
			}
		})
	}
	s.start()
	callers.Wait()
	for {
		if _, err := c.Query(t.Context(), instant); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
}
