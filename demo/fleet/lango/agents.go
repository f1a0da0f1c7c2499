package lango

import (
	"math"
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

var requestBounds = []float64{0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300}

// agent describes a simulated agent: its load, the tools that it uses and the models that it
// calls.
type agent struct {
	name    string
	rate    float64 // requests per second at the peak
	latency simulation.LogNormal
	tools   []toolUse
	models  []modelUse
}

type toolUse struct {
	tool       string
	perRequest float64
}

// modelUse is a model with its share of the agent's model calls and the tokens per call.
type modelUse struct {
	name, provider                         string
	share                                  float64
	inputTokens, cacheTokens, outputTokens float64
}

// An agent calls a model once for each request and once after each tool execution.
var allAgents = []agent{
	{
		"operator", 0.8, simulation.Seconds(6, 0.6),
		[]toolUse{{"exec", 0.9}, {"fs_read", 0.8}, {"fs_write", 0.4}},
		[]modelUse{{"claude-sonnet-4-5", "anthropic", 0.7, 620, 1400, 210}, {"gpt-5-mini", "openai", 0.3, 480, 620, 120}},
	},
	{
		"navigator", 0.5, simulation.Seconds(8, 0.55),
		[]toolUse{{"browser_navigate", 1.2}, {"http_fetch", 0.8}, {"web_search", 0.7}},
		[]modelUse{{"gpt-5", "openai", 0.65, 1100, 900, 190}, {"claude-haiku-4-5", "anthropic", 0.35, 700, 800, 140}},
	},
	{
		"librarian", 0.45, simulation.Seconds(4, 0.55),
		[]toolUse{{"knowledge_search", 1.1}, {"fs_read", 0.6}, {"memory_store", 0.5}, {"web_search", 0.4}},
		[]modelUse{{"claude-haiku-4-5", "anthropic", 0.8, 900, 1500, 160}, {"gpt-5-mini", "openai", 0.2, 800, 700, 130}},
	},
	{
		"automator", 0.35, simulation.Seconds(5, 0.6),
		[]toolUse{{"exec", 0.8}, {"http_fetch", 0.6}, {"fs_write", 0.5}, {"memory_store", 0.3}},
		[]modelUse{{"gpt-5-mini", "openai", 0.6, 450, 700, 110}, {"claude-sonnet-4-5", "anthropic", 0.4, 520, 1200, 180}},
	},
}

type agentState struct {
	agent
	flow              simulation.Flow
	succeeded, failed *simulation.Scalar
	seconds           *simulation.Distribution
	tools             []*toolUser
	models            []*modelUser
}

// modelUser simulates an agent's calls of a model.
type modelUser struct {
	modelUse
	agent                string
	perRequest           float64 // calls
	flow                 simulation.Flow
	input, cache, output *simulation.Scalar
	audit                auditLog
	sessions             *sessions
}

func newAgents(t *simulation.Target, tools *toolbox, audit auditLog, sessions *sessions, rng *rand.Rand) []*agentState {
	requests := t.Counter("lango_requests_total", "Requests that an agent has finished, including failed ones.", "agent", "status")
	seconds := t.Histogram("lango_request_duration_seconds", "Time from a request to its answer, including tools and back-off.", requestBounds, "agent")
	tokens := t.Counter("lango_tokens_total", "Tokens that providers charged for.", "type", "agent", "model", "provider")
	var states []*agentState
	for _, a := range allAgents {
		s := &agentState{
			agent:     a,
			flow:      simulation.NewFlow(rng),
			succeeded: requests.With(a.name, "success"),
			failed:    requests.With(a.name, "error"),
			seconds:   seconds.With(a.name),
		}
		calls := 1.0
		for _, use := range a.tools {
			s.tools = append(s.tools, tools.user(a.name, use, rng))
			calls += use.perRequest
		}
		for _, use := range a.models {
			u := &modelUser{
				modelUse:   use,
				agent:      a.name,
				perRequest: calls * use.share,
				flow:       simulation.NewFlow(rng),
				input:      tokens.With("input", a.name, use.name, use.provider),
				cache:      tokens.With("cache", a.name, use.name, use.provider),
				output:     tokens.With("output", a.name, use.name, use.provider),
				audit:      audit,
				sessions:   sessions,
			}
			s.models = append(s.models, u)
			sessions.add(u, a.rate*use.share)
		}
		states = append(states, s)
	}
	return states
}

// arrivals returns the number of requests in a step. load is the length of the step in
// seconds, multiplied by the current load as a share of the peak load.
func (s *agentState) arrivals(load float64, rng *rand.Rand) float64 {
	return s.flow.Events(s.rate*load*simulation.Jitter(rng), math.Inf(1))
}

func (s *agentState) finish(n, failed float64, latency simulation.LogNormal, rng *rand.Rand) {
	s.succeeded.Add(n - failed)
	s.failed.Add(failed)
	s.seconds.Observe(n, latency, rng)
}

// work simulates the model calls and the tool executions that n requests cause. catastrophes
// is the number of attempted commands that match the policy rule catastrophic_pattern.
func (s *agentState) work(m simulation.Moment, n, catastrophes float64, rng *rand.Rand) {
	loops := 1.0
	isLoop := m.During(incident.RunawayAgent) && s.name == runawayAgent
	if isLoop {
		loops = runawayCalls
	}
	for _, u := range s.models {
		u.sessions.use(u, u.call(n*loops, rng), isLoop, m.Time)
	}
	for _, u := range s.tools {
		u.execute(m, n, catastrophes, rng)
	}
}

// call simulates the calls for a number of requests and returns the tokens that they use.
func (u *modelUser) call(requests float64, rng *rand.Rand) usage {
	calls := u.flow.Events(requests*u.perRequest, math.Inf(1))
	length := simulation.Jitter(rng)
	tokens := usage{math.Round(calls * u.inputTokens * length), math.Round(calls * u.cacheTokens * length), math.Round(calls * u.outputTokens * length)}
	u.input.Add(tokens[0])
	u.cache.Add(tokens[1])
	u.output.Add(tokens[2])
	u.audit.tokenUsages.Add(calls)
	return tokens
}
