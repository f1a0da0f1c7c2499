// Package pricing computes an endpoint's costs from prices (docs/report.md#prices). report
// calls it with the decoded series of a request if Prometheus has no costs of the endpoint.
package pricing

import (
	"math"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Present is the key of the field with the time in seconds for which an endpoint existed.
const Present = "present"

const day = 24 * time.Hour

// Columns computes series of cost_total, which Prometheus doesn't have. An interval in which
// compute_seconds_total has no value has no costs. ofInstance is the price of an instance for
// an hour. The table must have a series of the field Present.
func Columns(p policy.Prices, t fetch.Table, ofInstance float64) []fetch.Column {
	var columns []fetch.Column
	add := func(category, item string, usd func(i int) float64) {
		values := make([]float64, len(t[Present][0].Values))
		for i := range values {
			if values[i] = usd(i); math.IsNaN(t.Total(i, "compute_seconds_total")) {
				values[i] = math.NaN()
			}
		}
		columns = append(columns, fetch.Column{Labels: series.LabelsOf(map[string]string{"category": category, "item": item}), Values: values})
	}
	idle := func(i int) float64 { return t.Sum(i, "compute_seconds_total", fetch.Where("activity", "idle")) }
	perDay := func(usd float64) func(int) float64 {
		return func(i int) float64 { return usd * t.Total(i, Present) / day.Seconds() }
	}
	perGigabyte := func(usd float64, direction string) func(int) float64 {
		return func(i int) float64 {
			return usd * t.Sum(i, "data_bytes_total", fetch.Where("direction", direction)) / 1e9
		}
	}
	add("compute", "inference", func(i int) float64 {
		return ofInstance * (t.Total(i, "compute_seconds_total") - idle(i)) / time.Hour.Seconds()
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
		add("other", "cold_starts", func(i int) float64 { return p.Other.ColdStarts * t.Total(i, "cold_starts_total") })
		add("other", "monitoring", perDay(p.Other.Monitoring))
		add("other", "logging", perDay(p.Other.Logging))
	}
	return columns
}
