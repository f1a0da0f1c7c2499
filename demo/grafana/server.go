// Package grafana runs a Grafana for the demo. The Grafana listens on loopback and contains the
// plugin and its dashboards and alert rules. It uses its own folder instead of the folder of an
// installed Grafana, and sends no requests to external servers. Start starts the Grafana with
// the files of a repository and the address of a Prometheus, and returns a Server. Server.Close
// stops the Grafana.
package grafana

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
)

// Time limits. The first start creates the database, which takes long on a slow machine.
// A stop waits for running requests.
const (
	startTimeout = 3 * time.Minute
	stopTimeout  = 10 * time.Second
)

// Options describe the Grafana to start.
type Options struct {
	Install       preflight.Grafana
	Dir           string // a folder, empty or absent, for its data, logs and provisioning
	Root          string // the repository
	Port          int
	PrometheusURL string
	TracesURL     string   // URL of a trace's page without the trace id; empty means that exemplars have no links
	Home          string   // Markdown of the home page
	For           string   // replaces the `for` of every alert rule unless it is empty
	AdminPassword string   // password of the user admin; empty means a random one and no login form
	DataSources   []string // additional provisioning files of data sources
	Log           io.Writer
}

// Server is a running Grafana.
type Server struct {
	URL string

	cmd       *exec.Cmd
	container string // name, if it runs in Docker
	done      chan struct{}
	err       error // of the process; valid after done is closed
}

// Start starts a Grafana and waits until it is ready. progress, if not nil, is called about
// twice a second with the elapsed time. Start returns an error if Grafana exits before it is
// ready, or isn't ready after startTimeout.
func Start(ctx context.Context, o Options, progress func(elapsed time.Duration)) (*Server, error) {
	if err := prepare(o); err != nil {
		return nil, fmt.Errorf("prepare Grafana's folder: %w", err)
	}
	s := &Server{URL: fmt.Sprintf("http://localhost:%d", o.Port), done: make(chan struct{})}
	if o.Install.Docker {
		s.container = fmt.Sprintf("modelmetrics-demo-%d", o.Port)
		s.cmd = dockerCommand(o, s.container)
	} else {
		s.cmd = homeCommand(o)
	}
	s.cmd.Stdout, s.cmd.Stderr = o.Log, o.Log
	ownGroup(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Grafana: %w", err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	if err := s.wait(ctx, progress); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Done returns a channel that is closed when Grafana has exited, with or without a call
// of Close.
func (s *Server) Done() <-chan struct{} { return s.done }

// Close stops Grafana. On Unix, if Grafana is still running after stopTimeout, Close kills it and
// its child processes. On other systems, Close kills Grafana at once, but no child processes.
func (s *Server) Close() error {
	select {
	case <-s.done:
		return nil
	default:
	}
	terminate(s.cmd.Process)
	select {
	case <-s.done:
	case <-time.After(stopTimeout):
		kill(s.cmd.Process)
		<-s.done
	}
	if s.container == "" {
		return nil
	}
	// The Docker client can exit while the container is still running.
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "docker", "rm", "--force", s.container).CombinedOutput() //nolint:gosec // G204: the name of a container that the demo has started
	if err != nil && !strings.Contains(string(out), "No such container") {
		return fmt.Errorf("remove the container %s: %w: %s", s.container, err, out)
	}
	return nil
}

func homeCommand(o Options) *exec.Cmd {
	args := slices.Concat(o.Install.Command[1:], []string{"--homepath", o.Install.Home, "--config", filepath.Join(o.Dir, configFile)})
	cmd := exec.Command(o.Install.Command[0], args...) //nolint:noctx,gosec // Close also stops the child processes; a context doesn't; G204: the Grafana that the user of the demo chose
	cmd.Dir = o.Dir
	cmd.Env = append(withoutGrafana(os.Environ()), pairs(settings(o.Port, o.AdminPassword), map[string]string{
		"GF_SERVER_HTTP_ADDR":   "127.0.0.1",
		"GF_PATHS_DATA":         filepath.Join(o.Dir, "data"),
		"GF_PATHS_LOGS":         filepath.Join(o.Dir, "logs"),
		"GF_PATHS_PLUGINS":      filepath.Join(o.Dir, "plugins"),
		"GF_PATHS_PROVISIONING": filepath.Join(o.Dir, "provisioning"),
		"PROMETHEUS_URL":        o.PrometheusURL,
		"DASHBOARDS_PATH":       filepath.Join(o.Root, "dashboards"),
		homeVariable:            filepath.Join(o.Dir, homeFile),
	})...)
	return cmd
}

// dockerCommand returns the command that runs Image. On Linux, the container uses
// the host's network. On other systems, it reaches the host by name and its port is
// published on loopback.
func dockerCommand(o Options, name string) *exec.Cmd {
	env := map[string]string{"PROMETHEUS_URL": o.PrometheusURL, "DASHBOARDS_PATH": "/dashboards", homeVariable: "/etc/grafana/" + homeFile}
	args := []string{"run", "--rm", "--name", name}
	if runtime.GOOS == "linux" {
		args = append(args, "--network", "host")
		env["GF_SERVER_HTTP_ADDR"] = "127.0.0.1"
	} else {
		args = append(args, "--publish", fmt.Sprintf("127.0.0.1:%d:%d", o.Port, o.Port))
		env["PROMETHEUS_URL"] = strings.Replace(o.PrometheusURL, "127.0.0.1", "host.docker.internal", 1)
	}
	for _, mount := range []string{
		filepath.Join(o.Root, "dist") + ":/var/lib/grafana/plugins/" + pluginID + ":ro",
		filepath.Join(o.Root, "dashboards") + ":/dashboards:ro",
		filepath.Join(o.Dir, "provisioning") + ":/etc/grafana/provisioning:ro",
		filepath.Join(o.Dir, configFile) + ":/etc/grafana/grafana.ini:ro",
		filepath.Join(o.Dir, homeFile) + ":/etc/grafana/" + homeFile + ":ro",
	} {
		args = append(args, "--volume", mount)
	}
	for _, pair := range pairs(settings(o.Port, o.AdminPassword), env) {
		args = append(args, "--env", pair)
	}
	return exec.Command("docker", append(args, preflight.Image)...) //nolint:noctx,gosec // as in homeCommand; G204: the arguments are those of this file
}
