// Package promapi speaks the Prometheus HTTP API: it sends a request, retries
// what is safe to retry, and decodes the answer into series. plugin and rest
// hand it an *http.Client that carries the data source's authentication; every
// error it returns is a fault.Error fit for a panel.
package promapi

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Options say how a server is asked.
type Options struct {
	URL      string        // base URL, under which api/v1 stands
	Method   string        // POST or GET; POST falls back to GET where a server refuses it
	Timeout  time.Duration // of one request with its retries
	MaxBytes int64         // of one answer, decompressed
	Limits   promjson.Limits
	Partial  bool // an answer over Limits is cut there and marked, instead of refused
	// PartialAlerts lets alerts use an answer that the server marks as partial.
	PartialAlerts bool
	MaxRetries    int              // for failures that have no limit of their own
	Params        url.Values       // sent with every request; see ParseParams
	Mask          errortext.Masker // of the data source's secrets, in what a server says
	Observer      Observer         // nil where nobody counts
	Budget        *budget.Source   // nil where nothing is shared
}

// Client asks one server. It is safe for concurrent use.
type Client struct {
	http  *http.Client
	base  *url.URL
	opts  Options
	found found
	pause func(context.Context, time.Duration) bool
}

// New returns a client for the server at opts.URL. Its error is a
// fault.Misconfigured.
func New(client *http.Client, opts Options) (*Client, error) {
	if strings.TrimSpace(opts.URL) == "" {
		return nil, fault.New(fault.Misconfigured, "This data source has no URL: enter the address of the Prometheus server in its settings.")
	}
	base, err := url.Parse(strings.TrimSpace(opts.URL))
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fault.New(fault.Misconfigured, "The data source's URL must look like http://prometheus:9090.").Because(err)
	}
	base.User = nil
	if opts.Observer == nil {
		opts.Observer = nobody{}
	}
	return &Client{http: client, base: base, opts: opts, pause: pause, found: found{asking: make(chan struct{}, 1)}}, nil
}

// Host returns the host and port of the server.
func (c *Client) Host() string { return c.base.Host }

// Range is a query over a time range.
type Range struct {
	Expr       string
	Start, End time.Time
	Step       time.Duration
	Params     url.Values // the query's own, beside those of Options
	Whole      bool       // what is made of the answer is wrong without a part of it

	ExtraFilters []string // in the place of all that the request would carry; see Client.ExtraFilters
}

// Instant is a query at one time.
type Instant struct {
	Expr   string
	At     time.Time
	Params url.Values // as those of Range
	Whole  bool       // likewise

	ExtraFilters []string // likewise
}

// Selection narrows a request for label names, label values or series.
type Selection struct {
	Match      []string // series selectors, any of which may match; none means all series
	Start, End time.Time
	Limit      int // of what is listed, at most MaxListed; 0 is MaxListed
}

// QueryRange evaluates an expression at every step of a range.
// (Prometheus HTTP API, range queries.)
func (c *Client) QueryRange(ctx context.Context, q Range) (*series.Result, error) {
	return c.rangeWithin(ctx, q, c.opts.Limits)
}

func (c *Client) rangeWithin(ctx context.Context, q Range, limits promjson.Limits) (*series.Result, error) {
	return c.evaluate(ctx, c.rangeCall(q), c.decodeWithin(ctx, limits, c.takesPart(ctx, q.Whole)))
}

// QueryRanges evaluates one expression over consecutive stretches of time, whose
// steps don't stand at one distance from each other. The timeout and the limits
// hold for all of them together.
func (c *Client) QueryRanges(ctx context.Context, stretches []Range) (*series.Result, error) {
	if len(stretches) == 1 {
		return c.QueryRange(ctx, stretches[0])
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.opts.Timeout, errQueryTimeout)
	defer cancel()
	limits := c.opts.Limits
	var joined series.Joined
	for _, q := range stretches {
		part, err := c.rangeWithin(ctx, q, limits)
		if err != nil {
			return nil, err
		}
		limits.Before += part.Size()
		joined.Add(part)
		if limit := limits.Cut(&joined.Result); limit != nil {
			if c.takesPart(ctx, q.Whole) {
				return c.cut(true, &joined.Result, limit)
			}
			return nil, c.limitFault(limit)
		}
	}
	return &joined.Result, nil
}

// StreamRange is QueryRange that hands over every series as soon as it is
// decoded; the result holds the rest. An error of each ends the request and is
// returned as it is.
func (c *Client) StreamRange(ctx context.Context, q Range, each func(series.Series) error) (*series.Result, error) {
	return c.evaluate(ctx, c.rangeCall(q), func(r io.Reader) (*series.Result, error) {
		var refused error
		result, err := promjson.Stream(r, c.opts.Limits, func(s series.Series) error {
			c.countSamples(ctx, 1, s.Samples())
			refused = each(s)
			budget.Of(ctx).Drop()
			return refused
		})
		if refused != nil {
			return nil, &callerError{refused}
		}
		return c.cut(c.takesPart(ctx, q.Whole), result, err)
	})
}

// Query evaluates an expression at one time.
// (Prometheus HTTP API, instant queries.)
func (c *Client) Query(ctx context.Context, q Instant) (*series.Result, error) {
	return c.evaluate(ctx, c.instantCall(q), c.decodeWithin(ctx, c.opts.Limits, c.takesPart(ctx, q.Whole)))
}

// LabelNames lists label names, sorted.
func (c *Client) LabelNames(ctx context.Context, s Selection) (Answer[[]string], error) {
	return ask(ctx, c, call{api: "labels", path: "api/v1/labels", form: s.form(), maxBytes: maxListBytes}, decodeList(promjson.Texts, listed(s.Limit)))
}

// LabelValues lists the values of a label, sorted. The label's name may be any UTF-8
// text.
func (c *Client) LabelValues(ctx context.Context, label string, s Selection) (Answer[[]string], error) {
	path := "api/v1/label/" + c.labelSegment(ctx, label) + "/values"
	values, err := ask(ctx, c, call{api: "label_values", path: path, form: s.form(), readOnly: true, maxBytes: maxListBytes}, decodeList(promjson.Texts, listed(s.Limit)))
	return values, c.slashFault(label, err)
}

// decodeWithin reads an answer of query or query_range whole.
func (c *Client) decodeWithin(ctx context.Context, limits promjson.Limits, part bool) func(io.Reader) (*series.Result, error) {
	return func(r io.Reader) (*series.Result, error) {
		result, err := promjson.Decode(r, limits)
		if result != nil {
			c.countSamples(ctx, len(result.Series), result.Samples())
		}
		return c.cut(part, result, err)
	}
}

// ask sends a call and decodes its answer, which is read once.
func ask[T any](ctx context.Context, c *Client, what call, decode func(io.Reader) (T, error)) (T, error) {
	var none T
	ctx, cancel := context.WithTimeoutCause(ctx, c.opts.Timeout, errQueryTimeout)
	defer cancel()
	resp, release, err := c.send(ctx, what)
	if err != nil {
		return none, err
	}
	defer release()
	defer func() { _ = resp.Body.Close() }()
	body := &meter{resp: resp, maxBytes: c.maxBytes(what), count: func(n int64) error {
		return budget.Of(ctx).Add(ctx, n, release)
	}}
	answer, err := decode(body)
	usageOf(ctx).Bytes.Add(body.read)
	if err != nil {
		return none, c.decodeFault(ctx, body, err)
	}
	c.maskNotes(&answer, resp.Request)
	return answer, nil
}
