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

// exitGrace is the maximum time that a call waits for the process to exit after the
// connection has broken. The connection breaks shortly before the exit is detected.
const exitGrace = 500 * time.Millisecond

// The users that send queries: a signed-in administrator, and Grafana's alert scheduler.
var (
	admin     = backend.User{Login: "admin", Name: "Demo", Email: "admin@localhost", Role: "Admin"}
	scheduler = backend.User{Login: "grafana_scheduler", Role: "Admin"}
)

// FromAlert is the header that marks a query of the alert engine. Its value is
// "true".
const FromAlert = "FromAlert"

// grafanaVersion is the version of Grafana in the user agent of requests.
const grafanaVersion = "10.4.19"

// QueryData sends queries to the plugin. The response to a failed query contains its
// error. QueryData returns an error if the entire request fails, as with ErrExited, or if
// a query has no response.
func (h *Host) QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	encoded, err := h.SendQueries(ctx, queries, headers)
	if err != nil {
		return nil, err
	}
	responses, err := backend.FromProto().QueryDataResponse(encoded)
	if err != nil {
		return nil, fmt.Errorf("query: decode the plugin's response: %w", err)
	}
	for _, q := range queries {
		if _, ok := responses.Responses[q.RefID]; !ok {
			return nil, fmt.Errorf("query: the plugin returned no response for refId %q", q.RefID)
		}
	}
	return responses, nil
}

// SendQueries is like QueryData, but doesn't decode or check the response.
func (h *Host) SendQueries(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*pluginv2.QueryDataResponse, error) {
	req := &backend.QueryDataRequest{PluginContext: h.pluginContext(userOf(headers)), Headers: headers, Queries: queries}
	response, err := h.data.QueryData(ctx, backend.ToProto().QueryDataRequest(req))
	if err != nil {
		return nil, h.callError("query", err)
	}
	return response, nil
}

func userOf(headers map[string]string) backend.User {
	if headers[FromAlert] == "true" {
		return scheduler
	}
	return admin
}

// CallResource calls one of the plugin's routes. It sets the request's plugin
// context and passes each part of a streamed response to sender.
func (h *Host) CallResource(ctx context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	call := *req
	call.PluginContext = h.pluginContext(h.caller())
	stream, err := h.resource.CallResource(ctx, backend.ToProto().CallResourceRequest(&call))
	if err != nil {
		return h.callError("resource "+req.Path, err)
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return h.callError("resource "+req.Path, err)
		}
		if err := sender.Send(backend.FromProto().CallResourceResponse(part)); err != nil {
			return err
		}
	}
}

// CheckHealth runs the data source's health check.
func (h *Host) CheckHealth(ctx context.Context) (*backend.CheckHealthResult, error) {
	response, err := h.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: h.pluginContextProto()})
	if err != nil {
		return nil, h.callError("health check", err)
	}
	return backend.FromProto().CheckHealthResponse(response), nil
}

// CollectMetrics returns the plugin's metrics in Prometheus's text format.
func (h *Host) CollectMetrics(ctx context.Context) ([]byte, error) {
	response, err := h.diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{PluginContext: h.pluginContextProto()})
	if err != nil {
		return nil, h.callError("collect metrics", err)
	}
	return response.GetMetrics().GetPrometheus(), nil
}

// pluginContext returns the context that Grafana sends with each request.
func (h *Host) pluginContext(user backend.User) backend.PluginContext {
	agent, err := useragent.New(grafanaVersion, runtime.GOOS, runtime.GOARCH)
	if err != nil {
		agent = useragent.Empty()
	}
	source := h.source
	return backend.PluginContext{
		OrgID:                      1, //nolint:staticcheck // Grafana still sends it with the namespace
		PluginID:                   PluginID,
		User:                       &user,
		DataSourceInstanceSettings: &source,
		GrafanaConfig:              config.NewGrafanaCfg(map[string]string{config.AppURL: "http://localhost:3000/"}),
		UserAgent:                  agent,
		Namespace:                  "default",
	}
}

func (h *Host) pluginContextProto() *pluginv2.PluginContext {
	return backend.ToProto().PluginContext(h.pluginContext(admin))
}

// callError wraps the error of a call. If the process has exited, the returned error wraps
// ErrExited instead, and ends with lines of the process's output, if there are any.
func (h *Host) callError(call string, err error) error {
	if status.Code(err) == codes.Unavailable {
		for deadline := time.Now().Add(exitGrace); !h.exited() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if h.exited() {
		return fmt.Errorf("%s: %w: %s%s", call, ErrExited, filepath.Base(h.binary), h.stderr.lastLines())
	}
	return fmt.Errorf("%s: %w", call, err)
}
