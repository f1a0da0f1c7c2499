//go:build mage

// The project's commands: go tool mage -l lists them.
package main

import (
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
	"slices"
	"strings"
	"syscall"
	"time"

	// mage:import sdk
	sdk "github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/mg"
	"github.com/magefile/mage/sh"
	"github.com/magefile/mage/target"
)

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
func Demo(incident, For *string, port *int) error {
	mg.SerialDeps(Plugin)
	if hasGrafana() {
		mg.SerialDeps(Frontend)
	}
	return runDemo(slices.Concat(flagged("incident", incident), flagged("for", For), flagged("port", port))...)
}

// Smoke runs every variable, panel and alert rule through the compiled plugin against real Prometheus data, and ends.
// With -incidents it does so for the quiet fleet and for every incident in turn.
func Smoke(incident *string, incidents *bool) error {
	mg.SerialDeps(Plugin)
	return runDemo(slices.Concat([]string{"-smoke"}, flagged("incident", incident), flagged("incidents", incidents))...)
}

// flagged passes a flag on where it was given.
func flagged[T any](name string, value *T) []string {
	if value == nil {
		return nil
	}
	return []string{fmt.Sprintf("-%s=%v", name, *value)}
}

// Test runs every test of both languages, with all the set-up they need.
func Test() error {
	mg.SerialDeps(Plugin)
	if err := run(".", "GOWORK=off", "go", "test", "./..."); err != nil {
		return err
	}
	mg.SerialDeps(promtool) // which tests/alerts asks
	// A number of inputs rather than a time: what is tested doesn't depend on the machine.
	if err := fuzz("5000x"); err != nil {
		return err
	}
	for _, module := range []string{"demo", "tests"} {
		// Never from the cache, which doesn't know the plugin's executable.
		if err := run(module, "", "go", "test", "-count=1", "./..."); err != nil {
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
	if err := unchanged(); err != nil {
		return err
	}
	if err := Rules(); err != nil {
		return err
	}
	if os.Getenv("GRAFANA_HOME") == "" {
		say("The browser specs did not run: there is no GRAFANA_HOME. With one, run go tool mage e2e")
	} else {
		say("The browser specs did not run: run go tool mage e2e")
	}
	return nil
}

// Fuzz runs every fuzz target of the plugin, one after another, for a minute each or as long as -each says.
func Fuzz(each *time.Duration) error {
	if each == nil {
		return fuzz(time.Minute.String())
	}
	return fuzz(each.String())
}

// Hostile attacks the plugin with queries, settings and servers that are made to exhaust it, and then with all of them
// together for ten minutes or as long as -for says. See tests/hostile.
func Hostile(For *time.Duration) error {
	mg.SerialDeps(Plugin)
	if For == nil {
		For = new(10 * time.Minute)
	}
	return run("tests", "", "go", "test", "-count=1", "-timeout=0", "-v", "./hostile", "-run=^(TestAttacks|TestMixedLoad)$",
		"-all", "-mutations=3", fmt.Sprintf("-seed=%d", time.Now().Unix()), fmt.Sprintf("-for=%v", *For))
}

// Bench measures the plugin beside its peers and prints tables in Markdown; -peer names one more plugin's executable,
// -profile a folder for profiles of the plugin instead. See docs/performance.md.
func Bench(peer, profile *string) error {
	mg.SerialDeps(Plugin)
	// The peer is built as the plugin is, so that their memory compares.
	if err := run("tests", "", "go", "build", "-trimpath", "-ldflags=-w -s", "-o", ".bin"+string(filepath.Separator), "./bench", "./bench/peer"); err != nil {
		return err
	}
	bin := filepath.Join("tests", ".bin")
	args := append(flagged("peer", peer), flagged("profile", profile)...)
	return run(".", "", filepath.Join(bin, "bench"+executableSuffix()), append(args, "-baseline="+filepath.Join(bin, "peer"+executableSuffix()))...)
}

// E2E runs the browser specs against the demo, in the Grafana of GRAFANA_HOME and a Chromium of this machine.
// -screenshots also remakes the pictures in docs/img.
func E2E(screenshots *bool) error {
	if os.Getenv("GRAFANA_HOME") == "" {
		return errors.New("e2e needs a Grafana: set GRAFANA_HOME to an unpacked one, 10.4 or newer (it holds bin, conf and public)")
	}
	mg.SerialDeps(Plugin, Frontend)
	if _, err := buildDemo(); err != nil {
		return err
	}
	env := ""
	if screenshots != nil && *screenshots {
		env = "E2E_SCREENSHOTS=true"
	}
	// Playwright starts the demo, waits for it and stops it: see playwright.config.ts.
	return run(".", env, "npx", "playwright", "test")
}

// generated is what Generate writes, beside what people do in some of its folders.
var generated = []string{
	"dashboards", "docs/catalog", "docs/metrics-contract.md", "docs/runbooks", "monitoring/alerts", "monitoring/rules",
	"pkg/catalog/units.txt", "plugin.json", "provisioning/alerting",
}

// Generate remakes what is made from the packs: dashboards, alert rules and their runbooks, recording rules, the packs' pages and
// the metrics contract.
func Generate() error {
	mg.SerialDeps(nodeModules)
	// In this order: the loader checks the packs' units, and alert rules point at panels.
	for _, script := range []string{"units", "dashboards"} {
		if err := run(".", "", "npm", "run", "--silent", script); err != nil {
			return err
		}
	}
	return run(".", "GOWORK=off", "go", "run", "./generate")
}

// Rules checks Prometheus's recording and alerting rules with promtool and runs their unit tests.
func Rules() error {
	mg.SerialDeps(promtool)
	for _, step := range []struct {
		files string
		args  []string
	}{
		{"monitoring/*/*.yaml", []string{"check", "rules", "--lint=all", "--lint-fatal"}},
		{"monitoring/*/tests/*.yaml", []string{"test", "rules"}},
	} {
		files, err := filepath.Glob(step.files)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("there is no file %s: run go tool mage generate", step.files)
		}
		if err := run(".", "", filepath.Join("tests", promtoolBinary()), append(step.args, files...)...); err != nil {
			return err
		}
	}
	return nil
}

// promtool makes promtool, from the Prometheus that the demo uses.
func promtool() error {
	say("Building promtool (most of it is what the demo is made of; the rest takes a minute the first time)")
	// Without service discovery, which is most of its size. go run can't build it by
	// version, because its module replaces others.
	return run("tests", "", "go", "build", "-tags=remove_all_sd", "-o", promtoolBinary(), "github.com/prometheus/prometheus/cmd/promtool")
}

// promtoolBinary is where promtool is, from tests.
func promtoolBinary() string { return filepath.Join(".bin", "promtool"+executableSuffix()) }

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

// nodeModules installs the frontend's packages.
func nodeModules() error { return installPackages(".") }

// installPackages installs the packages of a folder's package-lock.json when that
// has changed.
func installPackages(dir string) error {
	installed := filepath.Join(dir, "node_modules", ".package-lock.json")
	changed, err := target.Path(installed, filepath.Join(dir, "package-lock.json"))
	if err != nil || !changed {
		return err
	}
	say("Installing the packages of " + filepath.Join(dir, "package.json") + " (a minute or two the first time)")
	if err := run(dir, "", "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return err
	}
	now := time.Now()
	return os.Chtimes(installed, now, now)
}

// unchanged remakes what is generated and fails when that differs from what is
// committed.
func unchanged() error {
	before, err := fingerprint(generated...)
	if err != nil {
		return err
	}
	if err := Generate(); err != nil {
		return err
	}
	after, err := fingerprint(generated...)
	if err != nil {
		return err
	}
	if before != after {
		return errors.New("generated files were out of date: run go tool mage generate and commit what changes")
	}
	return nil
}

// fuzz finds the fuzz targets below pkg and runs them, one after another, each for
// a time or a number of inputs, as go test's -fuzztime has it.
func fuzz(each string) error {
	packages, err := sh.Output("go", "list", "./pkg/...")
	if err != nil {
		return err
	}
	for _, pkg := range strings.Fields(packages) {
		listed, err := sh.OutputWith(map[string]string{"GOWORK": "off"}, "go", "test", "-list=^Fuzz", pkg)
		if err != nil {
			return err
		}
		for _, target := range strings.Fields(listed) {
			if !strings.HasPrefix(target, "Fuzz") {
				continue
			}
			say("Fuzzing " + filepath.Base(pkg) + "." + target + " for " + each)
			// Go's own minimiser can work on a large input for longer than the whole run.
			if err := run(".", "GOWORK=off", "go", "test", "-run=^$", "-fuzz=^"+target+"$", "-fuzztime="+each, "-fuzzminimizetime=1x", pkg); err != nil {
				return err
			}
		}
	}
	return nil
}

// buildDemo makes the demo and returns where it is.
func buildDemo() (binary string, err error) {
	say("Building the demo (Prometheus itself is compiled the first time, which takes a minute or two)")
	binary = filepath.Join("demo", ".bin", "demo"+executableSuffix())
	return binary, run("demo", "", "go", "build", "-o", filepath.Join(".bin", filepath.Base(binary)), ".")
}

// runDemo builds the demo and runs it in this terminal. An interrupt goes to the
// whole group of processes: the demo stops what it started, and is waited for.
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
		return mg.Fatalf(ended.ExitCode(), "the demo ended with status %d", ended.ExitCode())
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

// fingerprint sums up files and those below folders.
func fingerprint(paths ...string) (string, error) {
	sum := sha256.New()
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
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
