package promapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/backoff"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/coding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// ServerError is a response of the server with a status other than 2xx, as the cause of a
// fault.
type ServerError struct {
	Status int
	// API is the error in the body, or zero if the body isn't an error of the Prometheus API.
	// Its text is one line without credentials.
	API promjson.APIError
}

func (e *ServerError) Error() string { return "HTTP status " + strconv.Itoa(e.Status) }

// isUnsupported reports whether the status means that the server doesn't support the
// requested API.
func (e *ServerError) isUnsupported() bool {
	return e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented
}

// errorResponse is a response with a status other than 2xx.
type errorResponse struct {
	status      int
	header      http.Header
	api         promjson.APIError // zero if the body isn't an error of the Prometheus API
	explanation string            // the text of the body, the reason why it can't be read, or WWW-Authenticate; may be ""
}

// readErrorResponse reads the body of a response with a status other than 2xx.
func (c *Client) readErrorResponse(ctx context.Context, resp *http.Response) errorResponse {
	r := errorResponse{status: resp.StatusCode, header: resp.Header}
	if r.status < http.StatusOK {
		return r // after 101, the body is a connection with another protocol and may never end
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, errortext.MaxBody))
	var answer struct {
		Status string `json:"status"`
		promjson.APIError
	}
	if json.Unmarshal(body, &answer) == nil && answer.Status == "error" && answer.Text != "" {
		r.api = promjson.APIError{Type: answer.Type, Text: c.quote(resp.Request, answer.Text)}
	}
	r.explanation = c.bodyText(resp, body, err == nil && len(body) < errortext.MaxBody)
	switch {
	case r.explanation != "":
	case r.api.Text != "":
		// If the end of the body may be missing, bodyText drops the last word. JSON without
		// white space is a single word, so bodyText would return nothing.
		r.explanation = r.api.Error()
	case err != nil && ctx.Err() != nil:
		r.explanation = "the response body did not arrive in time"
	case err != nil:
		r.explanation = "the response body can't be decoded: " + c.quote(resp.Request, innermost(err).Error())
	default:
		r.explanation = c.quote(resp.Request, resp.Header.Get("WWW-Authenticate"))
	}
	return r
}

// bodyText returns the text of a body for an error message, or the reason why it can't be
// decoded. It returns "" for an empty body.
func (c *Client) bodyText(resp *http.Response, body []byte, complete bool) string {
	if encoding := coding.Unknown(resp); encoding != "" && !errortext.IsText(body) {
		return fmt.Sprintf("the response body has the content encoding %.60q, which can't be decoded", encoding)
	}
	return c.quote(resp.Request, errortext.FromBody(resp.Header.Get("Content-Type"), body, complete))
}

// quote returns a text of the server for an error message: as one line, clipped, and
// without the credentials of the data source and of the request.
func (c *Client) quote(req *http.Request, text string) string {
	return errortext.Clip(c.maskedLine(req, text))
}

// maskNotes applies maskedLine to each note of an answer.
// answer is a pointer to an answer, or a pointer to such a pointer.
func (c *Client) maskNotes(answer any, req *http.Request) {
	if result, ok := answer.(**series.Result); ok {
		answer = *result
	}
	if notes, ok := answer.(interface{ Rewrite(func(string) string) }); ok {
		notes.Rewrite(func(text string) string { return c.maskedLine(req, text) })
	}
}

// maskedLine returns a text of the server as one line without the credentials of the data
// source and of the request, and without the values that access rules exclude.
func (c *Client) maskedLine(req *http.Request, text string) string {
	hidden, _ := req.Context().Value(hiddenKey{}).([]string)
	return c.opts.Mask.WithHeader(req.Header).WithValues(hidden).Mask(errortext.Line(text))
}

type hiddenKey struct{}

// withHidden returns a context for a request. In the messages of the server about the request,
// the given texts are masked.
func withHidden(ctx context.Context, texts []string) context.Context {
	if len(texts) == 0 {
		return ctx
	}
	return context.WithValue(ctx, hiddenKey{}, texts)
}

// statusFailure returns the failure for a response with a status other than 2xx.
func (c *Client) statusFailure(r errorResponse) *failure {
	host, status := c.base.Host, r.status
	newFailure := func(kind fault.Kind, next, format string, args ...any) *failure {
		return &failure{fault: fault.New(kind, "%s", sentences(fmt.Sprintf(format, args...), r.explanation, next))}
	}
	withStatus := func(f *failure) *failure {
		_ = f.fault.WithStatus(status)
		return f
	}
	unexplained := ""
	if r.explanation == "" {
		unexplained = " without an explanation. Check its log"
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return withStatus(newFailure(fault.Unauthorized, "Check the authentication in the data source's settings.",
			"%s refused the data source's credentials (HTTP %d)", host, status))
	case r.api.IsTimeout():
		return &failure{fault: c.serverTimeoutFault(r.api.Text)}
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		busy := withStatus(newFailure(fault.Busy, "Try again later, or query less data.", "%s is too busy to answer (HTTP %d)", host, status))
		busy.after, busy.class = backoff.After(r.header), transient
		if status == http.StatusTooManyRequests {
			busy.class = rateLimit
		}
		return busy
	case status == http.StatusNotFound && r.api.Text == "":
		return withStatus(newFailure(fault.NotPrometheus, "Check the data source's URL, including its path if the server has a path prefix.",
			"There is no Prometheus API at this URL (HTTP 404 from %s)", host))
	case status == http.StatusBadGateway:
		badGateway := newFailure(fault.Unreachable, "", "A proxy at %s could not reach the Prometheus server behind it (HTTP 502)", host)
		badGateway.class = transient
		return badGateway
	case status == http.StatusGatewayTimeout:
		return newFailure(fault.Timeout, "", "A proxy at %s gave up waiting for the Prometheus server behind it (HTTP 504)", host)
	case status >= http.StatusInternalServerError:
		return newFailure(fault.BadAnswer, "", "%s failed (HTTP %d)%s", host, status, unexplained)
	case status >= http.StatusBadRequest && r.api.Text != "":
		return withStatus(newFailure(fault.Rejected, "", "%s refused the query", host))
	case status >= http.StatusBadRequest:
		next := cmp.Or(statusAdvice[status], "Check that the data source's URL leads to a Prometheus API.")
		return withStatus(newFailure(fault.Rejected, next, "%s refused the request (HTTP %d)%s", host, status, unexplained))
	default:
		return newFailure(fault.NotPrometheus, "Check the data source's URL.",
			"%s answered HTTP %d, which the Prometheus API doesn't use", host, status)
	}
}

// statusAdvice is the advice for statuses that usually come from a proxy in front of the
// Prometheus API.
var statusAdvice = map[int]string{
	http.StatusRequestEntityTooLarge: "Shorten the query, or raise the limit of the server or of a proxy in front of it.",
	http.StatusRequestURITooLong:     "Choose POST as the HTTP method in the data source's settings, or shorten the query.",
}
