// Package access decides what a caller may read and query. The access rules of a data source
// restrict which series a caller can read, and the policy of the data source limits which
// queries a caller may run. If a data source has rules or a policy, the context of each query
// request and each resource request from Grafana contains a Decision. Package promapi calls a
// guard before each request for data, and the guard enforces the Decision.
package access

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// Caller is who sends a request. All fields except Rule come from the plugin context of
// Grafana, which a browser can't forge. Rule comes from an HTTP header, and only the audit log
// uses it.
type Caller struct {
	OrgID int64
	Login string
	Email string
	Role  string // None, Viewer, Editor, Admin or Grafana Admin; "" if unknown
	Alert bool   // Grafana's alert engine; its login and role mean nothing
	Rule  string // uid of the alert rule, for the audit log; "" if it is unknown
}

// Decision is the result of the rules and the policy for a caller.
type Decision struct {
	Caller   Caller
	Rule     string            // name of the rule, such as "acme" or "rule 3"; "" if none applies
	Denied   bool              // the caller may not read anything
	Why      string            // the reason why the caller is denied, as the end of a sentence; else ""
	Matchers []*labels.Matcher // restrict every selector; empty if unrestricted or denied
	Policy   Policy
}

// Verdict is what happens to a query that violates a policy.
type Verdict uint8

// The verdicts. The zero value allows the query.
const (
	Off     Verdict = iota // the query runs, and is recorded only if Rules.AuditAll is true
	Observe                // the query runs and is recorded; editors and admins see a notice
	Block                  // the query fails with status 403 and is recorded
)

// Policy limits queries. The zero value allows every query.
type Policy struct {
	PromQL           Verdict       // queries that aren't in the catalog
	Range            Verdict       // ranges, steps and lookback deltas longer than MaxRange
	MaxRange         time.Duration // maximum range
	Points           Verdict       // more points of a series than MaxPoints
	MaxPoints        int
	SelectorsWithout Verdict // selectors without a metric name
	MatchEverything  Verdict // regular expressions that match everything
	Series           Verdict // results of more series than MaxSeries
	MaxSeries        int
}

// Reason is a machine-readable code for why a request is blocked or observed. The codes are in
// reasons.go.
type Reason string

// Target is what a caller asks for. The zero Target is a query that the caller wrote.
type Target struct {
	// Action is the type of a query, such as catalog, or the name of a resource route, such as
	// GET /catalog.
	Action string

	// Metric is the name of a metric in the catalog, or of another query that the plugin
	// defines. It is "" for other requests, such as a query that the caller wrote.
	Metric string

	// Span is the longest range that the caller of a catalog query can choose for a range
	// selector, such as the window. The policy limits it like the time range.
	Span time.Duration
}

type (
	decisionKey struct{}
	targetKey   struct{}
)

// WithDecision returns a copy of ctx that contains the decision about a caller.
func WithDecision(ctx context.Context, d *Decision) context.Context {
	return context.WithValue(ctx, decisionKey{}, d)
}

// FromContext returns the decision that WithDecision added to ctx or a parent of it, or nil if
// there is none.
func FromContext(ctx context.Context) *Decision {
	d, _ := ctx.Value(decisionKey{}).(*Decision)
	return d
}

// WithTarget returns a copy of ctx that contains the target of a query or a resource request.
func WithTarget(ctx context.Context, t Target) context.Context {
	return context.WithValue(ctx, targetKey{}, t)
}

// TargetOf returns the target that WithTarget added to ctx or a parent of it, or the zero
// Target.
func TargetOf(ctx context.Context) Target {
	t, _ := ctx.Value(targetKey{}).(Target)
	return t
}
