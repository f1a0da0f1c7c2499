package promapi

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// apiCall describes a request to the API.
type apiCall struct {
	api      string     // name for Observer, such as query_range
	path     string     // relative to the base URL
	form     url.Values // parameters that the API defines
	params   url.Values // custom parameters of the query
	getOnly  bool       // the API doesn't accept POST
	maxBytes int64      // maximum size of the response; 0 for the data source's response limit

	extraFilters []string // replace the values of extra_filters[] in all parameters; nil keeps these

	always   bool     // asks the server even if it couldn't be reached a moment ago
	governed bool     // whether the Governor permits the call, or needn't decide about it
	hidden   []string // texts that are masked in messages of the server
}

// maxBytes returns the maximum size of the response to a call, decompressed.
func (c *Client) maxBytes(call apiCall) int64 {
	if call.maxBytes > 0 {
		return min(call.maxBytes, c.opts.MaxBytes)
	}
	return c.opts.MaxBytes
}

func (c *Client) rangeCall(q Range) apiCall {
	form := url.Values{
		"query":   {q.Expr},
		"start":   {timestamp(q.Start)},
		"end":     {timestamp(q.End)},
		"step":    {strconv.FormatFloat(q.Step.Seconds(), 'f', -1, 64)},
		"timeout": {model.Duration(c.opts.Timeout).String()},
	}
	if q.Start.UnixMilli()%max(q.Step.Milliseconds(), 1) != 0 {
		// To use its cache, VictoriaMetrics aligns such a range to multiples of the step in
		// UTC, which moves steps of one day by up to a day. nocache prevents that. Other
		// servers ignore the parameter.
		form.Set("nocache", "1")
	}
	return apiCall{api: "query_range", path: "api/v1/query_range", params: q.Params, extraFilters: q.ExtraFilters, form: form}
}

func (c *Client) instantCall(q Instant) apiCall {
	return apiCall{api: "query", path: "api/v1/query", params: q.Params, extraFilters: q.ExtraFilters, form: url.Values{
		"query":   {q.Expr},
		"time":    {timestamp(q.At)},
		"timeout": {model.Duration(c.opts.Timeout).String()},
	}}
}

// timestamp formats a time for the API: in seconds, with a precision of milliseconds.
func timestamp(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
}

// newRequest returns the HTTP request for a call. All requests are created here, so that
// all of them have the custom parameters and the header Accept-Encoding.
func (c *Client) newRequest(ctx context.Context, call apiCall) (*http.Request, error) {
	req, err := c.newRequestByMethod(ctx, call)
	if err != nil {
		return nil, err
	}
	// Without this header, the transport would set its own, and decode gzip but no other
	// coding. Package coding decodes several codings.
	req.Header.Set("Accept-Encoding", "gzip")
	return req, nil
}

func (c *Client) newRequestByMethod(ctx context.Context, call apiCall) (*http.Request, error) {
	ctx = withHidden(ctx, call.hidden)
	u := c.base.JoinPath(call.path)
	call.form = c.unquoteNames(ctx, call.form)
	query, form := c.parameters(call)
	u.RawQuery = query.Encode()
	if form == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// With this key, the transport sends the request again on a new connection if an idle
	// connection turns out to be closed. That is safe, because a query changes nothing on the
	// server. A header whose value is nil isn't sent.
	req.Header["Idempotency-Key"] = nil
	return req, nil
}

// parameters returns the parameters of a call: query for the URL and form for the body. form
// is nil for GET.
func (c *Client) parameters(call apiCall) (query, form url.Values) {
	query, form = c.base.Query(), url.Values{}
	maps.Copy(form, call.form)
	maps.Copy(form, call.params)
	maps.Copy(form, c.opts.Params)
	if call.extraFilters != nil {
		for _, params := range []url.Values{query, form} {
			maps.DeleteFunc(params, isExtraFilters)
		}
		form[extraFilters] = call.extraFilters
	}
	if c.method(call) == http.MethodGet {
		maps.Copy(query, form)
		return query, nil
	}
	return query, form
}

// unquoteNames returns form, or for VictoriaMetrics a copy without quoted names in the
// expressions, because its older versions don't accept them.
func (c *Client) unquoteNames(ctx context.Context, form url.Values) url.Values {
	unquoted := maps.Clone(form)
	changed := false
	for _, parameter := range []string{"query", "match[]"} {
		exprs := slices.Clone(form[parameter])
		for i, expr := range exprs {
			if exprs[i] = promql.UnquoteNames(expr); exprs[i] != expr {
				unquoted[parameter], changed = exprs, true
			}
		}
	}
	if !changed || !c.Server(ctx).SpeaksMetricsQL() {
		return form
	}
	return unquoted
}
