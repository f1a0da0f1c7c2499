package telemetry

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// secretPacks is the text of a user pack. Its second metric overrides a built-in metric.
const secretPacks = `
pack: project_falcon
title: Project Falcon
owner: falcon-team
labels: {tenant: Whose it is.}
families: [{name: falcon_launches_total, type: counter, help: Launches., labels: [tenant]}]
metrics:
  - name: falcon_launches
    title: Launches
    description: Launches per second.
    tags: [launches]
    unit: reqps
    query: sum(rate(falcon_launches_total{__PARAMS__}[5m]))
    optional_params: [tenant]
    group_by: []
    legend: launches
  - name: active_sessions
    title: Launches
    description: Launches per second.
    tags: [launches]
    unit: reqps
    query: sum(rate(falcon_launches_total{__PARAMS__}[5m]))
    optional_params: [tenant]
    group_by: []
    legend: launches
`

// TestNamesOfUserPacksAreNotExposed: anyone who can reach Grafana can read the plugin's own
// metrics.
func TestNamesOfUserPacksAreNotExposed(t *testing.T) {
	c, problems := shipped(t).With(t.Context(), secretPacks)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := Open(3, "falcons", c, 0)
	defer s.Close()
	for _, name := range []string{"falcon_launches", "active_sessions", "total_models"} {
		q := s.Query(Dashboard)
		q.SetMetric(metric(t, c, name))
		q.End(nil)
	}
	if got := exposed(t, "falcon_"); len(got) > 0 {
		t.Errorf("names of a user are exposed: %v", got)
	}
	if got := exposed(t, "project_"); len(got) > 0 {
		t.Errorf("names of a user are exposed: %v", got)
	}
	tango, _ := shipped(t).Pack("tango")
	for pack, want := range map[string]float64{"user_defined": 2, "tango": float64(len(tango.Metrics) - 1)} {
		if n := testutil.ToFloat64(catalogMetrics.WithLabelValues("3", "falcons", pack)); n != want {
			t.Errorf("%v metrics in %s, want %v", n, pack, want)
		}
	}
	if n := testutil.ToFloat64(catalogQueries.WithLabelValues("3", "falcons", "user_defined", "user_defined", "dashboard")); n != 2 {
		t.Errorf("%v queries of user metrics, want 2", n)
	}
	if n := testutil.ToFloat64(catalogQueries.WithLabelValues("3", "falcons", "tango", "total_models", "dashboard")); n != 1 {
		t.Errorf("%v queries of the built-in metric, want 1", n)
	}
}

// TestCodeLabel: a server can send any status of three digits.
func TestCodeLabel(t *testing.T) {
	s := Open(1, "statuses", shipped(t), 0)
	defer s.Close()
	for status := 100; status <= 999; status++ {
		s.Request("query", status, time.Second, 0)
	}
	s.Request("query", 0, time.Second, 0)
	if got := exposed(t, "statuses"); len(got) > 150 {
		t.Errorf("%d series, want one for each status that HTTP defines and a few more", len(got))
	}
	for code, want := range map[string]float64{"no_response": 1, "canceled": 1, "200": 1, "503": 1, "9xx": 100} {
		if n := testutil.ToFloat64(prometheusRequests.WithLabelValues("1", "statuses", "query", code)); n != want {
			t.Errorf("%v requests with code %s, want %v", n, code, want)
		}
	}
}

func TestUIDLabel(t *testing.T) {
	for _, uid := range []string{"", "modelmetrics", "P8E80F9AEF21F6940", strings.Repeat("x", maxUID)} {
		if got := uidLabel(uid); got != uid {
			t.Errorf("%q became %q", uid, got)
		}
	}
	seen := []string{}
	for _, uid := range []string{strings.Repeat("x", maxUID+1), strings.Repeat("x", 1_000_000), "a b", "a\nb", "ä", "\xff", "<script>", "a\x00"} {
		got := uidLabel(uid)
		if len(got) > maxUID || !plainUID.MatchString(got) || slices.Contains(seen, got) {
			t.Errorf("%.60q became %q", uid, got)
		}
		seen = append(seen, got)
		Open(1, uid, shipped(t), 0).Close() // a label that isn't UTF-8 would panic
	}
}
