package report

import (
	"bytes"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/reportschema"
)

// documented are requests of TensorOne's documentation, with this suite's endpoint IDs.
var documented = []struct {
	name, method, target, body string
	sections                   []string // in the response, in addition to the summary; nil means all
	isCosts                    bool
}{
	{name: "basic metrics", method: "GET", target: "/v2/endpoints/ep_steady/metrics"},
	{
		name: "a custom timeframe", method: "GET", target: "/v2/endpoints/ep_steady/metrics?timeframe=7d&granularity=1h&metrics=performance,usage,costs,resources",
	},
	{name: "costs", method: "GET", target: "/v2/endpoints/ep_steady/metrics?timeframe=30d&metrics=costs&format=json", isCosts: true},
	{
		name: "a batch", method: "POST", target: "/v2/endpoints/metrics/batch",
		body:     `{"endpointIds":["ep_steady","ep_born","ep_zero"],"timeframe":"24h","metrics":["performance","costs"],"aggregation":"avg"}`,
		sections: []string{"performance", "costs", "coldStarts", "insights"},
	},
	{name: "an alert check", method: "GET", target: "/v2/endpoints/ep_gone/metrics?timeframe=1h&metrics=performance,costs", sections: []string{"performance", "costs", "coldStarts", "insights"}},
	{name: "a real-time dashboard", method: "GET", target: "/v2/endpoints/ep_newborn/metrics?timeframe=1h&granularity=5m&metrics=performance,costs,resources", sections: []string{"performance", "costs", "coldStarts", "insights", "resources"}},
	{name: "resources", method: "GET", target: "/v2/endpoints/ep_zero/metrics?timeframe=24h&granularity=15m&metrics=resources", sections: []string{"resources"}},
}

// documentedAnswers validates the responses to documented requests with the schema of the
// documented example. A required value may be absent if a note contains the reason.
func (f *fixture) documentedAnswers(t *testing.T) {
	for _, request := range documented {
		t.Run(request.name, func(t *testing.T) {
			status, answer := f.send(t, request.method, request.target, request.body)
			if status != 200 {
				t.Fatalf("%d %v", status, answer)
			}
			answers := []map[string]any{answer}
			if results, isBatch := answer["results"].([]any); isBatch {
				answers = nil
				for _, result := range results {
					metrics, _ := result.(map[string]any)["metrics"].(map[string]any)
					answers = append(answers, metrics)
				}
			}
			for _, a := range answers {
				if err := reportschema.Validate(a, request.isCosts, request.sections); err != nil {
					t.Errorf("%s: %v", a["endpointId"], err)
				}
			}
		})
	}
}

// openAPI validates reports with the schemas in the served document api/openapi.json.
func (f *fixture) openAPI(t *testing.T) {
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, httptest.NewRequest("GET", "/api/openapi.json", nil))
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	for query, name := range map[string]string{"": "EndpointReport", "?timeframe=30d&metrics=costs": "CostReport"} {
		schema, err := compiler.Compile("openapi.json#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lives {
			status, answer := f.send(t, "GET", "/v2/endpoints/"+l.id+"/metrics"+query, "")
			if err := schema.Validate(answer); status != 200 || err != nil {
				t.Errorf("%s%s: %d %v", l.id, query, status, err)
			}
		}
	}
}

// absentFields compares the reports of different endpoints. If a field is present in one
// report, every report without it must have a note about the field or about an object that
// would contain it. A report must have no note about a present field; only the field
// granularity may have one. absentFields ignores the elements of lists and the fields named
// trend.
func (f *fixture) absentFields(t *testing.T) {
	for _, query := range []string{"timeframe=1h", "timeframe=24h", "timeframe=30d", "timeframe=1h&metrics=costs", "timeframe=30d&metrics=costs"} {
		fields := map[string]bool{}
		answers := map[string]map[string]any{}
		for _, l := range lives {
			_, answer := f.send(t, "GET", "/v2/endpoints/"+l.id+"/metrics?"+query, "")
			answers[l.id] = answer
			flat := map[string]any{}
			flatten("", answer, flat)
			for path := range flat {
				if !strings.Contains(path, "[") && !strings.HasSuffix(path, ".trend") {
					fields[path] = true
				}
			}
		}
		for id, answer := range answers {
			flat, noted := map[string]any{}, map[string]bool{}
			flatten("", answer, flat)
			list, _ := answer["notes"].([]any)
			for _, note := range list {
				n, _ := note.(map[string]any)
				field, _ := n["field"].(string)
				noted[field] = n["reason"] != ""
			}
			for _, path := range slices.Sorted(maps.Keys(fields)) {
				_, present := flat[path]
				explained := noted[path]
				for parent := path; strings.Contains(parent, "."); {
					parent = parent[:strings.LastIndex(parent, ".")]
					explained = explained || noted[parent]
				}
				if !present && !explained {
					t.Errorf("%s of %s is absent without a note (%s)", path, id, query)
				}
				if present && noted[path] && path != "granularity" { // a note explains the default granularity
					t.Errorf("%s of %s is present with a note (%s)", path, id, query)
				}
			}
		}
	}
}
