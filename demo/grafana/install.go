// Package grafana finds a Grafana on this machine and runs it for the demo: on
// loopback, with the plugin, the dashboards and the alert rules provisioned, in
// a folder of its own that touches nothing of an installed one, and without
// calls to the outside. What goes in is where the plugin and Prometheus are;
// what comes out is a URL and a process that Close ends with all its children.
package grafana

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Image is the container that is run where there is Docker alone.
const Image = "grafana/grafana:10.4.19"

// ErrNone says that there is no Grafana here.
var ErrNone = errors.New("no Grafana found: set GRAFANA_HOME to an unpacked Grafana (https://grafana.com/grafana/download), put grafana on the PATH, or start Docker")

// Install is a Grafana that can be started.
type Install struct {
	Home    string   // what --homepath wants: the folder with conf/ and public/
	Command []string // the server's command line without options
	Docker  bool     // there is no Home; Image is run
}

func (i Install) String() string {
	if i.Docker {
		return Image + " in Docker"
	}
	return i.Home
}

// Find looks for a Grafana in GRAFANA_HOME, then on the PATH, then for Docker.
// A GRAFANA_HOME that holds none is an error of its own, not passed over.
func Find(ctx context.Context) (Install, error) {
	if home := os.Getenv("GRAFANA_HOME"); home != "" {
		return inHome(home)
	}
	for _, name := range []string{"grafana", "grafana-server"} {
		binary, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if home, ok := homeOf(binary); ok {
			return Install{Home: home, Command: serverCommand(binary)}, nil
		}
	}
	if dockerAnswers(ctx) {
		return Install{Docker: true}, nil
	}
	return Install{}, ErrNone
}

func inHome(home string) (Install, error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return Install{}, err
	}
	if !isHome(home) {
		return Install{}, fmt.Errorf("GRAFANA_HOME=%s is no unpacked Grafana: there is no conf/defaults.ini in it", home)
	}
	for _, name := range []string{"grafana", "grafana-server"} {
		binary, err := exec.LookPath(filepath.Join(home, "bin", name))
		if err == nil {
			return Install{Home: home, Command: serverCommand(binary)}, nil
		}
	}
	return Install{}, fmt.Errorf("GRAFANA_HOME=%s has neither bin/grafana nor bin/grafana-server", home)
}

// serverCommand is `grafana server`, or the `grafana-server` of old.
func serverCommand(binary string) []string {
	if name := filepath.Base(binary); name == "grafana" || name == "grafana.exe" {
		return []string{binary, "server"}
	}
	return []string{binary}
}

// homeOf guesses the home of a Grafana on the PATH: beside the binary, or beside
// what it links to, when it was unpacked; or where Linux packages put it.
func homeOf(binary string) (string, bool) {
	guesses := []string{filepath.Dir(filepath.Dir(binary))}
	if resolved, err := filepath.EvalSymlinks(binary); err == nil {
		beside := filepath.Dir(filepath.Dir(resolved))
		guesses = append(guesses, beside, filepath.Join(beside, "share", "grafana"))
	}
	for _, home := range append(guesses, "/usr/share/grafana") {
		if isHome(home) {
			return home, true
		}
	}
	return "", false
}

func isHome(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "conf", "defaults.ini"))
	return err == nil
}

func dockerAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "info", "--format", "{{.ServerVersion}}").Run() == nil
}
