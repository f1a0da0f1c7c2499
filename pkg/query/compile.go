package query

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// Compiled is what is executed for a query.
type Compiled struct {
	Expr   string // the expression that is sent
	Legend string // {{label}} texts, __auto, or "" for metric name and labels
	Name   string // what a series without labels is called

	Spans    []Span          // of a query over its range: what each request covers
	Counters func() []string // metrics that the catalog knows to be counters; nil for PromQL

	// What a server needs that applies the ad-hoc filters itself; see ServerFilters.
	Unfiltered   string            // Expr without the filters
	Matchers     []*labels.Matcher // the filters
	NotPromQL    error             // why the parser can't read the expression; nil where it can
	ExtraFilters []string          // selectors that the server applies; see promql.ExtraFilters
}

// ServerFilters reports whether the ad-hoc filters need a server that applies them:
// they can't be written into an expression that isn't PromQL, and names of labels that
// aren't plain identifiers are quoted there, which not every server reads.
func (c *Compiled) ServerFilters() bool {
	return len(c.Matchers) > 0 && (c.NotPromQL != nil || slices.ContainsFunc(c.Matchers, isQuoted))
}

func isQuoted(m *labels.Matcher) bool { return !model.LegacyValidation.IsValidLabelName(m.Name) }

// Compile renders a catalog query, fills in the macros of either kind, parses the
// result, and adds the ad-hoc filters to it. instant says which of a query's two
// answers is meant: the window of an instant catalog query is the metric's own wherever
// the query names none, so that a panel, an alert rule and the API agree.
//
// A user's own expression that the parser can't read is no error: the server may be
// able to. It goes on as written, its filters apart, and as one span, since nothing is
// known of what in it depends on the range.
func (q *Query) Compile(c *catalog.Catalog, instant bool) (Compiled, error) {
	out, err := q.render(c, instant)
	if err != nil {
		return out, err
	}
	if out.Matchers, err = promql.Matchers(q.Filters); err != nil {
		return out, err
	}
	_, out.NotPromQL = promql.Parse(out.Expr)
	if out.NotPromQL != nil && (q.FromCatalog() || !promql.IsForeign(out.Expr, out.NotPromQL)) {
		return out, out.NotPromQL
	}
	if !instant {
		out.Spans = q.spansOf(&out)
	}
	out.Unfiltered = out.Expr
	if out.NotPromQL == nil {
		out.Expr, err = promql.AddMatchers(out.Expr, out.Matchers)
	}
	return out, err
}

// render fills in a catalog metric's template, and the macros of either kind of query.
func (q *Query) render(c *catalog.Catalog, instant bool) (Compiled, error) {
	out := Compiled{Legend: q.Legend}
	if !q.FromCatalog() {
		out.Expr = q.macros(0, instant).Expand(q.Expr)
		out.Name = out.Expr
		return out, nil
	}
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
	return out, nil
}

// spansOf returns the spans of an expression, and writes the complete range into it
// where it depends on that and there are several. Where it can't be divided, the range
// is one span.
func (q *Query) spansOf(c *Compiled) []Span {
	spans := q.Spans()
	if len(spans) == 1 {
		return spans
	}
	if c.NotPromQL != nil {
		return []Span{q.unsplit()}
	}
	fixed, err := promql.FixRange(c.Expr, spans[0].Start, spans[len(spans)-1].End, q.Step)
	if err != nil {
		return []Span{q.unsplit()}
	}
	c.Expr = fixed
	return spans
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
