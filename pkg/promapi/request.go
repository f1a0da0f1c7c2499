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
)

// call is one request to the API.
type call struct {
	api      string     // what an Observer calls it
	path     string     // under the base URL
	form     url.Values // what the API defines
	params   url.Values // what the query adds to it
	readOnly bool       // the API takes GET only
	maxBytes int64      // of the answer; 0 is the response limit alone

	extraFilters []string // in the place of what the parameters have; nil leaves that
}

// maxBytes is how large the answer to a call is, decompressed.
func (c *Client) maxBytes(what call) int64 {
	if what.maxBytes > 0 {
		return min(what.maxBytes, c.opts.MaxBytes)
	}
	return c.opts.MaxBytes
}

// withStats asks for what the query costs the server, where the server can say.
func (what call) withStats() call {
	what.form.Set("stats", "true")
	return what
}

func (c *Client) rangeCall(q Range) call {
	form := url.Values{
		"query":   {q.Expr},
		"start":   {timestamp(q.Start)},
		"end":     {timestamp(q.End)},
		"step":    {strconv.FormatFloat(q.Step.Seconds(), 'f', -1, 64)},
		"timeout": {model.Duration(c.opts.Timeout).String()},
	}
	if q.Start.UnixMilli()%max(q.Step.Milliseconds(), 1) != 0 {
		// For its cache's sake VictoriaMetrics moves such a range to multiples of the
		// step in UTC, by up to a day for days. Others don't know the parameter.
		form.Set("nocache", "1")
	}
	return call{api: "query_range", path: "api/v1/query_range", params: q.Params, extraFilters: q.ExtraFilters, form: form}
}

func (c *Client) instantCall(q Instant) call {
	return call{api: "query", path: "api/v1/query", params: q.Params, extraFilters: q.ExtraFilters, form: url.Values{
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
	form.Set("limit", askedLimit(s.Limit))
	return form
}

// askedLimit is the limit that a list is requested with: one element more than it has,
// which shows that there are more.
func askedLimit(limit int) string { return strconv.Itoa(listed(limit) + 1) }

// request is the one place where requests are made, so that every path carries
// the same parameters and headers.
func (c *Client) request(ctx context.Context, what call) (*http.Request, error) {
	req, err := c.requestOf(ctx, what)
	if err != nil {
		return nil, err
	}
	// The transport would decode gzip alone, and only where it had asked for it itself;
	// undoCodings decodes whatever comes.
	req.Header.Set("Accept-Encoding", "gzip")
	return req, nil
}

// requestOf is a call by its method.
func (c *Client) requestOf(ctx context.Context, what call) (*http.Request, error) {
	u := c.base.JoinPath(what.path)
	what.form = c.unquoteNames(ctx, what.form)
	query, form := c.parameters(what)
	u.RawQuery = query.Encode()
	if form == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// A query changes nothing, so the transport may send it again when a kept
	// connection turns out to be closed. A nil value isn't sent.
	req.Header["Idempotency-Key"] = nil
	return req, nil
}

// parameters returns a call's, in its URL and in its body. form is nil for one that is
// sent by GET.
func (c *Client) parameters(what call) (query, form url.Values) {
	query, form = c.base.Query(), url.Values{}
	maps.Copy(form, what.form)
	maps.Copy(form, what.params)
	maps.Copy(form, c.opts.Params)
	if what.extraFilters != nil {
		for _, params := range []url.Values{query, form} {
			maps.DeleteFunc(params, isExtraFilters)
		}
		form[extraFilters] = what.extraFilters
	}
	if c.method(what) == http.MethodGet {
		maps.Copy(query, form)
		return query, nil
	}
	return query, form
}

// extraFilters is VictoriaMetrics' parameter, which it also reads without the brackets.
const extraFilters = "extra_filters[]"

func isExtraFilters(name string, _ []string) bool { return isSame(name, extraFilters) }

// ExtraFilters returns the selectors to which the parameters of the data source, of its
// URL and of a query confine that query on a VictoriaMetrics, which lets through what
// any of them selects. What takes their place in a Range or an Instant must not select
// more; see promql.ExtraFilters.
func (c *Client) ExtraFilters(params url.Values) []string {
	var all []string
	query, form := c.parameters(c.instantCall(Instant{Params: params}))
	for _, sent := range []url.Values{query, form} {
		for _, name := range slices.Sorted(maps.Keys(sent)) {
			if isExtraFilters(name, nil) {
				all = append(all, sent[name]...)
			}
		}
	}
	return all
}

// timestamp prints a time as the API takes it: seconds, to the millisecond.
func timestamp(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
}
