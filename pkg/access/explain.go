package access

import (
	"fmt"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// State is what a caller may read and query.
type State struct {
	Restricted bool   `json:"restricted"` // the caller can't read all series
	Denied     bool   `json:"denied"`     // the caller can't read any series
	Rule       string `json:"rule"`       // name of the rule; "" if no rule applies
	PromQL     string `json:"promql"`     // verdict for queries that aren't in the catalog
	Message    string `json:"message"`
}

// State returns the state of the decision's caller. It doesn't contain the matchers. d is nil if
// the data source has neither access rules nor a policy.
func (d *Decision) State() State {
	if d == nil {
		return State{PromQL: Off.String(), Message: noRules}
	}
	return State{Restricted: d.Denied || len(d.Matchers) > 0, Denied: d.Denied, Rule: d.Rule, PromQL: d.Policy.PromQL.String(), Message: d.message()}
}

// InvalidState returns the state of every caller if the access text is invalid.
func InvalidState(message string) State {
	return State{Restricted: true, Denied: true, PromQL: Block.String(), Message: message}
}

const noRules = "The data source has no access rules: every caller can read all series."

// message returns sentences that describe the decision, without the matchers.
func (d *Decision) message() string {
	var text string
	switch rule := inRule(d.Rule); {
	case d.Denied:
		return Refuse(Denied, d.Rule, d.Why).Error()
	case len(d.Matchers) > 0:
		text = fmt.Sprintf("The access rules%s restrict which series you see.", rule)
	case d.Rule != "":
		text = fmt.Sprintf("The access rules%s permit you to read all series.", rule)
	default:
		text = noRules
	}
	switch d.Policy.PromQL {
	case Block:
		text += " Only metrics of the catalog may be queried (" + string(PromQLNotAllowed) + ")."
	case Observe:
		text += " Queries that aren't in the catalog are recorded (" + string(PromQLNotAllowed) + ")."
	}
	return text
}

// Explanation describes a decision for administrators.
type Explanation struct {
	Denied   bool      `json:"denied"`
	Rule     string    `json:"rule"`
	Reason   string    `json:"reason"` // access_denied, or "" if the caller isn't denied
	Message  string    `json:"message"`
	Matchers []string  `json:"matchers"` // PromQL
	Policy   []Setting `json:"policy"`
}

// Explain explains the decision for a caller. r is nil if the data source has neither access
// rules nor a policy.
func (r *Rules) Explain(c Caller) Explanation {
	if r == nil {
		return Explanation{Message: noRules, Matchers: []string{}, Policy: Policy{}.Settings()}
	}
	d := r.Decide(c)
	e := Explanation{Denied: d.Denied, Rule: d.Rule, Message: d.message(), Matchers: []string{}, Policy: d.Policy.Settings()}
	if d.Denied {
		e.Reason = string(Denied)
	}
	for _, m := range d.Matchers {
		e.Matchers = append(e.Matchers, promql.MatcherText(m))
	}
	if len(e.Matchers) > 0 {
		e.Message = fmt.Sprintf("The access rules%s restrict the caller to series with %s.", inRule(d.Rule), strings.Join(e.Matchers, ", "))
	}
	return e
}
