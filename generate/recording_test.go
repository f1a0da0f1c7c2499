package main

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// recorded returns a pack with one metric, which has the given fields and query.
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

func TestRecordingRule(t *testing.T) {
	for name, c := range map[string]struct{ fields, query, want string }{
		"the metric's grouping and the default window": {
			"record: model:requests:rate5m\ngroup_by: [model, tenant]",
			`sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))`,
			`sum by (model, tenant) (rate(requests_total{}[5m]))`,
		},
		"the metric's own window": {
			"record: model:requests:rate1h\nwindow: 1h",
			`sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))`,
			`sum by () (rate(requests_total{}[1h]))`,
		},
		"a window in seconds": {
			"record: model:requests:rate90s\nwindow: 90s",
			`sum(rate(requests_total{__PARAMS__}[${__rate_interval}]))`,
			`sum(rate(requests_total{}[1m30s]))`,
		},
		"a window as a number": {
			"record: model:requests:increase5m",
			`sum(rate(requests_total{__PARAMS__}[$__rate_interval])) * $__rate_interval_ms / 1000`,
			`sum(rate(requests_total{}[5m])) * 300000 / 1000`,
		},
		"no comma without a parameter": {
			"record: model:requests:rate5m",
			`sum(rate(requests_total{model!="test",__PARAMS__}[$__rate_interval]))`,
			`sum(rate(requests_total{model!="test"}[5m]))`,
		},
		"a macro inside a string": {
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
			rule, err := recordingRule(metric)
			if err != nil {
				t.Fatal(err)
			}
			if rule.Record != metric.Record || rule.Expr != c.want {
				t.Errorf("%s records\n%s\nwant\n%s", rule.Record, rule.Expr, c.want)
			}
		})
	}
}

func TestRecordedNamesAreUnique(t *testing.T) {
	second := strings.ReplaceAll(small("b"), "model:b_requests:rate5m", "model:a_requests:rate5m")
	_, err := packcheck.Load(packfile.Source{Name: "a", Text: []byte(small("a"))}, packfile.Source{Name: "b", Text: []byte(second)})
	if err == nil || !strings.Contains(err.Error(), "a_rate is already recorded under this name") {
		t.Errorf("got %v", err)
	}
}

// TestEveryRecordingRuleHasAUnitTest requires a unit test for each recorded series, with
// input series that the platforms export. promtool runs the unit tests.
func TestEveryRecordingRuleHasAUnitTest(t *testing.T) {
	from := builtin(t)
	all, err := recordingRules(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range from.Packs() {
		if _, exists := all[recordingDir+"/"+pack.Name+".yaml"]; !exists {
			continue
		}
		t.Run(pack.Name, func(t *testing.T) {
			file, err := readUnitTests(recordingDir, pack)
			if err != nil {
				t.Fatal(err)
			}
			file.check(t, pack, familiesOf(from))
			expected := map[string]bool{}
			for _, test := range file.Tests {
				for _, query := range test.Queries {
					expected[query.Expr] = expected[query.Expr] || len(query.Samples) > 0
				}
			}
			for _, metric := range pack.Metrics {
				if metric.Record != "" && !expected[metric.Record] {
					t.Errorf("no unit test expects a value of %s", metric.Record)
				}
			}
		})
	}
}
