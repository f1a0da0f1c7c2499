// Package host runs the compiled plugin as Grafana does: as a separate process
// with gRPC over hashicorp/go-plugin. It accepts the SDK's requests for one data
// source and returns the SDK's responses. The smoke run, the terminal view and the test
// suites call it. For callers that aren't written in Go, [API] serves Grafana's HTTP
// routes.
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

// PluginID is the plugin's id.
const PluginID = "modelmetrics-catalog-datasource"

// startTimeout limits the time until the plugin completes the handshake.
const startTimeout = 20 * time.Second

// ErrExited is wrapped by the error of every call to a plugin whose process has exited, except
// for the calls of hosts that Attach returned.
var ErrExited = errors.New("the plugin's process has exited")

// Options describe the plugin to start.
type Options struct {
	// Binary is the path of the compiled plugin. The function Binary returns it.
	Binary string
	// DataSource is the data source of each request.
	DataSource backend.DataSourceInstanceSettings
	// Log receives the plugin's stderr and stdout; nil discards them.
	Log io.Writer
	// Env is the plugin's environment. The host doesn't pass on its own environment.
	Env []string
}

// Host is a running plugin. It is safe for concurrent use.
type Host struct {
	*process
	source backend.DataSourceInstanceSettings
	user   *backend.User // user who calls resources; nil means admin
}

// process is the plugin's process. The hosts that WithDataSource and WithUser return share
// it.
type process struct {
	binary      string
	pid         int    // 0 if Attach returned the host
	target      string // of the gRPC server
	exited      func() bool
	stop        func()
	stderr      *tail
	data        grpcplugin.DataClient
	resource    grpcplugin.ResourceClient
	diagnostics grpcplugin.DiagnosticsClient
	admission   grpcplugin.AdmissionClient
}

// services are the plugin's gRPC services.
var services = plugin.PluginSet{
	"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
	"resource":    &grpcplugin.ResourceGRPCPlugin{},
	"data":        &grpcplugin.DataGRPCPlugin{},
	"admission":   &grpcplugin.AdmissionGRPCPlugin{},
}

// Binary returns the path of the plugin that `go tool mage plugin` builds for this
// system.
func Binary(root string) string {
	name := fmt.Sprintf("gpx_modelmetrics_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(root, "dist", name)
}

// Start starts the plugin and waits for its handshake. The process runs until
// Close or the end of ctx.
func Start(ctx context.Context, opts Options) (*Host, error) {
	stderr := &tail{out: opts.Log}
	cmd := exec.Command(opts.Binary) //nolint:noctx,gosec // client.Kill lets the plugin shut down; a context doesn't; G204: the plugin that the caller has built
	cmd.Env = opts.Env
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: cmd,
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{grpcplugin.ProtocolVersion: services},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Managed:          true,
		SkipHostEnv:      true,
		StartTimeout:     startTimeout,
		Stderr:           stderr,
		SyncStdout:       stderr,
		SyncStderr:       stderr,
		Logger:           hclog.NewNullLogger(),
	})
	p := &process{binary: opts.Binary, exited: client.Exited, stderr: stderr}
	rpc, err := client.Client() // starts the process
	if err == nil {
		err = p.openServices(rpc)
	}
	if err != nil {
		client.Kill()
		return nil, fmt.Errorf("start the plugin %s: %w%s", opts.Binary, err, stderr.lastLines())
	}
	started := client.ReattachConfig()
	p.pid, p.target = started.Pid, target(started.Addr)
	detach := context.AfterFunc(ctx, client.Kill)
	p.stop = func() {
		detach()
		client.Kill()
	}
	return &Host{process: p, source: opts.DataSource}, nil
}

func (p *process) openServices(rpc plugin.ClientProtocol) error {
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
		err = fmt.Errorf("the client has the type %T", raw)
	}
	if err != nil {
		*errs = append(*errs, fmt.Errorf("service %s: %w", service, err))
	}
	return client
}

// WithDataSource returns a host for another data source in the same process. As in
// Grafana, one process serves all data sources. Closing one of the hosts closes all of
// them.
func (h *Host) WithDataSource(source backend.DataSourceInstanceSettings) *Host {
	return &Host{process: h.process, source: source, user: h.user}
}

// WithUser returns a host for the same process. In calls of resources, the new host acts as
// the given user. Closing one of the two hosts closes both.
func (h *Host) WithUser(user backend.User) *Host {
	return &Host{process: h.process, source: h.source, user: &user}
}

// caller returns the user who calls resources.
func (h *Host) caller() backend.User {
	if h.user != nil {
		return *h.user
	}
	return admin
}

// DataSourceUID returns the uid that queries must contain.
func (h *Host) DataSourceUID() string { return h.source.UID }

// Pid returns the id of the plugin's process, for tests that measure or kill the process.
// It is 0 for a host that Attach returned.
func (h *Host) Pid() int { return h.pid }

// Close stops the plugin's process and waits for its exit. If Attach returned the host,
// Close only closes the connection.
func (h *Host) Close() { h.stop() }
