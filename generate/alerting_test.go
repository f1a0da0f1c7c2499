package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

// TestRulesAreValidInGrafana checks the rules more strictly than Grafana's provisioning,
// which accepts some invalid rules that fail later. If the provisioning rejects a rule,
// Grafana doesn't start.
func TestRulesAreValidInGrafana(t *testing.T) {
	from := builtin(t)
	uids, titles := map[string]bool{}, map[string]bool{}
	for _, group := range committed(t) {
		every, err := model.ParseDuration(group.Interval)
		if err != nil || every == 0 || time.Duration(every)%(10*time.Second) != 0 {
			t.Errorf("group %s: the interval %q is not a multiple of 10s", group.Name, group.Interval)
		}
		for _, rule := range group.Rules {
			t.Run(rule.Title, func(t *testing.T) {
				if uids[rule.UID] || !regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`).MatchString(rule.UID) {
					t.Errorf("the uid %q is a duplicate, or invalid in Grafana", rule.UID)
				}
				if titles[rule.Title] || len(rule.Title) > 190 {
					t.Errorf("the title is a duplicate, or too long")
				}
				uids[rule.UID], titles[rule.Title] = true, true

				pending, err := model.ParseDuration(rule.For)
				if err != nil || (pending != 0 && pending < 2*every) {
					t.Errorf("for is %q: want 0s, or at least two evaluations", rule.For)
				}
				checkStates(t, rule, pending)
				checkSteps(t, from, rule)
				checkTexts(t, rule)
				checkPanel(t, rule, from.panels)
				checkRunbook(t, rule)
			})
		}
	}
	if len(titles) == 0 {
		t.Fatal("there are no rules")
	}
}

// The conditions of the annotations in Grafana: that there is a value, and that it raises the alert.
const (
	ifValue        = "{{ if $values.A }}"
	ifConditionMet = "{{ if eq $values.C.Value 1.0 }}"
)

func withoutConditions(text string) string {
	return strings.TrimPrefix(strings.TrimPrefix(text, ifValue), ifConditionMet)
}

// checkStates checks the states of a rule without data and after an error. A dead Prometheus
// raises one alert: only the rule that watches the data source fires after errors. No rule fires
// at the first evaluation without data, because after a restart of Prometheus there is no data
// until it has scraped its targets. With the states Error and NoData, a rule fires immediately.
func checkStates(t *testing.T, rule rules.Rule, pending model.Duration) {
	t.Helper()
	want := keepLast
	if rule.Title == dataSourceAlert {
		want = "Alerting"
	}
	if rule.ExecErrState != want {
		t.Errorf("execErrState is %q, want %q", rule.ExecErrState, want)
	}
	if !slices.Contains([]string{"OK", "Alerting", keepLast}, rule.NoDataState) {
		t.Errorf("noDataState is %q", rule.NoDataState)
	}
	if rule.NoDataState == "Alerting" && pending == 0 {
		t.Error("the rule fires at the first evaluation without data: set for to two evaluations or more")
	}
	// The texts of a rule that can fire without a measurement depend on whether there is one.
	summary, description := rule.Annotations["summary"], rule.Annotations["description"]
	if rule.ExecErrState == "Alerting" {
		if strings.Contains(summary+description, "$values") {
			t.Errorf("the texts contain a value, but the rule fires because there is none: %q, %q", summary, description)
		}
		return
	}
	for name, text := range map[string]string{"summary": summary, "description": description} {
		want := ""
		switch {
		case rule.NoDataState == "Alerting":
			want = ifValue + ifConditionMet
		case name == "description":
			want = ifValue
		}
		if !strings.HasPrefix(text, want) {
			t.Errorf("the %s states a measurement even if there is none: %q, want the prefix %q", name, text, want)
		}
	}
}

// acceptedStates are the states that Grafana's provisioning accepts without data and after an
// error, by the first version that accepts them. A Grafana with another state doesn't start.
var acceptedStates = []struct {
	version         string
	folder          string
	groups          int
	noData, execErr []string
}{
	{"10.4.0", stackAlertingDir, 1, []string{"OK", "NoData", "Alerting"}, []string{"OK", "Error", "Alerting"}},
	{"10.4.0", legacyAlertingDir, 6, []string{"OK", "NoData", "Alerting"}, []string{"OK", "Error", "Alerting"}},
	{"10.4.1", alertingDir, 6, []string{"OK", "NoData", "Alerting", "KeepLast"}, []string{"OK", "Error", "Alerting", "KeepLast"}},
}

func TestGrafanaAcceptsStates(t *testing.T) {
	for _, accepted := range acceptedStates {
		t.Run(accepted.version+" "+accepted.folder, func(t *testing.T) {
			groups := committedIn(t, accepted.folder)
			if len(groups) != accepted.groups {
				t.Errorf("%s has %d groups, want %d", accepted.folder, len(groups), accepted.groups)
			}
			for _, group := range groups {
				for _, rule := range group.Rules {
					if !slices.Contains(accepted.noData, rule.NoDataState) || !slices.Contains(accepted.execErr, rule.ExecErrState) {
						t.Errorf("%s: Grafana %s doesn't start with the states %q and %q", rule.Title, accepted.version, rule.NoDataState, rule.ExecErrState)
					}
					if fires := rule.ExecErrState != "OK" && rule.ExecErrState != keepLast; fires != (rule.Title == dataSourceAlert) {
						t.Errorf("%s: the state after an error is %s; only %s may fire", rule.Title, rule.ExecErrState, dataSourceAlert)
					}
				}
			}
		})
	}
}

// checkSteps checks that the condition of a rule is a threshold on an instant catalog query.
func checkSteps(t *testing.T, from sources, rule rules.Rule) {
	t.Helper()
	steps := map[string]rules.Query{}
	for _, step := range rule.Data {
		if step.RefID != step.Model.RefID {
			t.Errorf("the model of step %s has the refId %s", step.RefID, step.Model.RefID)
		}
		steps[step.RefID] = step
	}
	threshold, ok := steps[rule.Condition]
	if !ok || threshold.DatasourceUID != rules.ExprUID || threshold.Model.Type != "threshold" || len(threshold.Model.Conditions) != 1 {
		t.Fatalf("the condition %q is not a threshold with one comparison", rule.Condition)
	}
	if kind := threshold.Model.Conditions[0].Evaluator.Type; kind != "gt" && kind != "lt" {
		t.Errorf("Grafana 10.4 has no comparison %q", kind)
	}
	query, ok := steps[threshold.Model.Expression]
	if !ok || query.DatasourceUID != datasourceUID {
		t.Fatalf("the threshold compares %q, which is not a query to the data source", threshold.Model.Expression)
	}
	if query.RelativeTimeRange.From <= query.RelativeTimeRange.To {
		t.Errorf("the time range of %s is empty", query.RefID)
	}
	metric, err := from.Metric(query.Model.Metric)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := metric.Render(query.Model.Params, query.Model.GroupBy); err != nil {
		t.Error(err)
	}
	if !query.Model.Instant || query.Model.QueryType != "catalog" {
		t.Error("a threshold takes numbers: the query must be an instant catalog query")
	}
}

// checkTexts checks a rule's texts. Grafana's provisioning replaces $NAME in labels and names
// by an environment variable. In annotations and models, it changes neither $NAME nor $$.
func checkTexts(t *testing.T, rule rules.Rule) {
	t.Helper()
	text, err := yaml.Marshal(rule)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("$$")) {
		t.Error("contains $$")
	}
	for name, label := range rule.Labels {
		if strings.Contains(label, "$") {
			t.Errorf("Grafana would expand the label %s: %q", name, label)
		}
	}
	if severity := rule.Labels["severity"]; !slices.Contains([]string{"critical", "warning", "info"}, severity) {
		t.Errorf("severity is %q", severity)
	}
	summary, _, _ := strings.Cut(withoutConditions(rule.Annotations["summary"]), "{{ else }}")
	if strings.Contains(summary, "{{") || !strings.HasSuffix(summary, ".") {
		t.Errorf("the summary must be one sentence without labels and values, so that alerts can be grouped by it: %q", summary)
	}
	if rule.ExecErrState == "Alerting" {
		return // the description has neither a label nor a value
	}
	if description := withoutConditions(rule.Annotations["description"]); !strings.Contains(description, "{{ $labels.") && !strings.Contains(description, grafanaValue) {
		t.Errorf("the description must contain a label or the value: %q", description)
	}
}

func checkPanel(t *testing.T, rule rules.Rule, all panels) {
	t.Helper()
	uid, id := rule.Annotations["__dashboardUid__"], rule.Annotations["__panelId__"]
	if uid != rule.DashboardUID || (uid == "") != (id == "") {
		t.Errorf("annotations and fields name different dashboards: %q, %q", uid, rule.DashboardUID)
	}
	if uid == "" {
		return
	}
	for ref, number := range all {
		if ref.Dashboard == uid && number == rule.PanelID {
			return
		}
	}
	t.Errorf("dashboard %s has no panel %d", uid, rule.PanelID)
}

// checkRunbook checks that the runbook's page is in this repository.
func checkRunbook(t *testing.T, rule rules.Rule) {
	t.Helper()
	page, ok := strings.CutPrefix(rule.Annotations["runbook_url"], runbooksURL)
	if !ok {
		t.Errorf("the runbook is %q, want a page below %s", rule.Annotations["runbook_url"], runbooksURL)
		return
	}
	if _, err := os.Stat(filepath.Join(root, runbooksDir, page)); err != nil {
		t.Errorf("the runbook has no page: %v", err)
	}
}

// TestProvisioningFilesAgree checks that rules and dashboards use the data source and the
// folder of the other provisioning files.
func TestProvisioningFilesAgree(t *testing.T) {
	var sources struct {
		Datasources []struct {
			UID  string `yaml:"uid"`
			Type string `yaml:"type"`
		} `yaml:"datasources"`
	}
	decode(t, "provisioning/datasources/modelmetrics.yaml", &sources)
	if len(sources.Datasources) != 1 || sources.Datasources[0].UID != datasourceUID || sources.Datasources[0].Type != pluginID {
		t.Errorf("the rules use the data source %s (%s), and the provisioned ones are %v", datasourceUID, pluginID, sources.Datasources)
	}

	var dashboards struct {
		Providers []map[string]any `yaml:"providers"`
	}
	decode(t, "provisioning/dashboards/modelmetrics.yaml", &dashboards)
	for _, provider := range dashboards.Providers {
		if provider["folder"] != folder {
			t.Errorf("dashboards are in the folder %v, rules in %s", provider["folder"], folder)
		}
		if _, ok := provider["folderUid"]; ok {
			t.Error("a folderUid creates a second folder next to that of the rules")
		}
	}
}

func TestUIDOf(t *testing.T) {
	for name, want := range map[string]string{
		"TessalliteServiceDown":    "tessallite-service-down",
		"TessalliteHighLatencyP95": "tessallite-high-latency-p95",
		"InferenceSLOFastBurn":     "inference-slo-fast-burn",
		"InferenceHighP99Latency":  "inference-high-p99-latency",
	} {
		if got := uidOf(name); got != want {
			t.Errorf("uidOf(%s) = %s, want %s", name, got, want)
		}
	}
}

func TestThreshold(t *testing.T) {
	for condition, want := range map[string]rules.Evaluator{
		"> 0.05": {Type: "gt", Params: []float64{0.05}},
		"<1":     {Type: "lt", Params: []float64{1}},
		"< -1e3": {Type: "lt", Params: []float64{-1000}},
	} {
		got, err := threshold("A", condition)
		if err != nil {
			t.Errorf("%q: %v", condition, err)
			continue
		}
		if e := got.Model.Conditions[0].Evaluator; e.Type != want.Type || !slices.Equal(e.Params, want.Params) {
			t.Errorf("%q is %v, want %v", condition, e, want)
		}
	}
	for _, condition := range []string{"", "0.05", ">= 1", "> many", "== 1"} {
		if _, err := threshold("A", condition); err == nil {
			t.Errorf("%q is accepted, but Grafana 10.4 has no such comparison", condition)
		}
	}
}

// TestEmptyGroupingIsWritten checks that an empty grouping is written, because without
// the key a query uses the metric's grouping.
func TestEmptyGroupingIsWritten(t *testing.T) {
	for name, c := range map[string]struct {
		grouping rules.Grouping
		want     string
	}{
		"the metric's": {nil, ""},
		"empty":        {rules.Grouping{}, "groupBy: []"},
		"labels":       {rules.Grouping{"model"}, "groupBy: [model]"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := yaml.Marshal(rules.Model{RefID: "A", GroupBy: c.grouping})
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && strings.Contains(string(text), "groupBy") || !strings.Contains(string(text), c.want) {
				t.Errorf("written as\n%s", text)
			}
		})
	}
}

func TestLinkPanelRejectsUnknownPanels(t *testing.T) {
	var rule rules.Rule
	err := linkPanel(&rule, &catalog.PanelRef{Dashboard: "tessallite-overview", Title: "Nowhere"}, panels{})
	if err == nil || !strings.Contains(err.Error(), `no panel "Nowhere"`) {
		t.Errorf("got %v", err)
	}
}

// committed returns the rule groups of all committed provisioning files in alertingDir.
func committed(t *testing.T) []rules.Group {
	t.Helper()
	return committedIn(t, alertingDir)
}

func committedIn(t *testing.T, dir string) []rules.Group {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var groups []rules.Group
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := rules.Read(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		groups = append(groups, file.Groups...)
	}
	return groups
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
