package grafana

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// TestTraceLinks checks the link with the parser of the tests, which expands the variables of a
// provisioning file as Grafana does.
func TestTraceLinks(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{"datasources/modelmetrics.yaml", "examples/tenants.yaml"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "provisioning", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(root, "datasources", filepath.Base(file))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := addTraceLinks(filepath.Join(root, "datasources"), "http://localhost:1234/traces/"); err != nil {
		t.Fatal(err)
	}
	set, err := provision.Read(root, provision.MapEnv(map[string]string{"PROMETHEUS_URL": "http://localhost:9090"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(set.DataSources) != 2 {
		t.Fatalf("%d data sources, want 2", len(set.DataSources))
	}
	for _, source := range set.DataSources {
		settings, err := json.Marshal(source.JSONData)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(settings), `"url":"http://localhost:1234/traces/${__value.raw}"`) || !strings.Contains(string(settings), `"name":"trace_id"`) {
			t.Errorf("%s has no link: %s", source.Name, settings)
		}
	}
}

func TestTraceLinksKeepOtherContent(t *testing.T) {
	for name, body := range map[string]string{
		"no data sources":   "apiVersion: 1\n",
		"another type":      "datasources: [{type: prometheus, jsonData: {}}]\n",
		"links of the user": "datasources: [{type: " + pluginID + ", jsonData: {exemplarTraceIdDestinations: []}}]\n",
		"a group of rules":  rules,
	} {
		if got, err := withTraceLinks([]byte(body), "http://localhost/"); err != nil || string(got) != body {
			t.Errorf("%s changed: %q %v", name, got, err)
		}
	}
}
