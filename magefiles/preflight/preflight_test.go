//go:build unix

package preflight

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// takenPort returns a port on which a program listens until the end of the test.
func takenPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// wantError checks that an error contains all texts.
func wantError(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not contain %q", err, text)
		}
	}
}

func TestPort(t *testing.T) {
	taken := takenPort(t)
	wantError(t, Port(t.Context(), taken, "-port"), "port "+strconv.Itoa(taken)+" is in use by another program", "choose another port", "-port=")
	wantError(t, Port(t.Context(), 70_000, "-port"), "-port=70000 is not a port", "65535")
	if err := Port(t.Context(), 0, "-port"); err != nil {
		t.Errorf("port 0: %v", err)
	}
}

func TestNode(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	wantError(t, Node(t.Context()), "node is not on the PATH", "install Node 20 or later", "https://nodejs.org")
	script(t, bin, "node", "echo v18.2.0")
	wantError(t, Node(t.Context()), "npm is not on the PATH", "install Node 20")
	script(t, bin, "npm", "exit 0")
	wantError(t, Node(t.Context()), "node v18.2.0 is too old", "install Node 20")
	script(t, bin, "node", "echo v20.0.1")
	if err := Node(t.Context()); err != nil {
		t.Error(err)
	}
}

// repository returns a folder with a Go module for the plugin and one for the demo, which need
// no other modules, and with the sources of a frontend.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"pkg", "demo"} {
		write(t, filepath.Join(root, dir, "main.go"), "package main\n\nfunc main() {}\n")
	}
	write(t, filepath.Join(root, "go.mod"), "module example.com/plugin\n\ngo 1.26\n")
	write(t, filepath.Join(root, "demo", "go.mod"), "module example.com/demo\n\ngo 1.26\n")
	for _, name := range []string{"src/module.ts", ".config/webpack.ts", "plugin.json", "package-lock.json", "webpack.config.ts", "dashboards/first.json"} {
		write(t, filepath.Join(root, name), "{}")
	}
	return root
}

// builtFrontend adds a frontend that is newer than its sources.
func builtFrontend(t *testing.T, root string) {
	t.Helper()
	file := filepath.Join(root, "dist", "module.js")
	write(t, file, "")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
}

// onlyGo sets the PATH to a folder with the command go and returns the folder. Docker and npm
// are not in it.
func onlyGo(t *testing.T) (bin string) {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin = t.TempDir()
	if err := os.Symlink(path, filepath.Join(bin, "go")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GRAFANA_HOME", "")
	return bin
}

func TestDemoNeedsNodeOnlyForFrontend(t *testing.T) {
	onlyGo(t)
	demo := Demo{Root: repository(t)}
	if grafana, err := demo.Check(t.Context()); grafana != nil || err != nil {
		t.Errorf("without a Grafana: %v %v", grafana, err)
	}
	t.Setenv("GRAFANA_HOME", home(t))
	_, err := demo.Check(t.Context())
	wantError(t, err, "node is not on the PATH", "install Node 20", "-dashboard=summary")
	drawn := demo
	drawn.Dashboard = "first"
	if grafana, err := drawn.Check(t.Context()); grafana != nil || err != nil {
		t.Errorf("in the terminal: %v %v", grafana, err)
	}
	builtFrontend(t, demo.Root)
	if grafana, err := demo.Check(t.Context()); grafana == nil || err != nil {
		t.Errorf("with a frontend that is built: %v %v", grafana, err)
	}
}

func TestDemoReportsAllProblems(t *testing.T) {
	onlyGo(t)
	t.Setenv("GRAFANA_HOME", t.TempDir())
	_, err := Demo{Root: repository(t), Port: takenPort(t)}.Check(t.Context())
	wantError(t, err, "it has no conf/defaults.ini", "set GRAFANA_HOME to the folder that contains bin, conf and public", "in use")

	_, err = Demo{Root: repository(t), Dashboard: "frist"}.Check(t.Context())
	wantError(t, err, "-dashboard=frist is unknown", "summary, first")
	_, err = Demo{Root: repository(t), Dashboard: Summary, Tenants: true}.Check(t.Context())
	wantError(t, err, "remove one of them")
	t.Setenv("GRAFANA_HOME", "")
	_, err = Demo{Root: repository(t), Tenants: true}.Check(t.Context())
	wantError(t, err, "-tenants needs a Grafana", "set GRAFANA_HOME")
	if !errors.Is(err, ErrNoGrafana) {
		t.Errorf("%v is not ErrNoGrafana", err)
	}
}

func TestDemoWithoutNetwork(t *testing.T) {
	bin := onlyGo(t)
	root := repository(t)
	nowhere := "http://127.0.0.1:" + strconv.Itoa(closedPort(t))
	t.Setenv("GOPROXY", nowhere+",direct")
	if _, err := (Demo{Root: root}).Check(t.Context()); err != nil {
		t.Errorf("with all modules: %v", err)
	}
	t.Setenv("GOMODCACHE", t.TempDir())
	write(t, filepath.Join(root, "demo", "main.go"), "package main\n\nimport _ \"example.com/absent\"\n\nfunc main() {}\n")
	write(t, filepath.Join(root, "demo", "go.mod"), "module example.com/demo\n\ngo 1.26\n\nrequire example.com/absent v1.0.0\n")
	_, err := Demo{Root: root}.Check(t.Context())
	wantError(t, err, "Go's modules must be downloaded", "connect to the network, or set GOPROXY", "127.0.0.1", "refused")

	root = repository(t)
	t.Setenv("GRAFANA_HOME", home(t))
	script(t, bin, "node", "echo v20.0.1")
	script(t, bin, "npm", "echo "+nowhere)
	_, err = Demo{Root: root}.Check(t.Context())
	wantError(t, err, "npm packages must be downloaded", "connect to the network", "127.0.0.1")
	builtFrontend(t, root)
	if _, err := (Demo{Root: root}).Check(t.Context()); err != nil {
		t.Errorf("with a frontend that is built: %v", err)
	}
}

func closedPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestDockerImage(t *testing.T) {
	bin := onlyGo(t)
	root := repository(t)
	builtFrontend(t, root)
	for _, c := range []struct {
		name, docker, want string
		steps              int
	}{
		{"image exists", `[ "$1" != pull ]`, "", 0},
		{"image is downloaded", `[ "$1 $2" != "image inspect" ]`, "", 1},
		{"no network", `echo "Error response from daemon" >&2; [ "$1" = info ]`, "docker can't download " + Image + ": connect to the network", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			script(t, bin, "docker", c.docker)
			steps := 0
			grafana, err := Demo{Root: root, Progress: func(string) { steps++ }}.Check(t.Context())
			if c.want != "" {
				wantError(t, err, c.want, "-dashboard=summary")
				if strings.Contains(err.Error(), "daemon") {
					t.Errorf("the error contains Docker's text: %v", err)
				}
			} else if err != nil || !grafana.Docker {
				t.Errorf("%v %v", grafana, err)
			}
			if steps != c.steps {
				t.Errorf("%d steps, want %d", steps, c.steps)
			}
		})
	}
}
