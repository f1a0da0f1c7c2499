//go:build mage

// The project's commands: go tool mage -l lists them.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	// mage:import sdk
	sdk "github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/mg"
	"github.com/magefile/mage/sh"
	"github.com/magefile/mage/target"
)

const linter = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0"

// The plugin's manifest stands at the root, and a workspace must not change the
// versions of what the plugin is built with.
var _ = sdk.SetBeforeBuildCallback(func(c sdk.Config) (sdk.Config, error) {
	c.PluginJSONPath = "."
	if c.Env != nil {
		c.Env["GOWORK"] = "off"
		c.Env["GOFLAGS"] = "-trimpath"
	}
	return c, nil
})

// Demo starts the simulated fleet, a real Prometheus, and Grafana with the plugin, its dashboards and alert rules.
// Grafana is the one in GRAFANA_HOME, or grafana on PATH, or Docker; without one
// the panels are shown in the terminal.
func Demo(ctx context.Context, incident, hold *string, port *int) error {
	mg.SerialDeps(Plugin)
	if hasGrafana() {
		mg.SerialDeps(Frontend)
	}
	args := []string{}
	if incident != nil {
		args = append(args, "-incident="+*incident)
	}
	if hold != nil {
		args = append(args, "-for="+*hold)
	}
	if port != nil {
		args = append(args, "-port="+strconv.Itoa(*port))
	}
	return runDemo(args...)
}

// Smoke runs every variable, panel and alert rule through the compiled plugin against real Prometheus data, and ends.
func Smoke(ctx context.Context, incident *string) error {
	mg.SerialDeps(Plugin)
	args := []string{"-smoke"}
	if incident != nil {
		args = append(args, "-incident="+*incident)
	}
	return runDemo(args...)
}

// Test runs every test of both languages, with all the set-up they need.
func Test() error {
	mg.SerialDeps(Plugin)
	if err := run(".", "GOWORK=off", "go", "test", "./..."); err != nil {
		return err
	}
	for _, module := range []string{"demo", "tests"} {
		if err := run(module, "", "go", "test", "./..."); err != nil {
			return err
		}
	}
	mg.SerialDeps(nodeModules, Frontend)
	if err := run(".", "", "npm", "run", "--silent", "typecheck"); err != nil {
		return err
	}
	if err := run(".", "", "npm", "run", "--silent", "test:ci"); err != nil {
		return err
	}
	return unchanged()
}

// Lint runs the linters of both languages.
func Lint() error {
	mg.SerialDeps(nodeModules)
	for _, module := range []string{".", "demo", "tests"} {
		if err := run(module, "", "go", "run", linter, "run", "./..."); err != nil {
			return err
		}
	}
	return run(".", "", "npm", "run", "--silent", "lint")
}

// Generate remakes what is made from the packs: dashboards and alert rules.
func Generate() error {
	mg.SerialDeps(nodeModules)
	if err := run(".", "", "npm", "run", "--silent", "dashboards"); err != nil {
		return err
	}
	return run(".", "GOWORK=off", "go", "run", "./provisioning/generate")
}

// Build makes the plugin for this machine: backend and frontend.
func Build() { mg.SerialDeps(Plugin, Frontend) }

// BuildAll makes the plugin for every system that Grafana runs on.
func BuildAll() { mg.SerialDeps(sdk.BuildAll, Frontend) }

// Plugin makes the backend's executable for this machine.
func Plugin() error { return sdk.Build{}.Custom(runtime.GOOS, runtime.GOARCH) }

// Frontend makes the browser's part of the plugin.
func Frontend() error {
	mg.SerialDeps(nodeModules)
	changed, err := target.Dir("dist/module.js", "src", "dashboards", ".config", "plugin.json", "package-lock.json", "webpack.config.ts")
	if err != nil || !changed {
		return err
	}
	say("Building the frontend")
	return run(".", "", "npm", "run", "--silent", "build")
}

// nodeModules installs what package-lock.json says, when that has changed.
func nodeModules() error {
	const installed = "node_modules/.package-lock.json"
	changed, err := target.Path(installed, "package-lock.json")
	if err != nil || !changed {
		return err
	}
	say("Installing the frontend's packages (a minute or two the first time)")
	if err := run(".", "", "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return err
	}
	now := time.Now()
	return os.Chtimes(installed, now, now)
}

// unchanged remakes what is generated and fails when that differs from what is
// committed.
func unchanged() error {
	made := []string{"dashboards", "provisioning"}
	before, err := fingerprint(made...)
	if err != nil {
		return err
	}
	if err := Generate(); err != nil {
		return err
	}
	after, err := fingerprint(made...)
	if err != nil {
		return err
	}
	if before != after {
		return errors.New("generated files were out of date: run go tool mage generate and commit what changes")
	}
	return nil
}

// runDemo builds the demo and runs it in this terminal. An interrupt goes to the
// whole group of processes: the demo stops what it started, and is waited for.
func runDemo(args ...string) error {
	say("Building the demo (Prometheus itself is compiled the first time, which takes a minute or two)")
	binary := filepath.Join("demo", ".bin", "demo"+executableSuffix())
	if err := run("demo", "", "go", "build", "-o", filepath.Join(".bin", filepath.Base(binary)), "."); err != nil {
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
		return mg.Fatal(ended.ExitCode(), "")
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

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// run runs a command in a folder with its output shown.
func run(dir, env, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	c.Env = os.Environ()
	if env != "" {
		c.Env = append(c.Env, env)
	}
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %v (in %s): %w", name, args, dir, err)
	}
	return nil
}

func say(text string) { fmt.Println("•", text) }

// fingerprint sums up the files below folders.
func fingerprint(folders ...string) (string, error) {
	sum := sha256.New()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			fmt.Fprintf(sum, "%s %d\n", path, len(text))
			sum.Write(text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
