// Package alerts checks that the unit tests of the alert rules fail for rules that
// fire too early or too late, and that Grafana can render the descriptions.
package alerts

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

const rulesDir = "../../monitoring/alerts"

// TestUnitTestsDetectChangedFor checks that the unit tests of a rule fail if its `for` is
// one evaluation interval longer or shorter. To detect both, they have to check the alert
// one evaluation before it fires and when it fires.
func TestUnitTestsDetectChangedFor(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(rulesDir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule files in %s: %v", rulesDir, err)
	}
	for _, file := range files {
		pack := strings.TrimSuffix(filepath.Base(file), ".yaml")
		tests := filepath.Join(rulesDir, "tests", filepath.Base(file))
		if _, err := os.Stat(tests); errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s doesn't exist; the tests in the folder generate list the required cases", tests)
			continue
		}
		for name, evaluations := range map[string]time.Duration{"longer": 1, "shorter": -1} {
			t.Run(pack+"/"+name, func(t *testing.T) {
				t.Parallel()
				changed := changeFor(t, file, evaluations)
				failed := failing(t, changed.file, tests)
				for _, alert := range changed.alerts {
					if !slices.Contains(failed, alert) {
						t.Errorf("%s: the `for` of %s can be one evaluation %s without a failing test; check the alert one evaluation before it fires and when it fires", tests, alert, name)
					}
				}
			})
		}
	}
}

type changed struct {
	file   string
	alerts []string // with a changed `for`
}

// changeFor writes a copy of a rule file in which every `for` is changed by a number of
// evaluation intervals of its group. A `for` that would become negative isn't changed.
func changeFor(t *testing.T, path string, evaluations time.Duration) changed {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name     string           `yaml:"name"`
			Interval string           `yaml:"interval"`
			Rules    []map[string]any `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	copied := changed{file: filepath.Join(t.TempDir(), "rules.yaml")}
	for _, group := range file.Groups {
		interval, err := model.ParseDuration(group.Interval)
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range group.Rules {
			pending, err := model.ParseDuration(fmt.Sprint(rule["for"]))
			if err != nil {
				t.Fatal(err)
			}
			if other := time.Duration(pending) + evaluations*time.Duration(interval); other >= 0 {
				rule["for"] = model.Duration(other).String()
				copied.alerts = append(copied.alerts, fmt.Sprint(rule["alert"]))
			}
		}
	}
	if text, err = yaml.Marshal(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

// unitTests is the part of promtool's format that these tests use.
type unitTests struct {
	RuleFiles []string       `yaml:"rule_files"`
	Tests     []unitTest     `yaml:"tests"`
	Rest      map[string]any `yaml:",inline"`
}

type unitTest struct {
	Alerts []alertTest    `yaml:"alert_rule_test"`
	Rest   map[string]any `yaml:",inline"`
}

type alertTest struct {
	Firing []any          `yaml:"exp_alerts,omitempty"`
	Rest   map[string]any `yaml:",inline"`
}

// failure matches promtool's output for an alert that isn't as expected.
var failure = regexp.MustCompile(`(?m)^\s+alertname: (\w+), time: `)

// failing runs the unit tests with another rule file and returns the names of the alerts
// that aren't as expected.
func failing(t *testing.T, rules, tests string) []string {
	t.Helper()
	text, err := os.ReadFile(tests)
	if err != nil {
		t.Fatal(err)
	}
	var file unitTests
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	file.RuleFiles = []string{rules}
	// Tests in which no alert fires are omitted, because some of them take long. The other
	// tests have to detect the change.
	file.Tests = slices.DeleteFunc(file.Tests, func(test unitTest) bool {
		return !slices.ContainsFunc(test.Alerts, func(a alertTest) bool { return len(a.Firing) > 0 })
	})
	if text, err = yaml.Marshal(file); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "tests.yaml")
	if err := os.WriteFile(copied, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), promtool(t), "test", "rules", copied).CombinedOutput()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatalf("promtool: %v", err)
	}
	var names []string
	for _, match := range failure.FindAllSubmatch(out, -1) {
		names = append(names, string(match[1]))
	}
	if err != nil && len(names) == 0 {
		t.Fatalf("promtool: %s", out)
	}
	return names
}

func promtool(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", ".bin", "promtool")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("promtool is missing: run go tool mage rules (%v)", err)
	}
	return path
}
