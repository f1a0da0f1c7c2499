package catalog

import (
	"fmt"
	"strings"
	"testing"
)

// packsWith writes packs of one metric each, with these queries.
func packsWith(queries ...string) string {
	var text strings.Builder
	for i, query := range queries {
		fmt.Fprintf(&text, "---\npack: pack%d\ntitle: Pack\nowner: us\nmetrics:\n- {name: metric_%d, title: M, description: M., unit: short, query: %q}\n", i, i, query)
	}
	return text.String()
}

// TestManyUnknownFamilies: only problems that are reported are compared with the
// names that there are. Compared for each, this took half a minute.
func TestManyUnknownFamilies(t *testing.T) {
	var queries []string
	for i := range 90 {
		var query strings.Builder
		for n := range 200 {
			fmt.Fprintf(&query, "%c_%d_%d + ", 'a'+n%26, i, n)
		}
		queries = append(queries, query.String()+"1")
	}
	_, problems := sound(t).With(t.Context(), packsWith(queries...))
	if len(problems) != maxProblems+1 || !strings.HasSuffix(problems[maxProblems].Text, " more problems.") {
		t.Errorf("%d problems, the last: %v", len(problems), problems[len(problems)-1])
	}
}

func TestSuggestionsAreMadeWhenPrinted(t *testing.T) {
	names := []string{"orders_total"}
	s := didYouMean("order_total", names)
	if got := fmt.Sprintf("No.%s", s); got != "No. Did you mean orders_total?" {
		t.Errorf("got %q", got)
	}
}

// TestRegularExpressionsOfPacks: each query is within the bound of one, and all
// together are not.
func TestRegularExpressionsOfPacks(t *testing.T) {
	heavy := `sum(orders_total{model=~"` + strings.Repeat(".{1000}", 500) + `"})`
	_, problems := sound(t).With(t.Context(), packsWith(heavy, heavy, heavy))
	if len(problems) != 1 || problems[0].Metric != "metric_2" || problems[0].Field != "query" || !strings.Contains(problems[0].Text, "too complex") {
		t.Errorf("got %v", problems)
	}
}
