// Package server implements a Prometheus API on loopback with responses that can exhaust a
// client: millions of samples, names or labels, connections that stay open, and rejections.
// The server requires little memory, because it generates most responses while it sends them.
// The suite hostile runs the compiled plugin with this server.
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

// API maps the last element of a path, such as query_range, to a response. The empty key
// applies to all other paths. If neither key exists, the response is an empty list.
type API map[string]Response

// Response writes the response to a request.
type Response func(w *Writer, r *http.Request)

// Server serves the APIs of its routes over HTTP on two ports and over HTTP/2 on a third one.
type Server struct {
	server, other, secure *httptest.Server
	hijacked              atomic.Int64

	mu     sync.Mutex
	routes map[string]*Route
}

// Route is an API with its URLs and its requests so far.
type Route struct {
	URL    string
	Secure string // URL of the same API over HTTP/2 with an untrusted certificate

	api        API
	mu         sync.Mutex
	requests   []Request
	running    int
	maxRunning int
}

// Request is a recorded request.
type Request struct {
	Path       string
	Header     http.Header
	Redirected bool // received on the port to which Redirect redirects
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

// Close stops the server and its responses.
func (s *Server) Close() {
	s.CloseConnections()
	for _, server := range s.servers() {
		server.Close()
	}
}

// CloseConnections closes all connections except those that Hold hijacked.
func (s *Server) CloseConnections() {
	for _, server := range s.servers() {
		server.CloseClientConnections()
	}
}

// Hijacked returns the number of open connections that Hold hijacked.
func (s *Server) Hijacked() int { return int(s.hijacked.Load()) }

// Route serves an API under a name and replaces an earlier API with that name.
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
	respond := route.api[path.Base(r.URL.Path)]
	if respond == nil {
		respond = route.api[""]
	}
	if respond == nil {
		respond = Strings(0, nil)
	}
	_ = r.ParseForm() // net/http detects a disconnected client only after the body is read
	out := newWriter(s, w)
	respond(out, r)
	_ = out.Flush()
}

func (r *Route) begin(req Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, req)
	r.running++
	r.maxRunning = max(r.maxRunning, r.running)
}

func (r *Route) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
}

// Requests returns all requests so far.
func (r *Route) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

// MaxConcurrent returns the highest number so far of requests in progress at the same time.
func (r *Route) MaxConcurrent() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.maxRunning
}

// Writer writes a response through a buffer. If the client has disconnected, sending the
// buffer aborts the handler.
type Writer struct {
	*bufio.Writer
	http   http.ResponseWriter
	server *Server
}

const bufferSize = 64 << 10

func newWriter(s *Server, w http.ResponseWriter) *Writer {
	return &Writer{bufio.NewWriterSize(sink{w}, bufferSize), w, s}
}

// Header returns the header of the response.
func (w *Writer) Header() http.Header { return w.http.Header() }

// FlushAll sends what has been written so far.
func (w *Writer) FlushAll() {
	_ = w.Flush()
	_ = http.NewResponseController(w.http).Flush()
}

// sink aborts the handler with net/http's panic if a write to the client fails.
type sink struct{ http.ResponseWriter }

func (s sink) Write(p []byte) (int, error) {
	if _, err := s.ResponseWriter.Write(p); err != nil {
		panic(http.ErrAbortHandler)
	}
	return len(p), nil
}
