// Package audit records decisions about queries: in memory, in the plugin's log and, if the
// data source's settings have an endpoint, in a system that receives logs over OTLP/HTTP.
// Package guard creates the events for decisions, and package plugin opens a Log for each data
// source.
//
// The events in memory are lost when the plugin stops, and the newest events replace the
// oldest. For a durable record, use the system that receives logs.
package audit

import (
	"strconv"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Event is a decision about a request.
type Event struct {
	Time     time.Time `json:"time"`
	Actor    string    `json:"actor"` // login, or alert:<uid of the rule>
	Org      int64     `json:"org"`
	Role     string    `json:"role,omitempty"`
	Action   string    `json:"action"`  // such as promql, GET /catalog or check
	Target   string    `json:"target"`  // such as a catalog metric or PromQL, clipped
	Verdict  string    `json:"verdict"` // allow, observe or block
	Reason   string    `json:"reason,omitempty"`
	Message  string    `json:"message,omitempty"`
	Matchers string    `json:"matchers,omitempty"` // of the caller's rule
}

// Recorder records events. Record doesn't wait for the network.
type Recorder interface{ Record(Event) }

// The verdicts of an event.
const (
	Allow   = "allow"
	Observe = "observe"
	Block   = "block"
)

// Verdicts are the verdicts of events.
var Verdicts = []string{Allow, Observe, Block}

// Text returns the event as one line for people.
func (e Event) Text() string {
	var b strings.Builder
	b.WriteString(e.Verdict + " " + e.Action + " of " + e.Actor + " (org " + strconv.FormatInt(e.Org, 10))
	if e.Role != "" {
		b.WriteString(", " + e.Role)
	}
	b.WriteString(")")
	if e.Target != "" {
		b.WriteString(": " + e.Target)
	}
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// texts returns the names and values of the event's texts.
func (e Event) texts() []struct{ name, text string } {
	return []struct{ name, text string }{
		{"actor", e.Actor}, {"role", e.Role}, {"action", e.Action}, {"target", e.Target}, {"verdict", e.Verdict},
		{"reason", e.Reason}, {"message", e.Message}, {"matchers", e.Matchers},
	}
}

// clean returns the event with texts of bounded size. Unless mask is nil, it calls mask for
// the target, the message and the matchers. It makes all texts valid UTF-8, because OTLP
// requires that. It also sets the time if the time is zero.
func (e Event) clean(mask func(string) string) Event {
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	for _, field := range []struct {
		text     *string
		maxBytes int
	}{
		{&e.Actor, maxName}, {&e.Role, maxName}, {&e.Action, maxName}, {&e.Verdict, maxName}, {&e.Reason, maxName},
		{&e.Target, maxText}, {&e.Message, maxText}, {&e.Matchers, maxText},
	} {
		// The text is masked before it is clipped to maxBytes, because mask doesn't recognize
		// a secret of which only the beginning is left. Masking takes time, so the text is
		// clipped to maxMasked first.
		text := strings.ToValidUTF8(fault.ClipBytes(*field.text, maxMasked), "\uFFFD")
		if mask != nil && field.maxBytes > maxName {
			text = mask(text)
		}
		*field.text = fault.ClipBytes(text, field.maxBytes)
	}
	return e
}

// size returns the memory of the event, in bytes.
func (e Event) size() int {
	size := eventOverhead
	for _, text := range e.texts() {
		size += len(text.text)
	}
	return size
}
