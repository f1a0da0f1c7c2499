//go:build unix

package preflight

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// mage runs a mage target in the repository and returns its output. It fails the test if the
// exit code isn't as expected.
func mage(t *testing.T, succeeds bool, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"tool", "mage"}, args...)...)
	command.Dir = filepath.Join("..", "..")
	output, err := command.CombinedOutput()
	if (err == nil) != succeeds {
		t.Errorf("mage %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return string(output)
}

// TestListContainsOwnTargets checks the list of the targets: only targets of the project, each
// on one line of a terminal with 100 columns.
func TestListContainsOwnTargets(t *testing.T) {
	list := mage(t, true, "-l")
	for line := range strings.Lines(list) {
		if length := utf8.RuneCountInString(line); length > 100 {
			t.Errorf("a line has %d characters, more than 100: %s", length, line)
		}
		if strings.Contains(line, ":") && strings.HasPrefix(line, "  ") {
			t.Errorf("a target of another project: %s", line)
		}
	}
	for _, name := range []string{"  build ", "  demo ", "  smoke ", "  test "} {
		if !strings.Contains(list, name) {
			t.Errorf("the list lacks %s:\n%s", name, list)
		}
	}
}

// TestDemoIsCheckedBeforeTheBuild runs the demo in this repository with one problem at a time.
// The output is one error with a remedy, and nothing is built.
func TestDemoIsCheckedBeforeTheBuild(t *testing.T) {
	taken := "-port=" + strconv.Itoa(takenPort(t))
	for _, c := range []struct {
		name string
		args []string
		set  func(t *testing.T)
		want []string
	}{
		{"taken port", []string{taken, "-dashboard=summary"}, nil, []string{"is in use by another program", "choose another port"}},
		{"wrong GRAFANA_HOME", []string{"-port=0"}, func(t *testing.T) { t.Helper(); t.Setenv("GRAFANA_HOME", t.TempDir()) }, []string{"is not an unpacked Grafana", "bin, conf and public"}},
		{"unknown dashboard", []string{"-port=0", "-dashboard=tesalite"}, nil, []string{"choose one of summary,", "tessallite-overview"}},
		{"unknown incident", []string{"-port=0", "-dashboard=summary", "-incident=latncy"}, nil, []string{`unknown incident "latncy"`, "latency, errors"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.set != nil {
				c.set(t)
			}
			output := mage(t, false, append([]string{"demo"}, c.args...)...)
			for _, want := range append(c.want, "Error: ") {
				if !strings.Contains(output, want) {
					t.Errorf("%q does not contain %q", output, want)
				}
			}
			if strings.Contains(output, "Building") || strings.Contains(output, "Production build") || strings.Contains(output, "exit status") {
				t.Errorf("the demo was built, or the output is that of a tool:\n%s", output)
			}
		})
	}
}

// TestNodeIsCheckedBeforeTheBuild runs targets that need Node without it.
func TestNodeIsCheckedBeforeTheBuild(t *testing.T) {
	onlyGo(t)
	for _, target := range []string{"generate", "lint", "test", "package"} {
		output := mage(t, false, target)
		if !strings.HasPrefix(output, "Error: node is not on the PATH") || !strings.Contains(output, "install Node 20") {
			t.Errorf("%s: %s", target, output)
		}
	}
}

func TestDemoListsIncidents(t *testing.T) {
	list := mage(t, true, "demo", "-incidents")
	for _, want := range []string{"latency ", "leak ", "agent-service is down", "-incident=latency"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}
