package preflight

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

// ErrNoGrafana is the error of FindGrafana if there is no Grafana.
var ErrNoGrafana = errors.New("no Grafana found; set GRAFANA_HOME to an unpacked Grafana (https://grafana.com/grafana/download), put grafana on the PATH, or start Docker")

// Grafana is a Grafana that can be started.
type Grafana struct {
	Home    string   // the folder with conf/ and public/, for --homepath
	Command []string // the server's command without options
	Docker  bool     // whether to run Image; Home and Command are then empty
}

func (g Grafana) String() string {
	if g.Docker {
		return Image + " in Docker"
	}
	return g.Home
}

// FindGrafana looks for a Grafana in GRAFANA_HOME, on the PATH and in Docker, in this order. Docker
// counts as a Grafana if it is running. A GRAFANA_HOME without a Grafana is an error.
func FindGrafana(ctx context.Context) (Grafana, error) {
	if home := os.Getenv("GRAFANA_HOME"); home != "" {
		return inHome(home)
	}
	for _, name := range []string{"grafana", "grafana-server"} {
		binary, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if home, ok := homeOf(binary); ok {
			return Grafana{Home: home, Command: serverCommand(binary)}, nil
		}
	}
	if dockerRuns(ctx) {
		return Grafana{Docker: true}, nil
	}
	return Grafana{}, ErrNoGrafana
}

// homeRemedy is the end of the errors about GRAFANA_HOME.
const homeRemedy = "set GRAFANA_HOME to the folder that contains bin, conf and public, or unset it"

func inHome(home string) (Grafana, error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return Grafana{}, err
	}
	if !isHome(home) {
		return Grafana{}, fmt.Errorf("GRAFANA_HOME=%s is not an unpacked Grafana: it has no conf/defaults.ini; %s", home, homeRemedy)
	}
	for _, name := range []string{"grafana", "grafana-server"} {
		binary, err := exec.LookPath(filepath.Join(home, "bin", name))
		if err == nil {
			return Grafana{Home: home, Command: serverCommand(binary)}, nil
		}
	}
	return Grafana{}, fmt.Errorf("GRAFANA_HOME=%s has neither bin/grafana nor bin/grafana-server; %s", home, homeRemedy)
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

// isHome reports whether a folder is an unpacked Grafana.
func isHome(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "conf", "defaults.ini")) //nolint:gosec // G703: the folder that the user of the demo chose
	return err == nil
}

func dockerRuns(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "info", "--format", "{{.ServerVersion}}").Run() == nil
}
