package gateway

import (
	"context"
	"fmt"
)

// Agent contains the numbers of an agent. A field is absent if Prometheus has no current series
// of the agent in the metric family of the field.
type Agent struct {
	Agent          string   `json:"agent"`
	Requests       *Counts  `json:"requests,omitempty"`
	Latency        *Latency `json:"latency,omitempty"`
	Tokens         *Tokens  `json:"tokens,omitempty"`
	ToolExecutions *Counts  `json:"toolExecutions,omitempty"`
	Policy         *Policy  `json:"policy,omitempty"`
}

// AgentsAnswer is the answer of GET metrics/agents.
type AgentsAnswer struct {
	Head
	Total  int     `json:"total"`  // number of all agents
	Agents []Agent `json:"agents"` // the agents with the most requests first
}

var agentFields = append(durations(requestDuration, "agent, "),
	total(requests, "agent, status"), total(tokens, "agent, type"), total(toolExecutions, "agent, status"),
	total(policyDecisions, "agent, verdict, reason"), processes)

// Agents returns the statistics of agents since the start of Lango's processes. It lists at most
// r.Limit agents.
func (r *Request) Agents(ctx context.Context) (*AgentsAnswer, error) {
	t, err := r.current(ctx, agentFields)
	if err != nil {
		return nil, err
	}
	agents, n := r.agents(t)
	if n == 0 {
		r.noteMissing("agents", requests)
	}
	return &AgentsAnswer{r.head(), n, agents}, nil
}

// agents returns at most r.Limit agents of a table, and the number of all agents in the table.
// The agents with the most requests come first.
func (r *Request) agents(t table) ([]Agent, int) {
	agents := []Agent{}
	for name, own := range t.by("agent") {
		a := Agent{name, own.counts(requests), own.latency(requestDuration), own.tokens(tokens), own.counts(toolExecutions), nil}
		if len(own[policyDecisions]) > 0 {
			a.Policy = own.policy()
		}
		agents = append(agents, a)
	}
	return most(agents, r.Limit, func(a Agent) int64 { return totalOf(a.Requests) }, func(a Agent) string { return a.Agent }), len(agents)
}

func totalOf(c *Counts) int64 {
	if c == nil {
		return 0
	}
	return c.Total
}

// Tool contains the numbers of a tool. A field is absent if Prometheus has no current series of
// the tool in the metric family of the field.
type Tool struct {
	Tool       string   `json:"tool"`
	Executions *Counts  `json:"executions,omitempty"`
	Duration   *Latency `json:"duration,omitempty"`
}

// ToolsAnswer is the answer of GET metrics/tools.
type ToolsAnswer struct {
	Head
	Total int    `json:"total"` // number of all tools
	Tools []Tool `json:"tools"` // the tools with the most executions first
}

var toolFields = append(durations(toolDuration, "tool, "), total(toolExecutions, "tool, status"), processes)

// Tools returns the statistics of tools since the start of Lango's processes. It lists at most
// r.Limit tools.
func (r *Request) Tools(ctx context.Context) (*ToolsAnswer, error) {
	t, err := r.current(ctx, toolFields)
	if err != nil {
		return nil, err
	}
	tools, n := r.tools(t)
	if n == 0 {
		r.noteMissing("tools", toolExecutions)
	}
	return &ToolsAnswer{r.head(), n, tools}, nil
}

// tools returns at most r.Limit tools of a table, and the number of all tools in the table.
// The tools with the most executions come first.
func (r *Request) tools(t table) ([]Tool, int) {
	tools := []Tool{}
	for name, own := range t.by("tool") {
		tools = append(tools, Tool{name, own.counts(toolExecutions), own.latency(toolDuration)})
	}
	return most(tools, r.Limit, func(t Tool) int64 { return totalOf(t.Executions) }, func(t Tool) string { return t.Tool }), len(tools)
}

// Session contains the tokens of a session.
type Session struct {
	Session string  `json:"session"`
	Tokens  *Tokens `json:"tokens"`
	Usage   []Usage `json:"usage"` // the largest first
}

// Usage contains the tokens that one agent used with one model in a session.
type Usage struct {
	Agent  string  `json:"agent"`
	Model  string  `json:"model"`
	Tokens *Tokens `json:"tokens"`
}

// SessionsAnswer is the answer of GET metrics/sessions.
type SessionsAnswer struct {
	Head
	Active   *int64    `json:"active,omitempty"` // number of open sessions
	Total    int64     `json:"total"`            // number of sessions that used tokens in the last 15 minutes
	Sessions []Session `json:"sessions"`         // the sessions with the most tokens first
}

// sessionFields returns the fields of a SessionsAnswer with at most limit sessions.
func sessionFields(limit int) []field {
	return []field{
		{sessionTokens, fmt.Sprintf("sum by (session, agent, model, type) (%s) and on (session) topk(%d, sum by (session) (%s))", sessionTokens, limit, sessionTokens)},
		{"sessions", fmt.Sprintf("count(count by (session) (%s))", sessionTokens)},
		total(sessionsActive, ""),
		growth(tokens, "", "15m"),
		processes,
	}
}

// Sessions returns the tokens of the sessions that used the most tokens, at most r.Limit.
func (r *Request) Sessions(ctx context.Context) (*SessionsAnswer, error) {
	t, err := r.current(ctx, sessionFields(r.Limit))
	if err != nil {
		return nil, err
	}
	answer := &SessionsAnswer{Active: t.active(), Total: t.count("sessions"), Sessions: r.sessions(t)}
	if answer.Active == nil {
		r.noteMissing("active", sessionsActive)
	}
	answer.Head = r.head()
	return answer, nil
}

// active returns the number of open sessions, or nil if it is unknown.
func (t table) active() *int64 {
	if len(t[sessionsActive]) == 0 {
		return nil
	}
	n := t.count(sessionsActive)
	return &n
}

// sessions returns the sessions of a table. If there are none, it adds a note with the reason.
func (r *Request) sessions(t table) []Session {
	sessions := []Session{}
	for name, own := range t.by("session") {
		s := Session{Session: name, Tokens: own.tokens(sessionTokens), Usage: []Usage{}}
		for agent, ofAgent := range own.by("agent") {
			for model, ofModel := range ofAgent.by("model") {
				s.Usage = append(s.Usage, Usage{agent, model, ofModel.tokens(sessionTokens)})
			}
		}
		s.Usage = most(s.Usage, len(s.Usage), func(u Usage) int64 { return u.Tokens.Total }, func(u Usage) string { return u.Agent + "\xff" + u.Model })
		sessions = append(sessions, s)
	}
	if len(sessions) == 0 {
		reason := "No session used tokens in the last 15 minutes."
		if t.latest(tokens) != 0 { // also true if the increase is unknown, which is NaN
			reason = "Prometheus has no current samples of " + sessionTokens + ". Check that Lango's exporter provides this family, and that Prometheus doesn't drop it."
		}
		r.note("sessions", reason)
	}
	return most(sessions, r.Limit, func(s Session) int64 { return s.Tokens.Total }, func(s Session) string { return s.Session })
}
