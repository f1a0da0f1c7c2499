package servers

import (
	"path/filepath"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/crosscheck"
)

// panels runs the queries of all panels of the provisioned dashboards, except for report
// queries, and compares the plugin's results with the server's.
func (s *server) panels(t *testing.T) {
	const root = "../.."
	set, err := provision.Read(filepath.Join(root, "provisioning"), provision.MapEnv(map[string]string{
		"PROMETHEUS_URL": s.url, "DASHBOARDS_PATH": filepath.Join(root, "dashboards"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	crosscheck.Panels(t, s.plugin, set, s.url, now)
}
