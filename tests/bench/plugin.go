package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/protobuf/proto"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// contestant is a plugin in one of the ways it can be asked.
type contestant struct {
	name   string
	binary string
	format string            // of the query
	json   map[string]string // of the data source's settings
	env    []string
	slow   bool // measured once a round
}

// Formats of a query, in its JSON.
const (
	multiFormat = "time_series"
	wideFormat  = "time_series_wide"
)

// maxDataPoints is more than any answer has, so that no step grows.
const maxDataPoints = 11_000

// Names of contestants that others are compared to.
const (
	oursMulti = "this plugin, time_series"
	oursWide  = "this plugin, time_series_wide"
	reference = "peer: streaming jsoniter"
	given     = "peer: the one given"
)

// contestants are this plugin, the ways of the peer plugin, and a peer that the
// caller brings.
func contestants(o options) []contestant {
	ours := host.Binary(o.root)
	all := []contestant{
		{name: oursMulti, binary: ours, format: multiFormat, env: o.env},
		{name: oursWide, binary: ours, format: wideFormat, env: o.env},
		{name: reference, binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "jsoniter"}},
		{name: "peer: client_golang", binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "client_golang"}, slow: true},
		{name: "peer: encoding/json", binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "encodingjson"}, slow: true},
		{name: "floor, time_series", binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "floor"}},
		{name: "floor, time_series_wide", binary: o.baseline, format: wideFormat, json: map[string]string{"decoder": "floor"}},
	}
	if o.peer != "" {
		all = append(all, contestant{name: given, binary: o.peer, format: multiFormat})
	}
	return all
}

// running is a contestant's process, asked as Grafana asks: over gRPC.
type running struct {
	contestant
	client *plugin.Client
	data   grpcplugin.DataClient
	ready  time.Duration // from start to the handshake
}

// start starts a fresh process.
func (c contestant) start() (*running, error) {
	cmd := exec.Command(c.binary) //nolint:noctx // client.Kill ends it
	cmd.Env = c.env
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: cmd,
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{grpcplugin.ProtocolVersion: {"data": &grpcplugin.DataGRPCPlugin{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		SkipHostEnv:      true,
		Logger:           hclog.NewNullLogger(),
	})
	from := time.Now()
	rpc, err := client.Client()
	ready := time.Since(from)
	if err != nil {
		client.Kill()
		return nil, fmt.Errorf("start %s (%s): %w", c.name, filepath.Base(c.binary), err)
	}
	raw, err := rpc.Dispense("data")
	if err != nil {
		client.Kill()
		return nil, fmt.Errorf("%s serves no data: %w", c.name, err)
	}
	service, ok := raw.(grpcplugin.DataClient)
	if !ok {
		client.Kill()
		return nil, fmt.Errorf("%s serves data as a %T", c.name, raw)
	}
	return &running{c, client, service, ready}, nil
}

func (r *running) stop() { r.client.Kill() }

func (r *running) pid() int { return r.client.ReattachConfig().Pid }

// ask sends one range query for what an upstream serves. It returns how long the
// call took, until the answer's protobuf was read, and how long that is.
func (r *running) ask(ctx context.Context, upstream string, of responses.Response) (took time.Duration, size int, err error) {
	request, err := r.request(upstream, of)
	if err != nil {
		return 0, 0, err
	}
	from := time.Now()
	answer, err := r.data.QueryData(ctx, request)
	took = time.Since(from)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", r.name, err)
	}
	response := answer.GetResponses()["A"]
	if response.GetError() != "" {
		return 0, 0, fmt.Errorf("%s: %s", r.name, response.GetError())
	}
	if err := check(response, of); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", r.name, err)
	}
	return took, proto.Size(answer), nil
}

// request is what Grafana sends for a panel with one query.
func (r *running) request(upstream string, of responses.Response) (*pluginv2.QueryDataRequest, error) {
	settings, err := json.Marshal(r.json)
	if err != nil {
		return nil, err
	}
	query, err := json.Marshal(map[string]any{
		"refId": "A", "expr": "http_requests_total", "range": true, "instant": false,
		"format": r.format, "legendFormat": "", "interval": "", "intervalMs": responses.Step.Milliseconds(), "maxDataPoints": maxDataPoints,
	})
	if err != nil {
		return nil, err
	}
	from := time.Unix(responses.Start, 0)
	return backend.ToProto().QueryDataRequest(&backend.QueryDataRequest{
		PluginContext: backend.PluginContext{
			OrgID: 1, PluginID: host.PluginID, User: &backend.User{Login: "admin", Role: "Admin"}, //nolint:staticcheck // Grafana still sends it
			DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
				ID: 1, UID: "bench", Type: host.PluginID, Name: "bench", URL: upstream, JSONData: settings, Updated: from,
			},
		},
		Queries: []backend.DataQuery{{
			RefID: "A", JSON: query, Interval: responses.Step, MaxDataPoints: maxDataPoints,
			TimeRange: backend.TimeRange{From: from, To: from.Add(time.Duration(of.Points()-1) * responses.Step)},
		}},
	}), nil
}

// check holds an answer against what the upstream sent, by its first frame.
func check(response *pluginv2.DataResponse, of responses.Response) error {
	frames, columns := len(response.GetFrames()), 0
	if frames > 0 {
		frame, err := data.UnmarshalArrowFrame(response.GetFrames()[0])
		if err != nil {
			return err
		}
		if frame.Rows() != of.Points() {
			return fmt.Errorf("%d points were answered, want %d", frame.Rows(), of.Points())
		}
		columns = frames * (len(frame.Fields) - 1)
	}
	if columns != of.Series {
		return fmt.Errorf("%d series were answered, want %d", columns, of.Series)
	}
	return nil
}
