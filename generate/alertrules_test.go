package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

// TestEveryAlertHasUnitTests requires, for each alert, a case in which it fires and a case in
// which it doesn't. promtool runs the cases. tests/alerts checks that the cases fail if a rule
// fires too early or too late.
func TestEveryAlertHasUnitTests(t *testing.T) {
	from := builtin(t)
	all, err := alertRules(from)
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, pack := range from.Packs() {
		group, has := all[alertRulesDir+"/"+pack.Name+".yaml"]
		if !has {
			continue
		}
		file, err := readUnitTests(alertRulesDir, pack)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
			continue
		}
		if err == nil {
			file.check(t, pack, familiesOf(from))
			// promtool uses the interval of the unit tests, not that of the group.
			if want := model.Duration(pack.EvaluationInterval()).String(); file.Interval != want {
				t.Errorf("%s: evaluation_interval is %s, and the alerts are evaluated every %s", unitTestsOf(alertRulesDir, pack), file.Interval, want)
			}
		}
		missing = append(missing, missingCases(t, unitTestsOf(alertRulesDir, pack), alertNames(t, group), file)...)
	}
	if len(missing) > 0 {
		t.Errorf("these files lack cases for promtool (see the file of another pack):\n%s", strings.Join(missing, "\n"))
	}
}

// missingCases returns a line for each alert that lacks a unit test in which it fires, or a
// unit test in which it never fires.
func missingCases(t *testing.T, name string, alerts []string, file unitTests) []string {
	t.Helper()
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		firesHere := map[string]bool{}
		for _, alert := range test.Alerts {
			if !slices.Contains(alerts, alert.Name) {
				t.Errorf("%s: %s tests %s, which is no alert: promtool would find it inactive", name, test.Name, alert.Name)
			}
			firesHere[alert.Name] = firesHere[alert.Name] || len(alert.Firing) > 0
		}
		for alert, does := range firesHere {
			fires[alert] = fires[alert] || does
			quiet[alert] = quiet[alert] || !does
		}
	}
	var lines []string
	for _, alert := range alerts {
		var cases []string
		if !fires[alert] {
			cases = append(cases, "a case in which it fires")
		}
		if !quiet[alert] {
			cases = append(cases, "a case in which it doesn't fire")
		}
		if len(cases) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s lacks %s", name, alert, strings.Join(cases, " and ")))
		}
	}
	return lines
}

// alertNames returns the names of a rule file's alerts.
func alertNames(t *testing.T, text []byte) []string {
	t.Helper()
	var names []string
	for _, rule := range rulesIn(t, text) {
		names = append(names, rule.Alert)
	}
	return names
}

func rulesIn(t *testing.T, text []byte) []rule {
	t.Helper()
	var file ruleFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var all []rule
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	return all
}

// TestGrafanaAndPrometheusEvaluateTheSame checks that the plugin compiles the query of
// Grafana's rule to the expression of Prometheus's rule.
func TestGrafanaAndPrometheusEvaluateTheSame(t *testing.T) {
	from := builtin(t)
	exprs := map[string]string{}
	all, err := alertRules(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range all {
		for _, rule := range rulesIn(t, text) {
			exprs[rule.Alert] = rule.Expr
		}
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, group := range committed(t) {
		for _, rule := range group.Rules {
			if rule.Title == dataSourceAlert {
				continue // Prometheus has no such rule
			}
			t.Run(rule.Title, func(t *testing.T) {
				step := rule.Data[0]
				span := query.Source{From: now.Add(-time.Duration(step.RelativeTimeRange.From) * time.Second), To: now}
				q, err := query.Parse(modelOf(t, step), span)
				if err != nil {
					t.Fatal(err)
				}
				metric, err := from.Metric(q.Metric)
				if err != nil {
					t.Fatal(err)
				}
				compiled, err := q.Compile(metric, true)
				if err != nil {
					t.Fatal(err)
				}
				evaluator := rule.Data[1].Model.Conditions[0].Evaluator
				want, err := addCondition(compiled.Expr, map[string]string{"gt": ">", "lt": "<"}[evaluator.Type]+" "+number(evaluator.Params[0]))
				if err != nil {
					t.Fatal(err)
				}
				if got := exprs[rule.Title]; got != want {
					t.Errorf("Prometheus evaluates\n%s\nGrafana evaluates\n%s", got, want)
				}
			})
		}
	}
}

// modelOf returns a query as JSON, as Grafana reads it from the file.
func modelOf(t *testing.T, query rules.Query) []byte {
	t.Helper()
	text, err := yaml.Marshal(query.Model)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAddCondition(t *testing.T) {
	for name, c := range map[string]struct{ expr, want string }{
		"a selector":             {`up{}`, `up{} > 1`},
		"a call":                 {`sum by (job) (up)`, `sum by (job) (up) > 1`},
		"a calculation":          {`a / b`, "(\na / b\n) > 1"},
		"a comparison":           {`a >= 0`, "(\na >= 0\n) > 1"},
		"an alternative":         {`a or vector(0)`, "(\na or vector(0)\n) > 1"},
		"lines":                  {"sum(\na\n)", "(\nsum(\na\n)\n) > 1"},
		"a comment at the end":   {"a\n# of all", "(\na\n# of all\n) > 1"},
		"parentheses around all": {`(a or b)`, `(a or b) > 1`},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := addCondition(c.expr, " > 1 "); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
	if text, err := addCondition("a # of all", "> 1"); err == nil {
		t.Errorf("%q has its condition in a comment", text)
	}
}

// withAlert returns a pack with one alert on a gauge.
func withAlert(noData, query, description string) string {
	return `
pack: p
title: P
owner: somebody
labels: {model: The model.}
families: [{name: depth, type: gauge, help: Jobs., labels: [model]}]
metrics:
  - {name: p_depth, title: Depth, description: Jobs., unit: short, query: '` + query + `', optional_params: [model], required_params: [], group_by: [model]}
alerts:
  - {name: PDeep, metric: p_depth, condition: "> 1", for: 5m, severity: info, no_data: ` + noData + `, summary: Deep., description: "` + description + `"}
`
}

func TestNoDataAlerts(t *testing.T) {
	const sum = "sum by (__BY__) (depth{__PARAMS__})"
	for name, c := range map[string]struct {
		noData, query string
		want          []string
	}{
		"OK":                     {"OK", sum, []string{"PDeep"}},
		"NoData":                 {"NoData", sum, []string{"PDeep", "PDeepNoData"}},
		"Alerting":               {"Alerting", sum, []string{"PDeep", "PDeepNoData"}},
		"a value always exists":  {"Alerting", "(" + sum + ") or vector(0)", []string{"PDeep"}},
		"a value may be missing": {"Alerting", "(vector(0) or " + sum + ") > 0", []string{"PDeep", "PDeepNoData"}},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := alertRules(sourcesOf(t, withAlert(c.noData, c.query, "{{ $values.A.Value }}.")))
			if err != nil {
				t.Fatal(err)
			}
			if got := alertNames(t, all[alertRulesDir+"/p.yaml"]); !slices.Equal(got, c.want) {
				t.Errorf("alerts are %v, want %v", got, c.want)
			}
		})
	}
}

func TestAlertInterval(t *testing.T) {
	pack := withAlert("OK", "sum by (__BY__) (depth{__PARAMS__})", "{{ $values.A.Value }}.")
	for name, c := range map[string]struct {
		yaml string
		want time.Duration
	}{
		"the default":  {"", time.Minute},
		"five minutes": {"alert_interval: 5m\n", 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			from := sourcesOf(t, pack+c.yaml)
			forPrometheus, err := alertRules(from)
			if err != nil {
				t.Fatal(err)
			}
			forGrafana, err := alerting(from)
			if err != nil {
				t.Fatal(err)
			}
			interval := "interval: " + model.Duration(c.want).String() + "\n"
			for file, text := range map[string][]byte{"Prometheus": forPrometheus[alertRulesDir+"/p.yaml"], "Grafana": forGrafana[alertingDir+"/p.yaml"]} {
				if !strings.Contains(string(text), interval) {
					t.Errorf("the group for %s lacks %q:\n%s", file, interval, text)
				}
			}
			read, err := rules.Read(bytes.NewReader(forGrafana[alertingDir+"/p.yaml"]))
			if err != nil {
				t.Fatal(err)
			}
			if got := read.Groups[0].Rules[0].Data[0].Model.IntervalMs; got != c.want.Milliseconds() {
				t.Errorf("intervalMs is %d", got)
			}
		})
	}
}

func TestAlertRulesReportAllErrors(t *testing.T) {
	const query, twoSides = "sum(depth{__PARAMS__}) by (__BY__)", "{{ graph $values.A.Value }}"
	second := strings.NewReplacer("pack: p\n", "pack: q\n", "depth", "width", "PDeep", "PWide").Replace(withAlert("OK", query, "{{ .Value }}"))
	_, err := alertRules(sourcesOf(t, withAlert("OK", query, twoSides), second))
	for _, want := range []string{"pack p, alert PDeep: the description has the function graph", "pack q, alert PWide: the description has .Value"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestPanelPath(t *testing.T) {
	ref := catalog.PanelRef{Dashboard: "tessallite-overview", Title: "Service status"}
	if got, err := panelPath(&ref, panels{ref: 7}); err != nil || got != "/d/tessallite-overview?viewPanel=7" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := panelPath(nil, panels{}); err != nil || got != "" {
		t.Errorf("no panel is %q, %v", got, err)
	}
}
