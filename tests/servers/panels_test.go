package servers

import (
	"path/filepath"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/asked"
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
	for _, dashboard := range set.Dashboards {
		seen := &asked.Recorder{Querier: s.plugin}
		open, _, err := board.Open(t.Context(), seen, set, dashboard, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, panel := range dashboard.Visualisations() {
			t.Run(dashboard.UID+"/"+panel.Title, func(t *testing.T) {
				if _, err := open.Query(t.Context(), panel); err != nil {
					t.Fatal(err)
				}
				for _, q := range seen.Queries {
					response := seen.Answers[q.RefID]
					asked.IsOwn(t, s.url, response, q.TimeRange, asked.StepOf(t, q, response.Frames))
				}
			})
		}
	}
}
