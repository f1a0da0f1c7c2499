package plugin

import (
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestReservedSectionsOfReportQueries: a query fails before a request to Prometheus if its
// section is reserved for a higher role.
func TestReservedSectionsOfReportQueries(t *testing.T) {
	d := instance(t, "http://127.0.0.1:1", `{"maxRetries":0,"report":{"roles":{"costs":"Admin"}}}`)
	defer d.Dispose()
	for _, test := range []struct {
		section, role string
		reserved      bool
	}{
		{"costs.breakdown", "Viewer", true},
		{"insights.costs", "Editor", true},
		{"costs.breakdown", "", true},
		{"costs.breakdown", "Admin", false},
		{"summary.successRate", "Viewer", false},
		{"insights", "Viewer", false}, // the report omits the insights on costs
	} {
		caller := backend.PluginContext{}
		if test.role != "" {
			caller.User = &backend.User{Login: "someone", Email: "someone@localhost", Role: test.role}
		}
		answer := runQueriesAs(t, d, caller, nil, `{"queryType":"report","endpointIds":["ep_1"],"section":"`+test.section+`"}`)["A"]
		if answer.Error == nil || (answer.Status == 403) != test.reserved {
			t.Errorf("%s as %q: status %d, %v", test.section, test.role, answer.Status, answer.Error)
		}
		if test.reserved && !strings.Contains(answer.Error.Error(), "The section "+test.section+" of the report is reserved for the role Admin.") {
			t.Errorf("%v", answer.Error)
		}
	}
}
