package host

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Limits of the HTTP API. maxBody is the maximum size of a request's body. It is less
// than the 16 MiB that the SDK accepts over gRPC.
const (
	maxBody        = 10 << 20
	readTimeout    = 30 * time.Second
	writeTimeout   = 2 * time.Minute
	shutdownPeriod = 5 * time.Second
)

// API serves Grafana's routes for one data source on a loopback port:
//
//	POST /api/ds/query
//	*    /api/datasources/uid/{uid}/resources/...
//	GET  /api/datasources/uid/{uid}/health
//	GET  /metrics/plugins/modelmetrics-catalog-datasource
//
// All routes except the last require the header "Authorization: Bearer TOKEN".
type API struct {
	URL   string
	Token string

	server *http.Server
	done   chan error
}

// ServeAPI serves the API on 127.0.0.1:port until Close. If port is 0, ServeAPI selects a free
// port. If token is empty, it selects a random token.
func ServeAPI(ctx context.Context, h *Host, port int, token string) (*API, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("open the HTTP API: %w", err)
	}
	if token == "" {
		token = rand.Text()
	}
	api := &API{
		URL:   "http://" + listener.Addr().String(),
		Token: token,
		server: &http.Server{
			Handler:        Handler(h, token),
			ReadTimeout:    readTimeout,
			WriteTimeout:   writeTimeout,
			IdleTimeout:    writeTimeout,
			MaxHeaderBytes: 64 << 10,
		},
		done: make(chan error, 1),
	}
	go func() { api.done <- api.server.Serve(listener) }()
	return api, nil
}

// Close closes the port and waits at most shutdownPeriod for running requests.
func (a *API) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownPeriod)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if served := <-a.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// Handler returns the API's handler. It doesn't use a ServeMux, because a ServeMux
// redirects requests whose path isn't clean.
func Handler(h *Host, token string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == MetricsPath {
			only(http.MethodGet, h.serveMetrics)(w, r)
			return
		}
		if !authorized(r, token) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			writeMessage(w, http.StatusUnauthorized, "Unauthorized")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if r.URL.Path == "/api/ds/query" {
			only(http.MethodPost, h.serveQuery)(w, r)
			return
		}
		rest, ok := strings.CutPrefix(r.URL.Path, "/api/datasources/uid/")
		uid, rest, _ := strings.Cut(rest, "/")
		switch route, below, _ := strings.Cut(rest, "/"); {
		case !ok || route != "resources" && rest != "health":
			writeMessage(w, http.StatusNotFound, "Not found")
		case uid != h.source.UID:
			writeMessage(w, http.StatusNotFound, "Data source not found")
		case rest == "health":
			only(http.MethodGet, h.serveHealth)(w, r)
		default:
			h.serveResource(w, r, below)
		}
	})
}

func authorized(r *http.Request, token string) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}

func only(method string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			writeMessage(w, http.StatusMethodNotAllowed, "Method not allowed")
			return
		}
		next(w, r)
	}
}

// serveHealth responds with 200 if the data source is healthy and with 400 if it is not, as
// Grafana does for "Save & test".
func (h *Host) serveHealth(w http.ResponseWriter, r *http.Request) {
	result, err := h.CheckHealth(r.Context())
	if err != nil {
		writePluginError(w, err)
		return
	}
	response := struct {
		Message string          `json:"message"`
		Status  string          `json:"status"`
		Details json.RawMessage `json:"details,omitempty"`
	}{result.Message, result.Status.String(), result.JSONDetails}
	code := http.StatusOK
	if result.Status != backend.HealthStatusOk {
		code = http.StatusBadRequest
	}
	writeJSON(w, code, response)
}

// MetricsPath is the path at which Grafana serves the plugin's metrics. By default, Grafana
// requires no authentication there.
const MetricsPath = "/metrics/plugins/" + PluginID

func (h *Host) serveMetrics(w http.ResponseWriter, r *http.Request) {
	text, err := h.CollectMetrics(r.Context())
	if err != nil {
		writePluginError(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(text) // the client may have disconnected
}

// writePluginError responds to a request for which the plugin returned no response.
func writePluginError(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	if errors.Is(err, ErrExited) {
		code = http.StatusServiceUnavailable
	}
	writeMessage(w, code, err.Error())
}

func writeBodyError(w http.ResponseWriter, err error) {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		writeMessage(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("The request's body is larger than %d bytes", tooLarge.Limit))
		return
	}
	writeMessage(w, http.StatusBadRequest, "The request's body is unreadable: "+err.Error())
}

func writeMessage(w http.ResponseWriter, code int, message string) {
	writeJSON(w, code, map[string]string{"message": message})
}

func writeJSON(w http.ResponseWriter, code int, response any) {
	body, err := json.Marshal(response)
	if err != nil {
		code, body = http.StatusInternalServerError, []byte(`{"message":"The response can't be encoded as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(body) // the client may have disconnected
}
