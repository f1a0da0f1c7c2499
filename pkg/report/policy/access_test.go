package policy

import (
	"errors"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestReservedSections(t *testing.T) {
	costs := Settings{Roles: map[Section]string{Costs: "Admin", Usage: "Editor"}}
	errorRates := Settings{Roles: map[Section]string{Errors: "Editor", Resources: "Viewer"}}
	for _, test := range []struct {
		name      string
		settings  Settings
		role      string // "" is no user
		requested []Section
		forbidden Section // "" if the request is allowed
	}{
		{"no reservation", Settings{}, "Viewer", Sections(), ""},
		{"no reservation, no user", Settings{}, "", Sections(), ""},
		{"an administrator", costs, "Admin", Sections(), ""},
		{"an editor", costs, "Editor", []Section{Usage}, ""},
		{"an editor's costs", costs, "Editor", []Section{Usage, Costs}, Costs},
		{"a viewer", costs, "Viewer", []Section{Performance, Usage}, Usage},
		{"another section", costs, "Viewer", []Section{Performance, Resources, Errors}, ""},
		{"no user", costs, "", []Section{Costs}, Costs},
		{"an unknown role", costs, "admin", []Section{Costs}, Costs},
		{"no role in the organisation", errorRates, "None", []Section{Resources}, Resources},
		{"a viewer's resources", errorRates, "Viewer", []Section{Resources}, ""},
		{"performance contains errors", errorRates, "Viewer", []Section{Performance}, Errors},
		{"errors of an editor", errorRates, "Editor", []Section{Performance, Errors}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.settings.Check(test.role, test.requested...)
			var forbidden *ForbiddenError
			if test.forbidden == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.As(err, &forbidden) || forbidden.Section != test.forbidden || forbidden.Role != test.role || fault.As(err).Kind != fault.Forbidden {
				t.Errorf("got %v, want %s", err, test.forbidden)
			}
		})
	}
}

// TestForbiddenErrorSuggestsAnotherRequest checks the texts of errors. They don't suggest other
// sections to a user who may see none.
func TestForbiddenErrorSuggestsAnotherRequest(t *testing.T) {
	all := Settings{Roles: map[Section]string{}}
	for _, section := range Sections() {
		all.Roles[section] = "Admin"
	}
	for _, test := range []struct {
		name      string
		settings  Settings
		role      string
		requested []Section
		want      string
	}{
		{"a reserved section", Settings{Roles: map[Section]string{Costs: "Admin"}}, "Editor", []Section{Usage, Costs},
			"The section costs of the report is reserved for the role Admin. Your role is Editor. Request other sections, or ask an administrator of the data source."},
		{"a section that contains a reserved one", Settings{Roles: map[Section]string{Errors: "Editor"}}, "Viewer", []Section{Performance},
			"The section performance of the report contains the section errors, which is reserved for the role Editor. Your role is Viewer. Request other sections, or ask an administrator of the data source."},
		{"no user, all sections reserved", all, "", Sections(),
			"The section performance of the report is reserved for the role Admin. Your role is unknown. Ask an administrator of the data source."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.settings.Check(test.role, test.requested...); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
