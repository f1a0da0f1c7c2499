// Package upstream is a Prometheus API on loopback with one job: to go wrong.
// What it does to a request is named by the query itself,
//
//	fault{kind="answer",status="503",retry_after="1",times="1"}
//
// so that one server, behind one data source, does everything. The faults that
// it knows are the entries of kinds; id is the name under which a query's
// requests, and the bytes they were answered with, are counted.
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

// Fault is what a request is to meet: a kind and its settings.
type Fault map[string]string

// Expr writes a fault as the query that brings it about.
func (f Fault) Expr() string {
	matchers := make([]string, 0, len(f))
	for _, name := range slices.Sorted(maps.Keys(f)) {
		matchers = append(matchers, name+"="+strconv.Quote(f[name]))
	}
	return "fault{" + strings.Join(matchers, ",") + "}"
}

// With is the fault with settings added.
func (f Fault) With(settings Fault) Fault {
	merged := maps.Clone(f)
	maps.Copy(merged, settings)
	return merged
}

// number reads a setting that is a count; 0 where there is none.
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

// tally is what happened under one id.
type tally struct {
	requests, ended atomic.Int64
	written         atomic.Int64

	once  sync.Once // of busy
	until time.Time
}

// Start starts a server, over TLS with a certificate that nobody trusts where
// secure.
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

// Close ends the server and the requests that it still keeps waiting.
func (s *Server) Close() {
	s.server.CloseClientConnections()
	s.server.Close()
}

// DropIdle closes the connections that wait for another request.
func (s *Server) DropIdle() { s.server.CloseClientConnections() }

// Host is the server's address as an error names it.
func (s *Server) Host() string { return s.server.Listener.Addr().String() }

// Requests is how many requests came under an id.
func (s *Server) Requests(id string) int { return int(s.tally(id).requests.Load()) }

// Ended reports whether every request under an id has ended, as an endless answer
// does when nobody is left to read it.
func (s *Server) Ended(id string) bool {
	t := s.tally(id)
	return t.requests.Load() == t.ended.Load()
}

// Written is how many bytes of its answers under an id the server got rid of:
// what was read, and what the sockets' buffers hold.
func (s *Server) Written(id string) int64 { return s.tally(id).written.Load() }

// Waiting is how many requests are being answered now.
func (s *Server) Waiting() int { return int(s.waiting.Load()) }

// Accepted is how many connections were ever made.
func (s *Server) Accepted() int { return int(s.conns.accepted.Load()) }

// Open is how many connections are open now.
func (s *Server) Open() int { return int(s.conns.open.Load()) }

func (s *Server) tally(id string) *tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tallies[id] == nil {
		s.tallies[id] = &tally{}
	}
	return s.tallies[id]
}

// exchange is one request on its way to its fault.
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
	defer t.ended.Add(1)
	if only := fault["only"]; only != "" && !strings.HasSuffix(r.URL.Path, only) {
		good(e)
		return
	}
	times := fault.number("times")
	if n := t.requests.Add(1); times > 0 && n > int64(times) {
		good(e)
		return
	}
	do, known := kinds[fault["kind"]]
	if !known {
		http.Error(w, fmt.Sprintf("no fault of kind %q", fault["kind"]), http.StatusBadRequest)
		return
	}
	do(e)
}

var grammar = parser.NewParser(parser.Options{})

// FaultParam is the parameter of a request that names its fault where it comes before
// the query: that of a data source whose every request is to meet it.
const FaultParam = "fault"

// read takes the fault out of a request for samples or for metadata.
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

// Write counts what the connection took.
func (e *exchange) Write(p []byte) (int, error) {
	n, err := e.ResponseWriter.Write(p)
	e.tally.written.Add(int64(n))
	return n, err
}

// connections counts those of a listener.
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
		return nil, errors.New("upstream: a listener that isn't TCP's")
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
