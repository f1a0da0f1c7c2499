//go:build mage

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/magefile/mage/mg"
	"github.com/magefile/mage/sh"
)

// Demo starts a simulated fleet, a real Prometheus, and a Grafana with the plugin, its
// dashboards and alert rules. It uses the Grafana in GRAFANA_HOME, grafana on the PATH, or
// Docker. If it finds none of them, it draws the panels in the terminal.
func Demo(incident, For *string, port *int, tenants *bool) error {
	mg.SerialDeps(Plugin)
	if hasGrafana() {
		mg.SerialDeps(Frontend)
	}
	return runDemo(slices.Concat(flagged("incident", incident), flagged("for", For), flagged("port", port), flagged("tenants", tenants))...)
}

// Smoke runs every variable, annotation, panel and alert rule through the compiled plugin
// against real Prometheus data. -incidents runs this once without incidents and once with each
// incident.
func Smoke(incident *string, incidents *bool) error {
	mg.SerialDeps(Plugin)
	return runDemo(slices.Concat([]string{"-smoke"}, flagged("incident", incident), flagged("incidents", incidents))...)
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

func hasGrafana() bool {
	if os.Getenv("GRAFANA_HOME") != "" {
		return true
	}
	if _, err := exec.LookPath("grafana"); err == nil {
		return true
	}
	return sh.Run("docker", "info") == nil
}
