package access

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile"
)

// inputsFile contains texts that try to read the series of the tenant globex: expressions, names
// and parameters. In expressions, `both` is a family of which the tenants acme and globex have
// series. tests/e2e/tenants.spec.ts reads the file, too.
const inputsFile = "testdata/inputs.json"

// expressions returns the inputs of inputsFile.
func expressions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(inputsFile)
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Group  string   `json:"group"`
		Inputs []string `json:"inputs"`
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, g := range groups {
		all = append(all, g.Inputs...)
	}
	return all
}

// inputs returns the expressions, and further inputs with hostile label values. Such an input
// is either a value alone or an expression with the value in a matcher. To save time, inputs
// leaves out a quarter of the short values.
func inputs(t *testing.T) []string {
	t.Helper()
	all := expressions(t)
	for i, value := range hostile.Values() {
		switch {
		case len(value) > 1000:
			all = append(all, fmt.Sprintf("both{code=%q}", value))
		case i%4 == 0:
			all = append(all, value)
		case i%4 == 1:
			all = append(all, `both{tenant="`+value+`"}`)
		case i%4 == 2:
			all = append(all, "both{code=~'"+strings.ReplaceAll(value, "'", "")+"'} or {tenant=`globex`}")
		}
	}
	return all
}
