package packcheck

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// TestBuiltinPacksAreValid checks the built-in packs, because catalog.Builtin doesn't.
func TestBuiltinPacksAreValid(t *testing.T) {
	sources, err := catalog.BuiltinSources()
	if err != nil {
		t.Fatal(err)
	}
	checked, err := Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := asJSON(t, checked), asJSON(t, trusted); a != b {
		t.Errorf("Builtin and Load return different packs:\n%s\n%s", a, b)
	}
}

func asJSON(t *testing.T, c *catalog.Catalog) string {
	t.Helper()
	text, err := json.Marshal(c.Packs())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLoadReportsAllProblems(t *testing.T) {
	problems := problemsOf(t, `pack: one
title: One
titel: One
families:
  - {name: a_total, type: counter, help: A., labels: [x, job, step]}
metrics:
  - name: first
    title: First
    description: ""
    unit: bannanas
    query: sum(a_total{__PARMAS__})
    optional_params: [x]
  - name: second
    title: Second
    description: Second.
    unit: none
    query: sum(b_total{__PARAMS__}) + sum(a_total{__PARAMS__,y="1"})
    optional_params: [x, step]
    group_by: [q]
  - name: third
    title: Third
    description: Third.
    unit: none
    optional_params: x
    query: sum(
alerts:
  - {name: A, metric: fourth, condition: "> 1", for: 5m, severity: info, no_data: OK, summary: S., description: D.}
`, `pack: two
metrics: []
`, "pack: one\ntitle: Again\nmetrics: []\n---\npack: three\n  title: Three\n", "# Nothing yet.\n")
	var lines []string
	for _, problem := range problems {
		lines = append(lines, problem.String())
	}
	want := []string{
		"pack one, line 3, titel: Unknown key titel. Did you mean title?",
		"pack one, line 5, a_total, labels: Prometheus adds the label job. Leave it out, or set synthetic: true for a family that Prometheus writes, such as up.",
		"pack one, line 9, first, description: It must not be empty.",
		`pack one, line 10, first, unit: Grafana has no unit "bannanas". For a custom unit, write suffix: or prefix: before the text, such as suffix:tokens.`,
		"pack one, line 11, first, query: Unknown placeholder __PARMAS__. The placeholders are __PARAMS__, __PARAMS(a,b)__ and __BY__.",
		"pack one, line 17, second, query: No pack declares a family b_total. Did you mean a_total?",
		"pack one, line 17, second, query: a_total has no label y.",
		"pack one, line 18, second, optional_params: The API uses the name step. Choose another name for the parameter.",
		"pack one, line 19, second, group_by: q is not one of the parameters.",
		"pack one, line 19, second, group_by: The query has no __BY__ for q.",
		`pack one, line 24, third, optional_params: "x" must be a list.`,
		`pack one, line 27, A, metric: The catalog has no metric "fourth".`,
		"pack two, line 1, title: title is missing.",
		"pack one, line 1, pack: The pack name one is not unique. Choose another name.",
		"test, line 6: Invalid YAML: mapping values are not allowed in this context.",
		"test: The text has no pack.",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func problemsOf(t *testing.T, texts ...string) packfile.Problems {
	t.Helper()
	var sources []packfile.Source
	for _, text := range texts {
		sources = append(sources, packfile.Source{Name: "test", Text: []byte(text)})
	}
	_, err := Load(sources...)
	var problems packfile.Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("got %T: %v", err, err)
	}
	return problems
}
