package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/smoke"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/external"
)

// password is the password of the user admin.
const password = "a password of the test"

// problem matches a line of Grafana's log that reports a problem of provisioning.
var problem = regexp.MustCompile(`(?m)^.*logger=provisioning\S* .*level=(?:warn|error) .*$`)

// checkGrafana starts the Grafana in GRAFANA_HOME with the files and environment variables of
// the stack's container. It sends the queries of all panels and alert rules to it.
func checkGrafana(t *testing.T, project *types.Project, prometheus string, set *provision.Set) {
	t.Helper()
	home := os.Getenv("GRAFANA_HOME")
	if home == "" {
		t.Skip("GRAFANA_HOME isn't set")
	}
	if _, err := os.Stat(filepath.Join(root, "dist", "module.js")); err != nil {
		t.Skip("the frontend isn't built: run go tool mage build")
	}
	c := newContainer(t, project, "grafana")
	for _, empty := range []string{"notifiers", "plugins"} { // of the image
		if err := os.Mkdir(c.path("/etc/grafana/provisioning/"+empty), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	address := external.FreeAddress(t)
	addressHost, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	env := c.environment()
	const secret = "GF_SECURITY_ADMIN_PASSWORD"
	if env[secret+"__FILE"] != c.path("/run/secrets/grafana_admin_password") {
		t.Errorf("the file with the password is %q", env[secret+"__FILE"])
	}
	// In the container, a script reads the password's file and sets GF_SECURITY_ADMIN_PASSWORD.
	delete(env, secret+"__FILE")
	maps.Copy(env, map[string]string{
		secret:                  password,
		"PROMETHEUS_URL":        prometheus,
		"GF_SERVER_HTTP_ADDR":   addressHost,
		"GF_SERVER_HTTP_PORT":   port,
		"GF_PATHS_DATA":         c.path("/var/lib/grafana"),
		"GF_PATHS_LOGS":         c.path("/var/log/grafana"),
		"GF_PATHS_PROVISIONING": c.path("/etc/grafana/provisioning"),
	})
	cmd := exec.Command(filepath.Join(home, "bin", "grafana"), "server", "--homepath", home, "--config", c.path("/etc/grafana/grafana.ini")) //nolint:noctx // external.Start kills it
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "GF_") })
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	log := external.Start(t, cmd, "http://"+address+"/api/health")

	g := grafana{url: "http://" + address}
	if err := g.call(t.Context(), http.MethodGet, "/api/org", "", nil, nil); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a request without a login: %v", err)
	}
	g.password = password
	checkProvisioned(t, g, set)
	checkItems(t, smoke.Options{Plugin: g, Set: set})
	for _, line := range problem.FindAllString(log.String(), -1) {
		t.Errorf("Grafana's log: %s", line)
	}
}

// checkProvisioned checks that Grafana has loaded the data source, the dashboard and the
// rules.
func checkProvisioned(t *testing.T, g grafana, set *provision.Set) {
	t.Helper()
	var health struct{ Status, Message string }
	if err := g.call(t.Context(), http.MethodGet, "/api/datasources/uid/"+set.DataSources[0].UID+"/health", g.password, nil, &health); err != nil || health.Status != "OK" {
		t.Errorf("the data source's health: %+v, %v", health, err)
	}
	var dashboard struct {
		Meta      struct{ FolderTitle string }
		Dashboard struct{ Title string }
	}
	err := g.call(t.Context(), http.MethodGet, "/api/dashboards/uid/"+set.Dashboards[0].UID, g.password, nil, &dashboard)
	if err != nil || dashboard.Dashboard.Title != "Tessallite Platform Overview" || dashboard.Meta.FolderTitle != "Model platforms" {
		t.Errorf("the dashboard: %+v, %v", dashboard, err)
	}
	var rules []struct{ Title string }
	err = g.call(t.Context(), http.MethodGet, "/api/v1/provisioning/alert-rules", g.password, nil, &rules)
	want := 0
	for _, group := range set.Groups {
		want += len(group.Rules)
	}
	if err != nil || len(rules) != want {
		t.Errorf("Grafana has %d alert rules, want %d: %v", len(rules), want, err)
	}
}

// grafana is a running Grafana. It implements board.Querier.
type grafana struct {
	url, password string
}

// call sends a request and decodes the response. Without a password, the request has no login.
// Otherwise it is a request of the user admin.
func (g grafana) call(ctx context.Context, method, path, password string, body, out any) (err error) {
	var text []byte
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, g.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if password != "" {
		req.SetBasicAuth("admin", password)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	text, err = io.ReadAll(resp.Body)
	// If a query fails, the response of /api/ds/query has the status of the first error, but
	// still contains the results of all queries.
	if err != nil || resp.StatusCode != http.StatusOK && (out == nil || !bytes.Contains(text, []byte(`"results"`))) {
		return errors.Join(err, fmt.Errorf("%s %s: %s %s", method, path, resp.Status, text))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// QueryData sends queries as a dashboard does.
func (g grafana) QueryData(ctx context.Context, queries []backend.DataQuery, _ map[string]string) (*backend.QueryDataResponse, error) {
	request := map[string]any{}
	var models []map[string]any
	for _, query := range queries {
		var model map[string]any
		if err := json.Unmarshal(query.JSON, &model); err != nil {
			return nil, err
		}
		model["refId"], model["intervalMs"], model["maxDataPoints"] = query.RefID, query.Interval.Milliseconds(), query.MaxDataPoints
		model["datasource"] = map[string]string{"type": host.PluginID, "uid": "modelmetrics"}
		models = append(models, model)
		request["from"], request["to"] = milliseconds(query.TimeRange.From.UnixMilli()), milliseconds(query.TimeRange.To.UnixMilli())
	}
	request["queries"] = models
	var response backend.QueryDataResponse
	return &response, g.call(ctx, http.MethodPost, "/api/ds/query", g.password, request, &response)
}

func milliseconds(n int64) string { return strconv.FormatInt(n, 10) }
