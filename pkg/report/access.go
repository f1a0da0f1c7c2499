package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

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

// Configure applies the settings of a data source to a request of a user, which is the
// user of the plugin context or nil. It returns a *ForbiddenError if the request names a
// section that is reserved for other roles. A request that names no sections is reduced to
// those that the user may see, with notes.
func (r *Request) Configure(s Settings, user *backend.User) error {
	r.settings = s
	for _, section := range sections {
		if s.Check(user, section) != nil {
			r.reserved = append(r.reserved, section)
		}
	}
	if r.namesSections || len(r.reserved) == len(sections) {
		return s.Check(user, r.sections...)
	}
	for _, section := range r.reserved {
		r.sections = slices.DeleteFunc(slices.Clone(r.sections), func(s Section) bool { return s == section })
		r.notes.add(string(section), "%s", r.whyReserved(section))
	}
	return nil
}

// whyReserved is the reason for an absent value that belongs to a reserved section.
func (r *Request) whyReserved(section Section) string {
	var forbidden *ForbiddenError
	if !errors.As(r.settings.Check(nil, section), &forbidden) {
		return ""
	}
	return fmt.Sprintf("The section %s is reserved for the role %s.", forbidden.Section, forbidden.Required)
}

// reserve removes a value that belongs to a section which is reserved.
func (c *computation) reserve(section Section, field string, value **float64) {
	if !slices.Contains(c.reserved, section) {
		return
	}
	*value = nil
	c.notes.replace(field, c.whyReserved(section))
}
