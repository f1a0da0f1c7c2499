package catalog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// packsWith returns a YAML text with a pack for each query. A pack has one metric.
func packsWith(queries ...string) string {
	var text strings.Builder
	for i, query := range queries {
		fmt.Fprintf(&text, "---\npack: pack%d\ntitle: Pack\nowner: us\nmetrics:\n- {name: metric_%d, title: M, description: M., unit: short, query: %q}\n", i, i, query)
	}
	return text.String()
}

// TestManyUnknownFamilies checks that the method With reports the first MaxProblems problems
// and the number of the others. If it computed suggestions for all problems, the test would
// take half a minute.
func TestManyUnknownFamilies(t *testing.T) {
	var queries []string
	for i := range 90 {
		var query strings.Builder
		for n := range 200 {
			fmt.Fprintf(&query, "%c_%d_%d + ", 'a'+n%26, i, n)
		}
		queries = append(queries, query.String()+"1")
	}
	_, problems := validCatalog(t).With(t.Context(), packsWith(queries...))
	if len(problems) != packfile.MaxProblems+1 || !strings.HasSuffix(problems[packfile.MaxProblems].Text, " more problems.") {
		t.Errorf("%d problems, the last: %v", len(problems), problems[len(problems)-1])
	}
}

// TestRegularExpressionsOfPacks checks that all queries share one budget for regular
// expressions: each query alone is within the budget, and all together exceed it.
func TestRegularExpressionsOfPacks(t *testing.T) {
	heavy := `sum(orders_total{model=~"` + strings.Repeat(".{1000}", 4) + `"})`
	_, problems := validCatalog(t).With(t.Context(), packsWith(heavy, heavy, heavy))
	if len(problems) != 1 || problems[0].Metric != "metric_2" || problems[0].Field != "query" || !strings.Contains(problems[0].Text, "too complex") {
		t.Errorf("got %v", problems)
	}
}

// TestLargeValuesAreBadQueries checks that parameter values above any of the bounds cause a
// fault.BadQuery.
func TestLargeValuesAreBadQueries(t *testing.T) {
	for _, test := range []struct {
		name  string
		param Param
		want  string
	}{
		{"one long value", Param{Values: []string{strings.Repeat("x", 1<<20+1)}}, "more than 1 MiB of values"},
		{"many values", Param{Values: strings.Split(strings.Repeat(".......... ", 95_000), " ")}, "makes the regular expressions of the query longer than"},
		{"a value that is long when escaped", Param{Values: []string{strings.Repeat("\x01", 1<<19)}}, "take more than 2 MiB, because"},
		{"a value that makes the query too long", Param{Values: []string{strings.Repeat("\x01", 1<<19-10)}}, "longer than 2 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			metric, err := validCatalog(t).Metric("orders")
			if err != nil {
				t.Fatal(err)
			}
			_, err = metric.Render(Params{"model": test.param}, nil)
			if err == nil || fault.As(err).Kind != fault.BadQuery || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if _, err = LabelMatchers(Params{"model": test.param}); err == nil && !strings.HasPrefix(test.want, "longer") {
				t.Error("LabelMatchers accepts the value")
			}
		})
	}
}
