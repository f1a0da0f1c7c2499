package gateway

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Snapshot is the answer of GET metrics: docs/contracts/lango.md#metrics-collector. Counters
// are numbers since the start of Lango's processes. If Prometheus has no current samples of
// the family of a field, the field is absent or empty, or contains zeros if it is Policy.
// Notes contains the reasons for absent fields.
type Snapshot struct {
	Head
	Goroutines     *int64    `json:"goroutines,omitempty"`     // of all processes
	MemoryBytes    *int64    `json:"memoryBytes,omitempty"`    // of all processes
	UptimeSeconds  *float64  `json:"uptimeSeconds,omitempty"`  // of the process that started last
	SessionsActive *int64    `json:"sessionsActive,omitempty"` // of all processes
	Processes      []Process `json:"processes"`
	Requests       *Counts   `json:"requests,omitempty"`
	Latency        *Latency  `json:"latency,omitempty"`
	Tokens         *Tokens   `json:"tokens,omitempty"`
	Agents         []Agent   `json:"agents"`
	Tools          []Tool    `json:"tools"`
	Sessions       []Session `json:"sessions"`
	Policy         *Policy   `json:"policy"`
}

// Process contains the numbers of a process of Lango.
type Process struct {
	Job            string   `json:"job"`
	Instance       string   `json:"instance"`
	Goroutines     *int64   `json:"goroutines,omitempty"`
	MemoryBytes    *int64   `json:"memoryBytes,omitempty"`
	UptimeSeconds  *float64 `json:"uptimeSeconds,omitempty"`
	SessionsActive *int64   `json:"sessionsActive,omitempty"`
}

var processFields = append(durations(requestDuration, ""),
	ofProcess(goroutines), ofProcess(memory), ofProcess(sessionsActive),
	field{uptime, fmt.Sprintf("max by (%s) (%s or time() - %s)", process, uptime, startTime)},
	total(requests, "status"), total(tokens, "type"), total(policyDecisions, "verdict, reason"))

// Snapshot returns the numbers of all processes, agents, tools and sessions.
func (r *Request) Snapshot(ctx context.Context) (*Snapshot, error) {
	var t, agents, tools, sessions table
	tasks, group := errgroup.WithContext(ctx)
	tasks.SetLimit(maxConcurrent)
	for _, part := range []struct {
		into   *table
		fields []field
	}{{&t, processFields}, {&agents, agentFields}, {&tools, toolFields}, {&sessions, sessionFields(r.Limit)}} {
		tasks.Go(func() (err error) {
			*part.into, err = r.query(group, r.Now, part.fields)
			return err
		})
	}
	if err := tasks.Wait(); err != nil {
		return nil, err
	}
	if len(t)+len(agents)+len(tools)+len(sessions) == 0 {
		return nil, r.notFound(ctx)
	}
	s := &Snapshot{
		Processes: t.processes(), SessionsActive: t.active(), Policy: t.policy(),
		Requests: t.counts(requests), Latency: t.latency(requestDuration), Tokens: t.tokens(tokens),
	}
	s.addProcesses(t)
	if n := len(s.Processes); n > maxProcesses {
		s.Processes = s.Processes[:maxProcesses]
		r.note("processes", fmt.Sprintf("The list has the first %d of %d processes. The sums include all of them.", maxProcesses, n))
	}
	r.addLists(s, agents, tools, sessions)
	r.noteAbsent(s)
	s.Head = r.head()
	return s, nil
}

// addProcesses sets the numbers of all processes together.
func (s *Snapshot) addProcesses(t table) {
	for family, into := range map[string]**int64{goroutines: &s.Goroutines, memory: &s.MemoryBytes} {
		if len(t[family]) > 0 {
			n := t.count(family)
			*into = &n
		}
	}
	shortest := math.Inf(1)
	for _, u := range t[uptime] {
		shortest = min(shortest, u.Values[0])
	}
	s.UptimeSeconds = rounded(shortest)
}

// processes returns the processes of a table, sorted by job and instance.
func (t table) processes() []Process {
	list := []Process{}
	for job, ofJob := range t.by("job") {
		for instance, own := range ofJob.by("instance") {
			p := Process{Job: job, Instance: instance, UptimeSeconds: rounded(own.latest(uptime)), SessionsActive: own.active()}
			for family, into := range map[string]**int64{goroutines: &p.Goroutines, memory: &p.MemoryBytes} {
				if len(own[family]) > 0 {
					n := own.count(family)
					*into = &n
				}
			}
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b Process) int { return strings.Compare(a.Job+"\xff"+a.Instance, b.Job+"\xff"+b.Instance) })
	return list
}

// addLists sets the agents, tools and sessions, and adds a note for each list that isn't
// complete.
func (r *Request) addLists(s *Snapshot, agents, tools, sessions table) {
	var ofAgents, ofTools int
	s.Agents, ofAgents = r.agents(agents)
	s.Tools, ofTools = r.tools(tools)
	s.Sessions = r.sessions(sessions)
	for _, list := range []struct {
		name    string
		len, of int
	}{{"agents", len(s.Agents), ofAgents}, {"tools", len(s.Tools), ofTools}, {"sessions", len(s.Sessions), int(sessions.count("sessions"))}} {
		if list.len < list.of {
			text := fmt.Sprintf("The list has the first %d of %d.", list.len, list.of)
			if list.len < MaxItems {
				text += fmt.Sprintf(" Set limit, of at most %d, to get more.", MaxItems)
			}
			r.note(list.name, text)
		}
	}
}

// noteAbsent adds a note for each absent field, and for an empty list of agents or tools.
func (r *Request) noteAbsent(s *Snapshot) {
	for _, absent := range []struct {
		is            bool
		field, family string
	}{
		{s.Goroutines == nil, "goroutines", goroutines},
		{s.MemoryBytes == nil, "memoryBytes", memory},
		{s.UptimeSeconds == nil, "uptimeSeconds", uptime},
		{s.SessionsActive == nil, "sessionsActive", sessionsActive},
		{s.Requests == nil, "requests", requests},
		{s.Latency == nil, "latency", requestDuration},
		{s.Tokens == nil, "tokens", tokens},
		{len(s.Agents) == 0, "agents", requests},
		{len(s.Tools) == 0, "tools", toolExecutions},
	} {
		if absent.is {
			r.noteMissing(absent.field, absent.family)
		}
	}
}

// PolicyDecisions returns the answer of GET metrics/policy: the policy decisions since the
// start of Lango's processes.
func (r *Request) PolicyDecisions(ctx context.Context) (*Policy, error) {
	t, err := r.current(ctx, []field{total(policyDecisions, "verdict, reason"), processes})
	if err != nil {
		return nil, err
	}
	return t.policy(), nil
}
