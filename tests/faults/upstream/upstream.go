// Package upstream implements a faulty Prometheus API on loopback, which all tests can
// share, because the query selects the fault. For example, the first response to the
// following query has status 503:
//
//	fault{kind="answer",status="503",retry_after="1",times="1"}
//
// The variable kinds lists the faults. The server counts requests and bytes by the label
// id.
package upstream

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// Fault is a kind of fault with its settings.
type Fault map[string]string

// Expr returns the query that selects the fault.
func (f Fault) Expr() string {
	matchers := make([]string, 0, len(f))
	for _, name := range slices.Sorted(maps.Keys(f)) {
		matchers = append(matchers, name+"="+strconv.Quote(f[name]))
	}
	return "fault{" + strings.Join(matchers, ",") + "}"
}

// With returns the fault with additional settings.
func (f Fault) With(settings Fault) Fault {
	merged := maps.Clone(f)
	maps.Copy(merged, settings)
	return merged
}

// number returns the value of a numeric setting, or 0 if it isn't set.
func (f Fault) number(name string) int {
	n, err := strconv.Atoi(f[name])
	if err != nil {
		return 0
	}
	return n
}

// Server is a running upstream.
type Server struct {
	server  *httptest.Server
	conns   *connections
	waiting atomic.Int64

	mu      sync.Mutex
	tallies map[string]*tally
}

// tally counts the requests with one id.
type tally struct {
	requests, ended atomic.Int64
	written         atomic.Int64

	once  sync.Once // for busy
	until time.Time
}

// Start starts a server. If secure is set, it uses TLS with an untrusted certificate.
func Start(secure bool) *Server {
	s := &Server{tallies: map[string]*tally{}}
	s.server = httptest.NewUnstartedServer(s)
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.conns = &connections{Listener: s.server.Listener}
	s.server.Listener = s.conns
	if secure {
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	return s
}

// Close stops the server and its requests.
func (s *Server) Close() {
	s.server.CloseClientConnections()
	s.server.Close()
}

// DropIdle closes all connections. Tests call it while no request is in progress.
func (s *Server) DropIdle() { s.server.CloseClientConnections() }

// Host returns the server's address in the form in which errors contain it.
func (s *Server) Host() string { return s.server.Listener.Addr().String() }

// Requests returns the number of requests with the given id on paths that have the fault.
func (s *Server) Requests(id string) int { return int(s.tally(id).requests.Load()) }

// Ended reports whether all requests that Requests counts have ended. An endless response ends
// when the client disconnects.
func (s *Server) Ended(id string) bool {
	t := s.tally(id)
	return t.requests.Load() == t.ended.Load()
}

// Written returns the number of bytes that the server has written in responses to
// requests with the given id. It includes bytes that are in socket buffers and haven't been
// read.
func (s *Server) Written(id string) int64 { return s.tally(id).written.Load() }

// Waiting returns the number of requests in progress.
func (s *Server) Waiting() int { return int(s.waiting.Load()) }

// Accepted returns the number of accepted connections.
func (s *Server) Accepted() int { return int(s.conns.accepted.Load()) }

// Open returns the number of open connections.
func (s *Server) Open() int { return int(s.conns.open.Load()) }

func (s *Server) tally(id string) *tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tallies[id] == nil {
		s.tallies[id] = &tally{}
	}
	return s.tallies[id]
}

// exchange is one request with its fault.
type exchange struct {
	http.ResponseWriter
	request *http.Request
	fault   Fault
	tally   *tally
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/login") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html>\n<html><title>Sign in</title><form action=/login method=post></form></html>")
		return
	}
	fault, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	t := s.tally(fault["id"])
	e := &exchange{ResponseWriter: w, request: r, fault: fault, tally: t}
	if only := fault["only"]; only != "" && !strings.HasSuffix(r.URL.Path, only) {
		good(e)
		return
	}
	times := fault.number("times")
	defer t.ended.Add(1)
	if n := t.requests.Add(1); times > 0 && n > int64(times) {
		good(e)
		return
	}
	serve, known := kinds[fault["kind"]]
	if !known {
		http.Error(w, fmt.Sprintf("unknown kind of fault %q", fault["kind"]), http.StatusBadRequest)
		return
	}
	serve(e)
}

var grammar = parser.NewParser(parser.Options{})

// FaultParam is a request parameter that overrides the fault of the query. If a data source
// has this custom query parameter, all of its requests have the fault.
const FaultParam = "fault"

// read returns the fault that a request selects.
func read(r *http.Request) (Fault, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	text := cmp.Or(r.Form.Get(FaultParam), r.Form.Get("query"), r.Form.Get("match[]"))
	matchers, err := grammar.ParseMetricSelector(text)
	if err != nil {
		return nil, err
	}
	fault := Fault{}
	for _, m := range matchers {
		fault[m.Name] = m.Value
	}
	return fault, nil
}

// Write counts the bytes that net/http accepted. The last few KiB can still be in its buffers.
func (e *exchange) Write(p []byte) (int, error) {
	n, err := e.ResponseWriter.Write(p)
	e.tally.written.Add(int64(n))
	return n, err
}

// connections counts the connections of a listener.
type connections struct {
	net.Listener
	accepted, open atomic.Int64
}

func (c *connections) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil, errors.New("upstream: the listener isn't TCP")
	}
	c.accepted.Add(1)
	c.open.Add(1)
	return &counted{TCPConn: tcp, of: c}, nil
}

type counted struct {
	*net.TCPConn
	of   *connections
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.of.open.Add(-1) })
	return c.TCPConn.Close()
}
