package promapi

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/confine"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// ParamError is the error of a custom parameter that could widen the result of a request.
type ParamError = confine.ParamError

// errNotGoverned is the error of a call for data to which no access rules were applied. It
// means that a method of Client doesn't call govern, or that govern doesn't support the API.
func errNotGoverned(api string) error {
	return fault.New(fault.Internal, "The request %s was not sent, because the access rules were not applied to it.", api)
}

// govern adds the Governor's matchers to the expression or to the selectors of a call. It
// returns a call that may be sent. Without matchers, the form of the call is unchanged. An
// error is that of the Governor, or one that may not occur later; see refusal.
func (c *Client) govern(ctx context.Context, call apiCall) (apiCall, error) {
	call.governed = true
	matchers, err := c.matchers(ctx)
	if err != nil || len(matchers) == 0 {
		return call, err
	}
	target := call.target()
	if err := confine.CheckParams(call.params, c.opts.Params, c.base.Query()); err != nil {
		return call, c.opts.Governor.NotConfinable(ctx, target, err)
	}
	call.form = maps.Clone(call.form)
	switch {
	case call.form.Has("query"):
		err = c.confineExpr(ctx, call, matchers)
	case slices.Contains(selectingAPIs, call.api):
		err = c.confineSelectors(ctx, call, matchers)
	default:
		err = errNotGoverned(call.api)
	}
	if err != nil {
		return call, c.refusal(ctx, target, err)
	}
	// VictoriaMetrics also applies the matchers in this parameter. They restrict the call even
	// if VictoriaMetrics parses an expression differently from promql.Confine. Other servers
	// ignore the parameter.
	if call.extraFilters, err = promql.ExtraFilters(call.extraFilters, matchers); err != nil {
		return call, c.refusal(ctx, target, err)
	}
	call.hidden = confine.Excluded(matchers)
	return call, nil
}

// selectingAPIs are the APIs with the parameter match[].
var selectingAPIs = []string{"labels", "label_values", "series"}

// target describes a call for the audit log.
func (call apiCall) target() string {
	if selectors := call.form["match[]"]; len(selectors) > 0 {
		return strings.Join(selectors, " ")
	}
	if call.form.Has("query") {
		return call.form.Get("query")
	}
	return call.api
}

// matchers returns the matchers that restrict the requests that are sent with ctx.
func (c *Client) matchers(ctx context.Context) ([]*labels.Matcher, error) {
	if c.opts.Governor == nil {
		return nil, nil
	}
	return c.opts.Governor.Matchers(ctx)
}

// CacheKey returns a text that has to be part of the key of each cached answer. It contains
// the matchers that restrict the requests that are sent with ctx, because equal requests with
// different matchers can have different answers. It is empty without matchers. If no request
// may be sent, CacheKey returns the Governor's error.
func (c *Client) CacheKey(ctx context.Context) (string, error) {
	matchers, err := c.matchers(ctx)
	if err != nil || len(matchers) == 0 {
		return "", err
	}
	return promql.ServerSelector(matchers), nil
}

// refusal returns the error of a call to which the matchers can't be added because of err. It
// returns err itself if a request to the server failed, the budget was spent or ctx has ended,
// because the call may succeed later. Otherwise it returns the Governor's error.
func (c *Client) refusal(ctx context.Context, target string, err error) error {
	if ctx.Err() != nil {
		return err
	}
	switch fault.As(err).Kind {
	case fault.Unreachable, fault.Busy, fault.Timeout, fault.Unauthorized, fault.NotPrometheus, fault.Overloaded, fault.Canceled, fault.BadAnswer:
		return err
	}
	return c.opts.Governor.NotConfinable(ctx, target, err)
}

// confineExpr adds matchers to the expression of a call. An expression that isn't PromQL is
// unchanged if the server adds the matchers.
func (c *Client) confineExpr(ctx context.Context, call apiCall, matchers []*labels.Matcher) error {
	expr := call.form.Get("query")
	confined := ""
	err := c.opts.Budget.Parse(ctx, len(expr), func() (err error) {
		confined, err = promql.Confine(expr, matchers)
		return err
	})
	if err != nil && promql.IsForeign(expr, err) {
		confined, err = expr, c.checkForeign(ctx, err)
	}
	call.form["query"] = []string{confined}
	return err
}

// confineSelectors adds matchers to the selectors of a call. A selector that isn't PromQL is
// unchanged if the server adds the matchers.
func (c *Client) confineSelectors(ctx context.Context, call apiCall, matchers []*labels.Matcher) error {
	if call.api != "series" { // servers have always supported selectors of series
		if err := c.checkSelecting(ctx); err != nil {
			return err
		}
	}
	selectors := call.form["match[]"]
	if len(selectors) == 0 {
		selectors = []string{""}
	} else if slices.Contains(selectors, "") {
		return fault.New(fault.BadPromQL, `A selector is empty. Write one such as {job="api"}.`)
	}
	confined := make([]string, len(selectors))
	size := 0
	var regexps promql.RegexpBudget
	for i, selector := range selectors {
		err := c.opts.Budget.Parse(ctx, len(selector), func() (err error) {
			confined[i], err = promql.ConfineSelector(selector, matchers, &regexps)
			return err
		})
		if err != nil && promql.IsForeign(selector, err) {
			confined[i], err = selector, c.checkForeign(ctx, err)
		}
		if err != nil {
			return err
		}
		if size += len(confined[i]); size > maxSelectorBytes {
			return fault.New(fault.BadQuery, "With the matchers of the access rules, the selectors have more than %d MiB together. Use fewer selectors.", maxSelectorBytes>>20)
		}
	}
	call.form["match[]"] = confined
	return nil
}

// checkForeign returns nil if the server adds the matchers to an expression that isn't PromQL,
// as VictoriaMetrics does. notPromQL is the error of the parser.
func (c *Client) checkForeign(ctx context.Context, notPromQL error) error {
	server := c.Server(ctx)
	text := fault.As(notPromQL).Text
	switch {
	case server == Server{}:
		return fault.New(fault.Unreachable, "The access rules can't be added to this query. %s VictoriaMetrics adds matchers even to queries that aren't PromQL, but the plugin doesn't know whether the server is VictoriaMetrics, because the server did not answer. Try again when the server answers.", text).Because(notPromQL)
	case !server.SpeaksMetricsQL():
		return fault.New(fault.BadPromQL, "%s The access rules can only be added to valid PromQL.", text).Because(notPromQL)
	default:
		return c.checkExtraFilters(ctx)
	}
}

// permit is the Finish of an expression that may be evaluated. It is nil without a Governor.
type permit Finish

// permitExpr returns the Governor's permit for an expression, or the Governor's error.
func (c *Client) permitExpr(ctx context.Context, q Expression) (permit, error) {
	if c.opts.Governor == nil {
		return nil, nil
	}
	if _, err := c.opts.Governor.Matchers(ctx); err != nil { // a denied caller gets this error first
		return nil, err
	}
	finish, err := c.opts.Governor.Query(ctx, q)
	return permit(finish), err
}

// finish calls the Finish, and adds its notices to the notes of the result. If failure isn't
// nil, the parameter notes may be nil, because the Finish then returns an error.
func (p permit) finish(notes *series.Notes, n int, failure error) error {
	if p == nil {
		return failure
	}
	notices, err := p(n, failure)
	if err != nil {
		return err
	}
	for _, notice := range notices {
		notes.AddNotice(notice)
	}
	return nil
}

// finishResult calls finish with the notes and the number of series of a decoded result, or with
// err if it isn't nil.
func (p permit) finishResult(result *series.Result, err error) (*series.Result, error) {
	if err != nil {
		return nil, p.finish(nil, 0, err)
	}
	return result, p.finish(&result.Notes, len(result.Series), nil)
}

func (q Range) expression() Expression {
	return Expression{Expr: q.Expr, Start: q.Start, End: q.End, Step: q.Step, Lookback: confine.Lookback(q.Params)}
}

func (q Instant) expression() Expression {
	return Expression{Expr: q.Expr, Start: q.At, End: q.At, Lookback: confine.Lookback(q.Params)}
}

// TestQuery evaluates vector(1), whose result doesn't depend on the data of the server. It
// doesn't call the Governor, and always asks the server (see breaker).
func (c *Client) TestQuery(ctx context.Context) (*series.Result, error) {
	call := c.instantCall(Instant{Expr: "vector(1)", At: time.Now()})
	call.governed, call.always = true, true
	return c.query(ctx, call, c.resultDecoder(ctx, c.opts.Limits, false))
}
