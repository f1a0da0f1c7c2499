package rest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/gateway"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// langoRoutes are the routes of docs/contracts/lango.md#routes, with the types of their answers.
var langoRoutes = map[string]struct {
	schema string
	answer reflect.Type
}{
	"/metrics":          {"LangoSnapshot", reflect.TypeFor[gateway.Snapshot]()},
	"/metrics/sessions": {"LangoSessions", reflect.TypeFor[gateway.SessionsAnswer]()},
	"/metrics/tools":    {"LangoTools", reflect.TypeFor[gateway.ToolsAnswer]()},
	"/metrics/agents":   {"LangoAgents", reflect.TypeFor[gateway.AgentsAnswer]()},
	"/metrics/policy":   {"LangoPolicy", reflect.TypeFor[gateway.Policy]()},
	"/metrics/history":  {"LangoHistory", reflect.TypeFor[gateway.History]()},
	"/health/detailed":  {"LangoHealth", reflect.TypeFor[gateway.Health]()},
}

// langoLabels are the labels of the series that langoTransport returns.
var langoLabels = []string{
	`"field":"processes"`,
	`"field":"lango_process_start_time_seconds","job":"lango","instance":"lango:1"`,
	`"field":"lango_uptime_seconds","job":"lango","instance":"lango:1"`,
	`"field":"lango_goroutines","job":"lango","instance":"lango:1"`,
	`"field":"lango_memory_alloc_bytes","job":"lango","instance":"lango:1"`,
	`"field":"lango_sessions_active","job":"lango","instance":"lango:1"`,
	`"field":"lango_health_component_up","job":"lango","instance":"lango:1","component":"database"`,
	`"field":"lango_requests_total","agent":"operator","status":"success"`,
	`"field":"lango_request_duration_seconds_count","agent":"operator"`,
	`"field":"lango_request_duration_seconds_sum","agent":"operator"`,
	`"field":"lango_request_duration_seconds_bucket","agent":"operator","le":"+Inf"`,
	`"field":"lango_request_duration_secondsp95","agent":"operator"`,
	`"field":"lango_tokens_total","agent":"operator","type":"cache"`,
	`"field":"lango_session_tokens_total","session":"s","agent":"operator","model":"m","type":"input"`,
	`"field":"sessions"`,
	`"field":"lango_tool_executions_total","agent":"operator","tool":"exec","status":"error"`,
	`"field":"lango_tool_duration_seconds_count","tool":"exec"`,
	`"field":"lango_policy_decisions_total","agent":"operator","verdict":"block","reason":"suspicious_pipe"`,
}

// langoTransport answers each query with one series for each element of langoLabels.
type langoTransport struct{ *upstream }

func (l langoTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w, err := l.upstream.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, "/api/v1/query") {
		return w, err
	}
	kind, sample := "vector", `"value":[1756296000,"3"]`
	if r.URL.Path == "/api/v1/query_range" {
		kind, sample = "matrix", `"values":[[1756252800,"3"]]` // the midnight before now
	}
	series := make([]string, len(langoLabels))
	for i, labels := range langoLabels {
		series[i] = `{"metric":{` + labels + `},` + sample + `}`
	}
	body := `{"status":"success","data":{"resultType":"` + kind + `","result":[` + strings.Join(series, ",") + `]}}`
	w.Body, w.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return w, nil
}

// gatewayResponses produces each documented status of the routes in langoRoutes, except 401
// and 403, and validates the responses.
func gatewayResponses(t *testing.T, c *contract) {
	t.Helper()
	lango, empty := langoTransport{&upstream{status: http.StatusOK}}, &upstream{status: http.StatusOK, body: `{"status":"success","data":{"resultType":"vector","result":[]}}`}
	down := options(t, &upstream{status: http.StatusServiceUnavailable, body: failed})
	broken := options(t, &upstream{})
	broken.Client, broken.Broken = nil, fault.New(fault.Misconfigured, "This data source has no URL.")
	for path := range langoRoutes {
		t.Run(path, func(t *testing.T) {
			c.validate(t, "GET", path, 200, get(New(optionsOf(t, lango)), path))
			c.validate(t, "GET", path, 400, get(New(optionsOf(t, lango)), path+"?day=1"))
			c.validate(t, "GET", path, 502, get(New(down), path))
			c.validate(t, "GET", path, 502, get(New(broken), path))
			if path == "/metrics/history" { // its range query would get a vector
				path += "?days=1"
			}
			c.validate(t, "GET", strings.TrimSuffix(path, "?days=1"), 404, get(New(options(t, empty)), path))
		})
	}
}

// TestSchemasMatchTheTypesOfGateway checks that openapi_gateway.yaml describes all fields of the
// answers.
func TestSchemasMatchTheTypesOfGateway(t *testing.T) {
	var document struct {
		Components struct{ Schemas map[string]schemaNode }
	}
	if err := json.Unmarshal(get(New(options(t, &upstream{})), "/api/openapi.json").Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	for path, route := range langoRoutes {
		d := &drift{components: document.Components.Schemas, isExact: true}
		if len(d.components[route.schema].Properties) == 0 {
			t.Errorf("%s has no schema %s", path, route.schema)
		}
		d.compare(d.components[route.schema], route.answer, route.schema)
		for _, problem := range d.problems {
			t.Errorf("openapi_gateway.yaml: %s", problem)
		}
	}
}

// TestGatewayPolicyIsAsDocumented compares the answer of GET metrics/policy with the documented
// one: docs/contracts/lango.md#policy-metrics.
func TestGatewayPolicyIsAsDocumented(t *testing.T) {
	const body = `{"status":"success","data":{"resultType":"vector","result":[
		{"metric":{"field":"lango_policy_decisions_total","verdict":"block","reason":"catastrophic_pattern"},"value":[1,"2"]},
		{"metric":{"field":"lango_policy_decisions_total","verdict":"block","reason":"destructive_command"},"value":[1,"1"]},
		{"metric":{"field":"lango_policy_decisions_total","verdict":"observe","reason":"network_exfiltration"},"value":[1,"5"]},
		{"metric":{"field":"lango_policy_decisions_total","verdict":"observe","reason":"suspicious_pipe"},"value":[1,"7"]}]}}`
	handler, _ := server(t, body)
	const want = `{"blocks":3,"observes":12,"byReason":{"catastrophic_pattern":2,"destructive_command":1,"network_exfiltration":5,"suspicious_pipe":7}}`
	if w := get(handler, "/metrics/policy"); w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s\nwant %s", w.Code, w.Body, want)
	}
}

// TestInvalidGatewayParameters checks that an error contains the parameter and a hint, and
// that no request is sent.
func TestInvalidGatewayParameters(t *testing.T) {
	handler, u := server(t, vector)
	for _, test := range []struct{ target, parameter, want string }{
		{"/metrics/history?days=0", "days", "Write a whole number from 1 to 30."},
		{"/metrics/history?days=31", "days", "Write a whole number from 1 to 30."},
		{"/metrics/history?days=-1", "days", "Write a whole number from 1 to 30."},
		{"/metrics/history?days=1.5", "days", "Write a whole number from 1 to 30."},
		{"/metrics/history?days=7d", "days", "Write a whole number from 1 to 30."},
		{"/metrics/history?days=", "days", "days has no value."},
		{"/metrics/history?days=1&days=2", "days", "Set it once."},
		{"/metrics/history?limit=1", "limit", "It takes instance, days."},
		{"/metrics/sessions?limit=0", "limit", "Write a whole number from 1 to 1000."},
		{"/metrics/tools?limit=1001", "limit", "Write a whole number from 1 to 1000."},
		{"/metrics/agents?days=7", "days", "It takes instance, limit."},
		{"/metrics?Days=7", "Days", "It takes instance, limit."},
		{"/metrics/policy?limit=1", "limit", "It takes instance."},
		{"/health/detailed?component=memory", "component", "It takes instance."},
		{"/health/detailed?instance=", "instance", "instance has no value."},
		{"/health/detailed?instance=" + strings.Repeat("a", 257), "instance", "The limit is 256."},
		{"/metrics/policy?" + strings.Repeat("instance=a&", 101), "instance", "Set it at most 100 times"},
	} {
		t.Run(test.target[:min(len(test.target), 60)], func(t *testing.T) {
			w := get(handler, test.target)
			var body errorBody
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if w.Code != 400 || body.Error != "INVALID_PARAMETERS" || body.Details["parameter"] != test.parameter || !strings.Contains(body.Message, test.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	if len(u.requests) > 0 {
		t.Errorf("%d requests were sent", len(u.requests))
	}
}

// TestGatewayInstancesAreData sends hostile values of the parameter instance. They may only
// add a matcher to each selector of the queries. The matcher must match exactly these values.
func TestGatewayInstancesAreData(t *testing.T) {
	u := &upstream{status: http.StatusOK}
	handler := New(optionsOf(t, langoTransport{u}))
	sent := func(target string) (trees []parser.Expr) {
		u.requests = nil
		if w := get(handler, target); w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", target, w.Code, w.Body)
		}
		for _, request := range u.requests {
			tree, err := promql.Parse(request.form.Get("query"))
			if err != nil {
				t.Fatalf("%s: %v", target, err)
			}
			trees = append(trees, tree)
		}
		return trees
	}
	for path := range langoRoutes {
		want := sent(path)
		for _, id := range hostileIDs() {
			for _, ids := range [][]string{{id}, {id, "lango:1"}} {
				got := sent(path + "?" + url.Values{"instance": ids}.Encode())
				if len(got) != len(want) {
					t.Errorf("%s, %q: %d requests, want %d", path, ids, len(got), len(want))
				}
				for _, tree := range got {
					if !selectsInstances(tree, ids) {
						t.Errorf("%s, %q: the query is %s", path, ids, tree)
					}
					removeChoices(tree, []string{"instance"})
					if !slices.ContainsFunc(want, func(e parser.Expr) bool { removeChoices(e, nil); return promql.Equal(e, tree) }) {
						t.Errorf("%s, %q: without the matchers of instance, the query is %s", path, ids, tree)
					}
				}
			}
		}
	}
}

// selectsInstances reports whether each selector has a matcher for the label instance that
// matches all of ids, but not a few other texts.
func selectsInstances(tree parser.Expr, ids []string) bool {
	selectors, right := 0, 0
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if selector, is := node.(*parser.VectorSelector); is {
			selectors++
			if slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool {
				return m.Name == "instance" && !m.Matches("other") && !slices.ContainsFunc(ids, func(id string) bool { return !m.Matches(id) || m.Matches(id+"x") })
			}) {
				right++
			}
		}
		return nil
	})
	return selectors > 0 && selectors == right
}
