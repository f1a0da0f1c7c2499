package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/useragent"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// exitGrace is how long after a broken connection the process's end is waited
// for: the connection breaks a moment before the end is noticed.
const exitGrace = 500 * time.Millisecond

// Who asks: the anonymous admin of a local Grafana, or its alert scheduler.
var (
	admin     = backend.User{Login: "admin", Name: "Demo", Email: "admin@localhost", Role: "Admin"}
	scheduler = backend.User{Login: "grafana_scheduler", Role: "Admin"}
)

// FromAlert is the header by which a query of the alert engine is known; its
// value is "true".
const FromAlert = "FromAlert"

// grafanaVersion is what the plugin is told about the Grafana that calls it.
const grafanaVersion = "10.4.19"

// QueryData asks the plugin. Every query of the request gets a response; a
// query that failed has its error there. The error returned is for the request
// as a whole, such as ErrExited.
func (h *Host) QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	answer, err := h.SendQueries(ctx, queries, headers)
	if err != nil {
		return nil, err
	}
	responses, err := backend.FromProto().QueryDataResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("query: the plugin's answer can't be decoded: %w", err)
	}
	for _, q := range queries {
		if _, ok := responses.Responses[q.RefID]; !ok {
			return nil, fmt.Errorf("query: the plugin answered nothing for refId %q", q.RefID)
		}
	}
	return responses, nil
}

// SendQueries is QueryData whose answer stays encoded.
func (h *Host) SendQueries(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*pluginv2.QueryDataResponse, error) {
	req := &backend.QueryDataRequest{PluginContext: h.pluginContext(askerOf(headers)), Headers: headers, Queries: queries}
	answer, err := h.data.QueryData(ctx, backend.ToProto().QueryDataRequest(req))
	if err != nil {
		return nil, h.lost("query", err)
	}
	return answer, nil
}

func askerOf(headers map[string]string) backend.User {
	if headers[FromAlert] == "true" {
		return scheduler
	}
	return admin
}

// CallResource calls one of the plugin's routes; req's plugin context is filled
// here. A streamed answer goes to sender part by part.
func (h *Host) CallResource(ctx context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	call := *req
	call.PluginContext = h.pluginContext(admin)
	stream, err := h.resource.CallResource(ctx, backend.ToProto().CallResourceRequest(&call))
	if err != nil {
		return h.lost("resource "+req.Path, err)
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return h.lost("resource "+req.Path, err)
		}
		if err := sender.Send(backend.FromProto().CallResourceResponse(part)); err != nil {
			return err
		}
	}
}

// CheckHealth runs the data source's health check.
func (h *Host) CheckHealth(ctx context.Context) (*backend.CheckHealthResult, error) {
	answer, err := h.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: h.pluginContextProto()})
	if err != nil {
		return nil, h.lost("health check", err)
	}
	return backend.FromProto().CheckHealthResponse(answer), nil
}

// CollectMetrics reads the plugin's own metrics, in Prometheus's text format.
func (h *Host) CollectMetrics(ctx context.Context) ([]byte, error) {
	answer, err := h.diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{PluginContext: h.pluginContextProto()})
	if err != nil {
		return nil, h.lost("collect metrics", err)
	}
	return answer.GetMetrics().GetPrometheus(), nil
}

// pluginContext is what Grafana tells a plugin with each request.
func (h *Host) pluginContext(asker backend.User) backend.PluginContext {
	agent, err := useragent.New(grafanaVersion, runtime.GOOS, runtime.GOARCH)
	if err != nil {
		agent = useragent.Empty()
	}
	source := h.source
	return backend.PluginContext{
		OrgID:                      1, //nolint:staticcheck // Grafana still sends it beside the namespace
		PluginID:                   PluginID,
		User:                       &asker,
		DataSourceInstanceSettings: &source,
		GrafanaConfig:              config.NewGrafanaCfg(map[string]string{config.AppURL: "http://localhost:3000/"}),
		UserAgent:                  agent,
		Namespace:                  "default",
	}
}

func (h *Host) pluginContextProto() *pluginv2.PluginContext {
	return backend.ToProto().PluginContext(h.pluginContext(admin))
}

// lost turns the bare "unavailable" of a broken connection into what happened,
// and waits a moment to learn it.
func (h *Host) lost(call string, err error) error {
	if status.Code(err) == codes.Unavailable {
		for deadline := time.Now().Add(exitGrace); !h.client.Exited() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if h.client.Exited() {
		return fmt.Errorf("%s: %w: %s%s", call, ErrExited, filepath.Base(h.binary), h.stderr.lastWords())
	}
	return fmt.Errorf("%s: %w", call, err)
}
