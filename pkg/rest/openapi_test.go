package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
)

// openAPIDocument contains the parts of the document that the tests use.
type openAPIDocument struct {
	Servers []struct{ URL string }
	Paths   map[string]map[string]struct {
		OperationID string
		Parameters  []parameter
		Responses   map[string]struct {
			Ref     string `json:"$ref"`
			Content map[string]struct {
				Example  any
				Examples map[string]struct{ Value any }
			}
		}
	}
	Components struct {
		Parameters map[string]parameter
		Responses  map[string]json.RawMessage
		Schemas    map[string]struct {
			Enum       []string
			Properties map[string]struct{ Enum []any }
		}
	}
}

type parameter struct {
	Ref         string `json:"$ref"`
	Name, In    string
	Description string
}

func getDocument(tb testing.TB, handler http.Handler) (doc openAPIDocument, decoded any) {
	tb.Helper()
	w := get(handler, "/api/openapi.json")
	doc = read[openAPIDocument](tb, w)
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		tb.Fatal(err)
	}
	return doc, decoded
}

func TestDocumentDescribesAllRoutes(t *testing.T) {
	o := options(t, &upstream{})
	doc, _ := getDocument(t, New(o))
	var described, routed []string
	ids := map[string]bool{}
	for path, operations := range doc.Paths {
		for method, operation := range operations {
			described = append(described, strings.ToUpper(method)+" "+path)
			if operation.OperationID == "" || ids[operation.OperationID] {
				t.Errorf("%s %s has the operationId %q", method, path, operation.OperationID)
			}
			ids[operation.OperationID] = true
			pathParams := map[string]bool{}
			for _, p := range operation.Parameters {
				if p.Ref != "" {
					p = doc.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
				}
				if p.In == "path" {
					pathParams["{"+p.Name+"}"] = true
				}
			}
			for part := range strings.SplitSeq(path, "/") {
				if strings.HasPrefix(part, "{") && !pathParams[part] {
					t.Errorf("%s doesn't describe %s", path, part)
				}
				delete(pathParams, part)
			}
			if len(pathParams) > 0 {
				t.Errorf("the path %s doesn't contain %v", path, pathParams)
			}
		}
	}
	for _, route := range newAPI(o).routes() {
		routed = append(routed, route.method+" "+route.path)
	}
	slices.Sort(described)
	slices.Sort(routed)
	if diff := cmp.Diff(routed, described); diff != "" {
		t.Error(diff)
	}
}

func TestDocumentContainsTheCatalog(t *testing.T) {
	o := options(t, &upstream{})
	doc, _ := getDocument(t, New(o))
	if diff := cmp.Diff(o.Catalog.Names(), doc.Components.Schemas["MetricName"].Enum); diff != "" {
		t.Error(diff)
	}
	for _, path := range []string{"/api/metrics/{name}", "/api/metrics/{name}/explain", "/catalog/{name}/explain", "/catalog/{name}/values/{param}"} {
		texts := map[string]string{}
		for _, p := range doc.Paths[path]["get"].Parameters {
			if _, twice := texts[p.Name]; twice && p.Name != "" {
				t.Errorf("%s describes %s twice", path, p.Name)
			}
			texts[p.Name] = p.Description
		}
		if got, want := texts["shop"], "The shop's name.\n\nParameter of active_sessions, checkout_order_rate (required), checkout_orders."; got != want {
			t.Errorf("%s: the description of shop is %q", path, got)
		}
	}
	if len(doc.Servers) != 1 || resolve(t, "http://grafana/api/datasources/uid/modelmetrics/resources/api/openapi.json", doc.Servers[0].URL) != "http://grafana/api/datasources/uid/modelmetrics/resources/" {
		t.Errorf("servers %v", doc.Servers)
	}
}

func resolve(t *testing.T, base, reference string) string {
	t.Helper()
	from, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	to, err := from.Parse(reference)
	if err != nil {
		t.Fatal(err)
	}
	return to.String()
}

// contract validates responses with the schemas of the document.
type contract struct {
	doc      openAPIDocument
	compiler *jsonschema.Compiler
	seen     map[string]bool // "GET /path 200"
}

func newContract(tb testing.TB, handler http.Handler) *contract {
	tb.Helper()
	doc, decoded := getDocument(tb, handler)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", decoded); err != nil {
		tb.Fatal(err)
	}
	return &contract{doc: doc, compiler: compiler, seen: map[string]bool{}}
}

// schema returns the schema of a response.
func (c *contract) schema(method, path string, status int) (*jsonschema.Schema, error) {
	c.seen[fmt.Sprintf("%s %s %d", method, path, status)] = true
	response, described := c.doc.Paths[path][strings.ToLower(method)].Responses[fmt.Sprint(status)]
	if !described {
		return nil, fmt.Errorf("%s %s has no response %d", method, path, status)
	}
	at := fmt.Sprintf("#/paths/%s/%s/responses/%d", strings.ReplaceAll(strings.ReplaceAll(path, "~", "~0"), "/", "~1"), strings.ToLower(method), status)
	if response.Ref != "" {
		at = response.Ref
	}
	return c.compiler.Compile("openapi.json" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(at) + "/content/application~1json/schema")
}

// validate checks the status and the body of a response.
func (c *contract) validate(t *testing.T, method, path string, status int, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	schema, err := c.schema(method, path, status)
	if err != nil {
		t.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if err := schema.Validate(body); err != nil {
		t.Errorf("%s\n%v", w.Body, err)
	}
}

// routeOf returns the path of the route that serves a request.
func routeOf(o Options, method, target string) string {
	mux := http.NewServeMux()
	for _, route := range newAPI(o).routes() {
		mux.Handle(route.method+" "+route.path, http.NotFoundHandler())
	}
	_, pattern := mux.Handler(httptest.NewRequest(method, target, nil))
	_, path, _ := strings.Cut(pattern, " ")
	return path
}

// TestResponsesMatchTheDocument produces each documented status of each route at least once,
// and validates the responses with their schemas. The exceptions are at the end of the test.
func TestResponsesMatchTheDocument(t *testing.T) {
	healthy := options(t, &upstream{status: 200})
	c := newContract(t, New(healthy))
	endpoints, _ := endpointOptions(t)
	down := options(t, &upstream{status: 503, body: failed})
	broken := options(t, &upstream{})
	broken.Client, broken.Broken = nil, fault.New(fault.Misconfigured, "This data source has no URL.")

	const noPacks, packs = `{}`, `{"packs":"pack: a\nmetrics: [{name: x, query: 'sum(up{__PARAMS__}'}]"}`
	valid, err := json.Marshal(map[string]string{"packs": userPack})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		o                    Options
		method, target, body string
		status               int
	}{
		{healthy, "GET", "/api/metrics", "", 200},
		{healthy, "GET", "/api/metrics?x=y", "", 400},
		{healthy, "GET", "/api/metrics?pack=no_such", "", 404},
		{healthy, "GET", "/api/metrics/invocation_failure_rate?model_code=customer-churn-predictor", "", 200},
		{healthy, "GET", "/api/metrics/invocation_failure_rate?model_code=customer-churn-predictor&start=2025-08-27T09:00:00&end=2025-08-27T11:00:00&step=5m", "", 200},
		{healthy, "GET", "/api/metrics/invocation_failure_rate?start=1", "", 400},
		{healthy, "GET", "/api/metrics/invocation_failure_rate?start=yesterday&end=1&step=1", "", 400},
		{healthy, "GET", "/api/metrics/invocation_failure_rate?modelcode=1", "", 400},
		{healthy, "GET", "/api/metrics/invocation_failure_rate?group_by=x", "", 400},
		{healthy, "GET", "/api/metrics/last_model_invocation_duration_seconds", "", 400},
		{healthy, "GET", "/api/metrics/invocation_failure", "", 404},
		{down, "GET", "/api/metrics/active_sessions", "", 502},
		{broken, "GET", "/api/metrics/active_sessions", "", 502},
		{healthy, "GET", "/api/metrics/checkout_order_rate/explain", "", 200},
		{healthy, "GET", "/api/metrics/active_sessions/explain?shop=a&shop=b", "", 200},
		{down, "GET", "/api/metrics/total_models/explain", "", 200},
		{healthy, "GET", "/api/metrics/active_sessions/explain?window=x", "", 400},
		{healthy, "GET", "/api/metrics/no_such/explain", "", 404},
		{healthy, "GET", "/catalog/checkout_order_rate/explain?shop=a", "", 200},
		{healthy, "GET", "/catalog/active_sessions/explain?time=x", "", 400},
		{healthy, "GET", "/catalog/no_such/explain", "", 404},
		{healthy, "GET", "/api/openapi.json", "", 200},
		{healthy, "GET", "/api/openapi.json?x=y", "", 400},
		{healthy, "GET", "/catalog", "", 200},
		{healthy, "GET", "/catalog?limit=-1", "", 400},
		{healthy, "GET", "/catalog/search?search=rate", "", 200},
		{healthy, "GET", "/catalog/search?search=rat_order_checkout", "", 200},
		{healthy, "GET", "/catalog/search?search=a&search=b", "", 400},
		{healthy, "GET", "/catalog/packs", "", 200},
		{healthy, "GET", "/catalog/packs?x=y", "", 400},
		{healthy, "GET", "/catalog/schema", "", 200},
		{healthy, "GET", "/catalog/schema?x=y", "", 400},
		{healthy, "GET", "/catalog/report", "", 200},
		{healthy, "GET", "/catalog/report?x=y", "", 400},
		{healthy, "POST", "/catalog/check", string(valid), 200},
		{healthy, "POST", "/catalog/check", packs, 200},
		{healthy, "POST", "/catalog/check", noPacks, 400},
		{healthy, "POST", "/catalog/preview", `{"metric":"checkout_order_rate"}`, 200},
		{healthy, "POST", "/catalog/preview", `{"metric":"no_such"}`, 400},
		{healthy, "GET", "/catalog/total_models/values/workspace?search=a", "", 200},
		{healthy, "GET", "/catalog/total_models/values/workspace?limit=x", "", 400},
		{healthy, "GET", "/catalog/total_models/values/no_such", "", 404},
		{down, "GET", "/catalog/total_models/values/workspace", "", 502},
		{healthy, "POST", "/catalog/total_models/values/workspace", `{"params":{"model_code":{"op":"!=","values":["a"]}},"search":"a"}`, 200},
		{healthy, "POST", "/catalog/total_models/values/workspace", `{"params":[]}`, 400},
		{healthy, "POST", "/catalog/total_models/values/no_such", `{}`, 404},
		{down, "POST", "/catalog/total_models/values/workspace", `{}`, 502},
		{endpoints, "GET", "/v2/endpoints/ep_a/metrics", "", 200},
		{endpoints, "GET", "/v2/endpoints/ep_a/metrics?metrics=costs&timeframe=30d", "", 200},
		{healthy, "GET", "/v2/endpoints/ep_a/metrics?timeframe=2y", "", 400},
		{healthy, "GET", "/v2/endpoints/ep_b/metrics", "", 404},
		{down, "GET", "/v2/endpoints/ep_a/metrics", "", 502},
		{endpoints, "POST", "/v2/endpoints/metrics/batch", `{"endpointIds":["ep_a","ep_b"],"metrics":["performance","costs"]}`, 200},
		{healthy, "POST", "/v2/endpoints/metrics/batch", `{"endpointIds":[]}`, 400},
		{broken, "POST", "/v2/endpoints/metrics/batch", `{"endpointIds":["ep_a"]}`, 502},
	} {
		t.Run(test.method+" "+test.target, func(t *testing.T) {
			c.validate(t, test.method, routeOf(test.o, test.method, test.target), test.status, call(New(test.o), test.method, test.target, test.body))
		})
	}
	t.Run("check by a viewer", func(t *testing.T) {
		c.validate(t, "POST", "/catalog/check", 403, callAs(&backend.User{Role: "Viewer"}, New(healthy), "POST", "/catalog/check", packs))
	})
	validateAccessRoutes(t, c, healthy)
	t.Run("Prometheus", func(t *testing.T) { validatePrometheusRoutes(t, c, healthy, broken) })
	t.Run("reserved sections", func(t *testing.T) {
		o := endpoints
		o.Report.Roles = map[report.Section]string{report.Costs: "Admin"}
		c.validate(t, "GET", "/v2/endpoints/{id}/metrics", 403, call(New(o), "GET", "/v2/endpoints/ep_a/metrics?metrics=costs", ""))
		c.validate(t, "POST", "/v2/endpoints/metrics/batch", 403, call(New(o), "POST", "/v2/endpoints/metrics/batch", `{"endpointIds":["ep_a"],"metrics":["costs"]}`))
	})
	t.Run("refused reports", func(t *testing.T) {
		o := endpoints
		o.Report.RequestsPerHour = 1
		handler, body := New(o), `{"endpointIds":["ep_a"]}`
		accept := map[string]string{"Accept": "image/png"}
		c.validate(t, "GET", "/v2/endpoints/{id}/metrics", 406, caller(ada, handler, "GET", "/v2/endpoints/ep_a/metrics", "", accept))
		c.validate(t, "POST", "/v2/endpoints/metrics/batch", 406, caller(ada, handler, "POST", "/v2/endpoints/metrics/batch", body, accept))
		call(handler, "GET", "/v2/endpoints/ep_a/metrics", "")
		c.validate(t, "GET", "/v2/endpoints/{id}/metrics", 429, call(handler, "GET", "/v2/endpoints/ep_a/metrics", ""))
		c.validate(t, "POST", "/v2/endpoints/metrics/batch", 429, call(handler, "POST", "/v2/endpoints/metrics/batch", body))
	})
	t.Run("too many checks", func(t *testing.T) {
		busy := newAPI(healthy)
		for range cap(busy.checks) {
			busy.checks <- struct{}{}
		}
		for range cap(busy.rules) {
			busy.rules <- struct{}{}
		}
		c.validate(t, "POST", "/catalog/check", 429, call(busy.handler(), "POST", "/catalog/check", packs))
		for _, route := range []string{"/access/check", "/access/explain"} {
			c.validate(t, "POST", route, 429, callAs(admin, busy.handler(), "POST", route, `{}`))
		}
	})
	t.Run("gateway", func(t *testing.T) { gatewayResponses(t, c) })
	t.Run("audit log", func(t *testing.T) { validateAudit(t, c, healthy) })
	for path, operations := range c.doc.Paths {
		for method, operation := range operations {
			for status := range operation.Responses {
				// Status 401 is sent by Grafana. An explanation doesn't require Prometheus. It has
				// status 502 only if a user pack with problems defines the metric.
				if key := strings.ToUpper(method) + " " + path + " " + status; status != "401" && !strings.HasSuffix(key, "/explain 502") && !c.seen[key] {
					t.Errorf("no test for %s", key)
				}
			}
		}
	}
}

func TestExamplesMatchTheirSchemas(t *testing.T) {
	c := newContract(t, New(options(t, &upstream{})))
	count := 0
	for path, operations := range c.doc.Paths {
		for method, operation := range operations {
			for status, response := range operation.Responses {
				if response.Ref != "" {
					raw := c.doc.Components.Responses[response.Ref[strings.LastIndex(response.Ref, "/")+1:]]
					if err := json.Unmarshal(raw, &response); err != nil {
						t.Fatal(err)
					}
				}
				content := response.Content["application/json"]
				examples := []any{}
				if content.Example != nil {
					examples = append(examples, content.Example)
				}
				for _, example := range content.Examples {
					examples = append(examples, example.Value)
				}
				for _, example := range examples {
					count++
					var number int
					if _, err := fmt.Sscan(status, &number); err != nil {
						t.Fatal(err)
					}
					schema, err := c.schema(strings.ToUpper(method), path, number)
					if err != nil {
						t.Fatal(err)
					}
					if err := schema.Validate(example); err != nil {
						t.Errorf("%s %s %s: %v", method, path, status, err)
					}
				}
			}
		}
	}
	if count < 20 {
		t.Errorf("%d examples", count)
	}
}

func TestDocumentListsErrorCodes(t *testing.T) {
	doc, _ := getDocument(t, New(options(t, &upstream{})))
	var documented []string
	for _, code := range doc.Components.Schemas["Error"].Properties["error"].Enum {
		documented = append(documented, fmt.Sprint(code))
	}
	want := []string{"NOT_ACCEPTABLE", "UPSTREAM_FAILED"}
	for _, c := range codes {
		want = append(want, c.code)
	}
	slices.Sort(want)
	slices.Sort(documented)
	if diff := cmp.Diff(slices.Compact(want), documented); diff != "" {
		t.Errorf("codes of errors (-code +document):\n%s", diff)
	}
}
