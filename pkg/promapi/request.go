package promapi

import (
	"context"
	"maps"
	"net/http"
	"net/url"
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
	return call{api: "query_range", path: "api/v1/query_range", params: q.Params, form: form}
}

func (c *Client) instantCall(q Instant) call {
	return call{api: "query", path: "api/v1/query", params: q.Params, form: url.Values{
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

// request is the one place where requests are made, so that every path carries
// the same parameters and headers.
func (c *Client) request(ctx context.Context, what call) (*http.Request, error) {
	u := c.base.JoinPath(what.path)
	form := maps.Clone(what.form)
	if form == nil {
		form = url.Values{}
	}
	maps.Copy(form, what.params)
	maps.Copy(form, c.opts.Params)
	if c.method(what) == http.MethodGet {
		query := u.Query()
		maps.Copy(query, form)
		u.RawQuery = query.Encode()
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
