package board

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// The frontend is held to the same table.
func TestInterpolationFollowsTheSharedTable(t *testing.T) {
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
	for name, at := range table.Variables {
		values[name] = Value{At: at, Offers: table.Offers[name]}
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

func TestCustomVariableOffersItsList(t *testing.T) {
	for list, want := range map[string][]string{
		`"model, tenant"`:                      {"model", "tenant"},
		`"Model : model_name,The tenant : te"`: {"model_name", "te"},
		`"a\\,b,c"`:                            {"a,b", "c"},
		`""`:                                   nil,
	} {
		got, err := listed(provision.Variable{Query: json.RawMessage(list)})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v, want %q", list, got, err, want)
		}
	}
	if _, err := listed(provision.Variable{Query: json.RawMessage(`{}`)}); err == nil {
		t.Error("a query that is no text is taken")
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
	values := Values{"tenant": {At: []string{"acme", "globex"}}, "by": {At: []string{"model", "tenant"}}, "zone": {At: []string{all}, Offers: []string{"eu", "us"}}}
	for _, c := range []struct{ name, target, want, err string }{
		{
			name:   "groupBy takes all values of a variable",
			target: `{"queryType":"catalog","metric":"m","groupBy":["service","$by"]}`,
			want:   `{"queryType":"catalog","metric":"m","groupBy":["service","model","tenant"]}`,
		},
		{
			name:   "an empty groupBy stays empty, which is not the same as none",
			target: `{"metric":"m","groupBy":[]}`,
			want:   `{"metric":"m","groupBy":[]}`,
		},
		{
			name:   "several values in a text",
			target: `{"legendFormat":"{{model}} of $tenant","$tenant":"$tenant"}`,
			want:   `{"legendFormat":"{{model}} of {acme,globex}","$tenant":"$tenant"}`,
		},
		{
			name:   "text around All",
			target: `{"params":{"a":["x-$zone","x-[[zone]]"]}}`,
			want:   `{"params":{"a":["x-eu","x-us","x-eu","x-us"]}}`,
		},
		{
			name:   "PromQL without dashboard variables goes on untouched",
			target: `{"expr":"rate(x[$__rate_interval])"}`,
			want:   `{"expr":"rate(x[$__rate_interval])"}`,
		},
		{
			name:   "PromQL with a dashboard variable is refused",
			target: `{"expr":"x{tenant=~\"$tenant\"}"}`,
			err:    `expr: the host fills dashboard variables into catalog queries only: x{tenant=~"$tenant"}`,
		},
		{
			name:   "a parameter that is no text",
			target: `{"params":{"tenant":5}}`,
			err:    `params: tenant: neither values nor an operator with values: 5`,
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
