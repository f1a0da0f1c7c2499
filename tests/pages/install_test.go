package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/external"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/snippets"
)

// installation is a machine on which docs/install.md is followed: the page's folders are below root,
// and Grafana is that in GRAFANA_HOME.
type installation struct {
	t        *testing.T
	home     string
	root     string
	zip      string // path
	url      string // of Grafana
	releases string // URL of a server with the zip
	blocks   []snippets.Snippet
	log      fmt.Stringer
}

// TestInstallation follows docs/install.md in the Grafana in GRAFANA_HOME: from the zip to a panel, an
// alert and a request to the API.
func TestInstallation(t *testing.T) {
	home := os.Getenv("GRAFANA_HOME")
	if home == "" {
		t.Skip("GRAFANA_HOME isn't set")
	}
	if _, err := os.Stat(filepath.Join(root, "dist", "module.js")); err != nil {
		t.Skip("the frontend isn't built: run go tool mage build")
	}
	p := start(t)
	zip := release(t)
	for name, install := range map[string][]string{
		"with Grafana's command line": {"With Grafana's command line"},
		"from the zip":                {"From the zip"},
	} {
		t.Run(name, func(t *testing.T) {
			i := newInstallation(t, home, zip)
			i.run(install...)
			i.permit()
			i.start(nil)
			i.addDataSource(p.prometheus)
			i.checkPanel()
			i.checkAlert()
			i.checkAPI()
		})
	}
	t.Run("with provisioning", func(t *testing.T) {
		i := newInstallation(t, home, zip)
		i.run("From the zip")
		i.permit()
		i.run("Provision the data source, the dashboards and the alert rules")
		i.start(i.environment(p.prometheus))
		i.checkPanel()
		i.checkProvisioned()
	})
	t.Run("without the permission for an unsigned plugin", func(t *testing.T) {
		i := newInstallation(t, home, zip)
		i.run("From the zip")
		i.start(nil)
		const symptom = "plugin 'modelmetrics-catalog-datasource' has no signature"
		if _, page := snippets.Read(t, root, "docs/install.md"); !strings.Contains(page, symptom) || !strings.Contains(i.log.String(), symptom) {
			t.Errorf("the page and Grafana's log must contain %q:\n%s", symptom, i.log)
		}
	})
}

// release makes the zip of the build for this machine, and returns its path.
func release(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	command := exec.CommandContext(t.Context(), "go", "run", ".", "-out="+out, "-date=1", "-platforms="+runtime.GOOS+"/"+runtime.GOARCH) //nolint:gosec // constant arguments
	command.Dir = filepath.Join(root, "release")
	command.Env = append(os.Environ(), "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	zips, err := filepath.Glob(filepath.Join(out, "*.zip"))
	if err != nil || len(zips) != 1 {
		t.Fatalf("%v %v", zips, err)
	}
	return zips[0]
}

func newInstallation(t *testing.T, home, zip string) *installation {
	t.Helper()
	i := &installation{t: t, home: home, root: t.TempDir(), zip: zip}
	for _, folder := range []string{"/var/lib/grafana/plugins", "/etc/grafana/provisioning", "/etc/default"} {
		if err := os.MkdirAll(filepath.Join(i.root, folder), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(i.root, "/etc/grafana/grafana.ini"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if filepath.Base(r.URL.Path) != filepath.Base(zip) {
			http.NotFound(w, r)
			return
		}
		http.ServeFile(w, r, zip)
	}))
	t.Cleanup(server.Close)
	i.releases = server.URL
	i.blocks, _ = snippets.Read(t, root, "docs/install.md")
	return i
}

// script contains functions for the commands that change the machine.
const script = `set -e
sudo() { "$@"; }
systemctl() { :; } # the test starts Grafana
grafana() { shift; "$GRAFANA_HOME/bin/grafana" cli --homepath "$GRAFANA_HOME" --pluginsDir "$ROOT/var/lib/grafana/plugins" "$@"; }
cp "$ZIP" .
`

// run runs the commands under headings of the page.
func (i *installation) run(headings ...string) {
	i.t.Helper()
	for _, block := range i.blocks {
		if block.Language != "sh" || !slices.Contains(headings, block.Heading) || strings.Contains(block.Text, "PROMETHEUS_URL=") {
			continue
		}
		text := strings.NewReplacer(
			"/var/lib/grafana", i.root+"/var/lib/grafana", "/etc/grafana", i.root+"/etc/grafana",
			"https://github.com/modelmetrics/modelmetrics-catalog-datasource/releases/download", i.releases,
		).Replace(block.Text)
		command := exec.CommandContext(i.t.Context(), "bash", "-c", script+text) //nolint:gosec // the commands of the page
		command.Dir = i.t.TempDir()
		command.Env = append(os.Environ(), "ROOT="+i.root, "ZIP="+i.zip)
		if output, err := command.CombinedOutput(); err != nil {
			i.t.Fatalf("docs/install.md, line %d: %v\n%s", block.Line, err, output)
		}
	}
}

// permit adds the page's lines to grafana.ini.
func (i *installation) permit() {
	i.t.Helper()
	for _, block := range i.blocks {
		if block.Language == "ini" {
			if err := os.WriteFile(filepath.Join(i.root, "/etc/grafana/grafana.ini"), []byte(block.Text), 0o600); err != nil {
				i.t.Fatal(err)
			}
			return
		}
	}
	i.t.Fatal("docs/install.md has no block for grafana.ini")
}

// environment returns the variables that the page sets for the Grafana server.
func (i *installation) environment(prometheus string) map[string]string {
	i.t.Helper()
	variables := map[string]string{}
	for _, block := range i.blocks {
		if !strings.Contains(block.Text, "PROMETHEUS_URL=") || strings.Contains(block.Text, "docker") {
			continue
		}
		for line := range strings.Lines(block.Text) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			variables[name] = strings.ReplaceAll(value, "/var/lib/grafana", i.root+"/var/lib/grafana")
		}
	}
	variables["PROMETHEUS_URL"] = prometheus
	return variables
}

// start starts Grafana with the folders of the installation.
func (i *installation) start(env map[string]string) {
	i.t.Helper()
	address := external.FreeAddress(i.t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		i.t.Fatal(err)
	}
	variables := map[string]string{
		"GF_SERVER_HTTP_ADDR": host, "GF_SERVER_HTTP_PORT": port, "GF_SECURITY_ADMIN_PASSWORD": password,
		"GF_PATHS_DATA": i.root + "/var/lib/grafana", "GF_PATHS_PLUGINS": i.root + "/var/lib/grafana/plugins",
		"GF_PATHS_LOGS": i.root + "/logs", "GF_PATHS_PROVISIONING": i.root + "/etc/grafana/provisioning",
		"GF_ANALYTICS_REPORTING_ENABLED": "false", "GF_ANALYTICS_CHECK_FOR_UPDATES": "false", "GF_PLUGINS_PREINSTALL_DISABLED": "true",
	}
	maps.Copy(variables, env)
	command := exec.Command(filepath.Join(i.home, "bin", "grafana"), "server", "--homepath", i.home, "--config", i.root+"/etc/grafana/grafana.ini") //nolint:noctx,gosec // external.Start kills it
	command.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "GF_") })
	for name, value := range variables {
		command.Env = append(command.Env, name+"="+value)
	}
	i.url = "http://" + address
	i.log = external.Start(i.t, command, i.url+"/api/health")
}

// call sends a request of the user admin, and decodes the response.
func (i *installation) call(method, path string, body, out any) {
	i.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		i.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(i.t.Context(), method, i.url+path, bytes.NewReader(text))
	if err != nil {
		i.t.Fatal(err)
	}
	request.Header.Set("Content-Type", apiJSON)
	request.SetBasicAuth("admin", password)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		i.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err = io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusBadRequest {
		i.t.Fatalf("%s %s: %s %s %v", method, path, response.Status, text, err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			i.t.Fatalf("%s %s: %v %s", method, path, err, text)
		}
	}
}

// uid is the uid of the data source on the page.
const uid = "modelmetrics"

// addDataSource sends what the settings page sends.
func (i *installation) addDataSource(prometheus string) {
	i.t.Helper()
	i.call(http.MethodPost, "/api/datasources", settings{"name": "Model Metrics", "uid": uid, "type": "modelmetrics-catalog-datasource", "access": "proxy", "url": prometheus, "jsonData": settings{}}, nil)
	var health struct{ Status, Message string }
	i.call(http.MethodGet, "/api/datasources/uid/"+uid+"/health", nil, &health)
	if health.Status != "OK" || !strings.HasPrefix(health.Message, "Connected to Prometheus") {
		i.t.Errorf("%+v", health)
	}
}

// target is the query of a panel or an alert rule.
func target(query settings) settings {
	return settings{"refId": "A", "datasource": settings{"uid": uid, "type": "modelmetrics-catalog-datasource"}}.with(query)
}

func (s settings) with(other settings) settings {
	all := maps.Clone(s)
	maps.Copy(all, other)
	return all
}

// checkPanel runs the queries that the page names.
func (i *installation) checkPanel() {
	i.t.Helper()
	for _, query := range []settings{
		{"queryType": "catalog", "metric": "invocation_failure_rate", "range": true},
		{"expr": "vector(1)", "instant": true},
	} {
		var result struct {
			Results map[string]struct {
				Error  string
				Frames []json.RawMessage
			}
		}
		i.call(http.MethodPost, "/api/ds/query", settings{"from": "now-5m", "to": "now", "queries": []settings{target(query)}}, &result)
		if a := result.Results["A"]; a.Error != "" || len(a.Frames) == 0 {
			i.t.Errorf("%v: %+v", query, a)
		}
	}
}

// checkAlert creates a rule that must fire.
func (i *installation) checkAlert() {
	i.t.Helper()
	i.call(http.MethodPost, "/api/folders", settings{"uid": "alerts", "title": "Alerts"}, nil)
	threshold := settings{"refId": "B", "type": "threshold", "expression": "A", "datasource": settings{"uid": "__expr__", "type": "__expr__"},
		"conditions": []settings{{"evaluator": settings{"type": "gt", "params": []float64{0}}}}}
	i.call(http.MethodPost, "/api/v1/provisioning/alert-rules", settings{
		"title": "Always", "folderUID": "alerts", "ruleGroup": "group", "condition": "B", "for": "0s", "orgID": 1, "noDataState": "NoData", "execErrState": "Error",
		"data": []settings{
			{"refId": "A", "datasourceUid": uid, "relativeTimeRange": settings{"from": 600, "to": 0}, "model": target(settings{"expr": "vector(1)", "instant": true})},
			{"refId": "B", "datasourceUid": "__expr__", "relativeTimeRange": settings{"from": 0, "to": 0}, "model": threshold},
		},
	}, nil)
	var group settings
	path := "/api/v1/provisioning/folder/alerts/rule-groups/group"
	i.call(http.MethodGet, path, nil, &group)
	group["interval"] = 10
	i.call(http.MethodPut, path, group, nil)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Second) {
		var alerts []struct{ Labels map[string]string }
		i.call(http.MethodGet, "/api/alertmanager/grafana/api/v2/alerts", nil, &alerts)
		if len(alerts) == 1 && alerts[0].Labels["alertname"] == "Always" {
			return
		}
		if time.Now().After(deadline) {
			i.t.Errorf("the rule doesn't fire: %v", alerts)
			return
		}
	}
}

// checkAPI creates a token, and runs the commands of the page.
func (i *installation) checkAPI() {
	i.t.Helper()
	var account struct{ ID int }
	i.call(http.MethodPost, "/api/serviceaccounts", settings{"name": "api", "role": "Viewer"}, &account)
	var created struct{ Key string }
	i.call(http.MethodPost, fmt.Sprintf("/api/serviceaccounts/%d/tokens", account.ID), settings{"name": "api"}, &created)
	for _, block := range i.blocks {
		if !strings.Contains(block.Text, "Bearer $TOKEN") {
			continue
		}
		command := exec.CommandContext(i.t.Context(), "bash", "-c", block.Text) //nolint:gosec // the command of the page
		command.Env = append(os.Environ(), "GRAFANA="+i.url, "TOKEN="+created.Key)
		output, err := command.Output()
		if err != nil || !strings.HasPrefix(string(output), `{"status":"success"`) {
			i.t.Errorf("docs/install.md, line %d: %v\n%s", block.Line, err, output)
		}
	}
}

// checkProvisioned checks that Grafana has the dashboards and the alert rules of the zip.
func (i *installation) checkProvisioned() {
	i.t.Helper()
	dashboards, err := filepath.Glob(filepath.Join(root, "dashboards", "*.json"))
	if err != nil {
		i.t.Fatal(err)
	}
	var found []struct{ UID string }
	for deadline := time.Now().Add(time.Minute); len(found) < len(dashboards) && time.Now().Before(deadline); time.Sleep(time.Second) {
		i.call(http.MethodGet, "/api/search?type=dash-db", nil, &found)
	}
	if len(found) != len(dashboards) {
		i.t.Errorf("Grafana has %d dashboards, want %d", len(found), len(dashboards))
	}
	var rules []struct{ Title string }
	i.call(http.MethodGet, "/api/v1/provisioning/alert-rules", nil, &rules)
	if len(rules) == 0 || slices.ContainsFunc(rules, func(rule struct{ Title string }) bool { return strings.HasPrefix(rule.Title, "Lango") }) {
		i.t.Errorf("the alert rules are %v", rules)
	}
}
