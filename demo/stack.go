package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// stack contains the processes and files that all modes of the demo use: a Prometheus
// with the fleet's history, the provisioning files, and a log.
type stack struct {
	dir           string // Close removes it
	logFile       string // Close removes it unless keepLog is set
	log           io.Writer
	keepLog       bool
	prometheusURL string
	set           *provision.Set

	closers []func() error
}

// defaultPort is Prometheus's default port.
const defaultPort = 9090

// startStack writes the history and starts a Prometheus with it.
func startStack(ctx context.Context, o options, out *progress) (s *stack, err error) {
	s = &stack{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := preflight.Port(ctx, o.prometheusPort, "-prometheus-port"); err != nil {
		return s, err
	}
	if o.prometheusPort == 0 && !o.smoke && preflight.Port(ctx, defaultPort, "") == nil {
		o.prometheusPort = defaultPort
	}
	platforms, err := fleet.New(fleet.Options{Seed: o.seed, Incident: o.incident})
	if err != nil {
		return s, err
	}
	if err := s.openFolder(o); err != nil {
		return s, err
	}
	data, past := filepath.Join(s.dir, "prometheus"), fleet.Past(platforms)
	err = prometheus.WriteHistory(ctx, data, platforms, func(done, total int) {
		out.percent("Writing the fleet's history", done, total)
	}, past)
	out.done()
	if err != nil {
		return s, fmt.Errorf("write the history: %w", err)
	}
	out.printLine("TensorOne's past: %d days with a sample every %s, %.1f million samples in %.1f MB, written in %.1f s",
		int(fleet.PastHistory/simulation.Day), model.Duration(fleet.PastStep), float64(past.Written.Samples)/1e6, float64(past.Written.Bytes)/1e6, past.Written.Took.Seconds())
	// The end of ctx doesn't stop Prometheus. Close stops it, after Grafana and the plugin.
	server, err := prometheus.Start(context.WithoutCancel(ctx), prometheus.Options{
		Dir:     data,
		Listen:  fmt.Sprintf("127.0.0.1:%d", o.prometheusPort),
		Fleet:   platforms,
		Targets: o.pluginTargets(),
		Logger:  slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return s, err
	}
	s.closers = append(s.closers, server.Close)
	s.prometheusURL = server.URL()
	s.set, err = provision.Read(filepath.Join(o.root, "provisioning"), provision.MapEnv(map[string]string{
		"PROMETHEUS_URL":  s.prometheusURL,
		"DASHBOARDS_PATH": filepath.Join(o.root, "dashboards"),
	}))
	return s, err
}

// pluginTargets returns the demo's plugin as a scrape target, at the port of the Grafana
// or the plugin host that will run the plugin. With -smoke it returns none.
func (o options) pluginTargets() []prometheus.Target {
	if o.smoke {
		return nil
	}
	return []prometheus.Target{{Job: "modelmetrics", Instance: fmt.Sprintf("localhost:%d", o.port), Path: host.MetricsPath}}
}

// openFolder creates the run's folder and its log. Both names are unique, so that
// several demos can run concurrently.
func (s *stack) openFolder(o options) error {
	base := filepath.Join(o.root, "demo", ".data")
	if err := os.MkdirAll(base, 0o755); err != nil { //nolint:gosec // G301: the container of Grafana runs as another user
		return err
	}
	dir, err := os.MkdirTemp(base, "run-")
	if err != nil {
		return err
	}
	s.dir = dir
	s.closers = append(s.closers, func() error { return os.RemoveAll(dir) })
	s.logFile = dir + ".log"
	file, err := os.Create(s.logFile)
	if err != nil {
		return err
	}
	s.log = file
	s.closers = append(s.closers, func() error {
		err := file.Close()
		if s.keepLog {
			return err
		}
		return errors.Join(err, os.Remove(s.logFile))
	})
	return nil
}

// startHost runs the compiled plugin for the provisioned data source.
func (s *stack) startHost(ctx context.Context, o options) (*host.Host, error) {
	source, ok := s.set.DataSourceOfType(host.PluginID)
	if !ok {
		return nil, fmt.Errorf("no data source of type %s is provisioned", host.PluginID)
	}
	settings, err := host.Settings(source)
	if err != nil {
		return nil, err
	}
	plugin, err := host.Start(ctx, host.Options{Binary: host.Binary(o.root), DataSource: settings, Log: s.log})
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() error { plugin.Close(); return nil })
	return plugin, nil
}

// Close stops everything in reverse start order.
func (s *stack) Close() error {
	var errs []error
	for _, closer := range slices.Backward(s.closers) {
		errs = append(errs, closer())
	}
	s.closers = nil
	return errors.Join(errs...)
}
