// Package corpus runs every expression of Prometheus's PromQL test corpus through the
// compiled plugin and compares the values, labels, notices and errors with the response of
// Prometheus's HTTP API. Prometheus's test runner reads the corpus, loads its data and
// evaluates its expressions with an engine that also queries the plugin.
package corpus

import (
	"testing"

	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

func TestCorpusEqualsPrometheus(t *testing.T) {
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	data := &currentStorage{}
	server := promserver.Serve(t, engine, data)
	e := &comparingEngine{
		QueryEngine: engine,
		plugin:      plugintest.Start(t, plugintest.Source(t, server, nil)),
		server:      server,
		count:       tally{expressions: map[string]bool{}, errors: map[string]bool{}},
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
