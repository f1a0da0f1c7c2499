package promql

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// TestInterpolatedExpressionsParse parses the PromQL that the frontend produces when it
// replaces the dashboard variables of an expression. The frontend's test reads the same
// file.
func TestInterpolatedExpressionsParse(t *testing.T) {
	body, err := os.ReadFile("../testdata/interpolation.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Expressions struct {
			Cases []struct{ Name, Want, Language string }
		}
	}
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Expressions.Cases) == 0 {
		t.Fatal("the table has no expressions")
	}
	macros := promql.Macros{Interval: time.Minute, RateInterval: time.Minute, Range: time.Hour}
	for _, c := range table.Expressions.Cases {
		if c.Language != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			if _, err := promql.Parse(macros.Expand(c.Want)); err != nil {
				t.Errorf("%s: %v", c.Want, err)
			}
		})
	}
}
