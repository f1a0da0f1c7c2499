package integration

import (
	"context"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
)

// TestPanelsOutliveAnOutage: with Prometheus stopped every panel says a sentence
// that a person can act on; when it is back, so are they.
func TestPanelsOutliveAnOutage(t *testing.T) {
	look := func() []board.PanelResult {
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

	// The server outlives this test.
	ctx := context.WithoutCancel(t.Context())
	address := strings.TrimPrefix(server.url(), "http://")
	if err := server.off(); err != nil {
		t.Fatal(err)
	}
	back := false
	defer func() {
		if !back {
			_ = server.on(ctx)
		}
	}()
	want := "Could not connect to Prometheus at " + address + ": connection refused. Check that it runs and that the data source's URL is right."
	for _, result := range look() {
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

	if err := server.on(ctx); err != nil {
		t.Fatal(err)
	}
	back = true
	for _, result := range look() {
		for _, target := range result.Targets {
			if target.Err != nil || len(target.Series) == 0 {
				t.Errorf("%s after the outage: %d series, %v", result.Panel.Title, len(target.Series), target.Err)
			}
		}
	}
}
