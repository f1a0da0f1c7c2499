package gateway

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/lango"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/gateway"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// end is the end of the fleet's history, in which Lango restarts twice a day.
var end = time.Date(2026, 3, 18, 14, 38, 15, 0, time.UTC)

// ledger contains the counters of Lango in the fleet.
type ledger struct {
	days     map[string]map[string]float64 // for each date and key: the increase on that date
	current  map[string]float64            // for each key: the last value
	sessions map[string]float64            // for each session and type: the last value
}

// key returns the family of a series, followed by the values of its labels status, type,
// verdict and reason. The routes return separate numbers for the values of these labels.
func key(l labels.Labels) string {
	text := l.Get(model.MetricNameLabel)
	for _, name := range []string{"status", "type", "verdict", "reason"} {
		if value := l.Get(name); value != "" {
			text += " " + value
		}
	}
	return text
}

// play steps a fleet to its end and records the counters of Lango. The counters are 0 while
// Lango is down.
func play(f *simulation.Fleet) ledger {
	l := ledger{days: map[string]map[string]float64{}}
	target := f.Targets()[0]
	series, before := target.Series(), make([]float64, len(target.Series()))
	for f.Now().Before(f.End()) {
		f.Step()
		// A sample at midnight belongs to the day before.
		date := f.Now().Add(-time.Millisecond).Format(time.DateOnly)
		if l.days[date] == nil {
			l.days[date] = map[string]float64{}
		}
		values := target.Values(nil)
		l.current, l.sessions = map[string]float64{}, map[string]float64{}
		for i, s := range series {
			increase := values[i] - before[i]
			if increase < 0 {
				increase = values[i]
			}
			l.days[date][key(s)] += increase
			l.current[key(s)] += values[i]
		}
		for _, p := range target.Passing() {
			l.sessions[p.Labels.Get("session")+" "+p.Labels.Get("type")] += p.Value()
		}
		before = values
	}
	return l
}

func TestAnswersEqualTheFleetsCounters(t *testing.T) {
	for _, test := range []struct{ name, incidents string }{{"without incidents", ""}, {"runaway agent", incident.RunawayAgent}} {
		t.Run(test.name, func(t *testing.T) { compareWithFleet(t, test.incidents) })
	}
}

func compareWithFleet(t *testing.T, incidents string) {
	t.Helper()
	active, err := incident.Find(incidents)
	if err != nil {
		t.Fatal(err)
	}
	fleetOf := func() *simulation.Fleet {
		return simulation.New(simulation.Options{
			Seed: 1, Now: end, History: 52 * time.Hour, Platforms: []simulation.Builder{{Name: "lango", Build: lango.New}}, Incidents: active,
		})
	}
	dir := t.TempDir()
	if err := prometheus.WriteHistory(t.Context(), dir, fleetOf(), nil); err != nil {
		t.Fatal(err)
	}
	server, err := prometheus.Start(t.Context(), prometheus.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	handler, want := served(t, server.URL(), end), play(fleetOf())

	snapshot := get[gateway.Snapshot](t, handler, "/metrics?limit=1000")
	if len(snapshot.Notes) > 0 { // no field is absent
		t.Fatalf("notes %v", snapshot.Notes)
	}
	for of, got := range map[string]int64{
		"lango_goroutines": *snapshot.Goroutines, "lango_memory_alloc_bytes": *snapshot.MemoryBytes, "lango_sessions_active": *snapshot.SessionsActive,
		"lango_requests_total success": snapshot.Requests.Success, "lango_requests_total error": snapshot.Requests.Error, "lango_request_duration_seconds_count": snapshot.Latency.Count,
		"lango_tokens_total input": snapshot.Tokens.Input, "lango_tokens_total cache": snapshot.Tokens.Cache, "lango_tokens_total output": snapshot.Tokens.Output,
		"lango_policy_decisions_total observe suspicious_pipe": snapshot.Policy.ByReason["suspicious_pipe"],
		"lango_uptime_seconds":                                 int64(*snapshot.UptimeSeconds),
	} {
		if got != int64(want.current[of]) || got == 0 && of != "lango_requests_total error" {
			t.Errorf("%s is %d, want %g", of, got, want.current[of])
		}
	}
	sessions := map[string]float64{}
	for _, s := range snapshot.Sessions {
		for kind, n := range map[string]int64{"input": s.Tokens.Input, "cache": s.Tokens.Cache, "output": s.Tokens.Output} {
			sessions[s.Session+" "+kind] = float64(n)
		}
	}
	if diff := cmp.Diff(want.sessions, sessions); diff != "" || len(sessions) < 100 {
		t.Errorf("sessions (-want +got)\n%s", diff)
	}
	if incidents == incident.RunawayAgent {
		if first, second := snapshot.Sessions[0], snapshot.Sessions[2]; first.Usage[0].Agent != "operator" || first.Tokens.Total < 5*second.Tokens.Total {
			t.Errorf("the runaway agent's session has %d tokens, another one %d", first.Tokens.Total, second.Tokens.Total)
		}
	}

	history := get[gateway.History](t, handler, "/metrics/history?days=3")
	if len(history.Days) != 3 || len(history.Notes) > 0 {
		t.Fatalf("got %+v", history)
	}
	for _, d := range history.Days {
		if d.Requests == nil || d.Tokens == nil || d.ToolExecutions == nil || d.Policy == nil {
			t.Fatalf("%s is not complete", d.Date)
		}
		for of, got := range map[string]int64{
			"lango_requests_total success": d.Requests.Success, "lango_tokens_total input": d.Tokens.Input, "lango_tokens_total output": d.Tokens.Output,
			"lango_tool_executions_total success": d.ToolExecutions.Success, "lango_tool_executions_total error": d.ToolExecutions.Error,
		} {
			if exact := want.days[d.Date][of]; math.Abs(float64(got)-exact) > 0.01*exact || got == 0 {
				t.Errorf("%s: %s is %d, want %g", d.Date, of, got, exact)
			}
		}
		for _, of := range []string{"block catastrophic_pattern", "block destructive_command", "observe network_exfiltration", "observe suspicious_pipe"} {
			var verdict, reason string
			if _, err := fmt.Sscan(of, &verdict, &reason); err != nil {
				t.Fatal(err)
			}
			exact := want.days[d.Date]["lango_policy_decisions_total "+of]
			if got := float64(d.Policy.ByReason[reason]); math.Abs(got-exact) > max(1, 0.02*exact) {
				t.Errorf("%s: %s is %g, want %g", d.Date, of, got, exact)
			}
		}
	}
}
