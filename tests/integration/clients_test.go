package integration

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// clients are the commands that run the example clients, by programming language.
var clients = map[string][]string{
	"Python":     {"python3", filepath.Join(root, "docs/clients/report.py")},
	"JavaScript": {"node", filepath.Join(root, "docs/clients/report.mjs")},
}

// TestExampleClients runs the example clients in docs/clients against the plugin host. For
// most commands, all clients must print the same text.
func TestExampleClients(t *testing.T) {
	h := reporting(t, "clients", map[string]any{"requestsPerHour": 1000})
	api := httptest.NewServer(host.Handler(h, token))
	defer api.Close()
	const known, other = "ep_1234567890abcdef", "ep_cost_analysis"
	for _, test := range []struct {
		name string
		args []string
		code []int // allowed exit codes
		want string
	}{
		{"table", []string{"table", known, other}, []int{0}, `^endpoint +executions +success % +latency s +p95 s +cost \$ +GPU % +errors % +cold starts\nep_1234567890abcdef( +\d+(\.\d+)?){8}\nep_cost_analysis( +\d+(\.\d+)?){8}\n$`},
		{"table with an unknown endpoint", []string{"table", known, "ep_unknown"}, []int{2}, `(?m)^ep_unknown: There is no endpoint "ep_unknown"`},
		{"costs", []string{"costs", other}, []int{0}, `(?s)^Cost analysis for ep_cost_analysis \(30d\):\nTotal cost: \$\d+\.\d\d\nDaily average: \$\d.*Monthly projection: \$\d.*Monthly budget: \$\d.*Projected for the month: \$\d.*Potential savings: \$\d.*- .*: \$\d+\.\d\d, \d+\.\d% of the total, effort (low|medium|high), confidence \d+%`},
		{"check with the default thresholds", []string{"check", known, other}, []int{0, 1, 3}, `^(ok|warning|critical|unknown)`},
		{"check that passes", []string{"check", known, "--timeframe", "24h", "--max-latency", "100", "--min-success-rate", "0", "--max-error-rate", "100", "--max-cost-increase", "1e9"}, []int{0, 3}, `^(ok\n|unknown ep_1234567890abcdef: cost increase\. .*\n)$`},
		{"check that fails", []string{"check", known, "--max-latency", "0", "--min-success-rate", "100.5", "--max-error-rate=-1"}, []int{1}, `(?s)^warning ep_1234567890abcdef: latency \d+\.\d\ds \(threshold: 0s\)\ncritical ep_1234567890abcdef: success rate \d+\.\d\d% \(threshold: 100\.5%\)\nwarning ep_1234567890abcdef: error rate \d+\.\d\d% \(threshold: -1%\)\n`},
		{"check of an unknown endpoint", []string{"check", "ep_unknown", "--max-latency", "0"}, []int{2}, `^error ep_unknown: There is no endpoint`},
		{"a hostile id", []string{"costs", `a"/../x?y#z`}, []int{2}, `^error: 40[04]: `},
		{"an unknown command", []string{"delete", known}, []int{2}, `(?i)usage: `},
		{"no endpoint", []string{"table"}, []int{2}, `(?i)usage: `},
	} {
		t.Run(test.name, func(t *testing.T) {
			outputs := map[string]string{}
			for name, command := range clients {
				output, code := runClient(t, api.URL, token, append(slices.Clip(command), test.args...))
				if code == skipped {
					continue
				}
				if !regexp.MustCompile(test.want).MatchString(output) || !slices.Contains(test.code, code) {
					t.Errorf("%s: exit code %d\n%s", name, code, output)
				}
				outputs[name] = output
			}
			if len(outputs) == 2 && !strings.Contains(test.want, "usage") && outputs["Python"] != outputs["JavaScript"] {
				t.Errorf("Python prints\n%s\nJavaScript\n%s", outputs["Python"], outputs["JavaScript"])
			}
		})
	}
	for name, command := range clients {
		output, code := runClient(t, api.URL, "another token", append(slices.Clip(command), "check", known))
		if code != skipped && (code != 2 || !strings.HasPrefix(output, "error: 401: ")) {
			t.Errorf("%s with an invalid token: %d %s", name, code, output)
		}
	}
}

// skipped stands for the exit code of a client whose interpreter isn't installed.
const skipped = -1

func runClient(t *testing.T, url, token string, command []string) (output string, code int) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Logf("%s isn't installed", command[0])
		return "", skipped
	}
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...) //nolint:gosec // the commands of this file
	cmd.Env = append(os.Environ(), "GRAFANA_URL="+url, "GRAFANA_TOKEN="+token, "MODELMETRICS_UID=clients", "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
