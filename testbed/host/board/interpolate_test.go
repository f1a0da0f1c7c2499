package board

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// src/interpolation/interpolation.test.ts tests the frontend with the same table.
func TestInterpolationTable(t *testing.T) {
	body, err := os.ReadFile("../../../tests/testdata/interpolation.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Variables, Offers map[string][]string
		Cases             []struct {
			Name   string
			Params json.RawMessage
			Want   map[string]any
		}
		Groupings []struct {
			Name    string
			GroupBy []string
			Want    []string
		}
	}
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Cases) == 0 || len(table.Groupings) == 0 {
		t.Fatal("the table has no cases")
	}
	values := Values{}
	for name, selected := range table.Variables {
		values[name] = Value{Selected: selected, Options: table.Offers[name]}
	}
	for _, c := range table.Cases {
		t.Run(c.Name, func(t *testing.T) {
			params, err := values.params(c.Params)
			if err != nil {
				t.Fatal(err)
			}
			if got := throughJSON(t, params); !reflect.DeepEqual(got, c.Want) {
				t.Errorf("got %v, want %v", got, c.Want)
			}
		})
	}
	for _, c := range table.Groupings {
		t.Run("grouping: "+c.Name, func(t *testing.T) {
			if got := values.grouping(c.GroupBy); !reflect.DeepEqual(got, c.Want) {
				t.Errorf("got %q, want %q", got, c.Want)
			}
		})
	}
}

func TestCustomOptions(t *testing.T) {
	for list, want := range map[string][]string{
		`"model, tenant"`:                      {"model", "tenant"},
		`"Model : model_name,The tenant : te"`: {"model_name", "te"},
		`"a\\,b,c"`:                            {"a,b", "c"},
		`""`:                                   nil,
	} {
		got, err := customOptions(provision.Variable{Query: json.RawMessage(list)})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v, want %q", list, got, err, want)
		}
	}
	if _, err := customOptions(provision.Variable{Query: json.RawMessage(`{}`)}); err == nil {
		t.Error("a query that isn't a string is accepted")
	}
}

func throughJSON(t *testing.T, v any) (out map[string]any) {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTarget(t *testing.T) {
	values := Values{"tenant": {Selected: []string{"acme", "globex"}}, "by": {Selected: []string{"model", "tenant"}}, "zone": {Selected: []string{all}, Options: []string{"eu", "us"}}, "hour": {Selected: []string{"6h"}}}
	for _, c := range []struct{ name, target, want, err string }{
		{
			name:   "groupBy with a variable of two values",
			target: `{"queryType":"catalog","metric":"m","groupBy":["service","$by"]}`,
			want:   `{"queryType":"catalog","metric":"m","groupBy":["service","model","tenant"]}`,
		},
		{
			name:   "endpoints of a report",
			target: `{"queryType":"report","endpointIds":["$tenant","$zone","x"],"timeframe":"$hour","section":"summary"}`,
			want:   `{"queryType":"report","endpointIds":["acme","globex","eu","us","x"],"timeframe":"6h","section":"summary"}`,
		},
		{
			name:   "empty groupBy",
			target: `{"metric":"m","groupBy":[]}`,
			want:   `{"metric":"m","groupBy":[]}`,
		},
		{
			name:   "two values in a text",
			target: `{"legendFormat":"{{model}} of $tenant","$tenant":"$tenant"}`,
			want:   `{"legendFormat":"{{model}} of {acme,globex}","$tenant":"$tenant"}`,
		},
		{
			name:   "text around All",
			target: `{"params":{"a":["x-$zone","x-[[zone]]"]}}`,
			want:   `{"params":{"a":["x-eu","x-us","x-eu","x-us"]}}`,
		},
		{
			name:   "PromQL without dashboard variables",
			target: `{"expr":"rate(x[$__rate_interval])"}`,
			want:   `{"expr":"rate(x[$__rate_interval])"}`,
		},
		{
			name:   "PromQL with a dashboard variable",
			target: `{"expr":"x{tenant=~\"$tenant\"}"}`,
			err:    `expr: the plugin host doesn't support dashboard variables in PromQL: x{tenant=~"$tenant"}`,
		},
		{
			name:   "parameter that is a number",
			target: `{"params":{"tenant":5}}`,
			err:    `params: tenant: 5 is neither values nor an operator with values`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := values.target(json.RawMessage(c.target))
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Fatalf("got error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := throughJSON(t, json.RawMessage(c.want)); !reflect.DeepEqual(throughJSON(t, got), want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
