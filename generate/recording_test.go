package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// recorded is a pack with one metric that asks to be recorded.
func recorded(fields, query string) string {
	return `
pack: p
title: P
owner: somebody
labels: {model: The model., tenant: The tenant.}
families:
  - {name: requests_total, type: counter, help: Requests., labels: [model, tenant]}
  - {name: depth, type: gauge, help: Jobs., labels: [model, tenant]}
metrics:
  - name: m
    title: M
    description: M.
    unit: short
    type: gauge
    optional_params: [model, tenant]
    required_params: []
` + "    query: '" + strings.ReplaceAll(query, "'", "''") + "'\n    " + strings.ReplaceAll(fields, "\n", "\n    ") + "\n"
}

func TestWhatARuleRecords(t *testing.T) {
	for name, c := range map[string]struct{ fields, query, want string }{
		"the metric's grouping, and five minutes where it names no window": {
			"record: model:requests:rate5m\ngroup_by: [model, tenant]",
			`sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))`,
			`sum by (model, tenant) (rate(requests_total{}[5m]))`,
		},
		"the metric's own window": {
			"record: model:requests:rate1h\nwindow: 1h",
			`sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))`,
			`sum by () (rate(requests_total{}[1h]))`,
		},
		"a window exactly, whatever its unit": {
			"record: model:requests:rate90s\nwindow: 90s",
			`sum(rate(requests_total{__PARAMS__}[${__rate_interval}]))`,
			`sum(rate(requests_total{}[1m30s]))`,
		},
		"a window as a number": {
			"record: model:requests:increase5m",
			`sum(rate(requests_total{__PARAMS__}[$__rate_interval])) * $__rate_interval_ms / 1000`,
			`sum(rate(requests_total{}[5m])) * 300000 / 1000`,
		},
		"no comma of a parameter that isn't given": {
			"record: model:requests:rate5m",
			`sum(rate(requests_total{model!="test",__PARAMS__}[$__rate_interval]))`,
			`sum(rate(requests_total{model!="test"}[5m]))`,
		},
		"text that looks like a macro as it is": {
			"record: model:depth",
			`sum(depth{model!="$__range",__PARAMS(tenant)__}) or sum(depth{__PARAMS__})`,
			`sum(depth{model!="$__range"}) or sum(depth{})`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			from := sourcesOf(t, recorded(c.fields, c.query))
			metric, err := from.Metric("m")
			if err != nil {
				t.Fatal(err)
			}
			rule, err := recordRuleOf(metric)
			if err != nil {
				t.Fatal(err)
			}
			if rule.Record != metric.Record || rule.Expr != c.want {
				t.Errorf("%s records\n%s, want\n%s", rule.Record, rule.Expr, c.want)
			}
		})
	}
}

func TestTwoMetricsCanNotRecordTheSameSeries(t *testing.T) {
	second := strings.ReplaceAll(small("b"), "model:b_requests:rate5m", "model:a_requests:rate5m")
	_, err := catalog.Load(catalog.Source{Place: "a", Text: []byte(small("a"))}, catalog.Source{Place: "b", Text: []byte(second)})
	if err == nil || !strings.Contains(err.Error(), "a_rate is recorded under this name already") {
		t.Errorf("got %v", err)
	}
}

// promtool runs the unit tests; this sees to it that there are some, for every
// series that is recorded, with series that the platforms really export.
func TestEveryRecordingRuleHasAUnitTest(t *testing.T) {
	from := shipped(t)
	made, err := recording(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range from.Packs() {
		if _, has := made[recordingDir+"/"+pack.Name+".yaml"]; !has {
			continue
		}
		t.Run(pack.Name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(root, recordingDir, "tests", pack.Name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			var file unitTests
			if err := yaml.Unmarshal(text, &file); err != nil {
				t.Fatal(err)
			}
			if want := []string{"../" + pack.Name + ".yaml"}; !slices.Equal(file.RuleFiles, want) {
				t.Errorf("rule_files is %v, want %v", file.RuleFiles, want)
			}
			firing := map[string]bool{}
			for _, test := range file.Tests {
				for _, input := range test.InputSeries {
					checkSeries(t, pack, input.Series)
				}
				for _, query := range test.Queries {
					firing[query.Expr] = firing[query.Expr] || len(query.Samples) > 0
				}
			}
			for _, metric := range pack.Metrics {
				if metric.Record != "" && !firing[metric.Record] {
					t.Errorf("no unit test expects a value of %s", metric.Record)
				}
			}
		})
	}
}

// unitTests is what matters here of promtool's unit test files.
type unitTests struct {
	RuleFiles []string `yaml:"rule_files"`
	Tests     []struct {
		InputSeries []struct {
			Series string `yaml:"series"`
		} `yaml:"input_series"`
		Queries []struct {
			Expr    string `yaml:"expr"`
			Samples []any  `yaml:"exp_samples"`
		} `yaml:"promql_expr_test"`
	} `yaml:"tests"`
}

// checkSeries holds a series to the contract: a family of the pack, with all of
// its labels.
func checkSeries(t *testing.T, pack *catalog.Pack, series string) {
	t.Helper()
	expr, err := promql.Parse(series)
	if err != nil {
		t.Fatal(err)
	}
	selector, ok := expr.(*parser.VectorSelector)
	if !ok {
		t.Fatalf("%s is no series", series)
	}
	at := slices.IndexFunc(pack.Families, func(f catalog.Family) bool {
		return f.Name == selector.Name || (f.Type == "histogram" || f.Type == "summary") && strings.HasPrefix(selector.Name, f.Name+"_")
	})
	if at < 0 {
		t.Errorf("%s is no family of the contract", selector.Name)
		return
	}
	family := pack.Families[at]
	want := append([]string{"__name__"}, family.Labels...)
	if strings.HasSuffix(selector.Name, "_bucket") {
		want = append(want, "le")
	}
	var got []string
	for _, matcher := range selector.LabelMatchers {
		got = append(got, matcher.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s has the labels %v, the contract says %v", series, got, want)
	}
}
