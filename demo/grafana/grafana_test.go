//go:build unix

package grafana

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
)

// fake is the name of the environment variable that makes the test binary act as a Grafana.
// Its value selects the behavior.
const fake = "FAKE_GRAFANA"

func TestMain(m *testing.M) {
	switch os.Getenv(fake) {
	case "":
		os.Exit(m.Run())
	case "broken":
		fmt.Fprintln(os.Stderr, "the database is locked")
		os.Exit(1)
	case "child":
		time.Sleep(time.Hour)
	default:
		serveFake()
	}
}

// serveFake serves the health API of a Grafana that is ready. At /started, it serves the
// arguments and the environment of the process. It starts a child process, as Grafana
// starts plugins.
func serveFake() {
	child := exec.Command(os.Args[0])
	child.Env = []string{fake + "=child"}
	if err := child.Start(); err != nil {
		os.Exit(1)
	}
	respond := func(w http.ResponseWriter, body any) { _ = json.NewEncoder(w).Encode(body) }
	http.HandleFunc("/api/health", func(w http.ResponseWriter, _ *http.Request) { respond(w, map[string]string{"database": "ok"}) })
	http.HandleFunc("/api/datasources/uid/unhealthy/health", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		respond(w, map[string]string{"status": "ERROR", "message": "no URL"})
	})
	http.HandleFunc("/started", func(w http.ResponseWriter, _ *http.Request) {
		respond(w, map[string]any{"args": os.Args[1:], "env": os.Environ(), "child": child.Process.Pid})
	})
	serveFakeUsers(respond)
	address := net.JoinHostPort(os.Getenv("GF_SERVER_HTTP_ADDR"), os.Getenv("GF_SERVER_HTTP_PORT"))
	_ = http.ListenAndServe(address, nil)
}

// serveFakeUsers serves Grafana's API for users, with one organization that has no users yet.
// The administrator's password is "secret".
func serveFakeUsers(respond func(http.ResponseWriter, any)) {
	isAdmin := func(w http.ResponseWriter, r *http.Request) bool {
		name, password, _ := r.BasicAuth()
		if name == "admin" && password == "secret" {
			return true
		}
		w.WriteHeader(http.StatusUnauthorized)
		respond(w, map[string]string{"message": "Invalid username or password"})
		return false
	}
	users := map[string]string{}
	http.HandleFunc("POST /api/admin/users", func(w http.ResponseWriter, r *http.Request) {
		var user struct{ Login string }
		if isAdmin(w, r) && json.NewDecoder(r.Body).Decode(&user) == nil {
			users["7"] = user.Login
			respond(w, map[string]any{"id": 7})
		}
	})
	http.HandleFunc("PATCH /api/org/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		var change struct{ Role string }
		if isAdmin(w, r) && json.NewDecoder(r.Body).Decode(&change) == nil {
			users[r.PathValue("id")] += " " + change.Role
			respond(w, map[string]string{"message": "changed"})
		}
	})
	http.HandleFunc("GET /users", func(w http.ResponseWriter, _ *http.Request) { respond(w, users) })
}

// home returns the folder of an unpacked Grafana whose binary is the test binary.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "conf", "defaults.ini"), "")
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "bin", "grafana")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, file, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "dist", "plugin.json"), "{}")
	write(t, filepath.Join(root, "provisioning", "datasources", "a.yaml"), "apiVersion: 1\n")
	write(t, filepath.Join(root, "provisioning", "dashboards", "a.yaml"), "apiVersion: 1\n")
	write(t, filepath.Join(root, "provisioning", "alerting", "a.yaml"), rules)
	write(t, filepath.Join(root, "examples", "b.yaml"), "apiVersion: 1\n")
	return root
}

const rules = `# made from the packs
groups:
  - name: ours
    interval: 5m
    rules:
      - title: Down
        for: 5m # two scrapes
        data: [{model: {for: model}}]
      - title: Slow
        for: 10m
`

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestStartAndClose(t *testing.T) {
	t.Setenv(fake, "ready")
	t.Setenv("GF_AUTH_ANONYMOUS_ENABLED", "false") // a setting of another Grafana
	h, root, dir := home(t), repository(t), filepath.Join(t.TempDir(), "grafana")
	port := freePort(t)
	server, err := Start(t.Context(), Options{
		Install: preflight.Grafana{Home: h, Command: []string{filepath.Join(h, "bin", "grafana"), "server"}},
		Dir:     dir, Root: root, Port: port, PrometheusURL: "http://127.0.0.1:9090", Home: "# The *home* page", For: "0s", Log: io.Discard,
		DataSources: []string{filepath.Join(root, "examples", "b.yaml")},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var started struct {
		Args  []string
		Env   []string
		Child int
	}
	if err := server.get(t.Context(), "/started", &started); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(started.Args, " "), "server --homepath "+h+" --config "+filepath.Join(dir, "grafana.ini"); got != want {
		t.Errorf("started with %s, want %s", got, want)
	}
	env := strings.Join(started.Env, "\n") + "\n"
	for _, want := range []string{
		"GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_SERVER_HTTP_PORT=" + strconv.Itoa(port), "GF_AUTH_ANONYMOUS_ENABLED=true",
		"GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH=" + filepath.Join(dir, "home.json"), "GF_ANALYTICS_REPORTING_ENABLED=false", "PROMETHEUS_URL=http://127.0.0.1:9090", "DASHBOARDS_PATH=" + filepath.Join(root, "dashboards"),
	} {
		if !strings.Contains(env, want+"\n") {
			t.Errorf("the environment lacks %s", want)
		}
	}
	if strings.Contains(env, "GF_AUTH_ANONYMOUS_ENABLED=false") {
		t.Error("the environment contains settings of another Grafana")
	}
	if _, err := os.Stat(filepath.Join(dir, "plugins", pluginID, "plugin.json")); err != nil {
		t.Errorf("the plugin is not linked: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "provisioning", "datasources", "b.yaml")); err != nil {
		t.Errorf("the additional data source is not provisioned: %v", err)
	}
	if body, err := os.ReadFile(filepath.Join(dir, "home.json")); err != nil || !strings.Contains(string(body), "# The *home* page") {
		t.Errorf("the home page: %s %v", body, err)
	}
	checkCreateUser(t, server)
	if _, err := server.DataSourceHealth(t.Context(), "unhealthy"); err == nil || err.Error() != "no URL" {
		t.Errorf("an unhealthy data source: %v", err)
	}

	if err := server.Close(); err != nil {
		t.Error(err)
	}
	<-server.Done()
	for deadline := time.Now().Add(5 * time.Second); syscall.Kill(started.Child, 0) == nil && !zombie(started.Child); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the child process is still running")
		}
	}
	if err := server.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func checkCreateUser(t *testing.T, server *Server) {
	t.Helper()
	user := User{Login: "ada", Password: "a", Role: "Editor"}
	if err := server.CreateUser(t.Context(), "secret", user); err != nil {
		t.Error(err)
	}
	var users map[string]string
	if err := server.get(t.Context(), "/users", &users); err != nil || users["7"] != "ada Editor" {
		t.Errorf("users: %v %v", users, err)
	}
	err := server.CreateUser(t.Context(), "wrong", user)
	if err == nil || !strings.Contains(err.Error(), "create the user ada: 401 Unauthorized: ") || !strings.Contains(err.Error(), "Invalid username or password") {
		t.Errorf("a wrong password: %v", err)
	}
}

// zombie reports, on Linux, whether a process has exited but its parent hasn't waited for it.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestStartReportsExit(t *testing.T) {
	t.Setenv(fake, "broken")
	h := home(t)
	var log strings.Builder
	_, err := Start(t.Context(), Options{
		Install: preflight.Grafana{Home: h, Command: []string{filepath.Join(h, "bin", "grafana"), "server"}},
		Dir:     filepath.Join(t.TempDir(), "grafana"), Root: repository(t), Port: freePort(t), Log: &log,
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "grafana exited before it was ready") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(log.String(), "the database is locked") {
		t.Errorf("the log lacks the output: %q", log.String())
	}
}

func TestWithFor(t *testing.T) {
	got, err := withFor([]byte(rules), "0s")
	if err != nil {
		t.Fatal(err)
	}
	text := string(got)
	if strings.Count(text, "for: 0s") != 2 || !strings.Contains(text, "interval: 1m") || strings.Contains(text, "5m") {
		t.Errorf("got\n%s", text)
	}
	if !strings.Contains(text, "{for: model}") || !strings.Contains(text, "# made from the packs") {
		t.Errorf("more than `for` and interval has changed:\n%s", text)
	}
	for name, body := range map[string]string{"a data source": "datasources: [{name: a}]\n", "an empty file": ""} {
		if got, err := withFor([]byte(body), "0s"); err != nil || string(got) != body {
			t.Errorf("%s changed: %q %v", name, got, err)
		}
	}
}

func TestDockerCommand(t *testing.T) {
	cmd := dockerCommand(Options{Dir: "/run", Root: "/repo", Port: 3001, PrometheusURL: "http://127.0.0.1:9090"}, "demo")
	line := strings.Join(cmd.Args, " ")
	for _, want := range []string{
		"docker run --rm --name demo", "/repo/dist:/var/lib/grafana/plugins/" + pluginID + ":ro", "/repo/dashboards:/dashboards:ro",
		"/run/provisioning:/etc/grafana/provisioning:ro", "GF_SERVER_HTTP_PORT=3001", "DASHBOARDS_PATH=/dashboards", "/run/home.json:/etc/grafana/home.json:ro", "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH=/etc/grafana/home.json",
	} {
		if !strings.Contains(line, want) {
			t.Errorf("%s\nlacks %s", line, want)
		}
	}
	if !strings.HasSuffix(line, " "+preflight.Image) {
		t.Errorf("the last argument isn't the image: %s", line)
	}
}
