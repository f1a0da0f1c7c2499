package servers

import (
	"path/filepath"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/crosscheck"
)

// panels opens every provisioned dashboard and holds what its panels show
// against the server's own answers.
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
