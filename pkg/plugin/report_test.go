package plugin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
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

// TestPolicyAppliesToEveryReport: the policy decides about every request for a report, even if
// the report is cached. Each decision is recorded. A decision that allows a request is
// recorded because of audit: all.
func TestPolicyAppliesToEveryReport(t *testing.T) {
	server := respondWith(t, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"endpoint_id":"ep_1","field":"known","tier":"premium"},"value":[0,"1"]}]}}`)
	const (
		path  = "v2/endpoints/ep_1/metrics"
		query = `{"queryType":"report","endpointIds":["ep_1"],"section":"summary.successRate"}`
		both  = `{"queryType":"report","endpointIds":["ep_1"],"section":"costs.breakdown"}`
	)
	for _, test := range []struct {
		name, policy string
		status       int
		event        audit.Event
	}{
		{"allowed", `{policy: {range: {max: 90d}}, audit: all}`, http.StatusOK, audit.Event{Verdict: audit.Allow}},
		{"observed", `{policy: {range: {max: 1h, verdict: observe}}}`, http.StatusOK, audit.Event{Verdict: audit.Observe, Reason: "range_too_long"}},
		{"blocked", `{policy: {range: {max: 1h}}}`, http.StatusForbidden, audit.Event{Verdict: audit.Block, Reason: "range_too_long"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := instance(t, server, withAccess(t, test.policy))
			defer d.Dispose()
			editor := asUser("ed "+test.name, "ed@localhost", "Editor")
			recorded := func(want int) {
				t.Helper()
				page := d.audit.Page(audit.Filter{To: time.Now().Add(time.Hour), Actor: editor.User.Login, Limit: 100})
				if len(page.Events) != want {
					t.Errorf("%d events, want %d: %+v", len(page.Events), want, page.Events)
				}
				for _, e := range page.Events {
					if e.Verdict != test.event.Verdict || e.Reason != test.event.Reason || e.Target != "endpoint report" {
						t.Errorf("%+v", e)
					}
				}
			}
			for i := range 3 {
				if status, body := getAs(t, d, editor, path); status != test.status {
					t.Errorf("%d %.300s", status, body)
				}
				recorded(i + 1)
			}
			for refID, answer := range runQueriesAs(t, d, editor, nil, query, both) {
				switch {
				case (answer.Error == nil) != (test.status == http.StatusOK):
					t.Errorf("%s: %v", refID, answer.Error)
				case answer.Error == nil:
					notices := answer.Frames[0].Meta.Notices
					if advised := strings.Contains(fmt.Sprint(notices), "range_too_long"); advised != (test.event.Verdict == audit.Observe) {
						t.Errorf("%s: notices %+v", refID, notices)
					}
				}
			}
			recorded(5)
		})
	}
}
