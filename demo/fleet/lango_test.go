package fleet_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// ledger contains sums of the increases of Lango's series over a history. The key "name" has
// the sum of all series with this metric name. The key "name label=value" has the sum of those
// whose label has this value. A reset of a counter doesn't lower a sum.
type ledger map[string]float64

func recordLedger(t *testing.T, visit func(*simulation.Fleet, *simulation.Target)) ledger {
	t.Helper()
	f := newFleet(t, fleet.Options{Now: end})
	target := targetOf(t, f, "lango")
	series, sums := target.Series(), ledger{}
	before := make([]float64, len(series))
	play(f, func() {
		values := target.Values(nil)
		for i, labels := range series {
			increase := values[i] - before[i]
			if increase < 0 {
				increase = values[i]
			}
			family := labels.Get(model.MetricNameLabel)
			sums[family] += increase
			for _, label := range []string{"status", "action", "cause_class", "agent", "tool", "reason"} {
				sums[fmt.Sprintf("%s %s=%s", family, label, labels.Get(label))] += increase
			}
		}
		before = values
		visit(f, target)
	})
	return sums
}

func TestLangoCountersAreConsistent(t *testing.T) {
	sums := recordLedger(t, func(*simulation.Fleet, *simulation.Target) {})
	for _, c := range []struct {
		name      string
		one, many []string // families with equal sums
	}{
		{"each request has a duration", []string{"lango_requests_total"}, []string{"lango_request_duration_seconds_count"}},
		{"each tool execution has a duration", []string{"lango_tool_executions_total"}, []string{"lango_tool_duration_seconds_count"}},
		{"each execution of one tool has a duration", []string{"lango_tool_executions_total tool=web_search"}, []string{"lango_tool_duration_seconds_count tool=web_search"}},
		{
			"a request fails if recovery escalates or does nothing",
			[]string{"lango_requests_total status=error"},
			[]string{"lango_recovery_decisions_total action=escalate", "lango_recovery_decisions_total action=none"},
		},
		{
			"each retry waits",
			[]string{"lango_recovery_backoff_seconds_count"},
			[]string{"lango_recovery_decisions_total action=retry", "lango_recovery_decisions_total action=retry_with_hint"},
		},
		{"each tool execution is audited", []string{"lango_audit_entries_total action=tool_execution"}, []string{"lango_tool_executions_total"}},
		{"each policy decision is audited", []string{"lango_audit_entries_total action=policy_decision"}, []string{"lango_policy_decisions_total"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, many := sums.of(t, c.one), sums.of(t, c.many)
			if one != many {
				t.Errorf("%v is %g, %v is %g", c.one, one, c.many, many)
			}
		})
	}
	t.Run("every kind happens", func(t *testing.T) {
		sums.of(t, []string{
			"lango_policy_decisions_total reason=catastrophic_pattern", "lango_policy_decisions_total reason=destructive_command",
			"lango_policy_decisions_total reason=network_exfiltration", "lango_policy_decisions_total reason=suspicious_pipe",
			"lango_recovery_decisions_total action=direct_answer", "lango_recovery_decisions_total action=escalate",
			"lango_recovery_decisions_total cause_class=rate_limit", "lango_recovery_decisions_total cause_class=transient",
			"lango_recovery_decisions_total cause_class=malformed_tool_call", "lango_recovery_decisions_total cause_class=timeout",
			"lango_tokens_total agent=automator", "lango_audit_entries_total action=token_usage",
		})
	})
}

// of returns the total of the increases with the given keys. Each of them must be
// positive.
func (l ledger) of(t *testing.T, keys []string) float64 {
	t.Helper()
	total := 0.0
	for _, key := range keys {
		if l[key] <= 0 {
			t.Errorf("%s is %g", key, l[key])
		}
		total += l[key]
	}
	return total
}

func TestLangoUptimeAfterRestart(t *testing.T) {
	down, starts := false, 0
	var lastStart float64
	recordLedger(t, func(f *simulation.Fleet, target *simulation.Target) {
		values := map[string]float64{}
		current := target.Values(nil)
		for i, labels := range target.Series() {
			values[labels.Get(model.MetricNameLabel)] = current[i]
		}
		started, uptime := values["lango_process_start_time_seconds"], values["lango_uptime_seconds"]
		if now := float64(f.Now().Unix()); started+uptime != now {
			t.Errorf("started at %g and up for %g s at %g", started, uptime, now)
		}
		if serving := target.Scrape().Condition == simulation.Serving; serving {
			if down {
				if end.Sub(f.Now()) < simulation.Day {
					starts++
				}
				if uptime > simulation.Interval.Seconds() || values["lango_sessions_active"] > 5 {
					t.Errorf("up for %g s with %g sessions just after a restart", uptime, values["lango_sessions_active"])
				}
			} else if lastStart != 0 && started != lastStart {
				t.Errorf("the process's start moves from %g to %g without a restart", lastStart, started)
			}
			down, lastStart = false, started
		} else {
			down = true
		}
	})
	if starts != 2 {
		t.Errorf("%d restarts in the last day, want 2", starts)
	}
}

// TestLangoSessions checks that the sessions together have used at least 99 percent of the
// agents' tokens. It also checks the number of sessions and the number of their series.
func TestLangoSessions(t *testing.T) {
	latest, ofSessions := map[string]float64{}, 0.0
	most, ids := 0, map[string]bool{}
	sums := recordLedger(t, func(_ *simulation.Fleet, target *simulation.Target) {
		current := target.Passing()
		most = max(most, len(current))
		for _, p := range current {
			ids[p.Labels.Get("session")] = true
			key := p.Labels.String()
			if p.Value() < latest[key] {
				t.Fatalf("%s decreases", key)
			}
			ofSessions += p.Value() - latest[key]
			latest[key] = p.Value()
		}
	})
	// Tokens wait until their agent and model have an open session. ofSessions doesn't contain
	// the tokens that are waiting when the process restarts or when the history ends.
	if all := sums["lango_tokens_total"]; ofSessions > all || ofSessions < 0.99*all {
		t.Errorf("the sessions have used %g tokens, the agents %g", ofSessions, all)
	}
	if most > 900 || most < 300 || len(ids) < 5000 || len(ids) > 15_000 {
		t.Errorf("at most %d series at a time, %d sessions", most, len(ids))
	}
}

func TestLangoNumberOfSeries(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end, History: time.Minute})
	if n := len(targetOf(t, f, "lango").Series()); n > 400 {
		t.Errorf("%d series, want at most 400", n)
	}
}
