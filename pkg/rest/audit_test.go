package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

// recorded returns options whose audit log contains three events, and these events.
func recorded(t *testing.T) (Options, []audit.Event) {
	t.Helper()
	o := options(t, &upstream{status: http.StatusOK})
	events := []audit.Event{
		{Time: now.Add(-2 * time.Hour), Actor: "ada", Org: 1, Role: "Viewer", Action: "query", Target: "up", Verdict: audit.Block, Reason: "promql_not_allowed", Message: "No.", Matchers: `tenant="acme"`},
		{Time: now.Add(-time.Hour), Actor: "alert:r1", Org: 1, Action: "query", Target: "active_sessions", Verdict: audit.Observe, Reason: "range_too_long"},
		{Time: now, Actor: "ada", Org: 1, Role: "Viewer", Action: "labels", Verdict: audit.Allow},
	}
	for _, e := range events {
		o.Audit.Record(e)
	}
	return o, events
}

func TestAuditRoute(t *testing.T) {
	o, events := recorded(t)
	handler := New(o)
	for target, want := range map[string][]int{ // indexes of the events
		"/audit":                                   {2, 1, 0},
		"/audit?limit=1":                           {2},
		"/audit?actor=ada":                         {2, 0},
		"/audit?actor=alert:r1":                    {1},
		"/audit?verdict=block":                     {0},
		"/audit?reason=range_too_long":             {1},
		"/audit?actor=ada&verdict=observe":         {},
		"/audit?from=2025-08-27T11:00:00.5Z":       {2, 1},
		"/audit?to=2025-08-27T11:00:00.5Z":         {1, 0},
		"/audit?from=1756296000.5&to=1756296000.5": {2},
	} {
		w := callAs(admin, handler, http.MethodGet, target, "")
		got := read[audit.Page](t, w)
		expected := []audit.Event{}
		for _, i := range want {
			expected = append(expected, events[i])
		}
		if diff := cmp.Diff(audit.Page{Events: expected, Capacity: 10_000}, got); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
}

func TestAuditRouteRejectsInvalidParameters(t *testing.T) {
	handler := New(options(t, &upstream{}))
	for target, message := range map[string]string{
		"/audit?user=ada":       `This route has no parameter "user". It takes from, to, actor, verdict, reason, limit.`,
		"/audit?actor=":         "actor has no value. Set a value, or omit the parameter.",
		"/audit?verdict=deny":   `The verdict "deny" is unknown. Use one of allow, observe, block.`,
		"/audit?limit=10001":    `limit is "10001". Write a whole number from 1 to 10000.`,
		"/audit?from=yesterday": `from is "yesterday". Write a UNIX timestamp in seconds or a time such as 2025-08-27T09:00:00.`,
		"/audit?from=2&to=1":    "The end is before the start.",
		"/policy?x=y":           `This route has no parameter "x". It takes none.`,
	} {
		w := callAs(admin, handler, http.MethodGet, target, "")
		if got := readError(t, w); w.Code != http.StatusBadRequest || got.Message != message {
			t.Errorf("%s: %d %s", target, w.Code, got.Message)
		}
	}
}

func readError(t *testing.T, w *httptest.ResponseRecorder) (body errorBody) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return body
}

func TestPolicyRouteCounts(t *testing.T) {
	o, _ := recorded(t)
	w := callAs(admin, New(o), http.MethodGet, "/policy", "")
	if want := `{"blocks":1,"observes":1,"byReason":{"promql_not_allowed":1,"range_too_long":1}}`; w.Body.String() != want {
		t.Errorf("got %s", w.Body)
	}
	w = callAs(admin, New(options(t, &upstream{})), http.MethodGet, "/policy", "")
	if want := `{"blocks":0,"observes":0,"byReason":{}}`; w.Body.String() != want {
		t.Errorf("got %s", w.Body)
	}
}

// TestAuditRequiresAdmin: the events contain the queries of other users.
func TestAuditRequiresAdmin(t *testing.T) {
	o, _ := recorded(t)
	handler := New(o)
	for _, target := range []string{"/audit", "/policy"} {
		for _, user := range []*backend.User{nil, {Role: "None"}, {Role: "Viewer"}, {Role: "Editor"}, {Role: "admin"}} {
			w := callAs(user, handler, http.MethodGet, target, "")
			if got := readError(t, w); w.Code != http.StatusForbidden || got.Details["requiredPermission"] != "Admin" {
				t.Errorf("%s as %+v: %d %s", target, user, w.Code, w.Body)
			}
		}
	}
}

func TestLargeAuditRequests(t *testing.T) {
	o, _ := recorded(t)
	handler := New(o)
	for name, query := range largeQueries {
		for _, target := range []string{"/audit", "/policy"} {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r.WithContext(backend.WithPluginContext(r.Context(), backend.PluginContext{User: admin})))
			if w.Code != http.StatusBadRequest || w.Body.Len() > 3000 {
				t.Errorf("%s: %d %.300s", name, w.Code, w.Body)
			}
		}
	}
}

// validateAudit checks that the responses match the OpenAPI document.
func validateAudit(t *testing.T, c *contract, o Options) {
	t.Helper()
	o.Audit.Record(audit.Event{Actor: "ada", Role: "Viewer", Action: "query", Target: "up", Verdict: audit.Block, Reason: "access_denied", Message: "No.", Matchers: `a="b"`})
	handler := New(o)
	for _, path := range []string{"/audit", "/policy"} {
		c.validate(t, "GET", path, 200, callAs(admin, handler, "GET", path, ""))
		c.validate(t, "GET", path, 400, callAs(admin, handler, "GET", path+"?x=y", ""))
		c.validate(t, "GET", path, 403, callAs(&backend.User{Role: "Viewer"}, handler, "GET", path, ""))
	}
}
