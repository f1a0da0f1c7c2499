package policy

import (
	"errors"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

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
			var user *backend.User
			if test.role != "" {
				user = &backend.User{Role: test.role}
			}
			err := test.settings.Check(user, test.requested...)
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
