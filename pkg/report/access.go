package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
)

type (
	// Settings are the settings of reports.
	Settings = policy.Settings
	// ForbiddenError is the error of a request for a section that the user may not see.
	ForbiddenError = policy.ForbiddenError
)

// Configure applies the settings of a data source to a request. role is the user's role in
// Grafana, or "" if it is unknown. If the request names a section that is reserved for higher
// roles, Configure returns a *ForbiddenError. From a request that names no sections, Configure
// removes the reserved ones, and adds a note about each of them. It returns a *ForbiddenError
// instead if all sections are reserved.
func (r *Request) Configure(s Settings, role string) error {
	r.settings = s
	for _, section := range sections {
		if s.Check(role, section) != nil {
			r.reserved = append(r.reserved, section)
		}
	}
	if r.namesSections || len(r.reserved) == len(sections) {
		return s.Check(role, r.sections...)
	}
	for _, section := range r.reserved {
		r.sections = slices.DeleteFunc(slices.Clone(r.sections), func(s Section) bool { return s == section })
		r.notes.add(string(section), "%s", r.whyReserved(section))
	}
	return nil
}

// whyReserved returns the reason for the absence of values that belong to a reserved section.
func (r *Request) whyReserved(section Section) string {
	var forbidden *ForbiddenError
	if !errors.As(r.settings.Check("", section), &forbidden) {
		return ""
	}
	return fmt.Sprintf("The section %s is reserved for the role %s.", forbidden.Section, forbidden.Required)
}

// reserve removes a value if its section is reserved. The note that the section is reserved
// replaces all other notes about the field.
func (c *computation) reserve(section Section, field string, value **float64) {
	if !slices.Contains(c.reserved, section) {
		return
	}
	*value = nil
	c.notes.replace(field, c.whyReserved(section))
}
