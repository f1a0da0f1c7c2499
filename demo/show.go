package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/grafana"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/terminal"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/traces"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// show runs the demo until it is interrupted: in a Grafana if there is one, otherwise in
// the terminal.
func show(ctx context.Context, o options) (err error) {
	install, err := preflight.Demo{Root: o.root, Dashboard: o.dashboard, Tenants: o.tenants}.Grafana(ctx)
	if err != nil {
		return err
	}
	if err := preflight.Port(ctx, o.port, "-port"); err != nil {
		return err
	}
	if install != nil {
		if err := frontendBuilt(o.root); err != nil {
			return err
		}
	}
	out := newProgress()
	s, err := startStack(ctx, o, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	out.printLine("Prometheus: %s", s.prometheusURL)
	if install != nil {
		return inGrafana(ctx, o, s, *install, out)
	}
	return inTerminal(ctx, o, s)
}

// frontendBuilt checks that the plugin's frontend is built.
func frontendBuilt(root string) error {
	for _, name := range []string{"plugin.json", "module.js"} {
		if _, err := os.Stat(filepath.Join(root, "dist", name)); err != nil {
			return fmt.Errorf("the plugin's frontend is not built: dist/%s doesn't exist; run `go tool mage build`", name)
		}
	}
	return nil
}

func inGrafana(ctx context.Context, o options, s *stack, install preflight.Grafana, out *progress) error {
	out.printLine("Grafana: %s", install)
	pages, err := traces.Serve(ctx, s.prometheusURL)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, pages.Close)
	url := fmt.Sprintf("http://localhost:%d", o.port)
	notes, err := describeIncidents(o.incident, o.wait, s.set, func(d provision.Dashboard) string { return url + "/d/" + d.UID })
	if err != nil {
		return err
	}
	options := grafana.Options{
		Install:       install,
		Dir:           filepath.Join(s.dir, "grafana"),
		Root:          o.root,
		Port:          o.port,
		PrometheusURL: s.prometheusURL,
		TracesURL:     pages.URL + traces.Path,
		Home:          homePage(s.set, notes),
		For:           o.wait,
		AdminPassword: o.adminPassword,
		Log:           s.log,
	}
	if o.tenants {
		options = withTenants(options)
	}
	server, err := grafana.Start(ctx, options, func(elapsed time.Duration) { out.elapsed("Waiting for Grafana", elapsed) })
	out.done()
	if err != nil {
		s.keepLog = ctx.Err() == nil
		return fmt.Errorf("%w; the log is %s", err, s.logFile)
	}
	s.closers = append(s.closers, server.Close)
	source, _ := s.set.DataSourceOfType(host.PluginID)
	health, err := server.DataSourceHealth(ctx, source.UID)
	if err != nil {
		health = "unhealthy: " + err.Error()
	}
	out.printLine("Data source %s: %s\n", source.Name, health)
	for _, d := range s.set.Dashboards {
		out.printLine("  %s\n    %s/d/%s", d.Title, server.URL, d.UID)
	}
	if o.tenants {
		if err := createTenantUsers(ctx, server, options.AdminPassword, out); err != nil {
			return err
		}
	}
	if notes != "" {
		out.printLine("\n%s", notes)
	}
	out.printLine("  Alert rules\n    %s/alerting/list\n\nLog: %s\nPress Ctrl-C to stop.", server.URL, s.logFile)
	select {
	case <-ctx.Done():
		return nil
	case <-server.Done():
		s.keepLog = true
		return fmt.Errorf("grafana exited unexpectedly; the log is %s", s.logFile)
	}
}

// homePage returns the Markdown of Grafana's home page: the dashboards, and the incidents. Grafana removes links
// that don't begin with a slash.
func homePage(set *provision.Set, incidents string) string {
	var text strings.Builder
	text.WriteString("# Model Metrics\n\nThis Grafana shows a simulated fleet. Its dashboards are:\n\n")
	for _, d := range set.Dashboards {
		fmt.Fprintf(&text, "- [%s](/d/%s)\n", d.Title, d.UID)
	}
	text.WriteString("\n[Alert rules](/alerting/list), [Explore](/explore)\n")
	if incidents == "" {
		text.WriteString("\nThe fleet has no incident. `go tool mage demo -incidents` lists the incidents that can be simulated.\n")
	} else {
		fmt.Fprintf(&text, "\n## Incidents\n\n```text\n%s```\n", incidents)
	}
	return text.String()
}

// inTerminal runs the plugin in the plugin host, draws the dashboards and serves the
// host's HTTP API.
func inTerminal(ctx context.Context, o options, s *stack) error {
	plugin, err := s.startHost(ctx, o)
	if err != nil {
		return err
	}
	api, err := host.ServeAPI(ctx, plugin, o.port, "")
	if err != nil {
		return err
	}
	s.closers = append(s.closers, api.Close)
	footer := fmt.Sprintf("The plugin host serves Grafana's query and resource API on %s, for example:\n"+
		"  curl -H 'Authorization: Bearer %s' \\\n    %s/api/datasources/uid/%s/health", api.URL, api.Token, api.URL, plugin.DataSourceUID())
	if o.dashboard == "" {
		footer = sentence(preflight.ErrNoGrafana) + "\n\n" + footer
	}
	// The rules are evaluated without waiting, so an alert follows as soon as its condition is met.
	notes, err := describeIncidents(o.incident, "0s", s.set, func(d provision.Dashboard) string { return "-dashboard=" + d.UID })
	if err != nil {
		return err
	}
	uid := o.dashboard
	if uid == preflight.Summary {
		uid = ""
	}
	return terminal.Show(ctx, terminal.Options{Plugin: plugin, Set: s.set, Dashboard: uid, Notes: notes, Footer: footer, In: os.Stdin, Out: os.Stdout})
}

// sentence returns the text of an error as a sentence.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
