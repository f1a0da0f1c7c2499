// Package integration runs the provisioned panels, alert rules and annotations, and the API,
// through the compiled plugin over gRPC. It compares many results with those of the real
// Prometheus that the plugin queries.
package integration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

const root = "../.."

// The stack of the tests: a Prometheus with the history of one fleet, the plugin, and the
// provisioned data source, dashboards and alert rules.
var (
	server *restartable
	plugin *host.Host
	set    *provision.Set
	now    time.Time // end of the history and time of most queries
)

func TestMain(m *testing.M) {
	code, err := withStack(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withStack(m *testing.M) (code int, err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "modelmetrics-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	now = time.Now().Truncate(time.Second)
	platforms, err := fleet.New(fleet.Options{Now: now})
	if err != nil {
		return 1, err
	}
	if err := prometheus.WriteHistory(ctx, dir, platforms, func(int, int) {}); err != nil {
		return 1, err
	}
	server = &restartable{options: prometheus.Options{
		Dir: dir, Listen: "127.0.0.1:0", Fleet: platforms, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
	if err := server.start(ctx); err != nil {
		return 1, err
	}
	defer func() { _ = server.stop() }()
	set, err = provision.Read(filepath.Join(root, "provisioning"), provision.MapEnv(map[string]string{
		"PROMETHEUS_URL": server.url(), "DASHBOARDS_PATH": filepath.Join(root, "dashboards"),
	}))
	if err != nil {
		return 1, err
	}
	if _, err := os.Stat(host.Binary(root)); err != nil {
		return 1, fmt.Errorf("the compiled plugin is missing: run go tool mage plugin (%w)", err)
	}
	source, ok := set.DataSourceOfType(host.PluginID)
	if !ok {
		return 1, errors.New("no data source of the plugin is provisioned")
	}
	settings, err := host.Settings(source)
	if err != nil {
		return 1, err
	}
	plugin, err = host.Start(ctx, host.Options{Binary: host.Binary(root), DataSource: settings})
	if err != nil {
		return 1, err
	}
	defer plugin.Close()
	return m.Run(), nil
}

// restartable is a Prometheus that can be stopped and restarted at its address.
type restartable struct {
	options prometheus.Options
	running *prometheus.Server
}

func (s *restartable) url() string { return s.running.URL() }

func (s *restartable) start(ctx context.Context) error {
	started, err := prometheus.Start(ctx, s.options)
	if err != nil {
		return err
	}
	s.running = started
	at, err := url.Parse(started.URL())
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(at.Host)
	s.options.Listen = net.JoinHostPort("127.0.0.1", port)
	return err
}

func (s *restartable) stop() error { return s.running.Close() }
