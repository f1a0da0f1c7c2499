package fleet

import (
	"math"
	"math/rand/v2"
)

var toolBounds = []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

var langoTools = []struct {
	name     string
	latency  duration
	failures float64 // share of the executions
}{
	{"exec", duration{0.7, 0.9}, 0.016},
	{"fs_read", duration{0.008, 0.8}, 0.004},
	{"fs_write", duration{0.015, 0.8}, 0.003},
	{"browser_navigate", duration{1.9, 0.6}, 0.018},
	{"http_fetch", duration{0.28, 0.7}, 0.014},
	{"web_search", duration{0.75, 0.5}, 0.01},
	{"knowledge_search", duration{0.11, 0.6}, 0.003},
	{"memory_store", duration{0.03, 0.6}, 0.002},
}

const (
	policedTool = "exec" // whose commands exec policy judges

	// What an incident picks, and how much of it then fails.
	refusedTool  = "web_search"
	refusedShare = 0.6
)

// A rule of exec policy matches a share of the commands. The one without a
// share matches nothing but a planned catastrophe: a single one is an alert.
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

// toolbox makes the agents' uses of the tools.
type toolbox struct {
	executions, decisions points
	tools                 map[string]*toolState
	audit                 auditLog
}

// toolState is a tool, shared by the agents that use it.
type toolState struct {
	name     string
	latency  duration
	failures float64
	seconds  *distribution
}

func newToolbox(t *Target, audit auditLog) *toolbox {
	seconds := t.histogram("lango_tool_duration_seconds", "Duration of tool executions.", toolBounds, "tool")
	b := &toolbox{
		executions: t.counter("lango_tool_executions_total", "Tool executions, failed ones included.", "tool", "agent", "status"),
		decisions:  t.counter("lango_policy_decisions_total", "Commands that exec policy blocked or flagged.", "verdict", "reason", "agent"),
		tools:      map[string]*toolState{},
		audit:      audit,
	}
	for _, tool := range langoTools {
		b.tools[tool.name] = &toolState{tool.name, tool.latency, tool.failures, seconds.with(tool.name)}
	}
	return b
}

// toolUser is an agent's use of a tool.
type toolUser struct {
	*toolState
	perRequest        float64
	flow, failureFlow flow
	succeeded, failed *point
	rules             []*policyRule // of the policed tool
	audit             auditLog
}

// policyRule counts the commands of an agent that it matches.
type policyRule struct {
	verdict     string
	share       float64
	catastrophe bool // it matches the catastrophic ones
	flow        flow
	decisions   *point
}

func (b *toolbox) user(agent string, use toolUse, rng *rand.Rand) *toolUser {
	u := &toolUser{
		toolState:   b.tools[use.tool],
		perRequest:  use.perRequest,
		flow:        newFlow(rng),
		failureFlow: newFlow(rng),
		succeeded:   b.executions.with(use.tool, agent, "success"),
		failed:      b.executions.with(use.tool, agent, "error"),
		audit:       b.audit,
	}
	if use.tool != policedTool {
		return u
	}
	for _, r := range policyRules {
		u.rules = append(u.rules, &policyRule{
			verdict: r.verdict, share: r.share, catastrophe: r.reason == catastrophicPattern,
			flow: newFlow(rng), decisions: b.decisions.with(r.verdict, r.reason, agent),
		})
	}
	return u
}

// execute counts a blocked command as an execution that failed. catastrophes is
// the number of the commands that are catastrophic.
func (u *toolUser) execute(m Moment, requests, catastrophes float64, rng *rand.Rand) {
	failures := u.failures
	if m.during(toolIncident) && u.name == refusedTool {
		failures = refusedShare
	}
	n := u.flow.events(requests*u.perRequest, math.Inf(1))
	judged, blocked := 0.0, 0.0
	for _, r := range u.rules {
		matched := r.flow.events(n*r.share, n-judged)
		if r.catastrophe {
			matched = min(catastrophes, n-judged)
		}
		r.decisions.add(matched)
		judged += matched
		if r.verdict == blocks {
			blocked += matched
		}
	}
	failed := blocked + u.failureFlow.events(n*failures*jitter(rng), n-blocked)
	u.succeeded.add(n - failed)
	u.failed.add(failed)
	u.seconds.observe(n, u.latency, rng)
	u.audit.toolExecutions.add(n)
	u.audit.policyDecisions.add(judged)
}
