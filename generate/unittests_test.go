package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// unitTests is a unit test file of promtool, with the keys that the tests here check.
type unitTests struct {
	RuleFiles []string `yaml:"rule_files"`
	Interval  string   `yaml:"evaluation_interval"`
	Tests     []struct {
		Name        string `yaml:"name"`
		InputSeries []struct {
			Series string `yaml:"series"`
		} `yaml:"input_series"`
		Queries []struct {
			Expr    string `yaml:"expr"`
			Samples []any  `yaml:"exp_samples"`
		} `yaml:"promql_expr_test"`
		Alerts []struct {
			Name   string `yaml:"alertname"`
			Firing []any  `yaml:"exp_alerts"`
		} `yaml:"alert_rule_test"`
	} `yaml:"tests"`
}

// unitTestsOf returns the path of the unit tests for those rules of a pack that are in dir.
func unitTestsOf(dir string, pack *catalog.Pack) string {
	return path.Join(dir, "tests", pack.Name+".yaml")
}

func readUnitTests(dir string, pack *catalog.Pack) (unitTests, error) {
	var file unitTests
	name := unitTestsOf(dir, pack)
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return file, err
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return file, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}

// check checks that a file tests the rules of its pack, with series that the platform
// exports.
func (u unitTests) check(t *testing.T, pack *catalog.Pack, families []catalog.Family) {
	t.Helper()
	if want := []string{"../" + pack.Name + ".yaml"}; !slices.Equal(u.RuleFiles, want) {
		t.Errorf("rule_files is %v, want %v", u.RuleFiles, want)
	}
	for _, test := range u.Tests {
		for _, input := range test.InputSeries {
			checkSeries(t, families, input.Series)
		}
	}
}

// checkSeries checks a series against the contract: it must belong to one of the families
// and have the labels of the family. It may also have job and instance.
func checkSeries(t *testing.T, families []catalog.Family, series string) {
	t.Helper()
	expr, err := promql.Parse(series)
	if err != nil {
		t.Fatal(err)
	}
	selector, ok := expr.(*parser.VectorSelector)
	if !ok {
		t.Fatalf("%s is not a selector", series)
	}
	at := slices.IndexFunc(families, func(f catalog.Family) bool {
		return f.Name == selector.Name || (f.Type == "histogram" || f.Type == "summary") && strings.HasPrefix(selector.Name, f.Name+"_")
	})
	if at < 0 {
		t.Errorf("%s is not a family of the contract", selector.Name)
		return
	}
	family := families[at]
	want := append([]string{"__name__"}, family.Labels...)
	if strings.HasSuffix(selector.Name, "_bucket") {
		want = append(want, "le")
	}
	var got []string
	for _, matcher := range selector.LabelMatchers {
		if isTargetLabel := matcher.Name == "job" || matcher.Name == "instance"; isTargetLabel && !slices.Contains(want, matcher.Name) {
			continue // Prometheus adds these to every series
		}
		got = append(got, matcher.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s has the labels %v; in the contract it has %v", series, got, want)
	}
}

// familiesOf returns the families of all packs. The families of a pack can be those of alerts in
// another pack.
func familiesOf(from sources) []catalog.Family {
	var all []catalog.Family
	for _, pack := range from.Packs() {
		all = append(all, pack.Families...)
	}
	return all
}
