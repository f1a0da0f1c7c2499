package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/pricing"
)

// Values of the field source: where costs or a budget come from.
const (
	fromPlatform = "platform"
	fromSettings = "settings"
)

// Keys of fields from which costs are computed.
const (
	present       = pricing.Present
	pricedCovered = "covered by prices"
)

// addPriced returns a view with the additional fields from which costs are computed. It
// returns the view unchanged if it has no costs or the settings have no prices of compute.
func (r *Request) addPriced(v view) view {
	if len(r.settings.Prices.Compute) == 0 {
		return v
	}
	isBilled, isCovered := false, false
	for _, f := range v.Fields {
		isBilled = isBilled || f == cost
		isCovered = isCovered || f.Key == covered
	}
	if !isBilled {
		return v
	}
	resolution := resolutionOf(v.Window)
	v.Fields = append(v.Fields, compute, data, cold, field{Key: present, Expr: fmt.Sprintf(
		"%g * count_over_time((group by (%s) (%sinfo{SELECTOR}))[WINDOW:%s])", resolution.Seconds(), endpointLabel, prefix, model.Duration(resolution))})
	if isCovered {
		v.Fields = append(v.Fields, r.coverage(pricedCovered, "compute_seconds_total"))
	}
	v.Fields = fetch.Distinct(v.Fields)
	return v
}

// resolutionOf returns the step of the subquery that measures how long an endpoint existed in
// a window. The step is the finest granularity of the shortest timeframe that covers the
// window. If no timeframe covers the window, the step is an hour.
func resolutionOf(window time.Duration) time.Duration {
	for _, t := range timeframes {
		if window <= t.length {
			return t.finest
		}
	}
	return hour
}

// price computes costs from the prices of the settings and adds them to the endpoint's
// tables. It adds no costs if Prometheus has costs of the endpoint, or if the settings have no
// price of the endpoint's tier.
func (c *computation) price() {
	prices := c.settings.Prices
	for _, t := range c.tables {
		if len(t["cost_total"]) > 0 {
			c.costSource = fromPlatform
			return
		}
	}
	ofInstance, found := prices.OfTier(c.infoLabel("tier"))
	if !found {
		return
	}
	for _, t := range c.tables {
		if len(t[present]) > 0 {
			t["cost_total"] = pricing.Columns(prices, t, ofInstance)
			t[covered] = t[pricedCovered]
		}
	}
	if math.IsNaN(c.totalCost()) {
		return
	}
	c.costSource = fromSettings
	if c.whole {
		c.notes.add("summary.totalCost", "Prometheus has no costs of the endpoint. The total is computed from the prices of the data source's settings.")
	}
	var missing []string
	for i, isMissing := range []bool{prices.Storage == nil, prices.Network == nil, prices.Other == nil} {
		if isMissing {
			missing = append(missing, categories[1+i])
		}
	}
	if len(missing) > 0 && c.has(Costs) {
		c.notes.add("costs.source", "The settings have no prices for %s costs, so the total doesn't contain these costs.", strings.Join(missing, " and "))
	}
}

// noCosts returns the reason for absent costs.
func (c *computation) noCosts() string {
	if len(c.settings.Prices.Compute) == 0 || c.costSource != "" {
		return noSamples("cost_total")
	}
	if tier := c.infoLabel("tier"); !hasPrice(c.settings.Prices, tier) {
		return fmt.Sprintf("Prometheus has no costs of the endpoint, and the settings have no price of the tier %q.", tier)
	}
	return "Prometheus has no costs of the endpoint, and too few samples of " + prefix + "compute_seconds_total to price it."
}

func hasPrice(p policy.Prices, tier string) bool {
	_, found := p.OfTier(tier)
	return found
}
