package main

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
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
	_, err := packcheck.Load(packfile.Source{Name: "a", Text: []byte(small("a"))}, packfile.Source{Name: "b", Text: []byte(second)})
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
			file, err := readUnitTests(recordingDir, pack)
			if err != nil {
				t.Fatal(err)
			}
			file.check(t, pack)
			firing := map[string]bool{}
			for _, test := range file.Tests {
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
