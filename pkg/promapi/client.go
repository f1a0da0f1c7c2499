// Package promapi is a client of the Prometheus HTTP API: it sends a request, retries it
// if that is safe, and decodes the response, such as into series. plugin creates a Client with
// an *http.Client that authenticates requests. Other packages, such as rest, also use it.
// Errors are *fault.Error with a text for users. There are two exceptions: StreamRange
// returns an error of the caller's function unchanged, and a request that is canceled while
// it waits for the budget returns context.Canceled. fault.As converts both.
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
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/backoff"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/breaker"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/coding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

// Options configure a Client.
type Options struct {
	URL           string        // base URL, without api/v1
	Method        string        // POST or GET; POST falls back to GET if the server refuses it
	Timeout       time.Duration // of a request with its retries
	MaxBytes      int64         // maximum size of a response, decompressed
	Limits        promjson.Limits
	Partial       bool             // whether a result over a limit may be truncated; see allowsPartial
	PartialAlerts bool             // alert rules accept an answer that the server marks as partial
	MaxRetries    int              // if the connection or the name lookup fails; constants limit other retries
	Params        url.Values       // sent with every request; see SettingsParams
	Mask          errortext.Masker // replaces the data source's secrets in messages of the server
	Observer      Observer         // nil for none
	Governor      Governor         // decides about every request for data; nil for no restrictions
	Budget        *budget.Source   // nil for no limits
}

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	http    *http.Client
	base    *url.URL
	opts    Options
	state   serverState
	breaker *breaker.Breaker[sent]
	pause   func(context.Context, time.Duration) bool
}

// New returns a client for the server at opts.URL. An invalid URL is a
// fault.Misconfigured.
func New(client *http.Client, opts Options) (*Client, error) {
	if strings.TrimSpace(opts.URL) == "" {
		return nil, fault.New(fault.Misconfigured, "This data source has no URL. Enter the URL of the Prometheus server in the data source's settings.")
	}
	base, err := url.Parse(strings.TrimSpace(opts.URL))
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fault.New(fault.Misconfigured, "The data source's URL must look like http://prometheus:9090.").Because(err)
	}
	base.User = nil
	if opts.Observer == nil {
		opts.Observer = noObserver{}
	}
	return &Client{http: client, base: base, opts: opts, pause: backoff.Pause, breaker: breaker.New[sent](breaker.Wait), state: serverState{lock: make(chan struct{}, 1)}}, nil
}

// Host returns the host of the server, and its port if the URL contains one.
func (c *Client) Host() string { return c.base.Host }

// fetch sends a call and decodes the body of its response.
func fetch[T any](ctx context.Context, c *Client, call apiCall, decode func(io.Reader) (T, error)) (T, error) {
	var zero T
	ctx, cancel := context.WithTimeoutCause(ctx, c.opts.Timeout, errQueryTimeout)
	defer cancel()
	decoding := budget.FromContext(ctx).Decoding()
	defer decoding.End()
	resp, release, err := c.send(coding.WithDecoding(ctx, decoding), call)
	if err != nil {
		return zero, err
	}
	defer release()
	defer func() { _ = resp.Body.Close() }()
	body := &limitedBody{resp: resp, maxBytes: c.maxBytes(call), decoding: decoding, count: func(n int64) error {
		decoding.Count(n)
		if err := budget.FromContext(ctx).Add(ctx, n, func() { decoding.End(); release() }); err != nil {
			return err
		}
		return decoding.Begin(ctx)
	}}
	answer, err := decode(body)
	usageOf(ctx).Bytes.Add(body.read)
	if err != nil {
		return zero, c.decodeFault(ctx, body, err)
	}
	c.maskNotes(&answer, resp.Request)
	return answer, nil
}
