package promapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// refusal is an answer with a status other than 2xx.
type refusal struct {
	status int
	header http.Header
	api    promjson.APIError // empty where the body isn't an error of the Prometheus API
	words  string            // what the server says, fit for a sentence; "" where the body is empty
}

// readRefusal reads what a server says instead of an answer.
func (c *Client) readRefusal(ctx context.Context, resp *http.Response) refusal {
	r := refusal{status: resp.StatusCode, header: resp.Header}
	if r.status < http.StatusOK {
		return r // a connection that now speaks another protocol has no body, and may have no end
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, errortext.MaxBody))
	var said struct {
		Status string `json:"status"`
		promjson.APIError
	}
	if json.Unmarshal(body, &said) == nil && said.Status == "error" && said.Text != "" {
		r.api = promjson.APIError{Type: said.Type, Text: c.quote(resp.Request, said.Text)}
	}
	r.words = c.words(resp, body, err == nil && len(body) < errortext.MaxBody)
	switch {
	case r.words != "":
	case r.api.Text != "": // a complete error, before an encoding that is cut
		r.words = r.api.Error()
	case err != nil && ctx.Err() != nil:
		r.words = "its explanation did not arrive in time"
	case err != nil:
		r.words = "its explanation can't be read: " + c.quote(resp.Request, withoutURL(err).Error())
	default:
		r.words = c.quote(resp.Request, resp.Header.Get("WWW-Authenticate"))
	}
	return r
}

// words are what a body says, or what is known of a body that can't be read; "" for
// an empty one.
func (c *Client) words(resp *http.Response, body []byte, complete bool) string {
	if encoding := unknownCoding(resp); encoding != "" && !errortext.IsText(body) {
		return fmt.Sprintf("its explanation has the content encoding %.60q, which can't be decoded", encoding)
	}
	return c.quote(resp.Request, errortext.Of(resp.Header.Get("Content-Type"), body, complete))
}

// quote makes what a server sent fit for a sentence: one line, clipped, without the
// credentials of the data source and of the request.
func (c *Client) quote(req *http.Request, text string) string {
	return errortext.Clip(c.opts.Mask.WithHeader(req.Header).Mask(errortext.Line(text)))
}

// noted is an answer with what the server reports along with its data.
type noted interface{ Rewrite(func(string) string) }

// maskNotes makes the notes of an answer fit for people: one line each, without
// credentials. answer points to a result type or to a pointer to one.
func (c *Client) maskNotes(answer any, req *http.Request) {
	if result, ok := answer.(**series.Result); ok {
		answer = *result
	}
	if n, ok := answer.(noted); ok {
		n.Rewrite(func(text string) string {
			return c.opts.Mask.WithHeader(req.Header).Mask(errortext.Line(text))
		})
	}
}

// statusFailure says what a refusal means, and what the server says.
func (c *Client) statusFailure(r refusal) *failure {
	host, status := c.base.Host, r.status
	failed := func(kind fault.Kind, next, format string, args ...any) *failure {
		return &failure{fault: fault.New(kind, "%s", joined(fmt.Sprintf(format, args...), r.words, next))}
	}
	kept := func(f *failure) *failure {
		_ = f.fault.WithStatus(status)
		return f
	}
	silence := ""
	if r.words == "" {
		silence = " and did not say why: its log may"
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return kept(failed(fault.Unauthorized, "Check the authentication in the data source's settings.",
			"%s refused the data source's credentials (HTTP %d)", host, status))
	case r.api.IsTimeout():
		return &failure{fault: c.gaveUp(r.api.Text)}
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		busy := kept(failed(fault.Busy, "Try again later, or ask for less.", "%s is too busy to answer (HTTP %d)", host, status))
		busy.after, busy.class = retryAfter(r.header), transient
		if status == http.StatusTooManyRequests {
			busy.class = rateLimit
		}
		return busy
	case status == http.StatusNotFound && r.api.Text == "":
		return kept(failed(fault.NotPrometheus, "Check the data source's URL, and its path where the server is behind a prefix.",
			"There is no Prometheus API at this URL (HTTP 404 from %s)", host))
	case status == http.StatusBadGateway:
		bad := failed(fault.Unreachable, "", "A proxy at %s could not reach the Prometheus server behind it (HTTP 502)", host)
		bad.class = transient
		return bad
	case status == http.StatusGatewayTimeout:
		return failed(fault.Timeout, "", "A proxy at %s gave up waiting for the Prometheus server behind it (HTTP 504)", host)
	case status >= http.StatusInternalServerError:
		return failed(fault.BadAnswer, "", "%s failed (HTTP %d)%s", host, status, silence)
	case status >= http.StatusBadRequest && r.api.Text != "":
		return kept(failed(fault.Rejected, "", "%s refused the query", host))
	case status >= http.StatusBadRequest:
		next := cmp.Or(nextSteps[status], "Check that the data source's URL is that of a Prometheus API.")
		return kept(failed(fault.Rejected, next, "%s refused the request (HTTP %d)%s", host, status, silence))
	default:
		return failed(fault.NotPrometheus, "Check the data source's URL.",
			"%s answered HTTP %d and not as a Prometheus API does", host, status)
	}
}

// nextSteps are what to do about statuses that don't come from the Prometheus API but
// from what stands in front of it.
var nextSteps = map[int]string{
	http.StatusRequestEntityTooLarge: "Shorten the query, or raise the limit of the server or of a proxy in front of it.",
	http.StatusRequestURITooLong:     "Choose POST as the HTTP method in the data source's settings, or shorten the query.",
}

// gaveUp says that the server ended a query that took too long.
func (c *Client) gaveUp(words string) *fault.Error {
	return fault.New(fault.Timeout, "%s", joined(c.base.Host+" gave the query up", words, "Ask for a shorter range or a larger step."))
}

// joined makes one text of what happened, what the server says, and what to do next.
func joined(what, words, next string) string {
	if words != "" {
		what += ": " + words
	}
	if last, _ := utf8.DecodeLastRuneInString(what); !strings.ContainsRune(".!?…", last) {
		what += "."
	}
	return strings.TrimSpace(what + " " + next)
}
