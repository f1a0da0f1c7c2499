// Package corpus asks the compiled plugin for every expression of Prometheus's
// own PromQL test corpus, and holds each value, label, notice and error against
// what Prometheus's HTTP API answers to the same question. Upstream's runner
// reads the corpus, loads its data and evaluates it; the engine that it is given
// asks the plugin on the way.
package corpus

import (
	"testing"

	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

func TestEveryExpressionEqualsPrometheus(t *testing.T) {
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	data := &swapped{}
	server := promserver.Serve(t, engine, data)
	a := &asking{
		QueryEngine: engine,
		plugin:      plugintest.Start(t, plugintest.Source(t, server, nil)),
		server:      server,
		count:       tally{expressions: map[string]bool{}, errors: map[string]bool{}},
	}
	promqltest.RunBuiltinTestsWithStorage(t, a, func(tb testing.TB) storage.Storage {
		tb.Helper()
		if a.file != tb {
			a.file = tb
			a.count.files++
		}
		a.asked = map[string]bool{}
		return data.open(tb)
	})
	t.Log(&a.count)
	if c := a.count; c.files > 1 && (c.failed == 0 || c.strings == 0 || c.noted == 0 || c.floats == 0 || c.histograms == 0) {
		t.Error("a kind of answer was never seen: is this the whole corpus?")
	}
}
