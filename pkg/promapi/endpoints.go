package promapi

import (
	"context"
	"errors"
	"io"
	"net/url"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Range is a query over a time range.
type Range struct {
	Expr       string
	Start, End time.Time
	Step       time.Duration
	Params     url.Values // of the query, in addition to those of Options
	Complete   bool       // a truncated answer would be misleading, so an answer over a limit is an error

	// ExtraFilters, if not nil, replaces all values of extra_filters[] that the request
	// would otherwise have; see Client.ExtraFilters.
	ExtraFilters []string
}

// Instant is a query at one point in time. Fields that Range also has mean the same as there.
type Instant struct {
	Expr         string
	At           time.Time
	Params       url.Values
	Complete     bool
	ExtraFilters []string
}

// QueryRange evaluates an expression at every step of a range. (Prometheus HTTP API,
// range queries.)
func (c *Client) QueryRange(ctx context.Context, q Range) (*series.Result, error) {
	permit, err := c.permitExpr(ctx, q.expression())
	if err != nil {
		return nil, err
	}
	result, err := c.queryRange(ctx, q, c.opts.Limits)
	return permit.finishResult(result, err)
}

func (c *Client) queryRange(ctx context.Context, q Range, limits promjson.Limits) (*series.Result, error) {
	call, err := c.govern(ctx, c.rangeCall(q))
	if err != nil {
		return nil, err
	}
	return c.query(ctx, call, c.resultDecoder(ctx, limits, c.allowsPartial(ctx, q.Complete)))
}

// QueryRanges evaluates one expression over consecutive time ranges that don't form a
// single range of equal steps, and joins the results. Options.Timeout and Options.Limits
// apply to all ranges together.
func (c *Client) QueryRanges(ctx context.Context, ranges []Range) (*series.Result, error) {
	if len(ranges) == 1 {
		return c.QueryRange(ctx, ranges[0])
	}
	complete := ranges[0].expression()
	complete.End = ranges[len(ranges)-1].End
	permit, err := c.permitExpr(ctx, complete)
	if err != nil {
		return nil, err
	}
	result, err := c.queryRanges(ctx, ranges)
	return permit.finishResult(result, err)
}

func (c *Client) queryRanges(ctx context.Context, ranges []Range) (*series.Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.opts.Timeout, errQueryTimeout)
	defer cancel()
	limits := c.opts.Limits
	var joined series.Joined
	for _, q := range ranges {
		result, err := c.queryRange(ctx, q, limits)
		if err != nil {
			return nil, err
		}
		limits.Used += result.Size()
		joined.Add(result)
		if limit := limits.Truncate(&joined.Result); limit != nil {
			if c.allowsPartial(ctx, q.Complete) {
				return c.acceptPartial(true, &joined.Result, limit)
			}
			return nil, c.limitFault(limit)
		}
	}
	return &joined.Result, nil
}

// Exemplars returns the exemplars of the series that an expression selects. (Prometheus
// HTTP API, querying exemplars.) If the server doesn't support exemplars, the result is
// empty, and until serverTTL has passed, Exemplars sends no further requests.
func (c *Client) Exemplars(ctx context.Context, expr string, start, end time.Time) (none series.ExemplarResult, err error) {
	if !c.mayHaveExemplars() {
		return none, nil
	}
	call, err := c.govern(ctx, exemplarsCall(expr, start, end))
	if err != nil {
		return none, err
	}
	return c.exemplars(ctx, call)
}

func exemplarsCall(expr string, start, end time.Time) apiCall {
	return apiCall{api: "query_exemplars", path: "api/v1/query_exemplars", form: url.Values{
		"query": {expr},
		"start": {timestamp(start)},
		"end":   {timestamp(end)},
	}}
}

func (c *Client) exemplars(ctx context.Context, call apiCall) (none series.ExemplarResult, err error) {
	if !c.mayHaveExemplars() {
		return none, nil
	}
	answer, err := fetch(ctx, c, call, func(r io.Reader) (series.ExemplarResult, error) { return promjson.Exemplars(r, maxExemplars) })
	refused, isRefused := errors.AsType[*ServerError](err)
	switch {
	case isRefused && refused.isUnsupported(), err == nil && len(answer.Series) == 0 && !c.Server(ctx).storesExemplars():
		c.state.noExemplars.set()
		return none, nil
	case err != nil:
		return none, err
	}
	return answer, nil
}

// mayHaveExemplars returns false if the server has turned out not to support exemplars,
// until serverTTL has passed.
func (c *Client) mayHaveExemplars() bool { return !c.state.noExemplars.isSet() }

// Selection restricts a request for label names, label values or series.
type Selection struct {
	Match      []string // series selectors; a series has to match at least one; if empty, all series match
	Start, End time.Time
	Limit      int // maximum length of the list; MaxListed unless it is 1 to MaxListed
}

func (s Selection) form() url.Values {
	form := url.Values{}
	for _, match := range s.Match {
		form.Add("match[]", match)
	}
	if !s.Start.IsZero() {
		form.Set("start", timestamp(s.Start))
	}
	if !s.End.IsZero() {
		form.Set("end", timestamp(s.End))
	}
	form.Set("limit", requestLimit(s.Limit))
	return form
}

// LabelNames lists label names in the order of the server. (Prometheus HTTP API, getting
// label names.)
func (c *Client) LabelNames(ctx context.Context, s Selection) (Answer[[]string], error) {
	call := apiCall{api: "labels", path: "api/v1/labels", form: s.form(), maxBytes: maxListBytes}
	return list(ctx, c, call, promjson.Strings, s.Limit)
}

// LabelValues lists the values of a label in the order of the server. The label's name may
// be any UTF-8 string. (Prometheus HTTP API, querying label values.)
func (c *Client) LabelValues(ctx context.Context, label string, s Selection) (Answer[[]string], error) {
	path := "api/v1/label/" + c.labelSegment(ctx, label) + "/values"
	call := apiCall{api: "label_values", path: path, form: s.form(), getOnly: true, maxBytes: maxListBytes}
	values, err := list(ctx, c, call, promjson.Strings, s.Limit)
	return values, c.slashFault(label, err)
}

// Series lists the label sets of series, including the metric name. (Prometheus HTTP API,
// finding series by label matchers.) Selection.Match must not be empty, because servers
// refuse to list all series.
func (c *Client) Series(ctx context.Context, s Selection) (Answer[[]series.Labels], error) {
	call := apiCall{api: "series", path: "api/v1/series", form: s.form(), maxBytes: maxListBytes}
	return list(ctx, c, call, promjson.LabelSets, s.Limit)
}

// list sends a call whose answer is a list of at most limit elements.
func list[T any](ctx context.Context, c *Client, call apiCall, read func(io.Reader, int) (promjson.List[T], error), limit int) (none Answer[T], err error) {
	if call, err = c.govern(ctx, call); err != nil {
		return none, err
	}
	return fetch(ctx, c, call, listDecoder(read, limit))
}
