// Package promapi speaks the Prometheus HTTP API: it sends a request, retries
// what is safe to retry, and decodes the answer into series. plugin and rest
// hand it an *http.Client that carries the data source's authentication; every
// error it returns is a fault.Error fit for a panel.
package promapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Options say how a server is asked.
type Options struct {
	URL        string        // base URL, under which api/v1 stands
	Method     string        // POST or GET; POST falls back to GET where a server refuses it
	Timeout    time.Duration // of one request with its retries
	MaxBytes   int64         // of one answer, decompressed
	Limits     promjson.Limits
	Partial    bool // an answer over Limits is cut there and marked, instead of refused
	MaxRetries int  // for failures that have no limit of their own
}

// Client asks one server. It is safe for concurrent use.
type Client struct {
	http  *http.Client
	base  *url.URL
	opts  Options
	get   atomic.Bool // the server refused POST once
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
	c := &Client{http: client, base: base, opts: opts, pause: pause}
	c.get.Store(opts.Method == http.MethodGet)
	return c, nil
}

// Range is a query over a time range.
type Range struct {
	Expr       string
	Start, End time.Time
	Step       time.Duration
}

// Instant is a query at one time.
type Instant struct {
	Expr string
	At   time.Time
}

// Selection narrows a request for label names or values.
type Selection struct {
	Match      []string // series selectors, any of which may match; none means all series
	Start, End time.Time
	Limit      int // of the names or values returned; 0 is the server's own
}

// QueryRange evaluates an expression at every step of a range.
// (Prometheus HTTP API, range queries.)
func (c *Client) QueryRange(ctx context.Context, q Range) (*series.Result, error) {
	return ask(ctx, c, c.rangeCall(q), c.decodeResult)
}

// Query evaluates an expression at one time.
// (Prometheus HTTP API, instant queries.)
func (c *Client) Query(ctx context.Context, q Instant) (*series.Result, error) {
	return ask(ctx, c, c.instantCall(q), c.decodeResult)
}

// RawRange is QueryRange whose data is returned as the server wrote it.
func (c *Client) RawRange(ctx context.Context, q Range) (json.RawMessage, error) {
	return ask(ctx, c, c.rangeCall(q), decodeData[json.RawMessage])
}

// RawQuery is Query whose data is returned as the server wrote it.
func (c *Client) RawQuery(ctx context.Context, q Instant) (json.RawMessage, error) {
	return ask(ctx, c, c.instantCall(q), decodeData[json.RawMessage])
}

// LabelNames lists label names, sorted.
func (c *Client) LabelNames(ctx context.Context, s Selection) ([]string, error) {
	return ask(ctx, c, call{path: "labels", form: s.form()}, decodeData[[]string])
}

// LabelValues lists the values of a label, sorted.
func (c *Client) LabelValues(ctx context.Context, label string, s Selection) ([]string, error) {
	return ask(ctx, c, call{path: "label/" + pathLabel(label) + "/values", form: s.form(), readOnly: true}, decodeData[[]string])
}

// decodeResult reads an answer of query or query_range. One over a limit is an
// error, or else what there was up to it with a warning.
func (c *Client) decodeResult(r io.Reader) (*series.Result, error) {
	result, err := promjson.Decode(r, c.opts.Limits)
	if limit, over := errors.AsType[*promjson.LimitError](err); over && c.opts.Partial {
		result.Warnings = append(result.Warnings, fmt.Sprintf(
			"This is a part of the data: the answer holds %v, which is the data source's limit. Ask for fewer series, a shorter range or a larger step.", limit))
		return result, nil
	}
	return result, err
}

// call is one request to the API.
type call struct {
	path     string // under api/v1
	form     url.Values
	readOnly bool // the API takes GET only
}

func (c *Client) rangeCall(q Range) call {
	return call{path: "query_range", form: url.Values{
		"query":   {q.Expr},
		"start":   {timestamp(q.Start)},
		"end":     {timestamp(q.End)},
		"step":    {strconv.FormatFloat(q.Step.Seconds(), 'f', -1, 64)},
		"timeout": {model.Duration(c.opts.Timeout).String()},
	}}
}

func (c *Client) instantCall(q Instant) call {
	return call{path: "query", form: url.Values{
		"query":   {q.Expr},
		"time":    {timestamp(q.At)},
		"timeout": {model.Duration(c.opts.Timeout).String()},
	}}
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
	if s.Limit > 0 {
		form.Set("limit", strconv.Itoa(s.Limit))
	}
	return form
}

// ask sends a call and decodes its answer, which is read once.
func ask[T any](ctx context.Context, c *Client, what call, decode func(io.Reader) (T, error)) (T, error) {
	var none T
	ctx, cancel := context.WithTimeoutCause(ctx, c.opts.Timeout, errQueryTimeout)
	defer cancel()
	resp, err := c.send(ctx, what)
	if err != nil {
		return none, err
	}
	defer func() { _ = resp.Body.Close() }()
	body := &meter{r: resp.Body, most: c.opts.MaxBytes}
	answer, err := decode(body)
	if err != nil {
		return none, c.decodeFault(ctx, body, err)
	}
	return answer, nil
}

func (c *Client) request(ctx context.Context, what call) (*http.Request, error) {
	u := c.base.JoinPath("api/v1", what.path)
	if what.readOnly || c.get.Load() {
		query := u.Query()
		maps.Copy(query, what.form)
		u.RawQuery = query.Encode()
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(what.form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// A query changes nothing, so the transport may send it again when a kept
	// connection turns out to be closed. A nil value isn't sent.
	req.Header["Idempotency-Key"] = nil
	return req, nil
}

// timestamp prints a time as the API takes it: seconds, to the millisecond.
func timestamp(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
}

// pathLabel writes a label's name into a path. Names that aren't plain
// identifiers take Prometheus's U__ form, which needs no escaping.
func pathLabel(name string) string {
	if model.LegacyValidation.IsValidLabelName(name) {
		return name
	}
	return model.EscapeName(name, model.ValueEncodingEscaping)
}
