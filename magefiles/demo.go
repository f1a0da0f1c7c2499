//go:build mage

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/magefile/mage/mg"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
)

// Demo runs the plugin with a simulated fleet, a real Prometheus and Grafana.
//
// It uses the Grafana in GRAFANA_HOME, grafana on the PATH, or Docker. If it finds none of them,
// it draws the panels in the terminal. -dashboard draws the dashboard with this uid, or the
// summary, in the terminal. -incident simulates incidents, -incidents lists their names, and
// -for replaces the for of the alert rules.
func Demo(incident, For, dashboard *string, port *int, tenants, incidents *bool) error {
	if incidents != nil && *incidents {
		return run("demo", compileEnv(), "go", "run", "./incidents")
	}
	needs := preflight.Demo{Root: ".", Port: 3000, Tenants: tenants != nil && *tenants, Progress: printStep}
	if port != nil {
		needs.Port = *port
	}
	if dashboard != nil {
		needs.Dashboard = *dashboard
	}
	grafana, err := needs.Check(context.Background())
	if err != nil {
		return err
	}
	if err := checkIncident(incident); err != nil {
		return err
	}
	mg.SerialDeps(Plugin)
	if grafana != nil {
		mg.SerialDeps(Frontend)
	}
	return runDemo(slices.Concat(flagged("incident", incident), flagged("for", For), flagged("dashboard", dashboard),
		flagged("port", port), flagged("tenants", tenants))...)
}

// Smoke sends every provisioned query through the plugin without a Grafana.
//
// It evaluates every variable, annotation, panel and alert rule with real Prometheus data, and
// prints a table. -incidents runs this once without incidents and once with each incident.
func Smoke(incident *string, incidents *bool) error {
	// Like the demo in the terminal, the smoke run needs no Grafana. It listens on free ports.
	if _, err := (preflight.Demo{Root: ".", Dashboard: preflight.Summary}).Check(context.Background()); err != nil {
		return err
	}
	if err := checkIncident(incident); err != nil {
		return err
	}
	mg.SerialDeps(Plugin)
	return runDemo(slices.Concat([]string{"-smoke"}, flagged("incident", incident), flagged("incidents", incidents))...)
}

// checkIncident returns an error that lists all incidents if a name in a comma-separated list is
// unknown. The command that it runs needs no Prometheus, so it is built much sooner than the
// demo.
func checkIncident(names *string) error {
	if names == nil {
		return nil
	}
	c := command("demo", compileEnv(), "go", []string{"run", "./incidents", "-check=" + *names})
	output, err := c.CombinedOutput()
	if err != nil {
		text, _, _ := strings.Cut(string(output), "\nexit status ") // the last line of go run
		return errors.New(strings.TrimSpace(text))
	}
	return nil
}

// flagged returns the flag as an argument, or nothing if it isn't set.
func flagged[T any](name string, value *T) []string {
	if value == nil {
		return nil
	}
	return []string{fmt.Sprintf("-%s=%v", name, *value)}
}

// buildDemo builds the demo and returns its path.
func buildDemo() (binary string, err error) {
	printStep("Building the demo (the first time also compiles Prometheus, which takes a minute or two)")
	binary = filepath.Join("demo", ".bin", "demo"+executableSuffix())
	return binary, run("demo", compileEnv(), "go", "build", "-o", filepath.Join(".bin", filepath.Base(binary)), ".")
}

// runDemo builds the demo, runs it in this terminal and waits for it. The terminal sends an
// interrupt to the entire process group. The demo therefore receives it, too, and stops the
// processes that the demo started. SIGTERM reaches only this process, so runDemo passes it
// on.
func runDemo(args ...string) error {
	binary, err := buildDemo()
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	demo := exec.Command(binary, append([]string{"-root=."}, args...)...)
	demo.Stdin, demo.Stdout, demo.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := demo.Start(); err != nil {
		return err
	}
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				_ = demo.Process.Signal(s)
			}
		}
	}()
	var ended *exec.ExitError
	if err := demo.Wait(); errors.As(err, &ended) {
		return mg.Fatalf(ended.ExitCode(), "the demo exited with status %d", ended.ExitCode())
	} else if err != nil {
		return err
	}
	return nil
}
