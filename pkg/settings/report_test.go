package settings

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
)

func TestReportSettings(t *testing.T) {
	s, problems, err := Load("http://p", []byte(`{"report":{
		"roles":{"costs":"Admin","usage":"Editor","errors":null,"resources":""},
		"prices":{"compute":{"premium":1.1,"*":"0.5","":0,"old":""},"storage":{"models":0.48},"network":{"egress":0.09,"ingress":null},"other":{"coldStarts":"0.02"}},
		"budgets":{"ep_a":1500,"*":"200"},
		"requestsPerHour":"30"}}`))
	want := policy.Settings{
		Roles: map[policy.Section]string{policy.Costs: "Admin", policy.Usage: "Editor"},
		Prices: policy.Prices{
			Compute: map[string]float64{"premium": 1.1, "*": 0.5, "": 0}, Storage: &policy.StoragePrices{Models: 0.48},
			Network: &policy.NetworkPrices{Egress: 0.09}, Other: &policy.OtherPrices{ColdStarts: 0.02},
		},
		Budgets: map[string]float64{"ep_a": 1500, "*": 200}, RequestsPerHour: 30,
	}
	if err != nil || len(problems) > 0 || !reflect.DeepEqual(s.Report, want) {
		t.Errorf("got %+v, %v, %v", s.Report, problems, err)
	}
}

func TestReportSettingsDefaults(t *testing.T) {
	for _, data := range []string{``, `{}`, `{"report":null}`, `{"report":""}`, `{"report":{}}`, `{"report":{"roles":null,"prices":"","budgets":{},"requestsPerHour":null}}`} {
		s, problems, err := Load("http://p", []byte(data))
		if err != nil || len(problems) > 0 || s.Report.RequestsPerHour != 60 || len(s.Report.Roles)+len(s.Report.Budgets)+len(s.Report.Prices.Compute) > 0 {
			t.Errorf("%s: got %+v, %v, %v", data, s.Report, problems, err)
		}
	}
}

// TestInvalidRolesReserveAllSections: if the roles are invalid, it is unknown which sections
// they were meant to reserve.
func TestInvalidRolesReserveAllSections(t *testing.T) {
	for _, value := range []string{
		`7`, `[]`, `"costs"`, `true`, `{"roles":[]}`, `{"roles":"Admin"}`, `{"roles":{"cost":"Admin"}}`, `{"roles":{"costs":"Boss"}}`, `{"roles":{"costs":"admin"}}`,
		`{"roles":{"costs":3}}`, `{"roles":{"costs":["Admin"]}}`, `{"roles":{"costs":"Admin","":"Viewer"}}`,
	} {
		s, problems, err := Load("http://p", []byte(`{"report":`+value+`}`))
		if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Text, "Until then, all sections are reserved for the role Admin.") {
			t.Errorf("%s: got %v, %v", value, problems, err)
		}
		for _, section := range policy.Sections() {
			if s.Report.Roles[section] != "Admin" {
				t.Errorf("%s: %s is reserved for %q", value, section, s.Report.Roles[section])
			}
		}
	}
}

func TestInvalidReportSettingsAreProblems(t *testing.T) {
	budgets := ""
	for i := range maxBudgets + 1 {
		budgets += fmt.Sprintf(`,"ep_%d":1`, i)
	}
	long := `"` + strings.Repeat("x", 1000) + `"`
	for _, test := range []struct{ field, want string }{
		{`"rolls":{"costs":"Admin"}`, `The field "rolls" is unknown and is ignored. Use budgets, prices, requestsPerHour or roles instead.`},
		{`"prices":[]`, "prices must be an object"},
		{`"prices":{"gpu":{}}`, `The category "gpu" in prices is unknown`},
		{`"prices":{` + long + `:{}}`, `x…" in prices is unknown`},
		{`"prices":{"compute":1}`, "prices.compute must be an object that maps at most 100 tiers, or * for all other tiers, to the price of an instance per hour, from 0 to 1000000000 USD. The name of a tier has at most 200 bytes. Until then, there are no prices."},
		{`"prices":{"compute":{"*":-1}}`, "prices.compute must"},
		{`"prices":{"compute":{"*":1e300}}`, "prices.compute must"},
		{`"prices":{"compute":{"*":"much"}}`, "prices.compute must"},
		{`"prices":{"compute":{` + long + `:1}}`, "prices.compute must"},
		{`"prices":{"compute":{"*":1},"storage":{"disks":1}}`, "prices.storage must be an object with models and outputs: the prices per day, from 0 to 1000000000 USD. Until then"},
		{`"prices":{"compute":{"*":1},"network":{"ingress":-1}}`, "prices.network must be an object with ingress and egress: the prices of 10^9 bytes, from 0 to 1000000000 USD. Until then"},
		{`"prices":{"compute":{"*":1},"other":[]}`, "prices.other must be an object with coldStarts, monitoring and logging: the prices of a cold start, of a day of monitoring and of a day of logging, from 0 to"},
		{`"prices":{"storage":{"models":1}}`, "prices must contain a price of compute"},
		{`"budgets":5`, "or * for all other endpoints, each with a number from 0 to 1000000000 USD. The id of an endpoint has at most 200 bytes. Until then, there are no budgets."},
		{`"budgets":{"ep_a":-1}`, "budgets must"},
		{`"budgets":{` + long + `:1}`, "budgets must"},
		{`"budgets":{` + budgets[1:] + `}`, "budgets must"},
		{`"requestsPerHour":0`, "requestsPerHour must be a whole number from 1 to 100000. Until then, it is 60."},
		{`"requestsPerHour":1.5`, "requestsPerHour must"},
		{`"requestsPerHour":true`, "requestsPerHour must"},
		{`"requestsPerHour":1e9`, "requestsPerHour must"},
	} {
		s, problems, err := Load("http://p", []byte(`{"report":{"roles":{"costs":"Editor"},`+test.field+`}}`))
		if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Text, test.want) || len(problems[0].Text) > 800 {
			t.Errorf("%.100s: got %v, %v, want %q", test.field, problems, err, test.want)
		}
		if got := s.Report; len(got.Prices.Compute)+len(got.Budgets) > 0 || got.Prices.Storage != nil || got.RequestsPerHour != 60 || got.Roles[policy.Costs] != "Editor" {
			t.Errorf("%.100s: got %+v", test.field, got)
		}
	}
}
