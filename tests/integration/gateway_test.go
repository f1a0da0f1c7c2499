package integration

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestGatewayRoutes requests each route of Lango's gateway (docs/contracts/lango.md#routes)
// over HTTP, and validates the responses with the schemas that the plugin serves.
func TestGatewayRoutes(t *testing.T) {
	_, text := get(t, "api/openapi.json")
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	for _, route := range []struct{ path, query, schema string }{
		{"metrics", "?limit=1000", "LangoSnapshot"},
		{"metrics/sessions", "?limit=10", "LangoSessions"},
		{"metrics/tools", "", "LangoTools"},
		{"metrics/agents", "", "LangoAgents"},
		{"metrics/policy", "", "LangoPolicy"},
		{"metrics/history", "?days=2", "LangoHistory"},
		{"health/detailed", "", "LangoHealth"},
	} {
		t.Run(route.path, func(t *testing.T) {
			schema, err := compiler.Compile("openapi.json#/components/schemas/" + route.schema)
			if err != nil {
				t.Fatal(err)
			}
			status, body := get(t, route.path+route.query)
			answer, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
			if err != nil || status != http.StatusOK {
				t.Fatalf("%d %v %s", status, err, body)
			}
			if err := schema.Validate(answer); err != nil {
				t.Errorf("%v\n%s", err, body)
			}
			object, _ := answer.(map[string]any)
			// In the first minute of a day, the history has a note that today has too few samples.
			if len(object) == 0 || object["notes"] != nil && route.path != "metrics/history" {
				t.Errorf("the answer is not complete: %s", body)
			}
			if status, body = get(t, route.path+"?day=1"); status != http.StatusBadRequest || !strings.Contains(body, "allowedParameters") {
				t.Errorf("an unknown parameter: %d %s", status, body)
			}
		})
	}
	var health struct {
		Status     string
		Components []struct{ Name, Status string }
	}
	_, body := get(t, "health/detailed")
	if err := json.Unmarshal([]byte(body), &health); err != nil || health.Status != "healthy" || len(health.Components) != 5 {
		t.Errorf("%v %s", err, body)
	}
}
