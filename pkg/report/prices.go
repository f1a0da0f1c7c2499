package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Values of the field source: where costs or a budget come from.
const (
	fromPlatform = "platform"
	fromSettings = "settings"
)

// Keys of fields from which costs are priced.
const (
	present       = "present"
	pricedCovered = "covered by prices"
)

// addPriced adds the fields from which costs are priced to a view with costs, if the
// settings have prices.
func (r *Request) addPriced(v view) view {
	if len(r.settings.Prices.Compute) == 0 {
		return v
	}
	isBilled, isCovered := false, false
	for _, f := range v.fields {
		isBilled = isBilled || f == cost
		isCovered = isCovered || f.key == covered
	}
	if !isBilled {
		return v
	}
	resolution := resolutionOf(v.window)
	v.fields = append(v.fields, compute, data, cold, field{present, fmt.Sprintf(
		"%g * count_over_time((group by (%s) (%sinfo{SELECTOR}))[WINDOW:%s])", resolution.Seconds(), endpointLabel, prefix, model.Duration(resolution))})
	if isCovered {
		v.fields = append(v.fields, r.coverage(pricedCovered, "compute_seconds_total"))
	}
	v.fields = distinct(v.fields)
	return v
}

// resolutionOf returns the finest granularity of a window.
func resolutionOf(window time.Duration) time.Duration {
	for _, t := range timeframes {
		if window <= t.length {
			return t.finest
		}
	}
	return hour
}

// price adds costs by the prices of the settings to the tables of an endpoint for which
// Prometheus has no costs.
func (c *computation) price() {
	prices := c.settings.Prices
	for _, t := range c.tables {
		if len(t["cost_total"]) > 0 {
			c.costSource = fromPlatform
			return
		}
	}
	ofInstance, found := prices.ofTier(c.infoLabel("tier"))
	if !found {
		return
	}
	for _, t := range c.tables {
		if len(t[present]) > 0 {
			t["cost_total"] = prices.columns(t, ofInstance)
			t[covered] = t[pricedCovered]
		}
	}
	if math.IsNaN(c.totalCost()) {
		return
	}
	c.costSource = fromSettings
	if !c.onlyCosts() {
		c.notes.add("summary.totalCost", "Prometheus has no costs of the endpoint. The total is computed from the prices of the data source's settings.")
	}
	var missing []string
	for i, isMissing := range []bool{prices.Storage == nil, prices.Network == nil, prices.Other == nil} {
		if isMissing {
			missing = append(missing, categories[1+i])
		}
	}
	if len(missing) > 0 && c.has(Costs) {
		c.notes.add("costs.source", "The settings have no price of %s, so the total doesn't contain it.", strings.Join(missing, " and "))
	}
}

// columns returns the series that cost_total would have. An interval without a growth of
// the compute seconds has no costs.
func (p Prices) columns(t table, ofInstance float64) []column {
	var columns []column
	add := func(category, item string, usd func(i int) float64) {
		values := make([]float64, len(t[present][0].values))
		for i := range values {
			if values[i] = usd(i); math.IsNaN(t.total(i, "compute_seconds_total")) {
				values[i] = math.NaN()
			}
		}
		columns = append(columns, column{series.LabelsOf(map[string]string{"category": category, "item": item}), values})
	}
	idle := func(i int) float64 { return t.sum(i, "compute_seconds_total", where("activity", "idle")) }
	perDay := func(usd float64) func(int) float64 {
		return func(i int) float64 { return usd * t.total(i, present) / day.Seconds() }
	}
	perGigabyte := func(usd float64, direction string) func(int) float64 {
		return func(i int) float64 { return usd * t.sum(i, "data_bytes_total", where("direction", direction)) / 1e9 }
	}
	add("compute", "inference", func(i int) float64 {
		return ofInstance * (t.total(i, "compute_seconds_total") - idle(i)) / time.Hour.Seconds()
	})
	add("compute", "idle", func(i int) float64 { return ofInstance * idle(i) / time.Hour.Seconds() })
	if p.Storage != nil {
		add("storage", "models", perDay(p.Storage.Models))
		add("storage", "outputs", perDay(p.Storage.Outputs))
	}
	if p.Network != nil {
		add("network", "ingress", perGigabyte(p.Network.Ingress, "input"))
		add("network", "egress", perGigabyte(p.Network.Egress, "output"))
	}
	if p.Other != nil {
		add("other", "cold_starts", func(i int) float64 { return p.Other.ColdStarts * t.total(i, "cold_starts_total") })
		add("other", "monitoring", perDay(p.Other.Monitoring))
		add("other", "logging", perDay(p.Other.Logging))
	}
	return columns
}

// noCosts is the reason for absent costs.
func (c *computation) noCosts() string {
	if len(c.settings.Prices.Compute) == 0 || c.costSource != "" {
		return noSamples("cost_total")
	}
	if tier := c.infoLabel("tier"); !c.settings.Prices.has(tier) {
		return fmt.Sprintf("Prometheus has no costs of the endpoint, and the settings have no price of the tier %q.", tier)
	}
	return "Prometheus has no costs of the endpoint, and too few samples of " + prefix + "compute_seconds_total to price it."
}

func (p Prices) has(tier string) bool {
	_, found := p.ofTier(tier)
	return found
}
