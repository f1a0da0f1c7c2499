package access

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
)

// Rules are the access rules and the policy of a data source. They are immutable.
type Rules struct {
	rules    []rule
	policy   Policy // applies to all callers if there are no rules
	confines bool   // whether there are rules
	AuditAll bool   // the audit log contains allowed queries, too
}

// rule is an access rule.
type rule struct {
	name     string
	when     condition
	deny     bool
	matchers []matcher // empty if the rule is unrestricted or denies
	policy   Policy
}

// condition describes callers. Empty fields fit all callers.
type condition struct {
	orgs  []int64
	roles []string
	users []user
	alert bool // fits only alert rules
}

// user describes users by their login or email address.
type user struct {
	exact   string
	pattern *regexp.Regexp // nil for an exact name
}

// Len returns the number of rules. It is 0 for nil Rules.
func (r *Rules) Len() int {
	if r == nil {
		return 0
	}
	return len(r.rules)
}

// Decide returns the decision of the first rule that fits a caller. If no rule fits, the
// caller is denied. If there are no rules at all, only the policy applies.
func (r *Rules) Decide(c Caller) *Decision {
	if c.Alert {
		c.Login, c.Email, c.Role = "", "", ""
	}
	if !r.confines {
		return &Decision{Caller: c, Policy: r.policy}
	}
	for i := range r.rules {
		if r.rules[i].when.fits(c) {
			return r.rules[i].decide(c)
		}
	}
	return &Decision{Caller: c, Denied: true, Why: "no access rule of the data source permits you to read its data. Ask an administrator of the data source for access."}
}

// fits reports whether all conditions fit a caller. An alert rule has no user and no role, so
// conditions on users or roles don't fit it.
func (w condition) fits(c Caller) bool {
	switch {
	case w.alert && !c.Alert,
		c.Alert && (len(w.roles) > 0 || len(w.users) > 0),
		len(w.orgs) > 0 && !slices.Contains(w.orgs, c.OrgID),
		len(w.roles) > 0 && !slices.Contains(w.roles, c.Role):
		return false
	}
	return len(w.users) == 0 || slices.ContainsFunc(w.users, func(u user) bool { return u.fits(c.Login) || u.fits(c.Email) })
}

func (u user) fits(name string) bool {
	switch {
	case name == "":
		return false
	case u.pattern != nil:
		return len(name) <= maxIdentityBytes && u.pattern.MatchString(name)
	default:
		return u.exact == name
	}
}

func (r *rule) decide(c Caller) *Decision {
	d := &Decision{Caller: c, Rule: r.name, Denied: r.deny, Policy: r.policy}
	if r.deny {
		d.Why = "the rule denies access to the data of the data source. Ask an administrator of the data source for access."
		return d
	}
	d.Matchers = make([]*labels.Matcher, len(r.matchers))
	for i := range r.matchers {
		m, err := r.matchers[i].render(c)
		if err != nil {
			return &Decision{Caller: c, Rule: r.name, Denied: true, Policy: r.policy, Why: fmt.Sprintf("the rule's matchers can't be applied to you: %v. Ask an administrator of the data source for access.", err)}
		}
		d.Matchers[i] = m
	}
	return d
}
