package promapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// Server is what answers at a data source's URL. The zero value is one that isn't
// known.
type Server struct {
	Name    string // Prometheus, Grafana Mimir, Cortex, Thanos or VictoriaMetrics
	Version string // "" where it doesn't say
}

// victoriaMetrics is the name of the one server that differs in what it can do.
const victoriaMetrics = "VictoriaMetrics"

func (s Server) String() string { return strings.TrimSpace(s.Name + " " + s.Version) }

// identify distinguishes the servers of the Prometheus API by what only they do:
// Mimir and Cortex name themselves in their build information, VictoriaMetrics
// marks its answers with a header and has its version as a metric, Thanos lists
// its stores. A server that says nothing of itself is taken for a Prometheus.
// complete is false where a page that could have shown another server got no answer.
func (c *Client) identify(ctx context.Context) (server Server, complete bool) {
	info := c.page(ctx, "api/v1/status/buildinfo")
	build := buildInfo(info.text)
	if build.Application != "" {
		return named(build.Application, build.Version), true
	}
	if info.header.Get("X-Server-Hostname") != "" {
		return named(victoriaMetrics, c.victoriaVersion(ctx)), true
	}
	stores := c.page(ctx, "api/v1/stores")
	switch {
	case stores.isThere() && strings.Contains(stores.header.Get("Content-Type"), "json"):
		return named("Thanos", build.Version), true
	case !info.isAnswered() && !stores.isAnswered():
		return Server{}, false
	default:
		return named(unnamed.Name, build.Version), info.isAnswered() && stores.isAnswered()
	}
}

type build struct {
	Application string `json:"application"` // "" where the server doesn't name itself
	Version     string `json:"version"`
}

// buildInfo reads the answer of a server about itself. It is empty for any other text.
func buildInfo(text []byte) build {
	var answer struct {
		Status string `json:"status"`
		Data   build  `json:"data"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Status != "success" {
		return build{}
	}
	return answer.Data
}

// named is a server by what it says of itself, which people read.
func named(name, version string) Server {
	return Server{errortext.Clip(errortext.Line(name)), errortext.Clip(errortext.Line(version))}
}

// victoriaVersion reads the version out of the server's own metrics; the build
// information that VictoriaMetrics gives is a Prometheus's, for compatibility.
func (c *Client) victoriaVersion(ctx context.Context) string {
	_, after, _ := bytes.Cut(c.page(ctx, "metrics").text, []byte(`short_version="`))
	version, _, _ := bytes.Cut(after, []byte(`"`))
	return string(version)
}

// page is what a server has at a path.
type page struct {
	status int // 0 where there is no answer
	header http.Header
	text   []byte // the first MiB, which is enough
	err    error  // why the text is cut
}

func (p page) isThere() bool { return p.err == nil && p.status == http.StatusOK }

// isAnswered reports whether the server answered, and not a proxy whose server is down
// or too busy.
func (p page) isAnswered() bool {
	switch p.status {
	case 0, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return true
}

// page gets a page under the base URL.
func (c *Client) page(ctx context.Context, path string) page {
	what := call{api: "identify", path: path, readOnly: true}
	req, err := c.request(ctx, what)
	if err != nil {
		return page{err: err}
	}
	resp, err := c.do(what.api, req)
	if err != nil {
		return page{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	return page{resp.StatusCode, resp.Header, text, err}
}
