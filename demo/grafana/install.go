// Package grafana finds a Grafana on this machine and runs it for the demo. The Grafana
// listens on loopback and contains the plugin and its dashboards and alert rules. It uses its
// own folder instead of the folder of an installed Grafana, and sends no requests to external
// servers. Start starts the Grafana with the files of a repository and the address of a
// Prometheus, and returns a Server. Server.Close stops the Grafana.
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

// Image is the container image for Docker.
const Image = "grafana/grafana:10.4.19"

// ErrNone is the error of Find if there is no Grafana.
var ErrNone = errors.New("no Grafana found: set GRAFANA_HOME to an unpacked Grafana (https://grafana.com/grafana/download), put grafana on the PATH, or start Docker")

// Install is a Grafana that can be started.
type Install struct {
	Home    string   // the folder with conf/ and public/, for --homepath
	Command []string // the server's command without options
	Docker  bool     // whether to run Image; Home and Command are then empty
}

func (i Install) String() string {
	if i.Docker {
		return Image + " in Docker"
	}
	return i.Home
}

// Find looks for a Grafana in GRAFANA_HOME, on the PATH and in Docker, in this order. Docker
// counts as a Grafana if it is running. A GRAFANA_HOME without a Grafana is an error.
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
	if dockerRuns(ctx) {
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
		return Install{}, fmt.Errorf("GRAFANA_HOME=%s is not an unpacked Grafana: it has no conf/defaults.ini", home)
	}
	for _, name := range []string{"grafana", "grafana-server"} {
		binary, err := exec.LookPath(filepath.Join(home, "bin", name))
		if err == nil {
			return Install{Home: home, Command: serverCommand(binary)}, nil
		}
	}
	return Install{}, fmt.Errorf("GRAFANA_HOME=%s has neither bin/grafana nor bin/grafana-server", home)
}

// serverCommand returns the command `grafana server`, or `grafana-server` in older
// releases.
func serverCommand(binary string) []string {
	if name := filepath.Base(binary); name == "grafana" || name == "grafana.exe" {
		return []string{binary, "server"}
	}
	return []string{binary}
}

// homeOf returns the home of a Grafana whose binary is on the PATH. It first tries the parent
// of the binary's folder, as in an unpacked Grafana. Then it resolves symbolic links and tries
// the parent of the target's folder, and share/grafana in that parent. The last folder is
// /usr/share/grafana, where Linux packages install Grafana.
func homeOf(binary string) (string, bool) {
	candidates := []string{filepath.Dir(filepath.Dir(binary))}
	if resolved, err := filepath.EvalSymlinks(binary); err == nil {
		parent := filepath.Dir(filepath.Dir(resolved))
		candidates = append(candidates, parent, filepath.Join(parent, "share", "grafana"))
	}
	for _, home := range append(candidates, "/usr/share/grafana") {
		if isHome(home) {
			return home, true
		}
	}
	return "", false
}

func isHome(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "conf", "defaults.ini")) //nolint:gosec // G703: the folder that the user of the demo chose
	return err == nil
}

func dockerRuns(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "info", "--format", "{{.ServerVersion}}").Run() == nil
}
