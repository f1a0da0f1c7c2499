package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// TestPrices checks the total cost, its source and the notes. tests/report checks the other
// values of a report whose costs are computed from prices.
func TestPrices(t *testing.T) {
	full := policy.Prices{
		Compute: map[string]float64{"premium": 2, policy.AnyOther: 1}, Storage: &policy.StoragePrices{Models: 0.5, Outputs: 0.25},
		Network: &policy.NetworkPrices{Ingress: 0.1, Egress: 0.2}, Other: &policy.OtherPrices{ColdStarts: 0.03, Monitoring: 0.5, Logging: 0.75},
	}
	used := []cell{
		{totals, "compute_seconds_total", of("activity", "gpu"), 7200}, {totals, "compute_seconds_total", of("activity", "idle"), 3600},
		{totals, present, nil, 43200}, {totals, "data_bytes_total", of("direction", "input"), 2e9}, {totals, "data_bytes_total", of("direction", "output"), 1e9},
		{totals, "cold_starts_total", nil, 4},
	}
	billed := append(slices.Clone(used), costCell(totals, "compute", "inference", 90))
	for _, test := range []struct {
		name   string
		prices policy.Prices
		tier   string
		cells  []cell
		cost   float64 // 0 means absent
		source string
		note   string // contained in a reason
	}{
		{"by tier", full, "premium", used, 3*2 + 0.375 + 0.2 + 0.2 + 0.12 + 0.625, fromSettings, "computed from the prices"},
		{"another tier", full, "", used, 3*1 + 0.375 + 0.2 + 0.2 + 0.12 + 0.625, fromSettings, ""},
		{"only compute", policy.Prices{Compute: full.Compute}, "premium", used, 6, fromSettings, "no prices for storage and network and other costs"},
		{"an unknown tier", policy.Prices{Compute: map[string]float64{"premium": 2}}, "basic", used, 0, "", `no price of the tier "basic"`},
		{"costs of the platform", full, "premium", billed, 90, fromPlatform, ""},
		{"no prices", policy.Prices{}, "premium", used, 0, "", "too few samples of tensorone_endpoint_cost_total"},
		{"no compute seconds", full, "premium", used[2:], 0, "", "too few samples of tensorone_endpoint_compute_seconds_total to price it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := computationOf(t, Params{}, append(slices.Clone(test.cells), cell{"now", "info", of("tier", test.tier), 1}))
			c.settings.Prices = test.prices
			c.price()
			costs, summary := c.costs(), c.summary()
			if (test.cost == 0) != (costs.Total == nil) || costs.Total != nil && *costs.Total != rounding.Round(test.cost, cents) || costs.Source != test.source {
				t.Errorf("got %v from %q, want %v from %q", costs.Total, costs.Source, test.cost, test.source)
			}
			if (summary.TotalCost == nil) != (costs.Total == nil) {
				t.Errorf("the summary has %v", summary.TotalCost)
			}
			var reasons []string
			for _, note := range c.notes {
				reasons = append(reasons, note.Reason)
			}
			if !strings.Contains(strings.Join(reasons, "\n"), test.note) {
				t.Errorf("no note %q in %q", test.note, reasons)
			}
		})
	}
}

// TestPricedFieldsAreRequested: with prices, every request with costs has the additional
// fields. Without prices, no request has them.
func TestPricedFieldsAreRequested(t *testing.T) {
	for _, isPriced := range []bool{false, true} {
		r, err := Parse([]string{"ep"}, Params{Metrics: []string{"costs"}, Timeframe: "30d"}, testNow, 15*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		s := Settings{}
		if isPriced {
			s = Settings{Prices: policy.Prices{Compute: map[string]float64{policy.AnyOther: 1}}, Budgets: map[string]float64{"ep": 1}}
		}
		if err := r.Configure(s, ""); err != nil {
			t.Fatal(err)
		}
		priced := 0
		for _, v := range r.views() {
			hasPresent := slices.ContainsFunc(v.Fields, func(f field) bool { return f.Key == present })
			if hasPresent {
				priced++
			}
			if hasPresent != (isPriced && slices.Contains(v.Fields, cost)) {
				t.Errorf("%s: %v", v.Name, v.Fields)
			}
		}
		if isPriced != (priced == 6) {
			t.Errorf("%d of %d requests have fields for prices", priced, len(r.views()))
		}
	}
}

func TestBudgetOfSettings(t *testing.T) {
	month := cell{monthView, costFamily, map[string]string{"category": "compute"}, 40}
	day := costCell(totals, "compute", "inference", 10)
	platform := []cell{{"now", budgetMonth, nil, 1000}, {"now", budgetUsed, nil, 300}, {"now", generated, nil, float64(testNow.Unix())}}
	for _, test := range []struct {
		name          string
		budgets       map[string]float64
		cells         []cell
		monthly, used float64 // 0 means absent
		source        string
	}{
		{"of the platform", map[string]float64{"ep": 50}, append(slices.Clone(platform), month, day), 1000, 300, fromPlatform},
		{"of the settings", map[string]float64{"ep": 50, policy.AnyOther: 7}, []cell{month, day}, 50, 40, fromSettings},
		{"of all endpoints", map[string]float64{"ep_b": 50, policy.AnyOther: 7}, []cell{month, day}, 7, 40, fromSettings},
		{"of others", map[string]float64{"ep_b": 50}, []cell{month, day}, 0, 0, ""},
		{"without costs", map[string]float64{"ep": 50}, nil, 50, 0, fromSettings},
		{"usage of the platform", map[string]float64{"ep": 50}, append(slices.Clone(platform[1:]), month, day), 50, 300, fromSettings},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := computationOf(t, Params{Metrics: []string{"costs"}}, nil)
			c.id, c.settings.Budgets = "ep", test.budgets
			fill(c, test.cells)
			b := c.budget()
			value := func(n *float64) float64 {
				if n == nil {
					return 0
				}
				return *n
			}
			if value(b.MonthlyBudget) != test.monthly || value(b.CurrentUsage) != test.used || b.Source != test.source {
				t.Errorf("got %v of %v from %q", value(b.CurrentUsage), value(b.MonthlyBudget), b.Source)
			}
		})
	}
}
