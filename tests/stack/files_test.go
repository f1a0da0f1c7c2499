package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/external"
)

// TestAlertmanager checks the configuration of Alertmanager.
func TestAlertmanager(t *testing.T) {
	output, err := external.Command(t, "amtool", "check-config", filepath.Join(folder, "alertmanager.yml")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestPrometheus251 checks that no rule and no alert uses a feature that is missing in the
// stack's Prometheus, 2.51. It runs Debian's promtool, which is older than 2.51.
func TestPrometheus251(t *testing.T) {
	var files []string
	for _, kind := range []string{"rules", "alerts"} {
		found, err := filepath.Glob(filepath.Join(folder, kind, "*.yaml"))
		if err != nil || len(found) < 5 {
			t.Fatalf("found %q, %v", found, err)
		}
		files = append(files, found...)
	}
	promtool := external.Command(t, "promtool", append([]string{"check", "rules"}, files...)...)
	if output, err := promtool.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestGrafana1040 checks that the stack's Grafana gets the alert rules for 10.4.0, which doesn't
// start with the state KeepLast. The tests in the folder generate check the states in these files.
func TestGrafana1040(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(folder, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for pack, dir := range map[string]string{"modelmetrics": "./alerting", "tessallite": "../provisioning/alerting-10.4.0"} {
		mount := dir + "/" + pack + ".yaml:/etc/grafana/provisioning/alerting/" + pack + ".yaml:ro"
		if !strings.Contains(string(body), mount) {
			t.Errorf("docker-compose.yml doesn't mount %s", mount)
		}
		rules, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(dir), pack+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(rules), "KeepLast") {
			t.Errorf("the rules of %s contain KeepLast", pack)
		}
	}
}

// TestFleetImage builds the program of fleet.Dockerfile. Only the files of the build context
// are available to the build, not the other files of the repository.
func TestFleetImage(t *testing.T) {
	t.Parallel()
	docker, err := os.ReadFile(filepath.Join(folder, "fleet.Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	const build = "cd demo && CGO_ENABLED=0 go build -trimpath -ldflags=\"-s -w\" -o /tessallite ./tessallite\n"
	if !strings.Contains(string(docker), build) {
		t.Fatalf("fleet.Dockerfile doesn't contain the command %s", build)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(mod), "\ngo ")
	version, _, _ = strings.Cut(version, "\n")
	if from := "FROM golang:" + version + "-"; !strings.Contains(string(docker), from) {
		t.Errorf("fleet.Dockerfile doesn't build with the Go version of go.mod: %s", from)
	}
	context := t.TempDir()
	copyContext(t, context)
	binary := filepath.Join(t.TempDir(), "tessallite")
	cmd := external.Command(t, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./tessallite")
	cmd.Dir = filepath.Join(context, "demo")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if err := external.Command(t, binary, "-check").Run(); err == nil {
		t.Error("the health check succeeds without a platform")
	}
}

// copyContext copies the files that fleet.Dockerfile.dockerignore includes. The file excludes
// everything, and then includes files and folders by name.
func copyContext(t *testing.T, to string) {
	t.Helper()
	ignore, err := os.ReadFile(filepath.Join(folder, "fleet.Dockerfile.dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(ignore), "\n*\n!") {
		t.Fatal("the build context doesn't exclude everything first")
	}
	for line := range strings.Lines(string(ignore)) {
		name, included := strings.CutPrefix(strings.TrimSpace(line), "!")
		if !included {
			continue
		}
		from, target := filepath.Join(root, name), filepath.Join(to, name)
		info, err := os.Stat(from)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			copyFolder(t, from, target)
			continue
		}
		copyFile(t, from, target)
	}
}

// copyFolder copies a folder, except for files and folders whose name begins with a dot.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		source, target := filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case entry.IsDir():
			copyFolder(t, source, target)
		default:
			copyFile(t, source, target)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	body, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
