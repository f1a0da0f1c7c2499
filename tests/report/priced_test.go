package report

import (
	"encoding/json"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
)

var (
	prices = policy.Prices{
		Compute: map[string]float64{"premium": 1.1, policy.AnyOther: 0.6}, Storage: &policy.StoragePrices{Models: 0.48, Outputs: 0.31},
		Network: &policy.NetworkPrices{Ingress: 0.7, Egress: 3}, Other: &policy.OtherPrices{ColdStarts: 0.02, Monitoring: 0.24, Logging: 0.05},
	}
	budgets = map[string]float64{"ep_unbilled": 60, "ep_steady": 1}
)

// isPriced reports whether the costs are computed from the prices in the settings.
func (x *expectation) isPriced() bool {
	return x.prices != nil && len(x.rawEndpoint["cost_total"]) == 0
}

func (x *expectation) source() string {
	if x.isPriced() {
		return "settings"
	}
	return "platform"
}

// isBilled reports whether the endpoint has costs at a time.
func (x *expectation) isBilled(at time.Time) bool {
	if x.isPriced() {
		return !math.IsNaN(x.at(at, "compute_seconds_total"))
	}
	return !math.IsNaN(x.at(at, "cost_total"))
}

// G returns the growth of a family. An endpoint whose costs are computed from prices doesn't
// have the family cost_total. For this family, G then returns the computed costs.
func (x *expectation) G(from, to time.Time, family string, match ...string) float64 {
	if family != "cost_total" || !x.isPriced() {
		return x.rawEndpoint.G(from, to, family, match...)
	}
	all := x.rawEndpoint.G(from, to, "compute_seconds_total")
	if math.IsNaN(all) {
		return all
	}
	idle := x.rawEndpoint.G(from, to, "compute_seconds_total", "activity", "idle")
	gigabytes := func(direction string) float64 {
		return x.rawEndpoint.G(from, to, "data_bytes_total", "direction", direction) / 1e9
	}
	days, p := x.existed(from, to).Hours()/24, x.prices
	hour := p.Compute[x.rawEndpoint["info"][0].labels.Get("tier")]
	sum := 0.0
	for _, cost := range []struct {
		category, item string
		usd            float64
	}{
		{"compute", "inference", hour * (all - idle) / 3600},
		{"compute", "idle", hour * idle / 3600},
		{"storage", "models", p.Storage.Models * days},
		{"storage", "outputs", p.Storage.Outputs * days},
		{"network", "ingress", p.Network.Ingress * gigabytes("input")},
		{"network", "egress", p.Network.Egress * gigabytes("output")},
		{"other", "cold_starts", p.Other.ColdStarts * x.rawEndpoint.G(from, to, "cold_starts_total")},
		{"other", "monitoring", p.Other.Monitoring * days},
		{"other", "logging", p.Other.Logging * days},
	} {
		isMatch := len(match) == 0 || match[0] == "category" && match[1] == cost.category || match[0] == "item" && match[1] == cost.item
		if isMatch && !math.IsNaN(cost.usd) {
			sum += cost.usd
		}
	}
	return sum
}

// T returns the growth of a family in the timeframe.
func (x *expectation) T(family string, match ...string) float64 {
	return x.G(x.end.Add(-x.length), x.end, family, match...)
}

// existed returns how long the endpoint existed in (from, to]: N * seconds of
// docs/report.md#prices. An endpoint exists while the family tensorone_endpoint_info has a
// sample.
func (x *expectation) existed(from, to time.Time) (d time.Duration) {
	resolution := time.Hour
	switch length := to.Sub(from); {
	case length <= 6*time.Hour:
		resolution = time.Minute
	case length <= day:
		resolution = 5 * time.Minute
	case length <= 7*day:
		resolution = 15 * time.Minute
	}
	for at := to.Truncate(resolution); at.After(from); at = at.Add(-resolution) {
		if !math.IsNaN(x.at(at, "info")) {
			d += resolution
		}
	}
	return d
}

// pricedReports checks that the costs of an endpoint that exports no costs are computed
// from prices, and that the costs of other endpoints aren't.
func (f *fixture) pricedReports(t *testing.T) {
	send := func(target string) map[string]any {
		w := httptest.NewRecorder()
		f.priced.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
			t.Fatalf("%d %v %s", w.Code, err, w.Body)
		}
		return answer
	}
	for _, id := range []string{"ep_unbilled", "ep_steady"} {
		for timeframe, span := range spans {
			t.Run(id+" "+timeframe, func(t *testing.T) {
				f.requests.n.Store(0)
				answer := send("/v2/endpoints/" + id + "/metrics?metrics=costs&timeframe=" + timeframe)
				if n := f.requests.n.Load(); n > 12 {
					t.Errorf("%d requests to Prometheus, want at most 12", n)
				}
				x := f.expect(id, timeframe, span.usual, "avg")
				x.prices, x.budgets = &prices, budgets
				x.costs(true)
				x.compare(t, answer)
				x = f.expect(id, timeframe, span.usual, "avg")
				x.prices, x.budgets = &prices, budgets
				x.summary()
				x.costs(false)
				x.compare(t, withoutNotedTotal(send("/v2/endpoints/"+id+"/metrics?metrics=costs,errors&timeframe="+timeframe)))
			})
		}
	}
}

// withoutNotedTotal removes the section performance, which other tests check, and the notes
// about the total cost.
func withoutNotedTotal(answer map[string]any) map[string]any {
	delete(answer, "performance")
	notes, _ := answer["notes"].([]any)
	answer["notes"] = notes[:0:0]
	for _, note := range notes {
		n, _ := note.(map[string]any)
		if field, _ := n["field"].(string); !strings.HasPrefix(field, "summary.totalCost") {
			answer["notes"] = append(answer["notes"].([]any), note) //nolint:errcheck,forcetypeassert // set above
		}
	}
	return answer
}
