// Package compiled starts the compiled plugin for the suites that ask it over
// gRPC.
package plugintest

import (
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// root is the repository, as seen from a suite's folder.
const root = "../.."

// Source is a data source at a URL; settings is its jsonData, nil for the
// defaults.
func Source(tb testing.TB, url string, settings map[string]any) backend.DataSourceInstanceSettings {
	tb.Helper()
	if settings == nil {
		settings = map[string]any{}
	}
	jsonData, err := json.Marshal(settings)
	if err != nil {
		tb.Fatal(err)
	}
	return backend.DataSourceInstanceSettings{
		ID: 1, UID: "modelmetrics", Type: host.PluginID, Name: "Model Metrics", URL: url, JSONData: jsonData, Updated: time.Now(),
	}
}

// Start starts the plugin in front of a data source. It ends with the test.
func Start(tb testing.TB, source backend.DataSourceInstanceSettings) *host.Host {
	tb.Helper()
	return StartLogged(tb, source, nil)
}

// StartLogged is Start with the plugin's log written to a writer.
func StartLogged(tb testing.TB, source backend.DataSourceInstanceSettings, log io.Writer) *host.Host {
	tb.Helper()
	if _, err := os.Stat(host.Binary(root)); err != nil {
		tb.Fatalf("these tests ask the compiled plugin: build it with go tool mage plugin (%v)", err)
	}
	plugin, err := host.Start(tb.Context(), host.Options{Binary: host.Binary(root), DataSource: source, Log: log})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(plugin.Close)
	return plugin
}
