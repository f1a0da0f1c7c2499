// Package lango simulates the platform of docs/contracts/lango.md. Package fleet adds it
// to the demo's fleet.
package lango

import (
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

const (
	peakHour = 15 // UTC

	// outageLength is the length of a provider's outage. There are two outages a day. The last
	// retry of a request can fail only during an outage. If it fails, recovery escalates, and
	// the request ends in an error.
	outageLength = 4 * time.Minute

	// recklessAgent attempts a command that matches the policy rule catastrophic_pattern once
	// a day. During the incident PromptInjection, it attempts attacksPerStep such commands in
	// a step on average.
	recklessAgent  = "operator"
	attacksPerStep = 0.5

	// runawayAgent calls its models runawayCalls times as often as usual during the incident
	// RunawayAgent.
	runawayAgent = "operator"
	runawayCalls = 20
)

// platform is one process with one target.
type platform struct {
	target       *simulation.Target
	rng          *rand.Rand
	drift        simulation.Drift
	outages      []time.Time
	catastrophes []time.Time
	attacks      simulation.Flow // catastrophic commands during the incident PromptInjection
	process      *process
	sessions     *sessions
	agents       []*agentState
	recovery     *recovery
}

// New returns the platform.
func New(rng *rand.Rand, end time.Time) simulation.Platform {
	t := &simulation.Target{Job: "lango", Instance: "lango:18789"}
	audit := newAuditLog(t)
	p := &platform{
		target:       t,
		rng:          rng,
		outages:      simulation.PlanMoments(rng, 2, end),
		catastrophes: simulation.PlanMoments(rng, 1, end),
		process:      newProcess(t, rng),
		recovery:     newRecovery(t, rng),
		sessions:     newSessions(t, end),
	}
	p.agents = newAgents(t, newToolbox(t, audit), audit, p.sessions, rng)
	p.sessions.change(openAtFirst, 0)
	return p
}

func (p *platform) Targets() []*simulation.Target { return []*simulation.Target{p.target} }

func (p *platform) Step(m simulation.Moment) {
	load := simulation.Daily(m.Time, peakHour) * p.drift.Next(p.rng) * simulation.Interval.Seconds()
	outage := simulation.Within(p.outages, outageLength, m.Time) || m.During(incident.ProviderFailures)
	last := p.target.Scrape().Condition
	if last == simulation.Down || last == simulation.Gone {
		p.sessions.restart()
	}
	requests, executing := 0.0, 0.0
	for _, a := range p.agents {
		latency := a.latency
		if outage {
			latency = latency.Times(2)
		}
		n := a.arrivals(load, p.rng)
		a.finish(n, p.recovery.failures(n, outage, p.rng), latency, p.rng)
		a.work(m, n, p.attempts(m, a.name), p.rng)
		requests += n
		executing += n / simulation.Interval.Seconds() * latency.Mean()
	}
	p.sessions.change(p.process.step(m, last, requests, executing, p.rng))
	p.sessions.expire(m.Time)
	p.process.check(outage)
}

// attempts returns the number of catastrophic commands that an agent attempts in
// a step.
func (p *platform) attempts(m simulation.Moment, agent string) float64 {
	switch {
	case agent != recklessAgent:
		return 0
	case m.During(incident.PromptInjection):
		return p.attacks.Events(attacksPerStep, 1)
	case simulation.Within(p.catastrophes, simulation.Interval, m.Time):
		return 1
	default:
		return 0
	}
}

// auditLog counts the entries of the audit log.
type auditLog struct {
	toolExecutions, tokenUsages, policyDecisions *simulation.Scalar
}

func newAuditLog(t *simulation.Target) auditLog {
	entries := t.Counter("lango_audit_entries_total", "Entries written to the audit log.", "action")
	return auditLog{entries.With("tool_execution"), entries.With("token_usage"), entries.With("policy_decision")}
}
