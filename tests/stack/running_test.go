package stack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/tessallite"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/smoke"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/external"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
)

// jobs are the seven services of the platform.
var jobs = []string{"agent-service", "frontend", "gateway", "model-service", "optimizer", "query-router", "scheduler"}

// panels is the number of panels with queries: the 18 of the documented dashboard, and the three
// of the additional row Now.
const panels = 21

// exporterInstance is the address of nginx-exporter in prometheus.yml.
const exporterInstance = "nginx-exporter:9113"

// TestRunningStack runs the stack's Prometheus with its configuration, its rules and its
// arguments. In a copy of prometheus.yml, the names of the containers are replaced by
// addresses of the simulated services.
func TestRunningStack(t *testing.T) {
	t.Parallel()
	plugin, err := filepath.Abs(filepath.Join(root, "dist"))
	if err != nil {
		t.Fatal(err)
	}
	project := load(t, nil, "MODELMETRICS_PLUGIN="+plugin)
	// The history is one hour longer than the longest window of a panel. Some of Grafana's alert
	// rules have longer windows, but they treat missing data as normal.
	fleet := simulation.New(simulation.Options{
		Seed: 1, History: 2 * time.Hour, Platforms: []simulation.Builder{{Name: "tessallite", Build: tessallite.New}},
	})
	c := newContainer(t, project, "prometheus")
	if err := prometheus.WriteHistory(t.Context(), c.path("/prometheus"), fleet, nil); err != nil {
		t.Fatal(err)
	}
	exporters, err := fleet.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exporters.Close() })
	addresses := addressesOf(t, fleet, exporters)
	server := startPrometheus(t, c, addresses)

	t.Run("targets", func(t *testing.T) { waitForTargets(t, server) })
	t.Run("health check of Prometheus", func(t *testing.T) { checkHealthCheck(t, c.service, server) })
	t.Run("health check of nginx-exporter", func(t *testing.T) {
		checkHealthCheck(t, project.Services["nginx-exporter"], "http://"+addresses[exporterInstance])
	})
	t.Run("rules", func(t *testing.T) { checkRules(t, server) })
	set := provisioned(t, project, server)
	t.Run("plugin", func(t *testing.T) {
		source, err := set.DataSources[0].JSON()
		if err != nil {
			t.Fatal(err)
		}
		settings := plugintest.Source(t, set.DataSources[0].URL, nil)
		settings.JSONData = source
		checkItems(t, smoke.Options{Plugin: plugintest.Start(t, settings), Set: set})
	})
	t.Run("Grafana", func(t *testing.T) { checkGrafana(t, project, server, set) })
}

// addressesOf returns the address of each target of prometheus.yml. If nginx and its exporter
// are installed, the frontend is a real nginx.
func addressesOf(t *testing.T, fleet *simulation.Fleet, exporters *simulation.Exporters) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, target := range fleet.Targets() {
		address, ok := exporters.Address(target)
		if !ok {
			t.Fatalf("%s has no exporter", target.Job)
		}
		all[target.Instance] = address
	}
	if address, ok := startFrontend(t); ok {
		all[exporterInstance] = address
	} else {
		t.Log("nginx or prometheus-nginx-exporter isn't installed: the frontend is simulated")
	}
	return all
}

// startFrontend starts nginx, and the exporter with the arguments of its container. It returns
// false if one of these programs isn't installed.
func startFrontend(t *testing.T) (exporter string, ok bool) {
	t.Helper()
	for _, program := range []string{"nginx", "prometheus-nginx-exporter"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", false
		}
	}
	folder, address := t.TempDir(), external.FreeAddress(t)
	status := "http://" + address + "/stub_status"
	var temporary strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temporary, "%s_temp_path %s;\n", kind, filepath.Join(folder, kind))
	}
	config := fmt.Sprintf("daemon off; master_process off; pid %s; error_log stderr;\nevents {}\nhttp { access_log off;\n%sserver { listen %s; location = /stub_status { stub_status; } } }\n",
		filepath.Join(folder, "pid"), &temporary, address)
	file := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	external.Start(t, external.Command(t, "nginx", "-p", folder, "-c", file, "-e", "stderr"), status)

	service := newContainer(t, load(t, nil, "FRONTEND_STATUS_URL="+status), "nginx-exporter")
	exporter = external.FreeAddress(t)
	args := append(service.arguments(), "--web.listen-address="+exporter)
	external.Start(t, external.Command(t, "prometheus-nginx-exporter", args...), "http://"+exporter+"/metrics")
	return exporter, true
}

// startPrometheus starts Debian's Prometheus with the arguments of its container, and returns
// its URL.
func startPrometheus(t *testing.T, c *container, addresses map[string]string) string {
	t.Helper()
	const config = "/etc/prometheus/prometheus.yml"
	body, err := os.ReadFile(c.path(config))
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	for instance, address := range addresses {
		if strings.Count(text, instance) != 1 {
			t.Fatalf("prometheus.yml contains %s %d times", instance, strings.Count(text, instance))
		}
		text = strings.Replace(text, instance, address, 1)
	}
	promtool := external.Command(t, "promtool", "check", "config", c.path(config))
	if output, err := promtool.CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, output)
	}
	c.replace(t, config, text)
	address := external.FreeAddress(t)
	args := append(c.arguments(), "--web.listen-address="+address, "--log.level=warn")
	external.Start(t, external.Command(t, "prometheus", args...), "http://"+address+"/-/ready")
	return "http://" + address
}

// get decodes the data of a response of Prometheus's HTTP API.
func get(t *testing.T, address string, data any) {
	t.Helper()
	resp, err := http.Get(address) //nolint:noctx,gosec // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body := struct {
		Status, Error string
		Data          any
	}{Data: data}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || body.Status != "success" {
		t.Fatalf("%s: %s %s, %v", address, resp.Status, body.Error, err)
	}
}

// waitForTargets waits until Prometheus has scraped all targets, which takes up to a scrape
// interval.
func waitForTargets(t *testing.T, server string) {
	t.Helper()
	var state struct {
		ActiveTargets []struct {
			Labels         map[string]string
			Health         string
			LastError      string
			ScrapeInterval string
		}
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(250 * time.Millisecond) {
		get(t, server+"/api/v1/targets", &state)
		var up []string
		for _, target := range state.ActiveTargets {
			if target.Health == "up" && target.ScrapeInterval == "15s" {
				up = append(up, target.Labels["job"])
			}
		}
		slices.Sort(up)
		if slices.Equal(up, jobs) && len(state.ActiveTargets) == len(jobs) {
			return
		}
	}
	t.Fatalf("not all targets are up: %+v", state.ActiveTargets)
}

// checkHealthCheck runs the health check of a container with the wget of busybox. The images,
// too, contain busybox's wget.
func checkHealthCheck(t *testing.T, service types.ServiceConfig, server string) {
	t.Helper()
	run := func(server string) error {
		test := slices.Clone(service.HealthCheck.Test[1:])
		test[0] = path.Base(test[0])
		last := len(test) - 1
		address, err := url.Parse(test[last])
		if err != nil {
			t.Fatal(err)
		}
		test[last] = server + address.Path
		return external.Command(t, "busybox", test...).Run()
	}
	if err := run(server); err != nil {
		t.Errorf("the health check of a ready server: %v", err)
	}
	if run("http://"+external.FreeAddress(t)) == nil {
		t.Error("the health check succeeds without a server")
	}
}

// checkRules checks that Prometheus has loaded all rules for Tessallite and can evaluate the
// expression of each.
func checkRules(t *testing.T, server string) {
	t.Helper()
	want := 0
	for _, name := range []string{"rules", "alerts"} {
		body, err := os.ReadFile(filepath.Join(folder, name, "tessallite.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Groups []struct{ Rules []any } }
		if err := yaml.Unmarshal(body, &file); err != nil {
			t.Fatal(err)
		}
		want += len(file.Groups[0].Rules)
	}
	var loaded struct {
		Groups []struct {
			Rules []struct{ Name, Query string }
		}
	}
	get(t, server+"/api/v1/rules", &loaded)
	got := 0
	for _, group := range loaded.Groups {
		got += len(group.Rules)
		for _, rule := range group.Rules {
			get(t, server+"/api/v1/query?query="+url.QueryEscape(rule.Query), nil)
		}
	}
	if got != want || got < 20 {
		t.Errorf("Prometheus has %d rules, want %d", got, want)
	}
}

// provisioned reads the files that are mounted in Grafana's container.
func provisioned(t *testing.T, project *types.Project, server string) *provision.Set {
	t.Helper()
	c := newContainer(t, project, "grafana")
	env := c.environment()
	env["PROMETHEUS_URL"] = server
	set, err := provision.Read(c.path("/etc/grafana/provisioning"), provision.MapEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Dashboards) != 1 || len(set.DataSources) != 1 || len(set.Groups) != 2 {
		t.Fatalf("%d dashboards, %d data sources and %d groups of alert rules are provisioned", len(set.Dashboards), len(set.DataSources), len(set.Groups))
	}
	return set
}

// checkItems checks that all variables have values, that all panels have data, and that no
// alert rule fires.
func checkItems(t *testing.T, o smoke.Options) {
	t.Helper()
	o.Now = time.Now()
	verdicts, err := smoke.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, v := range verdicts {
		if !v.Passed() {
			t.Errorf("%s %s: %s", v.Kind, v.Name, v.Reason)
		} else if v.Kind == smoke.KindPanel {
			passed++
		}
	}
	if passed != panels {
		t.Errorf("%d panels have data, want %d", passed, panels)
	}
}
