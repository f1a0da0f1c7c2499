// Package plugintest starts the compiled plugin for the suites.
package plugintest

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// root is the path of the repository relative to a suite.
const root = "../.."

// Source returns the settings of a data source with a URL and jsonData. If settings is nil,
// jsonData is an empty object.
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

// Start starts the plugin for a data source and stops it at the end of the test.
func Start(tb testing.TB, source backend.DataSourceInstanceSettings) *host.Host {
	tb.Helper()
	plugin, err := StartLogged(tb, source, nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return plugin
}

// StartLogged is like Start, with a writer for the plugin's log and with environment variables
// for the plugin. It returns an error if the plugin doesn't start.
func StartLogged(tb testing.TB, source backend.DataSourceInstanceSettings, log io.Writer, env []string) (*host.Host, error) {
	tb.Helper()
	if _, err := os.Stat(host.Binary(root)); err != nil {
		return nil, fmt.Errorf("the compiled plugin is missing: run go tool mage plugin (%w)", err)
	}
	plugin, err := host.Start(tb.Context(), host.Options{Binary: host.Binary(root), DataSource: source, Log: log, Env: env})
	if err != nil {
		return nil, err
	}
	tb.Cleanup(plugin.Close)
	return plugin, nil
}
