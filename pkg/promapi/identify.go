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

// Server is what answers at a data source's URL.
type Server struct {
	Name    string // Prometheus, Grafana Mimir, Cortex, Thanos or VictoriaMetrics
	Version string // "" where it doesn't say
}

// victoriaMetrics is the name of the one server that differs in what it can do.
const victoriaMetrics = "VictoriaMetrics"

func (s Server) String() string { return strings.TrimSpace(s.Name + " " + s.Version) }

// identify tells the servers of the Prometheus API apart by what only they do:
// Mimir and Cortex name themselves in their build information, VictoriaMetrics
// marks its answers with a header and has its version as a metric, Thanos lists
// its stores. A server that says nothing of itself is taken for a Prometheus.
func (c *Client) identify(ctx context.Context) Server {
	header, text, _ := c.page(ctx, "api/v1/status/buildinfo")
	build := buildInfo(text)
	if build.Application != "" {
		return named(build.Application, build.Version)
	}
	if header.Get("X-Server-Hostname") != "" {
		return named(victoriaMetrics, c.victoriaVersion(ctx))
	}
	if header, _, ok := c.page(ctx, "api/v1/stores"); ok && strings.Contains(header.Get("Content-Type"), "json") {
		return named("Thanos", build.Version)
	}
	return named("Prometheus", build.Version)
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
	_, text, _ := c.page(ctx, "metrics")
	_, after, _ := bytes.Cut(text, []byte(`short_version="`))
	version, _, _ := bytes.Cut(after, []byte(`"`))
	return string(version)
}

// page gets a page under the base URL, of which the first MiB is enough, and
// reports whether it is there.
func (c *Client) page(ctx context.Context, path string) (header http.Header, text []byte, ok bool) {
	what := call{api: "identify", path: path, readOnly: true}
	req, err := c.request(ctx, what)
	if err != nil {
		return nil, nil, false
	}
	resp, err := c.do(what.api, req)
	if err != nil {
		return nil, nil, false
	}
	defer func() { _ = resp.Body.Close() }()
	text, err = io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	return resp.Header, text, err == nil && resp.StatusCode == http.StatusOK
}
