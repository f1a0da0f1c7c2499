// Package alerts holds the unit tests of the alert rules to what they are for:
// they are to notice a rule that fires too early or too late.
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

// TestUnitTestsProveFor: with a rule's `for` an evaluation longer, or shorter, the
// rule's unit tests fail. So they ask for the alert right before it fires, and
// right when it does.
func TestUnitTestsProveFor(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(rulesDir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule files in %s: %v", rulesDir, err)
	}
	for _, file := range files {
		pack := strings.TrimSuffix(filepath.Base(file), ".yaml")
		tests := filepath.Join(rulesDir, "tests", filepath.Base(file))
		if _, err := os.Stat(tests); errors.Is(err, os.ErrNotExist) {
			t.Errorf("there is no %s: the tests of generate say which cases it is to have", tests)
			continue
		}
		for name, evaluations := range map[string]time.Duration{"longer": 1, "shorter": -1} {
			t.Run(pack+"/"+name, func(t *testing.T) {
				t.Parallel()
				changed := changeFor(t, file, evaluations)
				failed := failing(t, changed.file, tests)
				for _, alert := range changed.alerts {
					if !slices.Contains(failed, alert) {
						t.Errorf("%s: %s may wait an evaluation %s and nothing fails: ask for it one evaluation before it fires, and when it does", tests, alert, name)
					}
				}
			})
		}
	}
}

type changed struct {
	file   string
	alerts []string // whose for is another
}

// changeFor writes a copy of a rule file in which every `for` is longer by some
// evaluations of its group, or shorter where it can be.
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
	made := changed{file: filepath.Join(t.TempDir(), "rules.yaml")}
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
				made.alerts = append(made.alerts, fmt.Sprint(rule["alert"]))
			}
		}
	}
	if text, err = yaml.Marshal(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(made.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return made
}

// unitTests is promtool's format, as far as these tests have to understand it.
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

// failure is how promtool names an alert that isn't as expected.
var failure = regexp.MustCompile(`(?m)^\s+alertname: (\w+), time: `)

// failing runs unit tests over other rules than theirs and lists the alerts that
// aren't as expected.
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
	// Where nothing fires, a minute proves nothing, and a day of it takes long.
	file.Tests = slices.DeleteFunc(file.Tests, func(test unitTest) bool {
		return !slices.ContainsFunc(test.Alerts, func(asked alertTest) bool { return len(asked.Firing) > 0 })
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
		t.Fatalf("these tests run promtool: go tool mage rules builds it (%v)", err)
	}
	return path
}
