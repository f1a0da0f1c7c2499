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

// candidate is a plugin to measure, with its settings and the format of its query.
type candidate struct {
	name   string
	binary string
	format string            // of the query
	json   map[string]string // of the data source's settings
	env    []string
	slow   bool // one query per round
}

// Values of the field "format" in the JSON of a query.
const (
	multiFormat = "time_series"
	wideFormat  = "time_series_wide"
)

// maxDataPoints is greater than the number of points of any response, so that the plugin
// doesn't raise the step.
const maxDataPoints = 11_000

// Names of the candidates that occur in comparisons.
const (
	oursMulti = "this plugin, time_series"
	oursWide  = "this plugin, time_series_wide"
	reference = "peer: streaming jsoniter"
	external  = "peer: external"
)

// candidates returns this plugin, the variants of the peer plugin, and the plugin that
// the flag -peer names, if any.
func candidates(o options) []candidate {
	ours := host.Binary(o.root)
	all := []candidate{
		{name: oursMulti, binary: ours, format: multiFormat, env: o.env},
		{name: oursWide, binary: ours, format: wideFormat, env: o.env},
		{name: reference, binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "jsoniter"}},
		{name: "peer: client_golang", binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "client_golang"}, slow: true},
		{name: "peer: encoding/json", binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "encodingjson"}, slow: true},
		{name: "floor, time_series", binary: o.baseline, format: multiFormat, json: map[string]string{"decoder": "floor"}},
		{name: "floor, time_series_wide", binary: o.baseline, format: wideFormat, json: map[string]string{"decoder": "floor"}},
	}
	if o.peer != "" {
		all = append(all, candidate{name: external, binary: o.peer, format: multiFormat})
	}
	return all
}

// running is a candidate's process with its gRPC client.
type running struct {
	candidate
	client *plugin.Client
	data   grpcplugin.DataClient
	ready  time.Duration // from start to the handshake
}

// start starts a new process.
func (c candidate) start() (*running, error) {
	cmd := exec.Command(c.binary) //nolint:noctx,gosec // client.Kill ends it; G204: the plugin that the user of the benchmark chose
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
		return nil, fmt.Errorf("%s has no data service: %w", c.name, err)
	}
	service, ok := raw.(grpcplugin.DataClient)
	if !ok {
		client.Kill()
		return nil, fmt.Errorf("%s has a data service of type %T", c.name, raw)
	}
	return &running{c, client, service, ready}, nil
}

func (r *running) stop() { r.client.Kill() }

func (r *running) pid() int { return r.client.ReattachConfig().Pid }

// query runs one range query, to which the upstream sends the given response. It returns the
// time until the plugin's protobuf response has been received, and the size of the protobuf
// response in bytes. The function check compares the plugin's response with the upstream's
// response.
func (r *running) query(ctx context.Context, upstream string, of responses.Response) (took time.Duration, size int, err error) {
	request, err := r.request(upstream, of)
	if err != nil {
		return 0, 0, err
	}
	from := time.Now()
	encoded, err := r.data.QueryData(ctx, request)
	took = time.Since(from)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", r.name, err)
	}
	response := encoded.GetResponses()["A"]
	if response.GetError() != "" {
		return 0, 0, fmt.Errorf("%s: %s", r.name, response.GetError())
	}
	if err := check(response, of); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", r.name, err)
	}
	return took, proto.Size(encoded), nil
}

// request returns Grafana's request for a panel with one query.
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

// check compares the numbers of series and points in a response with those in the
// upstream's response. It decodes only the first frame.
func check(response *pluginv2.DataResponse, of responses.Response) error {
	frames, columns := len(response.GetFrames()), 0
	if frames > 0 {
		frame, err := data.UnmarshalArrowFrame(response.GetFrames()[0])
		if err != nil {
			return err
		}
		if frame.Rows() != of.Points() {
			return fmt.Errorf("the response has %d points, want %d", frame.Rows(), of.Points())
		}
		columns = frames * (len(frame.Fields) - 1)
	}
	if columns != of.Series {
		return fmt.Errorf("the response has %d series, want %d", columns, of.Series)
	}
	return nil
}
