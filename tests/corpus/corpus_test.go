// Package corpus runs every expression of Prometheus's PromQL test corpus through the
// compiled plugin and compares the values, labels, notices and errors with the response of
// Prometheus's HTTP API. It also compares the responses of the plugin's routes of that API, and
// checks that Arrow's JavaScript library reads the same frames as the SDK. Prometheus's test
// runner reads the corpus, loads its data and evaluates its expressions with an engine that also
// queries the plugin.
package corpus

import (
	"testing"

	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/arrowjs"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

// apiToken is the token of the API through which the tests call the resource routes.
const apiToken = "corpus"

func TestCorpusEqualsPrometheus(t *testing.T) {
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	data := &currentStorage{}
	server := promserver.Serve(t, engine, data)
	plugin := plugintest.Start(t, plugintest.Source(t, server, nil))
	api, err := host.ServeAPI(t.Context(), plugin, 0, apiToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })
	e := &comparingEngine{
		QueryEngine: engine,
		plugin:      plugin,
		server:      server,
		api:         api.URL + "/api/datasources/uid/" + plugin.DataSourceUID() + "/resources",
		count:       tally{expressions: map[string]bool{}, errors: map[string]bool{}},
	}
	const root = "../.."
	if missing := arrowjs.Missing(root); missing != "" {
		t.Logf("The frames aren't read by JavaScript. %s", missing)
	} else {
		e.arrow = arrowjs.Start(t, root)
	}
	promqltest.RunBuiltinTestsWithStorage(t, e, func(tb testing.TB) storage.Storage {
		tb.Helper()
		if e.file != tb {
			e.file = tb
			e.count.files++
		}
		e.done = map[string]bool{}
		return data.open(tb)
	})
	t.Log(&e.count)
	if c := e.count; c.files > 1 && (c.failed == 0 || c.strings == 0 || c.noted == 0 || c.floats == 0 || c.histograms == 0) {
		t.Error("a kind of result is missing: the corpus is incomplete")
	}
}
