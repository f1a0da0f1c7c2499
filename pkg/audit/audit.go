// Package audit records decisions about queries: in memory, in the plugin's log and, if the
// data source's settings have an endpoint, through OTLP.
package audit

import "time"

// Event is a decision about a request.
type Event struct {
	Time     time.Time `json:"time"`
	Actor    string    `json:"actor"` // login, or alert:<uid of the rule>
	Org      int64     `json:"org"`
	Role     string    `json:"role,omitempty"`
	Action   string    `json:"action"`  // what was requested, such as query or labels
	Target   string    `json:"target"`  // name of a metric of the catalog, or PromQL, clipped
	Verdict  string    `json:"verdict"` // allow, observe or block
	Reason   string    `json:"reason,omitempty"`
	Message  string    `json:"message,omitempty"`
	Matchers string    `json:"matchers,omitempty"` // added to the request
}

// Recorder records events. Record doesn't wait for the network.
type Recorder interface{ Record(Event) }
