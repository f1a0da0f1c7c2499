//go:build unix

package preflight

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// home returns the folder of an unpacked Grafana whose binary is a script.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "conf", "defaults.ini"), "")
	script(t, filepath.Join(dir, "bin"), "grafana", "exit 0")
	return dir
}

// script writes an executable shell script.
func script(t *testing.T, dir, name, body string) {
	t.Helper()
	file := filepath.Join(dir, name)
	write(t, file, "#!/bin/sh\n"+body+"\n")
	if err := os.Chmod(file, 0o755); err != nil { //nolint:gosec // G302: a script must be executable
		t.Fatal(err)
	}
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

func TestFindGrafana(t *testing.T) {
	good := home(t)
	t.Setenv("GRAFANA_HOME", good)
	install, err := FindGrafana(t.Context())
	if err != nil || install.Home != good || strings.Join(install.Command, " ") != filepath.Join(good, "bin", "grafana")+" server" {
		t.Errorf("%+v %v", install, err)
	}

	t.Setenv("GRAFANA_HOME", t.TempDir())
	if _, err := FindGrafana(t.Context()); err == nil || errors.Is(err, ErrNoGrafana) || !strings.Contains(err.Error(), "it has no conf/defaults.ini") {
		t.Errorf("a GRAFANA_HOME without a Grafana: %v", err)
	}

	t.Setenv("GRAFANA_HOME", "")
	t.Setenv("PATH", filepath.Join(good, "bin"))
	if install, err := FindGrafana(t.Context()); err != nil || !isHome(install.Home) {
		t.Errorf("a grafana on the PATH: %+v %v", install, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := FindGrafana(t.Context()); !errors.Is(err, ErrNoGrafana) {
		t.Errorf("no Grafana: %v", err)
	}
}

func TestHomeOfFollowsLink(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "conf", "defaults.ini"), "")
	write(t, filepath.Join(dir, "bin", "grafana"), "")
	link := filepath.Join(t.TempDir(), "grafana")
	if err := os.Symlink(filepath.Join(dir, "bin", "grafana"), link); err != nil {
		t.Fatal(err)
	}
	want, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := homeOf(link); !ok || got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
