package tensorone

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Prices in USD, except those of the GPUs.
const (
	storedGBHour     = 0.0004
	ingressGB        = 0.02
	egressGB         = 0.07
	monitoringHour   = 0.01 // for each instance, and once for the endpoint
	loggingMillion   = 2    // per million requests
	usualBudgetShare = 0.85 // share of the budget that a month of 30 days costs at most
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

// endpointCosts has the costs of an endpoint. The used budget survives a restart of
// the exporter. At the beginning of the history, it is the usual cost of the month
// so far.
type endpointCosts struct {
	endpoint
	spent   float64 // since the beginning of the month
	lowered float64 // budget after a cut
	at      time.Time

	inference, idle                 *simulation.Scalar
	storedModels, storedOutputs     *simulation.Scalar
	ingress, egress                 *simulation.Scalar
	coldStarts, monitoring, logging *simulation.Scalar
	monthly, used                   *simulation.Scalar
}

func (f costFamilies) of(e endpoint) *endpointCosts {
	return &endpointCosts{
		endpoint:      e,
		inference:     f.cost.With(e.id, "compute", "inference"),
		idle:          f.cost.With(e.id, "compute", "idle"),
		storedModels:  f.cost.With(e.id, "storage", "models"),
		storedOutputs: f.cost.With(e.id, "storage", "outputs"),
		ingress:       f.cost.With(e.id, "network", "ingress"),
		egress:        f.cost.With(e.id, "network", "egress"),
		coldStarts:    f.cost.With(e.id, "other", "cold_starts"),
		monitoring:    f.cost.With(e.id, "other", "monitoring"),
		logging:       f.cost.With(e.id, "other", "logging"),
		monthly:       f.monthly.With(e.id),
		used:          f.used.With(e.id),
	}
}

// step adds the costs of a step.
func (c *endpointCosts) step(m simulation.Moment, spent instanceTime, started []coldStart, done endpointWork) {
	const gigabyte = 1e9
	perSecond := c.gpu.price / time.Hour.Seconds()
	starting := 0.0
	for _, start := range started {
		starting += start.total()
	}
	bill := 0.0
	for _, item := range []struct {
		cost *simulation.Scalar
		usd  float64
	}{
		{c.inference, spent.working * perSecond},
		{c.idle, spent.idle * perSecond},
		{c.storedModels, c.models / gigabyte * storedGBHour * simulation.Interval.Hours()},
		{c.storedOutputs, c.outputs / gigabyte * storedGBHour * simulation.Interval.Hours()},
		{c.ingress, done.bytesIn / gigabyte * ingressGB},
		{c.egress, done.bytesOut / gigabyte * egressGB},
		{c.coldStarts, starting * perSecond},
		{c.monitoring, monitoringHour * (simulation.Interval.Hours() + spent.instances/time.Hour.Seconds())},
		{c.logging, done.requests * loggingMillion / 1e6},
	} {
		item.cost.Add(item.usd)
		bill += item.usd
	}
	c.spend(bill, m.Time.UTC())
	if m.During(incident.BudgetCut) && c.name == overspentEndpoint {
		c.cut()
	}
}

// cut lowers the budget below the costs so far, and lowers it again if a new month
// has spent less.
func (c *endpointCosts) cut() {
	if c.lowered == 0 || c.lowered > c.spent {
		c.lowered = 0.8 * c.spent
	}
	c.monthly.Set(c.lowered)
}

// spend adds costs to the used budget of the month.
func (c *endpointCosts) spend(bill float64, now time.Time) {
	switch {
	case c.at.IsZero():
		c.spent = c.budget * usualBudgetShare * now.Sub(monthOf(now)).Hours() / (30 * simulation.Day).Hours()
	case !monthOf(now).Equal(monthOf(c.at)):
		c.spent = 0
	}
	c.at = now
	c.spent += bill
	c.monthly.Set(c.budget)
	c.used.Set(c.spent)
}

// monthOf returns the beginning of the month of t.
func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}
