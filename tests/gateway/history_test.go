package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/promqltest"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

// rare are commands that load a counter of rare decisions for processes with different lives.
// Noon of the fourth day is minute 5040. The name of each process describes its life.
const rare = `
load 1m
  begin 0

load 1m
  lango_process_start_time_seconds{job="lango",instance="all-day"} _ 60x5038
  lango_policy_decisions_total{job="lango",instance="all-day",verdict="block",reason="new"} _x4500 1x99 2x440
  lango_policy_decisions_total{job="lango",instance="all-day",verdict="block",reason="old"} _x4000 3x599 5x440
  lango_process_start_time_seconds{job="lango",instance="started"} _x4400 264000x640
  lango_policy_decisions_total{job="lango",instance="started",verdict="block",reason="once"} _x4500 1x540
  lango_policy_decisions_total{job="lango",instance="started",verdict="block",reason="twice"} _x4500 1x99 2x440
  lango_process_start_time_seconds{job="lango",instance="restarted"} _ 60x4598 276000x440
  lango_policy_decisions_total{job="lango",instance="restarted",verdict="block",reason="before restart"} _x4500 1x49 2x49
  lango_policy_decisions_total{job="lango",instance="restarted",verdict="block",reason="after restart"} _x4700 1x99 2x240
  lango_policy_decisions_total{job="lango",instance="restarted",verdict="block",reason="around restart"} _x4500 1x49 2x49 _x20 1x420
  lango_policy_decisions_total{job="lango",instance="restarted",verdict="block",reason="since yesterday"} _x4000 4x599 _x20 1x99 2x320
  lango_process_start_time_seconds{job="lango",instance="scraped late"} _x4400 6000x640
  lango_policy_decisions_total{job="lango",instance="scraped late",verdict="block",reason="earlier"} _x4400 8x540 9x99
`

// TestHistoryOfRareDecisions checks that the first value of a new counter counts as decisions
// of the day only if the counter's process started on this day or had a sample at midnight.
func TestHistoryOfRareDecisions(t *testing.T) {
	data := promqltest.LoadedStorage(t, rare)
	t.Cleanup(func() { _ = data.Close() })
	handler := served(t, promserver.Serve(t, promqltest.NewTestEngine(t, false, 0, maxSamples), data), noon)
	type history struct {
		Days []struct {
			Policy struct{ ByReason map[string]int }
		}
	}
	want := map[string]int{
		"new": 2, "old": 2, "once": 1, "twice": 2, "before restart": 2, "after restart": 2, "around restart": 3, "since yesterday": 2,
		"earlier": 1, // Prometheus can't know when the first 8 were counted
	}
	if diff := cmp.Diff(want, get[history](t, handler, "/metrics/history?days=1").Days[0].Policy.ByReason); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
