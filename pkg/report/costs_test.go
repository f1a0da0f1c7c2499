package report

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

// TestCostsCountOnce: the parts of byCategory and of the breakdown add up to the total, whatever
// the combination of the labels category and item.
func TestCostsCountOnce(t *testing.T) {
	for _, category := range []string{"compute", "storage", "network", "other", "support", ""} {
		for _, item := range []string{"inference", "idle", "models", "cold_starts", ""} {
			c := computationOf(t, Params{}, append(busy(), costCell(totals, category, item, 40)))
			costs, hasCosts := c.common()
			b := costs.ByCategory
			if !hasCosts || b == nil {
				t.Fatalf("%s, %s: no costs", category, item)
			}
			sum, parts := 0.0, []reportjson.Number{b.Inference, b.ColdStarts, b.IdleTime, b.DataTransfer, b.Storage, b.Other}
			for _, part := range parts {
				if *part < 0 {
					t.Errorf("%s, %s: the part %g is negative", category, item, *part)
				}
				sum += *part
			}
			if math.Abs(sum-140.5) > 0.001 || *costs.Total != 140.5 {
				t.Errorf("%s, %s: the total is %g, and the parts add up to %g", category, item, *costs.Total, sum)
			}
			want := 0.5
			if item == "cold_starts" && category != "compute" && category != "storage" && category != "network" {
				want = 40.5
			}
			if *b.ColdStarts != want {
				t.Errorf("%s, %s: cold starts cost %g, want %g", category, item, *b.ColdStarts, want)
			}
		}
	}
}

// TestReportOfInfiniteValuesIsJSON: an exporter can export any number as a gauge.
func TestReportOfInfiniteValuesIsJSON(t *testing.T) {
	for _, value := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64} {
		cells := busy()
		for i := range cells {
			cells[i].value = value
		}
		c := computationOf(t, Params{}, append(cells, cell{scalingView, "instances", of("state", "current"), 1}))
		instances := c.tables[scalingView]["instances"][0].Values
		instances[len(instances)-1] = value
		if _, err := json.Marshal([]any{c.costs(), c.scalingEvents()}); err != nil {
			t.Errorf("%g: %v", value, err)
		}
	}
}
