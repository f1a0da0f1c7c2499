package modelmetrics

import (
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// TestSimulatedCatalogs checks that the simulated data sources have the packs of their queries,
// and that the built-in packs have as many metrics as in reality.
func TestSimulatedCatalogs(t *testing.T) {
	c, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range allMetrics {
		if c.Lookup(m.metric) == nil {
			t.Errorf("the catalog has no metric %s", m.metric)
		}
	}
	for _, s := range allSources {
		for _, m := range allMetrics {
			if s.catalog[m.pack] == 0 {
				t.Errorf("%s has no pack %s, but queries %s", s.uid, m.pack, m.metric)
			}
		}
		for _, pack := range c.Packs() {
			if n, simulated := s.catalog[pack.Name]; simulated && n != float64(len(pack.Metrics)) {
				t.Errorf("%s: the pack %s has %d metrics, not %g", s.uid, pack.Name, len(pack.Metrics), n)
			}
		}
	}
}
