package provision_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

const (
	sourceFile = `apiVersion: 1
datasources:
  - name: Metrics
    uid: metrics
    type: our-datasource
    url: $PROMETHEUS_URL
    isDefault: true
    jsonData: {timeInterval: 15s, nested: [{host: "${HOST}"}]}
    secureJsonData: {password: a$$b}
`
	providerFile = `apiVersion: 1
providers:
  - {name: ours, folder: Ours, type: file, options: {path: $DASHBOARDS_PATH}}
`
	dashboardFile = `{"uid": "overview", "title": "Overview", "time": {"from": "now-6h", "to": "now"},
  "panels": [{"id": 7, "type": "stat", "title": "Up", "fieldConfig": {"defaults": {"unit": "s"}}}], "links": []}`
	ruleFile = `apiVersion: 1
groups:
  - orgId: 1
    name: ours
    folder: Ours
    interval: 1m
    rules:
      - uid: down
        title: Down
        condition: C
        for: 2m
        noDataState: OK
        execErrState: Error
        dashboardUid: overview
        panelId: 7
        annotations: {summary: "{{ $labels.job }} is down", __dashboardUid__: overview, __panelId__: "7"}
        labels: {severity: critical}
        data:
          - refId: A
            relativeTimeRange: {from: 300, to: 0}
            datasourceUid: metrics
            model: {refId: A, metric: up, window: $__range, instant: true}
          - refId: C
            datasourceUid: __expr__
            model: {refId: C, type: threshold, expression: A, conditions: [{evaluator: {type: lt, params: [1]}}]}
`
)

func files() map[string]string {
	return map[string]string{
		"datasources/ours.yaml": sourceFile,
		"dashboards/ours.yaml":  providerFile,
		"json/overview.json":    dashboardFile,
		"alerting/ours.yaml":    ruleFile,
		"alerting/README.md":    "ignored",
	}
}

// read writes the files into a folder and reads the folder.
func read(t *testing.T, content map[string]string) (*provision.Set, error) {
	t.Helper()
	dir := t.TempDir()
	for name, body := range content {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return provision.Read(dir, provision.MapEnv(map[string]string{
		"PROMETHEUS_URL":  "http://127.0.0.1:9090",
		"DASHBOARDS_PATH": filepath.Join(dir, "json"),
		"HOST":            "example.org",
	}))
}

func TestRead(t *testing.T) {
	set, err := read(t, files())
	if err != nil {
		t.Fatal(err)
	}
	source, ok := set.DataSourceOfType("our-datasource")
	if !ok || source.URL != "http://127.0.0.1:9090" || source.SecureJSONData["password"] != "a$b" {
		t.Errorf("data source: %+v", source)
	}
	if body, err := source.JSON(); err != nil || string(body) != `{"nested":[{"host":"example.org"}],"timeInterval":"15s"}` {
		t.Errorf("jsonData: %s %v", body, err)
	}
	dashboard, ok := set.Dashboard("overview")
	if !ok || len(dashboard.QueryPanels()) != 1 || dashboard.Panels[0].FieldConfig.Defaults.Unit != "s" {
		t.Errorf("dashboard: %+v", dashboard)
	}
	rule := set.Groups[0].Rules[0]
	if rule.For != 2*time.Minute || set.Groups[0].Interval != time.Minute {
		t.Errorf("for %s, interval %s", rule.For, set.Groups[0].Interval)
	}
	if got := rule.Annotations["summary"]; got != "{{ $labels.job }} is down" {
		t.Errorf("the annotation is expanded to %q", got)
	}
	if got := rule.Data[0].Model.Window; got != "$__range" {
		t.Errorf("the model's window is expanded to %q", got)
	}
	if rule.Data[0].IsExpression() || !rule.Data[1].IsExpression() {
		t.Error("IsExpression is wrong")
	}
}

func TestReadReportsFileAndKey(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"misspelled key of a data source", "datasources/ours.yaml", "    url:", "    ulr:", `ours.yaml: line 6: unknown key "ulr"`},
		{"misspelled key of a rule", "alerting/ours.yaml", "execErrState", "executionErrorState", `ours.yaml: line 13: unknown key "executionErrorState"`},
		{"misspelled key of a provider", "dashboards/ours.yaml", "folder:", "folderTitle:", `unknown key "folderTitle"`},
		{"contact points", "alerting/ours.yaml", "groups:", "contactPoints: []\ngroups:", `unknown key "contactPoints"`},
		{"unsupported apiVersion", "alerting/ours.yaml", "apiVersion: 1", "apiVersion: 2", "apiVersion is 2; it must be 1"},
		{"unset variable", "datasources/ours.yaml", "$PROMETHEUS_URL", "$PROMETHEUS", `ours.yaml: datasources[0].url: the environment variable "PROMETHEUS" is not set`},
		{"unset variable deep in jsonData", "datasources/ours.yaml", "${HOST}", "${HOTS}", `datasources[0].jsonData.nested[0].host: the environment variable "HOTS"`},
		{"template in a label", "alerting/ours.yaml", "severity: critical", `severity: "{{ $labels.severity }}"`, `rule "Down": labels.severity: the environment variable "labels"`},
		{"no uid", "datasources/ours.yaml", "    uid: metrics\n", "", `data source "Metrics": uid is missing`},
		{"rule without for", "alerting/ours.yaml", "        for: 2m\n", "", `rule "Down": for: `},
		{"interval that isn't a multiple of 10s", "alerting/ours.yaml", "interval: 1m", "interval: 15s", `group "ours": interval: 15s is not a multiple of 10s`},
		{"unknown data source", "alerting/ours.yaml", "datasourceUid: metrics", "datasourceUid: metric", `rule "Down": data A: datasourceUid: no data source has the uid "metric"`},
		{"empty time range", "alerting/ours.yaml", "from: 300", "from: 0", "data A: relativeTimeRange: from (0)"},
		{"unknown condition", "alerting/ours.yaml", "condition: C", "condition: B", `condition: no data entry has the refId "B"`},
		{"unknown state", "alerting/ours.yaml", "noDataState: OK", "noDataState: Keep", `noDataState: "Keep" is not one of`},
		{"uid that is too long", "alerting/ours.yaml", "uid: down", "uid: " + strings.Repeat("d", 41), "is not 1 to 40 letters"},
		{"unknown panel", "json/overview.json", `"id": 7`, `"id": 8`, `panelId: the dashboard "overview" has no panel 7`},
		{"unknown dashboard", "json/overview.json", `"uid": "overview"`, `"uid": "over"`, `dashboardUid: no dashboard has the uid "overview"`},
		{"annotations with another panel", "alerting/ours.yaml", "panelId: 7", "panelId: 8", "the values differ from the annotations"},
		{"one of the two annotations", "alerting/ours.yaml", `, __panelId__: "7"`, "", "only one of __dashboardUid__ and __panelId__ is set"},
		{"dashboard without a title", "json/overview.json", `"title": "Overview",`, "", "overview.json: a dashboard must have a title"},
		{"no dashboards folder", "dashboards/ours.yaml", "$DASHBOARDS_PATH", "/nowhere/at/all", `provider "ours"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := files()
			changed := strings.Replace(content[c.file], c.old, c.new, 1)
			if changed == content[c.file] {
				t.Fatal("the case changes nothing")
			}
			content[c.file] = changed
			_, err := read(t, content)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestReadReportsDuplicates(t *testing.T) {
	content := maps.Clone(files())
	content["alerting/again.yaml"] = ruleFile
	content["json/deep/again.json"] = dashboardFile
	_, err := read(t, content)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`duplicate rule with the uid "down"`, `duplicate rule with the title "Down" in the folder "Ours"`, `duplicate dashboard with the uid "overview"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

// The provisioning files of this repository are valid.
func TestReadRepositoryProvisioning(t *testing.T) {
	set, err := provision.Read("../../provisioning", provision.MapEnv(map[string]string{
		"PROMETHEUS_URL":  "http://127.0.0.1:9090",
		"DASHBOARDS_PATH": "../../dashboards",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.DataSource("modelmetrics"); !ok {
		t.Error("the data source modelmetrics is not provisioned")
	}
	if !slices.ContainsFunc(set.Dashboards, func(d provision.Dashboard) bool { return d.UID == "tessallite-overview" }) {
		t.Error("the Tessallite dashboard is not provisioned")
	}
	if len(set.Groups) == 0 {
		t.Error("no alert rules are provisioned")
	}
}
