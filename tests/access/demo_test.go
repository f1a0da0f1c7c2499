package access

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// The tenants of the demo's inference server, and the users of `mage demo -tenants`.
const (
	auroraRetail = "aurora-retail"
	borealisBank = "borealis-bank"
)

var (
	aurora        = &backend.User{Login: "aurora", Role: "Viewer"}
	borealis      = &backend.User{Login: "borealis", Role: "Editor"}
	administrator = &backend.User{Login: "admin", Email: "admin@localhost", Role: "Admin"}
)

// demoNames replaces the names in inputs by those of the demo.
var demoNames = strings.NewReplacer(
	"globex-endpoint_id", "ep_1234567890abcdef",
	"globex", borealisBank, "acme", auroraRetail, "both", "inference_requests_total", "app:1", "lango-gateway:9090",
)

// TestTenantsOfDemoAreIsolated sends a sample of the inputs on every path as the users of
// `mage demo -tenants`, with the demo's data source and fleet.
func TestTenantsOfDemoAreIsolated(t *testing.T) {
	stored := demoSettings(t)
	now := time.Now().Truncate(simulation.Interval)
	w := worlds{
		all: newDemoWorld(t, stored, now, ""),
		alone: map[string]*world{
			auroraRetail: newDemoWorld(t, stored, now, auroraRetail), borealisBank: newDemoWorld(t, stored, now, borealisBank),
		},
	}
	users := []caller{{aurora, auroraRetail, 1}, {borealis, borealisBank, 1}}
	// The tenants in Prometheus affect the administrator's responses to these first inputs.
	sample := []string{"globex-endpoint_id", "globex", "acme", "both", ".*", "tenant", "1", "inference_request_rate"}
	for i, input := range inputs(t) {
		if i%9 == 0 {
			sample = append(sample, input)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if strings.HasSuffix(name, "exemplars") && name != "exemplars" {
			continue // the worlds of the demo have no exemplars
		}
		t.Run(name, func(t *testing.T) { w.checkPath(t, name, users, administrator, sample) })
	}
}

// demoSettings returns the settings of the data source that `mage demo -tenants` adds, with more
// reports per hour.
func demoSettings(t *testing.T) backend.DataSourceInstanceSettings {
	t.Helper()
	sources, err := provision.DataSources(filepath.Join("..", "..", "provisioning", "examples", "tenants.yaml"), provision.MapEnv(map[string]string{"PROMETHEUS_URL": "http://prometheus"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) != 1 {
		t.Fatalf("%d data sources", len(sources))
	}
	sources[0].JSONData["report"] = map[string]any{"requestsPerHour": 100_000}
	settings, err := host.Settings(sources[0])
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// newDemoWorld starts a Prometheus with the last 70 minutes of the demo's fleet, and a data source
// with the given settings. If tenant isn't empty, Prometheus has only the series of this tenant.
func newDemoWorld(t *testing.T, stored backend.DataSourceInstanceSettings, now time.Time, tenant string) *world {
	t.Helper()
	simulated, err := fleet.New(fleet.Options{Now: now, History: history})
	if err != nil {
		t.Fatal(err)
	}
	data := teststorage.New(t)
	metadata := descriptions{}
	for simulated.Now().Before(simulated.End()) {
		simulated.Step()
		app := data.Appender(t.Context())
		for _, target := range simulated.Targets() {
			appendTarget(t, app, target, simulated.Now(), tenant, metadata)
		}
		if err := app.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t, now, stored, data, metadata)
	w.names = demoNames
	return w
}

// appendTarget appends the current samples of a target and describes their families. If tenant
// isn't empty, it omits the series of other tenants and the series without a tenant.
func appendTarget(t *testing.T, app storage.Appender, target *simulation.Target, at time.Time, tenant string, metadata descriptions) {
	t.Helper()
	values := target.Values(nil)
	for i, series := range target.Series() {
		if tenant != "" && series.Get("tenant") != tenant {
			continue
		}
		metadata[series.Get(model.MetricNameLabel)] = []map[string]string{{"type": "counter"}}
		if _, err := app.Append(0, series, at.UnixMilli(), values[i]); err != nil {
			t.Fatal(err)
		}
	}
}
