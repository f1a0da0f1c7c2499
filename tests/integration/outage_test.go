package integration

import (
	"context"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
)

// While Prometheus is stopped, panels have an error that explains what to do. After the
// restart, the panels have data again.
func TestPanelsRecoverFromOutage(t *testing.T) {
	queryPanels := func() []board.PanelResult {
		t.Helper()
		dashboard, ok := set.Dashboard("tessallite-overview")
		if !ok {
			t.Fatal("no dashboard")
		}
		open, _, err := board.Open(t.Context(), plugin, set, dashboard, now)
		if err != nil {
			t.Fatal(err)
		}
		var results []board.PanelResult
		for _, panel := range dashboard.QueryPanels()[:3] {
			result, err := open.Query(t.Context(), panel)
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, result)
		}
		return results
	}

	// The other tests use the server after this test, so the server must not stop when the
	// context of this test is canceled.
	ctx := context.WithoutCancel(t.Context())
	address := strings.TrimPrefix(server.url(), "http://")
	if err := server.stop(); err != nil {
		t.Fatal(err)
	}
	running := false
	defer func() {
		if !running {
			_ = server.start(ctx)
		}
	}()
	want := "Could not connect to Prometheus at " + address + ": connection refused. Check that it is running and that the data source's URL is correct."
	for _, result := range queryPanels() {
		for _, target := range result.Targets {
			if target.Err == nil || target.Err.Error() != want {
				t.Errorf("%s: got %v, want %q", result.Panel.Title, target.Err, want)
			}
		}
	}
	health, err := plugin.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusError || health.Message != want {
		t.Errorf("health: %+v, %v", health, err)
	}

	if err := server.start(ctx); err != nil {
		t.Fatal(err)
	}
	running = true
	// Without the health check, queries would fail for a few more seconds.
	if health, err := plugin.CheckHealth(t.Context()); err != nil || health.Status != backend.HealthStatusOk {
		t.Errorf("health after the outage: %+v, %v", health, err)
	}
	for _, result := range queryPanels() {
		for _, target := range result.Targets {
			if target.Err != nil || len(target.Series) == 0 {
				t.Errorf("%s after the outage: %d series, %v", result.Panel.Title, len(target.Series), target.Err)
			}
		}
	}
}
