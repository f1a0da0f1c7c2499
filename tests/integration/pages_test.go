package integration

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/snippets"
)

// TestCommandsOfPages runs the blocks with requests to the API on pages of docs. Each request must
// succeed. The fleet has the series that the pages name.
func TestCommandsOfPages(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl isn't installed")
	}
	api := httptest.NewServer(host.Handler(plugin, token))
	defer api.Close()
	requests := 0
	for _, page := range []string{"docs/api.md", "docs/configure.md", "docs/governance.md", "docs/install.md"} {
		blocks, _ := snippets.Read(t, root, page)
		for _, block := range blocks {
			if block.Language != "sh" || !strings.Contains(block.Text, "Bearer $TOKEN") {
				continue
			}
			requests += strings.Count(block.Text, "curl ")
			// The function replaces curl, so that a status of an error ends the script.
			script := "set -e\ncurl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n" + block.Text
			command := exec.CommandContext(t.Context(), "bash", "-c", script) //nolint:gosec // the commands of the pages
			command.Env = append(os.Environ(), "GRAFANA="+api.URL, "TOKEN="+token)
			output, err := command.CombinedOutput()
			if err != nil {
				t.Errorf("%s, line %d: %v\n%s", page, block.Line, err, output)
			}
			if len(output) == 0 {
				t.Errorf("%s, line %d: the response is empty", page, block.Line)
			}
		}
	}
	if minRequests := 15; requests < minRequests {
		t.Errorf("%d requests were sent, want at least %d", requests, minRequests)
	}
}
