package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/prometheusapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

const accessRules = `
rules:
  - name: acme
    when: {org: 2}
    matchers: ['tenant="acme"']
    policy: {promql: block, range: {max: 30d}}
  - when: {role: Admin}
    unrestricted: true
`

// accessOptions returns the options of a data source with access rules.
func accessOptions(t *testing.T) Options {
	t.Helper()
	o := options(t, &upstream{status: http.StatusOK})
	rules, problems := access.Parse(accessRules)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o.Access = rules
	return o
}

// brokenAccess returns the options of a data source whose access rules are invalid.
func brokenAccess(t *testing.T) Options {
	t.Helper()
	o := options(t, &upstream{status: http.StatusOK})
	o.Client, o.AccessProblems, o.Broken = nil, 1, fault.New(fault.Misconfigured, "The data source's access rules have a problem.")
	return o
}

var admin = &backend.User{Login: "root", Role: "Admin"}

// decided returns the handler of a data source. As package plugin does, the handler adds to
// each request what the access rules decide for the caller c.
func decided(o Options, c access.Caller) http.Handler {
	handler := New(o)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r.WithContext(access.WithDecision(r.Context(), o.Access.Decide(c))))
	})
}

func TestAccessState(t *testing.T) {
	o := accessOptions(t)
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    string
	}{
		{"no rules", New(options(t, &upstream{})), `{"restricted":false,"denied":false,"rule":"","promql":"off","message":"The data source has no access rules: every caller can read all series."}`},
		{"restricted", decided(o, access.Caller{OrgID: 2, Role: "Viewer"}), `{"restricted":true,"denied":false,"rule":"acme","promql":"block","message":"The access rules (rule \"acme\") restrict which series you see. Only metrics of the catalog may be queried (promql_not_allowed)."}`},
		{"unrestricted", decided(o, access.Caller{OrgID: 1, Role: "Admin"}), `{"restricted":false,"denied":false,"rule":"rule 2","promql":"off","message":"The access rules (rule \"rule 2\") permit you to read all series."}`},
		{"denied", decided(o, access.Caller{OrgID: 1, Role: "Viewer"}), `{"restricted":true,"denied":true,"rule":"","promql":"off","message":"access_denied: no access rule of the data source permits you to read its data. Ask an administrator of the data source for access."}`},
		{"invalid rules", New(brokenAccess(t)), `{"restricted":true,"denied":true,"rule":"","promql":"block","message":"The data source's access rules have a problem."}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := callAs(&backend.User{Role: "Viewer"}, test.handler, http.MethodGet, "/access", "")
			if w.Code != http.StatusOK || w.Body.String() != test.want {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestCheckAccess(t *testing.T) {
	handler := New(options(t, &upstream{}))
	for _, test := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"access":""}`, 200, `"text":"The text has neither rules nor a policy.`},
		{`{"access":"policy: {promql: block}"}`, 200, `{"problems":[]}`},
		{`{"access":"rules:\n  - when:\n      org: two\n    deny: true"}`, 200, `{"problems":[{"line":3,"column":7,"path":"rules[0].when.org","text":"\"two\" must be an integer or a list."}]}`},
		{`{}`, 400, `but the key access is missing.`},
		{`[]`, 400, `The request's body must be {\"access\": \"<YAML>\"}: json: cannot unmarshal array`},
		{`{"access":5}`, 400, `cannot unmarshal number`},
		{`{"access":"` + strings.Repeat("#", access.MaxTextBytes+1) + `"}`, 200, `"The text has 262145 bytes. The limit is 256 KiB. Shorten it."`},
		{`{"access":"` + strings.Repeat("#", maxBodyBytes) + `"}`, 400, `body is larger than 1 MiB`},
	} {
		if w := call(handler, http.MethodPost, "/access/check", test.body); w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%.100s: %d %.500s", test.body, w.Code, w.Body)
		}
	}
}

func TestExplainAccess(t *testing.T) {
	o := accessOptions(t)
	unsaved, err := json.Marshal(map[string]any{"org": 2, "access": strings.ReplaceAll(accessRules, "acme", "globex")})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		o      Options
		body   string
		status int
		want   string
	}{
		{o, `{"login":"a","email":"a@x","role":"Viewer","org":2,"alert":false}`, 200, `{"denied":false,"rule":"acme","reason":"","message":"The access rules (rule \"acme\") restrict the caller to series with tenant=\"acme\".","matchers":["tenant=\"acme\""],"policy":[{"name":"promql","verdict":"block"},{"name":"range","verdict":"block","max":"30d"},`},
		{o, `{"role":"Viewer","org":3}`, 200, `{"denied":true,"rule":"","reason":"access_denied",`},
		{o, `{"role":"Admin","org":3,"alert":true}`, 200, `"reason":"access_denied"`},
		{o, string(unsaved), 200, `"matchers":["tenant=\"globex\""]`},
		{o, `{"org":2,"access":" "}`, 400, `The text has neither rules nor a policy.`},
		{o, `{"org":2,"access":"rules: x"}`, 400, `The access rules have problems. The first: line 1, rules: \"x\" must be a list.`},
		{o, `{"org":"two"}`, 400, `The request's body must be {\"login\": \"alice\"`},
		{options(t, &upstream{}), `{"org":2}`, 200, `{"denied":false,"rule":"","reason":"","message":"The data source has no access rules: every caller can read all series.","matchers":[],"policy":[{"name":"promql","verdict":"off"}`},
		{brokenAccess(t), `{"org":2}`, 502, `The data source's access rules have a problem.`},
		{brokenAccess(t), string(unsaved), 200, `globex`},
	} {
		if w := callAs(admin, New(test.o), http.MethodPost, "/access/explain", test.body); w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%.100s: %d %.700s", test.body, w.Code, w.Body)
		}
	}
}

func TestAccessRoutesRequireRoles(t *testing.T) {
	handler := New(accessOptions(t))
	for route, required := range map[string]string{"/access/check": "Editor", "/access/explain": "Admin"} {
		for _, user := range []*backend.User{nil, {Role: "None"}, {Role: "Viewer"}, {Role: "Editor"}, {Role: "Admin"}} {
			want := http.StatusForbidden
			if user != nil && (user.Role == "Admin" || user.Role == required) {
				want = http.StatusOK
			}
			if w := callAs(user, handler, http.MethodPost, route, `{"access":"policy: {promql: off}"}`); w.Code != want {
				t.Errorf("%s, %+v: %d %s", route, user, w.Code, w.Body)
			}
		}
	}
}

// TestConcurrentAccessChecksAreBounded checks that a request fails if the maximum number of
// other requests is already running or waiting. Checks of packs don't count.
func TestConcurrentAccessChecksAreBounded(t *testing.T) {
	a := newAPI(accessOptions(t))
	handler := a.handler()
	for range cap(a.checks) {
		a.checks <- struct{}{}
	}
	for range cap(a.rules) {
		for _, route := range []string{"/access/check", "/access/explain"} {
			if w := callAs(admin, handler, http.MethodPost, route, `{"access":"policy: {promql: block}"}`); w.Code != http.StatusOK {
				t.Errorf("%s with %d others: %d %s", route, len(a.rules), w.Code, w.Body)
			}
		}
		a.rules <- struct{}{}
	}
	for _, route := range []string{"/access/check", "/access/explain"} {
		w := callAs(admin, handler, http.MethodPost, route, `{}`)
		if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "5 checks of access rules are running or waiting.") {
			t.Errorf("%s: %d %s", route, w.Code, w.Body)
		}
	}
}

func TestAccessSchema(t *testing.T) {
	handler, _ := server(t, names)
	if got := read[map[string]any](t, get(handler, "/access/schema")); got["title"] != "Access rules and policy" {
		t.Errorf("title %v", got["title"])
	}
}

// TestRefusalsHaveDetails checks both formats of errors. Prometheus's format has no details.
func TestRefusalsHaveDetails(t *testing.T) {
	err := access.Refuse(access.PromQLNotAllowed, "acme", "only metrics of the catalog may be queried.")
	status, body := errorResponse(err)
	if text, _ := restjson.Marshal(body); status != http.StatusForbidden ||
		string(text) != `{"error":"INSUFFICIENT_PERMISSIONS","message":"promql_not_allowed (rule \"acme\"): only metrics of the catalog may be queried.","details":{"reason":"promql_not_allowed","rule":"acme"}}` {
		t.Errorf("%d %s", status, text)
	}
	status, body = prometheusapi.ErrorResponse(err)
	if text, _ := restjson.Marshal(body); status != http.StatusForbidden ||
		string(text) != `{"status":"error","errorType":"forbidden","error":"promql_not_allowed (rule \"acme\"): only metrics of the catalog may be queried."}` {
		t.Errorf("%d %s", status, text)
	}
}

// TestTargetsOfRoutes checks the targets of requests. The action of a target names the route
// in the audit log. The targets of Prometheus's routes have no metric, because such a request
// is not a catalog query.
func TestTargetsOfRoutes(t *testing.T) {
	for target, want := range map[string]access.Target{
		"/api/metrics/active_sessions":                      {Action: "GET /api/metrics/{name}", Metric: "active_sessions"},
		"/catalog/active_sessions/explain":                  {Action: "GET /catalog/{name}/explain", Metric: "active_sessions"},
		"/catalog/total_models/values/workspace":            {Action: "GET /catalog/{name}/values/{param}", Metric: "total_models"},
		"/api/v1/labels":                                    {Action: "GET /api/v1/labels"},
		"/api/v1/label/job/values":                          {Action: "GET /api/v1/label/{label}/values"},
		"/api/v1/series?match[]={__name__=~\".+\"}":         {Action: "GET /api/v1/series"},
		"/api/v1/metadata":                                  {Action: "GET /api/v1/metadata"},
		"/api/v1/query?query=up":                            {Action: "GET /api/v1/query"},
		"/api/v1/query_range?query=up&start=1&end=2&step=1": {Action: "GET /api/v1/query_range"},
		"/api/v1/query_exemplars?query=up":                  {Action: "GET /api/v1/query_exemplars"},
		"/api/v1/rules":                                     {Action: "GET /api/v1/rules"},
		"/api/v1/alerts":                                    {Action: "GET /api/v1/alerts"},
		"/v2/endpoints/ep_a/metrics":                        {Action: "GET /v2/endpoints/{id}/metrics", Metric: "endpoint report"},
		"/metrics/policy":                                   {Action: "GET /metrics/policy", Metric: "Lango gateway"},
	} {
		var got access.Target
		rec := recordTarget{&upstream{status: http.StatusOK}, &got}
		o := options(t, rec.upstream)
		client, err := promapi.New(&http.Client{Transport: rec}, promapi.Options{URL: "http://prometheus:9090", Timeout: 2 * time.Second, MaxBytes: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		o.Client = client
		w := httptest.NewRecorder()
		New(o).ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, strings.ReplaceAll(target, `"`, "%22"), nil))
		if got != want {
			t.Errorf("%s: %+v", target, got)
		}
	}
}

// recordTarget is an upstream that records the target of the last request.
type recordTarget struct {
	*upstream
	target *access.Target
}

func (r recordTarget) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	*r.target = access.TargetOf(req.Context())
	r.mu.Unlock()
	return r.upstream.RoundTrip(req)
}

// validateAccessRoutes is the part of TestResponsesMatchTheDocument for the access rules:
// their routes, and the refusals of other routes.
func validateAccessRoutes(t *testing.T, c *contract, healthy Options) {
	t.Helper()
	for _, test := range []struct {
		o                  Options
		user               *backend.User
		method, path, body string
		status             int
	}{
		{healthy, admin, "GET", "/access", "", 200},
		{brokenAccess(t), admin, "GET", "/access", "", 200},
		{healthy, admin, "GET", "/access?x=y", "", 400},
		{healthy, admin, "GET", "/access/schema", "", 200},
		{healthy, admin, "GET", "/access/schema?x=y", "", 400},
		{healthy, admin, "POST", "/access/check", `{"access":"rules: x"}`, 200},
		{healthy, admin, "POST", "/access/check", `{}`, 400},
		{healthy, &backend.User{Role: "Viewer"}, "POST", "/access/check", `{}`, 403},
		{accessOptions(t), admin, "POST", "/access/explain", `{"org":2}`, 200},
		{healthy, admin, "POST", "/access/explain", `{"org":"two"}`, 400},
		{healthy, &backend.User{Role: "Editor"}, "POST", "/access/explain", `{}`, 403},
		{brokenAccess(t), admin, "POST", "/access/explain", `{}`, 502},
	} {
		c.validate(t, test.method, routeOf(test.o, test.method, test.path), test.status, callAs(test.user, New(test.o), test.method, test.path, test.body))
	}
	// Package promapi returns the refusals of the access rules. This data source has no
	// client, so each route that needs one returns the refusal in Broken instead.
	refused := brokenAccess(t)
	refused.Broken = access.Refuse(access.Denied, "guests", "the rule denies access to the data of the data source.")
	for _, request := range []string{
		"GET /api/metrics/active_sessions", "GET /catalog/total_models/values/workspace", "POST /catalog/total_models/values/workspace",
		"GET /api/v1/labels", "GET /api/v1/label/job/values", "GET /api/v1/series?match[]=up", "GET /api/v1/metadata",
		"POST /api/v1/labels", "POST /api/v1/series?match[]=up", "GET /api/v1/query?query=up", "POST /api/v1/query?query=up",
		"GET /api/v1/query_range?query=up&start=1&end=2&step=1", "POST /api/v1/query_range?query=up&start=1&end=2&step=1",
		"GET /api/v1/query_exemplars?query=up", "POST /api/v1/query_exemplars?query=up", "GET /api/v1/rules", "GET /api/v1/alerts", "GET /api/v1/status/buildinfo",
		"GET /v2/endpoints/ep_a/metrics", "POST /v2/endpoints/metrics/batch",
		"GET /metrics", "GET /metrics/sessions", "GET /metrics/tools", "GET /metrics/agents", "GET /metrics/policy", "GET /metrics/history", "GET /health/detailed",
	} {
		method, target, _ := strings.Cut(request, " ")
		body := ""
		if strings.HasPrefix(target, "/v2/") || strings.HasPrefix(target, "/catalog/") {
			body = `{"endpointIds":["ep_a"]}`
		}
		c.validate(t, method, routeOf(refused, method, target), 403, call(New(refused), method, target, body))
	}
}
