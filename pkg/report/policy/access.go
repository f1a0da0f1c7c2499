package policy

import (
	"slices"

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

// Roles are the roles of Grafana for which a section can be reserved, in ascending order. A
// role may see all sections that lower roles may see.
var Roles = []string{"Viewer", "Editor", "Admin"}

// ForbiddenError is the error of a section that is reserved for higher roles than the
// caller's. It wraps a fault.Forbidden.
type ForbiddenError struct {
	Section  Section
	Required string // lowest role that may see the section
	Role     string // of the caller; "" if it is unknown
	err      *fault.Error
}

func (e *ForbiddenError) Error() string { return e.err.Error() }
func (e *ForbiddenError) Unwrap() error { return e.err }

// Check returns a *ForbiddenError if one of the requested sections is reserved for roles above
// the user's role. role is "" if the user's role is unknown. The section performance contains
// the section errors, so a reservation of errors applies to both.
func (s Settings) Check(role string, requested ...Section) error {
	for _, section := range requested {
		for _, part := range append([]Section{section}, contained[section]...) {
			if required := s.Roles[part]; !isAtLeast(role, required) {
				return &ForbiddenError{part, required, role, s.forbidden(section, part, required, role)}
			}
		}
	}
	return nil
}

// forbidden returns the error for a section that is reserved or contains a reserved section.
// part is the reserved section.
func (s Settings) forbidden(section, part Section, required, role string) *fault.Error {
	what := "The section " + string(part) + " of the report is"
	if part != section {
		what = "The section " + string(section) + " of the report contains the section " + string(part) + ", which is"
	}
	who := "Your role is " + fault.ClipName(role) + "."
	if role == "" {
		who = "Your role is unknown."
	}
	next := "Request other sections, or ask an administrator of the data source."
	if !slices.ContainsFunc(Sections(), func(other Section) bool { return isAtLeast(role, s.Roles[other]) }) {
		next = "Ask an administrator of the data source."
	}
	return fault.New(fault.Forbidden, "%s reserved for the role %s. %s %s", what, required, who, next)
}

// isAtLeast reports whether a role is the required one or a higher one, or required is "".
func isAtLeast(role, required string) bool {
	return slices.Index(Roles, role) >= slices.Index(Roles, required)
}

// contained maps a section to the sections that are part of it.
var contained = map[Section][]Section{Performance: {Errors}}
