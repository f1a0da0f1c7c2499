package promapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// Server is the software at a data source's URL. The zero value is an unknown server.
type Server struct {
	Name    string // such as Prometheus, Grafana Mimir, Cortex, Thanos or VictoriaMetrics
	Version string // "" if the server doesn't report it
}

// Capabilities are the features in which servers of the API differ.
type Capabilities struct {
	Server    Server
	MetricsQL bool     // the server accepts MetricsQL, a superset of PromQL
	Method    string   // POST or GET: how queries are sent, according to the requests so far
	Exemplars bool     // the server supports exemplars
	Warnings  []string // of the server's storage, such as a store that is unavailable
}

const victoriaMetrics = "VictoriaMetrics"

// unnamed is the result for a server that answers, but reports neither a name nor a version.
var unnamed = Server{Name: "Prometheus"}

func (s Server) String() string { return strings.TrimSpace(s.Name + " " + s.Version) }

// SpeaksMetricsQL reports whether the server accepts MetricsQL.
func (s Server) SpeaksMetricsQL() bool { return s.Name == victoriaMetrics }

// storesExemplars reports whether the server can store exemplars. VictoriaMetrics can't,
// but answers requests for them with an empty list.
func (s Server) storesExemplars() bool { return s.Name != victoriaMetrics }

// isAtLeast reports whether the server's version, such as v3.1.0-rc.2, is the given one or
// later. It compares the numbers of the versions up to the first difference. A missing number
// counts as 0. isAtLeast returns false if the server's version has text in place of a number
// that is compared.
func (s Server) isAtLeast(version []int) bool {
	numbers, _, _ := strings.Cut(strings.TrimPrefix(s.Version, "v"), "-")
	parts := strings.Split(numbers, ".")
	for i, want := range version {
		got := 0
		if i < len(parts) {
			var err error
			if got, err = strconv.Atoi(parts[i]); err != nil {
				return false
			}
		}
		if got != want {
			return got > want
		}
	}
	return true
}

// serverState caches the properties of a client's server.
type serverState struct {
	refusesPost sync.Map     // from path to *expiringFlag, which is set if the server refuses POST
	noExemplars expiringFlag // set if the server doesn't support exemplars
	selects     expiringFlag // set if the server applies match[] to labels
	filters     expiringFlag // set if the server applies extra_filters[]

	lock    chan struct{} // of capacity 1; unlike a mutex, waiting for it can time out
	server  Server        // guarded by lock, as is expires
	expires time.Time
}

// expiringFlag is a fact about a server. It expires after serverTTL, because an upgrade of
// the server may change it. The zero value is not set.
type expiringFlag struct{ expires atomic.Int64 }

func (f *expiringFlag) set()        { f.expires.Store(time.Now().Add(serverTTL).UnixNano()) }
func (f *expiringFlag) isSet() bool { return time.Now().UnixNano() < f.expires.Load() }

// method returns the HTTP method for a call: POST, unless the data source or the API
// requires GET or the server has refused POST at this path within serverTTL.
func (c *Client) method(call apiCall) string {
	refusesPost, ok := c.state.refusesPost.Load(call.path)
	if ok && refusesPost.(*expiringFlag).isSet() || call.getOnly || c.opts.Method == http.MethodGet {
		return http.MethodGet
	}
	return http.MethodPost
}

// setRefusesPost records that the server accepts only GET at the given path.
func (c *Client) setRefusesPost(path string) {
	flag := new(expiringFlag)
	flag.set()
	c.state.refusesPost.Store(path, flag)
}

// Capabilities determines the capabilities of the server. A capability that the server
// doesn't confirm within seconds is reported as missing.
func (c *Client) Capabilities(ctx context.Context) Capabilities {
	server := cmp.Or(c.Server(ctx), unnamed)
	return Capabilities{
		Server:    server,
		MetricsQL: server.SpeaksMetricsQL(),
		Method:    c.method(c.instantCall(Instant{})),
		Exemplars: server.storesExemplars() && c.answersExemplars(ctx),
		Warnings:  c.storageWarnings(ctx),
	}
}

// answersExemplars reports whether the server answers a request for exemplars, even if it
// has none.
func (c *Client) answersExemplars(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	now := time.Now()
	call := exemplarsCall("up", now, now)
	call.governed = true // the Governor isn't called, because the exemplars aren't returned
	_, err := c.exemplars(ctx, call)
	return err == nil && c.mayHaveExemplars()
}

// storageWarnings requests label names and returns the warnings of the response, except
// TruncatedWarning. Unlike vector(1), the request makes the server read its storage. It is
// governed: without a permission of the Governor, storageWarnings returns nil.
func (c *Client) storageWarnings(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	const recent = 5 * time.Minute
	now := time.Now()
	names, err := c.LabelNames(ctx, Selection{Start: now.Add(-recent), End: now, Limit: 1})
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(names.Warnings, func(text string) bool { return text == TruncatedWarning })
}

// Server returns the server at the data source's URL, or the zero Server if it doesn't answer
// in time. The result is usually cached. One caller identifies the server while others wait.
// All wait for at most identifyTimeout.
func (c *Client) Server(caller context.Context) Server {
	ctx, cancel := context.WithTimeout(caller, identifyTimeout)
	defer cancel()
	select {
	case c.state.lock <- struct{}{}:
		defer func() { <-c.state.lock }()
	case <-ctx.Done():
		return Server{}
	}
	if time.Now().Before(c.state.expires) {
		return c.state.server
	}
	server, complete := c.identify(ctx)
	if caller.Err() != nil {
		return server // possibly incomplete, so it isn't cached
	}
	ttl := serverTTL
	switch {
	case !complete:
		ttl = unansweredTTL
	case server == unnamed:
		ttl = unnamedTTL
	}
	c.state.server, c.state.expires = server, time.Now().Add(ttl)
	return server
}

// identify distinguishes the servers of the Prometheus API by their unique features:
// Mimir and Cortex report their names in the build information, VictoriaMetrics adds a
// header to its responses, and Thanos lists its stores. Any other server that answers is taken
// for Prometheus. complete is false if a request that could have identified another server
// wasn't answered.
func (c *Client) identify(ctx context.Context) (server Server, complete bool) {
	info := c.getPage(ctx, "api/v1/status/buildinfo")
	build := parseBuildInfo(info.body)
	if build.Application != "" {
		return newServer(build.Application, build.Version), true
	}
	if info.header.Get("X-Server-Hostname") != "" {
		return newServer(victoriaMetrics, c.victoriaMetricsVersion(ctx)), true
	}
	stores := c.getPage(ctx, "api/v1/stores")
	switch {
	case stores.isOK() && strings.Contains(stores.header.Get("Content-Type"), "json"):
		return newServer("Thanos", build.Version), true
	case !info.isAnswered() && !stores.isAnswered():
		return Server{}, false
	default:
		return newServer(unnamed.Name, build.Version), info.isAnswered() && stores.isAnswered()
	}
}

// newServer returns a Server whose name and version are fit for an error message.
func newServer(name, version string) Server {
	return Server{errortext.Clip(errortext.Line(name)), errortext.Clip(errortext.Line(version))}
}

type buildInfo struct {
	Application string `json:"application"` // "" for Prometheus, Thanos and VictoriaMetrics
	Version     string `json:"version"`
}

// parseBuildInfo returns the zero buildInfo if the text isn't an answer of the API.
func parseBuildInfo(text []byte) buildInfo {
	var answer struct {
		Status string    `json:"status"`
		Data   buildInfo `json:"data"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Status != "success" {
		return buildInfo{}
	}
	return answer.Data
}

// victoriaMetricsVersion reads the version from the server's own metrics, because the
// build information of VictoriaMetrics contains the version of a Prometheus.
func (c *Client) victoriaMetricsVersion(ctx context.Context) string {
	_, after, _ := bytes.Cut(c.getPage(ctx, "metrics").body, []byte(`short_version="`))
	version, _, _ := bytes.Cut(after, []byte(`"`))
	return string(version)
}

// page is the response to a request that identifies the server.
type page struct {
	status int // 0 if there is no response
	header http.Header
	body   []byte // at most maxPageBytes
	err    error  // why there is no response, or why its body is incomplete
}

func (p page) isOK() bool { return p.err == nil && p.status == http.StatusOK }

// isAnswered reports whether the server answered the request. It returns false for statuses
// of an overloaded server, or of a proxy whose server is unavailable.
func (p page) isAnswered() bool {
	switch p.status {
	case 0, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return true
}

func (c *Client) getPage(ctx context.Context, path string) page {
	call := apiCall{api: "identify", path: path, getOnly: true}
	req, err := c.newRequest(ctx, call)
	if err != nil {
		return page{err: err}
	}
	resp, err := c.roundTrip(call.api, req)
	if err != nil {
		return page{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	return page{resp.StatusCode, resp.Header, body, err}
}
