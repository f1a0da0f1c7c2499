package fleet

import (
	"math/rand/v2"
	"time"
)

const (
	langoPeak = 15 // UTC hour

	// outageLasts is a provider's trouble, twice a day: the only time at which
	// retries don't help and recovery escalates.
	outageLasts = 4 * time.Minute

	// recklessAgent is the one that attempts a catastrophic command, once a day,
	// and far more often under an injected prompt.
	recklessAgent  = "operator"
	attacksPerStep = 0.5

	// runawayAgent asks its models so many times as often as usual in an incident.
	runawayAgent = "operator"
	runawayCalls = 20
)

// lango is the agent platform of docs/contracts/lango.md: one process with one target.
type lango struct {
	target       *Target
	rng          *rand.Rand
	drift        drift
	outages      []time.Time
	catastrophes []time.Time
	attacks      flow // of an injected prompt
	process      *langoProcess
	agents       []*agentState
	recovery     *recovery
}

func newLango(rng *rand.Rand, end time.Time) Platform {
	t := &Target{Job: "lango", Instance: "lango:18789"}
	audit := newAuditLog(t)
	p := &lango{
		target:       t,
		rng:          rng,
		outages:      planMoments(rng, 2, end),
		catastrophes: planMoments(rng, 1, end),
		process:      newLangoProcess(t, rng),
		recovery:     newRecovery(t, rng),
	}
	p.agents = newAgents(t, newToolbox(t, audit), audit, rng)
	return p
}

func (p *lango) Targets() []*Target { return []*Target{p.target} }

func (p *lango) Step(m Moment) {
	load := daily(m.Time, langoPeak) * p.drift.next(p.rng) * Interval.Seconds()
	outage := within(p.outages, outageLasts, m.Time) || m.during(providerIncident)
	requests, executing := 0.0, 0.0
	for _, a := range p.agents {
		latency := a.latency
		if outage {
			latency = latency.times(2)
		}
		n := a.taken(load, p.rng)
		a.finish(n, p.recovery.failures(n, outage, p.rng), latency, p.rng)
		a.work(m, n, p.attempts(m, a.name), p.rng)
		requests += n
		executing += n / Interval.Seconds() * latency.mean()
	}
	p.process.step(m, p.target.scrape.Condition, requests, executing, p.rng)
	p.process.check(outage)
}

// attempts is the number of catastrophic commands that an agent attempts in a
// step.
func (p *lango) attempts(m Moment, agent string) float64 {
	switch {
	case agent != recklessAgent:
		return 0
	case m.during(injectionIncident):
		return p.attacks.events(attacksPerStep, 1)
	case within(p.catastrophes, Interval, m.Time):
		return 1
	default:
		return 0
	}
}

// auditLog counts what the audit recorder writes.
type auditLog struct {
	toolExecutions, tokenUsages, policyDecisions *point
}

func newAuditLog(t *Target) auditLog {
	entries := t.counter("lango_audit_entries_total", "Entries written to the audit log.", "action")
	return auditLog{entries.with("tool_execution"), entries.with("token_usage"), entries.with("policy_decision")}
}
