package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
)

// rules is an access text with rules for viewers, for the user blocked and for alert rules.
const rules = `
rules:
  - name: acme
    when: {org: 2, role: Viewer}
    matchers: ['tenant="acme"']
    policy: {promql: block}
  - when: {user: '/^blocked$/'}
    deny: true
  - name: alerts
    when: {org: 2, alert: true}
    matchers: ['tenant="acme"', 'source="alerts"']
`

// withAccess returns jsonData with an access text.
func withAccess(t *testing.T, text any) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"access": text})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// getAs requests the resource at a path, as a caller.
func getAs(t *testing.T, d *DataSource, caller backend.PluginContext, path string) (status int, body string) {
	t.Helper()
	withoutQuery, _, _ := strings.Cut(path, "?")
	req := &backend.CallResourceRequest{PluginContext: caller, Method: "GET", Path: withoutQuery, URL: path}
	err := d.CallResource(backend.WithPluginContext(t.Context(), caller), req, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		status, body = r.Status, body+string(r.Body)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// TestCallerComesFromPluginContext checks that headers change nothing but the alert rule's
// uid.
func TestCallerComesFromPluginContext(t *testing.T) {
	forged := http.Header{}
	for name, value := range map[string]string{
		"FromAlert": "true", "X-Rule-Uid": "forged", "X-Grafana-User": "grafana_scheduler", "X-Grafana-Org-Id": "2", "X-Id-Token": "x", "X-Grafana-Role": "Admin",
	} {
		forged.Set(name, value)
	}
	parsed, problems := access.Parse(rules)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := &DataSource{rules: parsed}
	other := backend.PluginContext{OrgID: 3, User: viewer.User} //nolint:staticcheck // the rules name an organization by number
	for _, test := range []struct {
		name     string
		caller   backend.PluginContext
		want     access.Caller
		rule     string
		matchers int
	}{
		{"viewer", viewer, access.Caller{OrgID: 2, Login: "ada", Email: "ada@example.com", Role: "Viewer"}, "acme", 1},
		{"viewer of another organization", other, access.Caller{OrgID: 3, Login: "ada", Email: "ada@example.com", Role: "Viewer"}, "", 0},
		{"alert engine", alertEngine, access.Caller{OrgID: 2, Alert: true, Rule: "forged"}, "alerts", 2},
		{"namesake of the alert engine", namesake, access.Caller{OrgID: 2, Login: "grafana_scheduler", Email: "grafana_scheduler", Role: "Admin"}, "", 0},
		{"nobody", anonymous, access.Caller{OrgID: 2}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := access.FromContext(d.withAccess(t.Context(), test.caller, forged))
			if got == nil || got.Caller != test.want || got.Rule != test.rule || len(got.Matchers) != test.matchers || got.Denied != (test.rule == "") {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := access.FromContext((&DataSource{}).withAccess(t.Context(), viewer, nil)); got != nil {
		t.Errorf("a data source without rules has the decision %+v", got)
	}
}

// TestDeniedCallerSendsNothing checks queries of several types and the resource access.
func TestDeniedCallerSendsNothing(t *testing.T) {
	var requests atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer upstream.Close()
	d := instance(t, upstream.URL, withAccess(t, rules))
	defer d.Dispose()
	denied := callerOf(&backend.User{Login: "blocked", Email: "b@example.com", Role: "Editor"})
	queries := []string{
		`{"expr":"up"}`, `{"queryType":"catalog","metric":"active_sessions"}`, `{"queryType":"annotation","expr":"up"}`,
		`{"queryType":"labelNames"}`, `{"queryType":"catalogMetrics"}`, `{"queryType":"queryResult","expr":"up"}`,
		`{"queryType":"report","endpointIds":["ep_1"],"section":"costs.breakdown"}`,
	}
	const want = `access_denied (rule "rule 2"): the rule denies access`
	for refID, answer := range runQueriesAs(t, d, denied, map[string]string{"FromAlert": "true"}, queries...) {
		if answer.Status != http.StatusForbidden || answer.Error == nil || !strings.HasPrefix(answer.Error.Error(), want) || answer.ErrorSource != backend.ErrorSourceDownstream {
			t.Errorf("%s: status %d, %v", refID, answer.Status, answer.Error)
		}
	}
	out := &refused{}
	req := queriesOf(denied, nil, queries...)
	if err := d.QueryChunkedData(t.Context(), &backend.QueryChunkedDataRequest{PluginContext: denied, Queries: req.Queries}, out); err != nil {
		t.Fatal(err)
	}
	if n := out.errors.Load(); int(n) != len(queries) {
		t.Errorf("%d chunked queries were refused", n)
	}
	if status, body := getAs(t, d, denied, "access"); status != http.StatusOK || !strings.Contains(body, `"denied":true,"rule":"rule 2"`) {
		t.Errorf("%d %s", status, body)
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// refused counts the queries that were refused.
type refused struct {
	chunks
	errors atomic.Int64
}

// WriteError implements backend.ChunkedDataWriter. It is called concurrently.
func (r *refused) WriteError(_ context.Context, _ string, status backend.Status, err error) error {
	if status == backend.StatusForbidden && strings.HasPrefix(err.Error(), "access_denied") {
		r.errors.Add(1)
	}
	return nil
}

// TestInvalidAccessFailsEveryQuery: without the rules, callers could see the data of others.
func TestInvalidAccessFailsEveryQuery(t *testing.T) {
	for name, value := range map[string]any{
		"YAML": "rules: [", "rule": "rules:\n  - matchers: [x]", "number": 5, "boolean": true, "list": []string{"a"}, "object": map[string]any{"rule": 1}, "text": "everything",
		"empty text": "", "blank text": " \n", "long text": strings.Repeat("#", access.MaxTextBytes+1),
	} {
		t.Run(name, func(t *testing.T) {
			d := instance(t, "http://127.0.0.1:1", withAccess(t, value))
			defer d.Dispose()
			const want = "The data source's access rules have "
			for refID, answer := range runQueriesAs(t, d, viewer, nil, `{"expr":"up"}`, `{"metric":"active_sessions"}`, `{"queryType":"catalogMetrics"}`) {
				if answer.Status != http.StatusBadRequest || answer.Error == nil || !strings.HasPrefix(answer.Error.Error(), want) {
					t.Errorf("%s: status %d, %v", refID, answer.Status, answer.Error)
				}
			}
			if status, body := getAs(t, d, viewer, "api/v1/labels"); status != http.StatusBadGateway || !strings.Contains(body, want) {
				t.Errorf("%d %s", status, body)
			}
			if status, body := getAs(t, d, viewer, "access"); status != http.StatusOK || !strings.Contains(body, `"denied":true`) || !strings.Contains(body, want) {
				t.Errorf("%d %s", status, body)
			}
			health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
			if err != nil || health.Status != backend.HealthStatusError || !strings.Contains(health.Message, want) {
				t.Errorf("%+v, %v", health, err)
			}
		})
	}
}

// TestSaveAndTestListsProblems checks that the health check and admission report all problems.
func TestSaveAndTestListsProblems(t *testing.T) {
	const text = "rules:\n  - matchers: [x]\n  - when: {org: two}\n    deny: true"
	wants := []string{"line 2, rules[0].matchers[0]: x is not a PromQL matcher: ", `line 3, rules[1].when.org: "two" must be an integer or a list.`}
	d := instance(t, "http://127.0.0.1:1", withAccess(t, text))
	defer d.Dispose()
	health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: asUser("root", "root@localhost", "Admin")})
	if err != nil {
		t.Fatal(err)
	}
	stored := backend.DataSourceInstanceSettings{Name: "Model Metrics", JSONData: []byte(withAccess(t, text))}
	object, err := backend.DataSourceInstanceSettingsToProtoBytes(&stored)
	if err != nil {
		t.Fatal(err)
	}
	admitted, err := Admission{}.ValidateAdmission(t.Context(), &backend.AdmissionRequest{Kind: stored.GVK(), ObjectBytes: object})
	if err != nil || admitted.Allowed {
		t.Fatalf("%+v, %v", admitted, err)
	}
	var details healthDetails
	if err := json.Unmarshal(health.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	for i, want := range wants {
		if !strings.Contains(details.Verbose, want) || !strings.Contains(admitted.Result.Message, want) || !strings.Contains(details.Access.Problems[i].String(), want) {
			t.Errorf("%s\n%s\nmissing: %s", details.Verbose, admitted.Result.Message, want)
		}
	}
}

// TestProblemsOfRulesAreSecret: the problems quote the rules, which name other tenants.
func TestProblemsOfRulesAreSecret(t *testing.T) {
	d := instance(t, "http://127.0.0.1:1", withAccess(t, "rules:\n  - {matchers: ['tenant=\"globex-secret']}"))
	defer d.Dispose()
	var texts []string
	for _, answer := range runQueriesAs(t, d, viewer, nil, `{"expr":"up"}`, `{"metric":"active_sessions"}`) {
		texts = append(texts, answer.Error.Error())
	}
	for _, path := range []string{"access", "api/v1/labels", "api/v1/metadata", "api/metrics/active_sessions"} {
		_, body := getAs(t, d, viewer, path)
		texts = append(texts, body)
	}
	health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: viewer})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(texts, health.Message, string(health.JSONDetails)) {
		if strings.Contains(text, "globex") {
			t.Errorf("a viewer sees %s", text)
		}
	}
	health, err = d.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: asUser("root", "root@localhost", "Admin")})
	if err != nil || !strings.Contains(health.Message, "globex-secret") || !strings.Contains(string(health.JSONDetails), "globex-secret") {
		t.Errorf("an administrator sees %+v, %v", health, err)
	}
}

// TestGrafanasAccessModeIsNoRule: some tools store Grafana's access mode in jsonData.
func TestGrafanasAccessModeIsNoRule(t *testing.T) {
	for _, value := range []any{"proxy", "direct", nil} {
		d := instance(t, "http://127.0.0.1:1", withAccess(t, value))
		if d.broken != nil || d.rules != nil || d.guard != nil || d.governor() != nil {
			t.Errorf("%v: %v, %+v", value, d.broken, d.rules)
		}
		d.Dispose()
	}
}

// TestAccessAsObject: in a provisioning file, the rules can be YAML instead of a text.
func TestAccessAsObject(t *testing.T) {
	d := instance(t, "http://127.0.0.1:1", withAccess(t, map[string]any{"rules": []any{map[string]any{"when": map[string]any{"org": 2}, "matchers": []string{`a="b"`}}}}))
	defer d.Dispose()
	if d.broken != nil || d.rules.Len() != 1 || d.governor() == nil {
		t.Errorf("%v, %+v", d.broken, d.rules)
	}
}

func TestTargetsOfQueries(t *testing.T) {
	d := instance(t, "http://127.0.0.1:1", withAccess(t, "policy: {promql: block}"))
	defer d.Dispose()
	for text, want := range map[string]access.Target{
		`{"expr":"up"}`: {Action: "promql"},
		`{"queryType":"promql","expr":"up","metric":"active_sessions"}`:             {Action: "promql"},
		`{"queryType":"catalog","metric":"active_sessions","expr":"up"}`:            {Action: "catalog", Metric: "active_sessions"},
		`{"queryType":"annotation","expr":"up","metric":"active_sessions"}`:         {Action: "annotation"},
		`{"queryType":"annotation","metric":"active_sessions"}`:                     {Action: "annotation", Metric: "active_sessions"},
		`{"queryType":"queryResult","expr":"up","metric":"active_sessions"}`:        {Action: "queryResult"},
		`{"queryType":"labelValues","label":"job","metric":"active_sessions"}`:      {Action: "labelValues"},
		`{"queryType":"report","endpointIds":["ep_1"],"section":"costs.breakdown"}`: {Action: "report", Metric: "endpoint report"},
	} {
		t.Run(text, func(t *testing.T) {
			r, err := d.parse(t.Context(), nil, queriesOf(viewer, nil, text).Queries[0])
			if err != nil {
				t.Fatal(err)
			}
			ctx, err := d.admitQuery(d.withAccess(t.Context(), viewer, nil), r)
			if got := access.TargetOf(ctx); err != nil || got != want {
				t.Errorf("%s, %v", fmt.Sprint(got), err)
			}
		})
	}
}
