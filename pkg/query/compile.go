package query

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// Compiled is a query in the form in which it is sent to the server.
type Compiled struct {
	Expr   string // with the ad-hoc filters if it is valid PromQL
	Legend string // a template with {{label}}, __auto, or "" for metric name and labels
	Name   string // of a series without labels

	Spans    []Span          // of a range query: one for each request
	Counters func() []string // metrics that are counters according to the catalog; nil for PromQL

	// The fields below are for a server that applies the ad-hoc filters; see ServerFilters.
	Unfiltered   string            // Expr without the filters
	Matchers     []*labels.Matcher // the filters
	NotPromQL    error             // the error of the PromQL parser; nil if the expression is valid
	ExtraFilters []string          // selectors for the server, set by the caller of Compile; see promql.ExtraFilters
}

// Executed returns the expression for display. If ExtraFilters isn't empty, a comment with the
// ad-hoc filters follows. The comment omits other selectors in extra_filters[], such as those
// of the data source's settings, because they may name other tenants.
func (c *Compiled) Executed() string {
	if len(c.ExtraFilters) == 0 {
		return c.Expr
	}
	return c.Expr + "\n# extra_filters[]=" + promql.ServerSelector(c.Matchers)
}

// ServerFilters reports whether the server should apply the ad-hoc filters if it can. There
// are two reasons: filters can't be added to an expression that isn't PromQL, and not every
// server supports quoted label names in an expression.
func (c *Compiled) ServerFilters() bool {
	return len(c.Matchers) > 0 && (c.NotPromQL != nil || slices.ContainsFunc(c.Matchers, isQuoted))
}

func isQuoted(m *labels.Matcher) bool { return !model.LegacyValidation.IsValidLabelName(m.Name) }

// Compile renders the template of a catalog query, expands macros, parses the result,
// and adds the ad-hoc filters. instant selects the instant query instead of the range
// query. An instant catalog query has the metric's window unless the query sets a window, so
// that a panel, an alert rule and the API return the same value.
//
// If the parser rejects an expression that the user wrote, the server may still accept it.
// Therefore Compile returns the error only if the expression is empty or too large. To any
// other rejected expression, Compile doesn't add the filters. Its range isn't split into
// several spans, because it isn't known where the expression depends on the range.
//
// metric is the catalog metric of the query. Compile ignores it if FromCatalog returns false.
func (q *Query) Compile(metric *catalog.Metric, instant bool) (Compiled, error) {
	out, err := q.render(metric, instant)
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
		out.Spans = q.split(&out)
	}
	out.Unfiltered = out.Expr
	if out.NotPromQL == nil {
		out.Expr, err = promql.AddMatchers(out.Expr, out.Matchers)
	}
	return out, err
}

// render returns the query without ad-hoc filters: the template of a catalog metric or
// the user's PromQL, with macros expanded.
func (q *Query) render(metric *catalog.Metric, instant bool) (Compiled, error) {
	out := Compiled{Legend: q.Legend}
	if !q.FromCatalog() {
		out.Expr = q.macros(0, instant).Expand(q.Expr)
		out.Name = out.Expr
		return out, nil
	}
	text, err := q.renderMetric(metric)
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

// renderMetric renders the metric of a catalog query.
func (q *Query) renderMetric(metric *catalog.Metric) (string, error) {
	if q.Names == NameLabel {
		return metric.RenderNamed(q.Params, q.GroupBy)
	}
	return metric.Render(q.Params, q.GroupBy)
}

// split returns the spans of a range query. Each span becomes a request with its own start
// and end. If there are several spans, split writes the complete range into c.Expr where the
// expression depends on it, such as in place of end(). If that isn't possible, it returns a
// single span.
func (q *Query) split(c *Compiled) []Span {
	spans := q.Spans()
	if len(spans) == 1 {
		return spans
	}
	if c.NotPromQL != nil {
		return []Span{q.singleSpan()}
	}
	fixed, err := promql.FixRange(c.Expr, spans[0].Start, spans[len(spans)-1].End, q.Step)
	if err != nil {
		return []Span{q.singleSpan()}
	}
	c.Expr = fixed
	return spans
}

// Preview returns the PromQL of a catalog query, so that a user can edit it. The PromQL
// contains macros, except for those that the window of the query or of the metric replaces.
func (q *Query) Preview(metric *catalog.Metric) (string, error) {
	text, err := q.renderMetric(metric)
	if err != nil {
		return "", err
	}
	instant := !q.Range
	window, err := q.window(metric, instant)
	if err != nil {
		return "", err
	}
	var known promql.Macros
	q.setWindow(&known, window, instant)
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
