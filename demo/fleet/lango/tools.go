package lango

import (
	"math"
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

var toolBounds = []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

var allTools = []struct {
	name     string
	latency  simulation.LogNormal
	failures float64 // share of the executions
}{
	{"exec", simulation.Seconds(0.7, 0.9), 0.016},
	{"fs_read", simulation.Seconds(0.008, 0.8), 0.004},
	{"fs_write", simulation.Seconds(0.015, 0.8), 0.003},
	{"browser_navigate", simulation.Seconds(1.9, 0.6), 0.018},
	{"http_fetch", simulation.Seconds(0.28, 0.7), 0.014},
	{"web_search", simulation.Seconds(0.75, 0.5), 0.01},
	{"knowledge_search", simulation.Seconds(0.11, 0.6), 0.003},
	{"memory_store", simulation.Seconds(0.03, 0.6), 0.002},
}

const (
	policedTool = "exec" // exec policy checks its commands

	// The tool that the incident ToolCredentials affects, and the share of its executions
	// that fail.
	refusedTool  = "web_search"
	refusedShare = 0.6
)

// Each rule of the exec policy matches a share of the commands. The rule with the share 0
// matches only the catastrophic commands that platform.attempts returns, because a single
// match fires an alert.
var policyRules = []struct {
	reason, verdict string
	share           float64
}{
	{catastrophicPattern, blocks, 0},
	{"destructive_command", blocks, 0.002},
	{"network_exfiltration", observes, 0.003},
	{"suspicious_pipe", observes, 0.006},
}

const (
	catastrophicPattern = "catastrophic_pattern"
	blocks              = "block"
	observes            = "observe"
)

// toolbox contains all tools. Its method "user" returns the toolUser of an agent and a tool.
type toolbox struct {
	executions, decisions simulation.ScalarVec
	tools                 map[string]*toolState
	audit                 auditLog
}

// toolState is a tool. The agents that use it share the toolState.
type toolState struct {
	name     string
	latency  simulation.LogNormal
	failures float64
	seconds  *simulation.Distribution
}

func newToolbox(t *simulation.Target, audit auditLog) *toolbox {
	seconds := t.Histogram("lango_tool_duration_seconds", "Duration of tool executions.", toolBounds, "tool")
	b := &toolbox{
		executions: t.Counter("lango_tool_executions_total", "Tool executions, including failed ones.", "tool", "agent", "status"),
		decisions:  t.Counter("lango_policy_decisions_total", "Commands that the exec policy blocked or flagged.", "verdict", "reason", "agent"),
		tools:      map[string]*toolState{},
		audit:      audit,
	}
	for _, tool := range allTools {
		b.tools[tool.name] = &toolState{tool.name, tool.latency, tool.failures, seconds.With(tool.name)}
	}
	return b
}

// toolUser simulates an agent's executions of a tool.
type toolUser struct {
	*toolState
	perRequest        float64
	flow, failureFlow simulation.Flow
	succeeded, failed *simulation.Scalar
	rules             []*policyRule // for policedTool
	audit             auditLog
}

// policyRule counts the commands of an agent that match a rule of the exec policy.
type policyRule struct {
	verdict     string
	share       float64
	catastrophe bool // matches catastrophic commands
	flow        simulation.Flow
	decisions   *simulation.Scalar
}

func (b *toolbox) user(agent string, use toolUse, rng *rand.Rand) *toolUser {
	u := &toolUser{
		toolState:   b.tools[use.tool],
		perRequest:  use.perRequest,
		flow:        simulation.NewFlow(rng),
		failureFlow: simulation.NewFlow(rng),
		succeeded:   b.executions.With(use.tool, agent, "success"),
		failed:      b.executions.With(use.tool, agent, "error"),
		audit:       b.audit,
	}
	if use.tool != policedTool {
		return u
	}
	for _, r := range policyRules {
		u.rules = append(u.rules, &policyRule{
			verdict: r.verdict, share: r.share, catastrophe: r.reason == catastrophicPattern,
			flow: simulation.NewFlow(rng), decisions: b.decisions.With(r.verdict, r.reason, agent),
		})
	}
	return u
}

// execute simulates the executions in a step. A blocked command is a failed
// execution. catastrophes is the number of catastrophic commands.
func (u *toolUser) execute(m simulation.Moment, requests, catastrophes float64, rng *rand.Rand) {
	failures := u.failures
	if m.During(incident.ToolCredentials) && u.name == refusedTool {
		failures = refusedShare
	}
	n := u.flow.Events(requests*u.perRequest, math.Inf(1))
	decided, blocked := 0.0, 0.0
	for _, r := range u.rules {
		matched := r.flow.Events(n*r.share, n-decided)
		if r.catastrophe {
			matched = min(catastrophes, n-decided)
		}
		r.decisions.Add(matched)
		decided += matched
		if r.verdict == blocks {
			blocked += matched
		}
	}
	failed := blocked + u.failureFlow.Events(n*failures*simulation.Jitter(rng), n-blocked)
	u.succeeded.Add(n - failed)
	u.failed.Add(failed)
	u.seconds.Observe(n, u.latency, rng)
	u.audit.toolExecutions.Add(n)
	u.audit.policyDecisions.Add(decided)
}
