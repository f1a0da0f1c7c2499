package tensorone

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Prices in USD. The prices of the GPUs are fields of gpu.
const (
	storedGBHour   = 0.0004
	ingressGB      = 0.02
	egressGB       = 0.07
	monitoringHour = 0.01 // for each running instance, and once for the endpoint
	loggingMillion = 2    // per million requests
)

type costFamilies struct{ cost, monthly, used simulation.ScalarVec }

func newCostFamilies(t *simulation.Target) costFamilies {
	const id = "endpoint_id"
	return costFamilies{
		cost:    t.Counter("tensorone_endpoint_cost_total", "Cost in USD.", id, "category", "item"),
		monthly: t.Gauge("tensorone_endpoint_budget_monthly_usd", "Budget for a calendar month (UTC) in USD.", id),
		used:    t.Gauge("tensorone_endpoint_budget_used_usd", "Cost of the current calendar month (UTC) so far in USD.", id),
	}
}

// endpointCosts contains the costs of an endpoint. A restart of the exporter doesn't
// reset the used budget. At the beginning of the history, the used budget is the expected
// cost of the month so far.
type endpointCosts struct {
	endpoint
	spent   float64   // since the beginning of the month
	lowered float64   // budget after a cut
	at      time.Time // of the last step

	items         [len(costItems)]*simulation.Scalar
	monthly, used *simulation.Scalar
}

// costItems are the items of a bill with their categories.
var costItems = [...]struct{ category, item string }{
	{"compute", "inference"},
	{"compute", "idle"},
	{"storage", "models"},
	{"storage", "outputs"},
	{"network", "ingress"},
	{"network", "egress"},
	{"other", "cold_starts"},
	{"other", "monitoring"},
	{"other", "logging"},
}

func (f costFamilies) of(e endpoint) *endpointCosts {
	c := &endpointCosts{endpoint: e, monthly: f.monthly.With(e.id), used: f.used.With(e.id)}
	for i, item := range costItems {
		c.items[i] = f.cost.With(e.id, item.category, item.item)
	}
	return c
}

// step adds the costs of a step.
func (c *endpointCosts) step(m simulation.Moment, spent instanceTime, started []coldStart, done endpointWork) {
	total := 0.0
	for i, usd := range c.bill(spent, started, done) {
		c.items[i].Add(usd)
		total += usd
	}
	c.spend(total, m.Time.UTC())
	if m.During(incident.BudgetCut) && c.name == overspentEndpoint {
		c.cut()
	}
}

// expect adds the costs of a step before the history to the used budget, but not to the
// counters of costs.
func (c *endpointCosts) expect(at time.Time, spent instanceTime, started []coldStart, done endpointWork) {
	total := 0.0
	for _, usd := range c.bill(spent, started, done) {
		total += usd
	}
	c.spend(total, at.UTC())
}

// bill returns the costs of a step in USD, in the order of costItems.
func (c *endpointCosts) bill(spent instanceTime, started []coldStart, done endpointWork) [len(costItems)]float64 {
	const gigabyte = 1e9
	perSecond := c.gpu.price / time.Hour.Seconds()
	starting := 0.0
	for _, start := range started {
		starting += start.total()
	}
	return [...]float64{
		spent.working * perSecond,
		spent.idle * perSecond,
		c.models / gigabyte * storedGBHour * simulation.Interval.Hours(),
		c.outputs / gigabyte * storedGBHour * simulation.Interval.Hours(),
		done.bytesIn / gigabyte * ingressGB,
		done.bytesOut / gigabyte * egressGB,
		starting * perSecond,
		monitoringHour * (simulation.Interval.Hours() + spent.instances/time.Hour.Seconds()),
		done.requests * loggingMillion / 1e6,
	}
}

// cut lowers the budget below the costs of the month so far. If the lowered budget is higher
// than the costs so far, because a new month has begun, cut lowers the budget again.
func (c *endpointCosts) cut() {
	if c.lowered == 0 || c.lowered > c.spent {
		c.lowered = 0.8 * c.spent
	}
	c.monthly.Set(c.lowered)
}

// spend adds costs to the used budget of the month.
func (c *endpointCosts) spend(bill float64, now time.Time) {
	if !monthOf(now).Equal(monthOf(c.at)) {
		c.spent = 0
	}
	c.at = now
	c.spent += bill
	c.monthly.Set(c.budget)
	c.used.Set(c.spent)
}

// monthOf returns the beginning of the month of t. t must be in UTC.
func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}
