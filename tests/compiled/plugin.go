// Package compiled starts the compiled plugin for the suites that ask it over
// gRPC.
package compiled

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host"
)

// root is the repository, as seen from a suite's folder.
const root = "../.."

// Source is a data source at a URL; settings is its jsonData, nil for the
// defaults.
func Source(t testing.TB, url string, settings map[string]any) backend.DataSourceInstanceSettings {
	t.Helper()
	if settings == nil {
		settings = map[string]any{}
	}
	jsonData, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return backend.DataSourceInstanceSettings{
		ID: 1, UID: "modelmetrics", Type: host.PluginID, Name: "Model Metrics", URL: url, JSONData: jsonData, Updated: time.Now(),
	}
}

// Start starts the plugin in front of a data source. It ends with the test.
func Start(t testing.TB, source backend.DataSourceInstanceSettings) *host.Host {
	t.Helper()
	if _, err := os.Stat(host.Binary(root)); err != nil {
		t.Fatalf("these tests ask the compiled plugin: build it with go tool mage plugin (%v)", err)
	}
	plugin, err := host.Start(t.Context(), host.Options{Binary: host.Binary(root), DataSource: source})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plugin.Close)
	return plugin
}
