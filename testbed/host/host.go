// Package host runs the compiled plugin as Grafana does: as a process of its
// own that speaks gRPC over hashicorp/go-plugin. What goes in are the SDK's
// requests, for one provisioned data source; what comes out are the SDK's
// responses. The smoke run, the terminal view and the process tests call it in
// Go; anything else calls its HTTP API (API), which has Grafana's routes.
package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// PluginID is the id that requests carry in their plugin context.
const PluginID = "modelmetrics-catalog-datasource"

// startTimeout is how long a plugin may take until it answers the handshake.
const startTimeout = 20 * time.Second

// ErrExited is wrapped by the error of every call to a plugin whose process
// has ended.
var ErrExited = errors.New("the plugin's process has ended")

// Options say which plugin to start and for which data source.
type Options struct {
	// Binary is the compiled plugin; see Binary for where a build leaves it.
	Binary string
	// DataSource is put into the plugin context of each request.
	DataSource backend.DataSourceInstanceSettings
	// Log takes what the plugin writes to its stderr; nil drops it.
	Log io.Writer
	// Env is added to the plugin's environment. Like a Grafana of today the
	// host passes none of its own variables on.
	Env []string
}

// Host is a running plugin. It is safe for concurrent use.
type Host struct {
	*process
	source backend.DataSourceInstanceSettings
}

// process is shared by the hosts that WithDataSource makes.
type process struct {
	binary      string
	client      *plugin.Client
	stderr      *tail
	data        grpcplugin.DataClient
	resource    grpcplugin.ResourceClient
	diagnostics grpcplugin.DiagnosticsClient
	admission   grpcplugin.AdmissionClient
	stop        func() bool
}

// Binary is the path of the plugin that `mage build` makes for this system.
func Binary(root string) string {
	name := fmt.Sprintf("gpx_modelmetrics_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(root, "dist", name)
}

// Start starts the plugin and waits for its handshake. The process ends with
// Close, or when ctx is done.
func Start(ctx context.Context, opts Options) (*Host, error) {
	stderr := &tail{out: opts.Log}
	cmd := exec.Command(opts.Binary) //nolint:noctx // client.Kill lets the plugin end by itself; a context would not
	cmd.Env = opts.Env
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: cmd,
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{grpcplugin.ProtocolVersion: {
			"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
			"resource":    &grpcplugin.ResourceGRPCPlugin{},
			"data":        &grpcplugin.DataGRPCPlugin{},
			"admission":   &grpcplugin.AdmissionGRPCPlugin{},
		}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Managed:          true,
		SkipHostEnv:      true,
		StartTimeout:     startTimeout,
		Stderr:           stderr,
		SyncStdout:       stderr,
		SyncStderr:       stderr,
		Logger:           hclog.NewNullLogger(),
	})
	p := &process{binary: opts.Binary, client: client, stderr: stderr}
	if err := p.connect(); err != nil {
		client.Kill()
		return nil, fmt.Errorf("start the plugin %s: %w%s", opts.Binary, err, stderr.lastWords())
	}
	p.stop = context.AfterFunc(ctx, client.Kill)
	return &Host{process: p, source: opts.DataSource}, nil
}

// connect starts the process and opens the services that the plugin has.
func (p *process) connect() error {
	rpc, err := p.client.Client()
	if err != nil {
		return err
	}
	var errs []error
	p.data = dispense[grpcplugin.DataClient](rpc, "data", &errs)
	p.resource = dispense[grpcplugin.ResourceClient](rpc, "resource", &errs)
	p.diagnostics = dispense[grpcplugin.DiagnosticsClient](rpc, "diagnostics", &errs)
	p.admission = dispense[grpcplugin.AdmissionClient](rpc, "admission", &errs)
	return errors.Join(errs...)
}

func dispense[T any](rpc plugin.ClientProtocol, service string, errs *[]error) T {
	raw, err := rpc.Dispense(service)
	client, ok := raw.(T)
	if err == nil && !ok {
		err = fmt.Errorf("it answers with a %T", raw)
	}
	if err != nil {
		*errs = append(*errs, fmt.Errorf("service %s: %w", service, err))
	}
	return client
}

// WithDataSource is the same process seen through another data source, as one
// plugin serves all data sources of a Grafana. Closing either closes both.
func (h *Host) WithDataSource(source backend.DataSourceInstanceSettings) *Host {
	return &Host{process: h.process, source: source}
}

// DataSourceUID is the uid that queries must name.
func (h *Host) DataSourceUID() string { return h.source.UID }

// Pid is the plugin's process id, for tests that measure or kill it.
func (h *Host) Pid() int { return h.client.ReattachConfig().Pid }

// Close ends the plugin's process and waits until it is gone.
func (h *Host) Close() {
	h.stop()
	h.client.Kill()
}
