package access

import (
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Refusal is the error of a request that the access rules or the policy refuse. It wraps a
// fault.Forbidden, whose text begins with the reason and the rule, if there is one.
type Refusal struct {
	Reason Reason
	Rule   string // name of the rule; "" if no rule applies
	Text   string // the end of the error: what is wrong, and what to do
	err    *fault.Error
}

// Refuse returns a Refusal. text is the end of a sentence: what is wrong, and what to do.
func Refuse(reason Reason, rule, text string) *Refusal {
	return &Refusal{reason, rule, text, fault.New(fault.Forbidden, "%s%s: %s", string(reason), inRule(rule), text)}
}

func inRule(rule string) string {
	if rule == "" {
		return ""
	}
	return fmt.Sprintf(" (rule %q)", rule)
}

func (r *Refusal) Error() string { return r.err.Error() }

// Unwrap returns the fault.Forbidden.
func (r *Refusal) Unwrap() error { return r.err }
