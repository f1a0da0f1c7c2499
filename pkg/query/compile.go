package query

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// Compiled is what a query comes to.
type Compiled struct {
	Expr   string // the PromQL that is executed
	Legend string // {{label}} texts, __auto, or "" for metric name and labels
	Name   string // what a series without labels is called

	Counters func() []string // metrics that the catalog knows to be counters; nil for PromQL
}

// Compile renders a catalog query, fills in the macros of either kind, parses the
// result, and adds the ad-hoc filters to it. With an error from the parser Expr
// is what was parsed. instant says which of a query's two answers is meant: the
// window of an instant catalog query is the metric's own wherever the query
// names none, so that a panel, an alert rule and the API agree.
func (q *Query) Compile(c *catalog.Catalog, instant bool) (Compiled, error) {
	out := Compiled{Legend: q.Legend}
	if q.FromCatalog() {
		metric, err := c.Metric(q.Metric)
		if err != nil {
			return out, err
		}
		text, err := metric.Render(q.Params, q.GroupBy)
		if err != nil {
			return out, err
		}
		window, err := q.window(metric, instant)
		if err != nil {
			return out, err
		}
		out.Expr = q.macros(window, instant).ExpandCode(text)
		out.Name = metric.Title
		out.Counters = metric.Counters
		if out.Legend == "" {
			out.Legend = metric.LegendFor(q.GroupBy)
		}
	} else {
		out.Expr = q.macros(0, instant).Expand(q.Expr)
		out.Name = out.Expr
	}
	if _, err := promql.Parse(out.Expr); err != nil {
		return out, err
	}
	matchers, err := promql.Matchers(q.Filters)
	if err != nil {
		return out, err
	}
	out.Expr, err = promql.AddMatchers(out.Expr, matchers)
	return out, err
}

// Preview returns a catalog query as a person would write it in PromQL, asking the
// same: macros stay, but for those whose places the query's window takes.
func (q *Query) Preview(metric *catalog.Metric) (string, error) {
	text, err := metric.Render(q.Params, q.GroupBy)
	if err != nil {
		return "", err
	}
	instant := !q.Range
	window, err := q.window(metric, instant)
	if err != nil {
		return "", err
	}
	var known promql.Macros
	q.windowInto(&known, window, instant)
	return known.ExpandKnown(text), nil
}

func (q *Query) window(metric *catalog.Metric, instant bool) (time.Duration, error) {
	switch {
	case q.Window > 0:
		return q.Window, nil
	case !instant:
		return 0, nil
	default:
		return ParseWindow(metric.InstantWindow())
	}
}
