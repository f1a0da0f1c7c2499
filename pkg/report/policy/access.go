package policy

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Section is a value of the parameter metrics.
type Section string

// The sections.
const (
	Performance Section = "performance"
	Usage       Section = "usage"
	Costs       Section = "costs"
	Resources   Section = "resources"
	Errors      Section = "errors"
)

// Sections returns all sections.
func Sections() []Section { return []Section{Performance, Usage, Costs, Resources, Errors} }

// Roles are the roles of Grafana for which a section can be reserved. Each may see what
// those before it may see.
var Roles = []string{"Viewer", "Editor", "Admin"}

// ForbiddenError is the error of a section that is reserved for other roles. The error
// that it wraps is a fault.Forbidden.
type ForbiddenError struct {
	Section  Section
	Required string // lowest role
	Role     string // of the caller; "" if it is unknown
	err      *fault.Error
}

func (e *ForbiddenError) Error() string { return e.err.Error() }
func (e *ForbiddenError) Unwrap() error { return e.err }

// Check returns a *ForbiddenError if one of the sections is reserved for roles above that
// of a user, which is the user of the plugin context or nil. The section performance
// contains the section errors.
func (s Settings) Check(user *backend.User, requested ...Section) error {
	role := ""
	if user != nil {
		role = user.Role
	}
	for _, section := range requested {
		for _, part := range append([]Section{section}, contained[section]...) {
			required := s.Roles[part]
			if slices.Index(Roles, role) >= slices.Index(Roles, required) {
				continue
			}
			who := "Your role is " + fault.ClipName(role) + "."
			if role == "" {
				who = "Your role is unknown."
			}
			return &ForbiddenError{part, required, role, fault.New(fault.Forbidden,
				"The section %s of the report is reserved for the role %s. %s Omit it from metrics, or ask an administrator of the data source.", part, required, who)}
		}
	}
	return nil
}

// contained are the sections that are part of another one.
var contained = map[Section][]Section{Performance: {Errors}}
