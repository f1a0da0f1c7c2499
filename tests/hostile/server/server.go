// Package server is a Prometheus API on loopback whose answers exhaust whoever
// reads them to their end: millions of samples, names and labels, connections that
// stay, refusals. It generates an answer while it sends it and needs little memory
// itself. The load suite puts the compiled plugin in front of it.
package server

import (
	"bufio"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"sync/atomic"
)

// API is what a server answers, by the last element of a request's path, such as
// query_range. "" is for all others; without it they get an empty list.
type API map[string]Answer

// Answer writes the answer to a request.
type Answer func(w *Writer, r *http.Request)

// Server is a running server.
type Server struct {
	server, other, secure *httptest.Server
	held                  atomic.Int64

	mu     sync.Mutex
	routes map[string]*Route
}

// Route is an API at a URL of its own.
type Route struct {
	URL    string
	Secure string // the same over HTTP/2, with a certificate that nobody trusts

	api      API
	mu       sync.Mutex
	requests []Request
	running  int
	busiest  int
}

// Request is what a route remembers of a request.
type Request struct {
	Path      string
	Header    http.Header
	Elsewhere bool // came to the port that Redirect redirects to
}

// Start starts a server.
func Start() *Server {
	s := &Server{routes: map[string]*Route{}}
	s.server, s.other, s.secure = httptest.NewUnstartedServer(s), httptest.NewUnstartedServer(s), httptest.NewUnstartedServer(s)
	for _, server := range s.servers() {
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
	}
	s.server.Start()
	s.other.Start()
	s.secure.EnableHTTP2 = true
	s.secure.StartTLS()
	return s
}

func (s *Server) servers() []*httptest.Server { return []*httptest.Server{s.server, s.other, s.secure} }

// Close ends the server and the answers that it is sending.
func (s *Server) Close() {
	s.CloseConnections()
	for _, server := range s.servers() {
		server.Close()
	}
}

// CloseConnections closes all connections except those that Hold has taken over.
func (s *Server) CloseConnections() {
	for _, server := range s.servers() {
		server.CloseClientConnections()
	}
}

// Held is how many of the connections that Hold took over the client keeps open.
func (s *Server) Held() int { return int(s.held.Load()) }

// Route serves an API under a name, in the place of an earlier one.
func (s *Server) Route(name string, api API) *Route {
	route := &Route{URL: s.server.URL + "/" + name, Secure: s.secure.URL + "/" + name, api: api}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.routes[name] = route
	return route
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	route := s.routes[name]
	s.mu.Unlock()
	if route == nil {
		http.NotFound(w, r)
		return
	}
	route.begin(Request{r.URL.Path, r.Header, "http://"+r.Host == s.other.URL})
	defer route.end()
	answer := route.api[path.Base(r.URL.Path)]
	if answer == nil {
		answer = route.api[""]
	}
	if answer == nil {
		answer = Strings(0, nil)
	}
	_ = r.ParseForm() // net/http notices that a client leaves once the body is read
	out := newWriter(s, w)
	answer(out, r)
	_ = out.Flush()
}

func (r *Route) begin(req Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, req)
	r.running++
	r.busiest = max(r.busiest, r.running)
}

func (r *Route) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
}

// Requests are all so far.
func (r *Route) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

// Busiest is how many requests were being answered at the same time at most.
func (r *Route) Busiest() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busiest
}

// Writer writes an answer through a buffer. Once the client has gone, it ends the
// handler.
type Writer struct {
	*bufio.Writer
	http   http.ResponseWriter
	server *Server
}

const bufferSize = 64 << 10

func newWriter(s *Server, w http.ResponseWriter) *Writer {
	return &Writer{bufio.NewWriterSize(sink{w}, bufferSize), w, s}
}

// Header is that of the answer.
func (w *Writer) Header() http.Header { return w.http.Header() }

// FlushAll sends what has been written so far.
func (w *Writer) FlushAll() {
	_ = w.Flush()
	_ = http.NewResponseController(w.http).Flush()
}

// sink ends the handler with the panic that net/http expects where the client has
// gone.
type sink struct{ http.ResponseWriter }

func (s sink) Write(p []byte) (int, error) {
	if _, err := s.ResponseWriter.Write(p); err != nil {
		panic(http.ErrAbortHandler)
	}
	return len(p), nil
}
