package promapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/coding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

var (
	errQueryTimeout = errors.New("the data source's query timeout")
	errTooLarge     = &promjson.LimitError{Limit: "bytes"}
)

// callerError wraps an error that a caller of StreamRange returned from its function yield.
type callerError struct{ error }

// transportFailure returns the failure of a request without a response.
func (c *Client) transportFailure(ctx context.Context, req *http.Request, err error) *failure {
	if f := c.contextFault(ctx); f != nil {
		return &failure{fault: f.Because(err)}
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	var (
		dns       *net.DNSError
		dial      *net.OpError
		untrusted *tls.CertificateVerificationError
		hostname  x509.HostnameError
		record    tls.RecordHeaderError
		timeout   net.Error
	)
	host, cause := c.base.Host, c.quote(req, innermost(err).Error())
	unreachable := func(class retryClass, format string, args ...any) *failure {
		return &failure{class: class, fault: fault.New(fault.Unreachable, format, args...).Because(err)}
	}
	switch {
	case errors.As(err, &dns):
		return unreachable(other, "The host %s can't be resolved. Check the data source's URL and the DNS server.", c.base.Hostname())
	case errors.As(err, &untrusted), errors.As(err, &hostname), errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return unreachable(final, "Could not establish a TLS connection to %s: %s. Check the TLS settings of the data source.", host, cause)
	case errors.As(err, &timeout) && timeout.Timeout():
		return &failure{class: timedOut, fault: fault.New(fault.Timeout, "%s did not accept a connection or respond in time.", host).Because(err)}
	case errors.As(err, &dial) && dial.Op == "dial":
		return unreachable(other, "Could not connect to Prometheus at %s: %s. Check that it is running and that the data source's URL is correct.", host, cause)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &dial):
		return unreachable(transient, "The connection to %s was closed before a response arrived. The server may be restarting.", host)
	default:
		return unreachable(final, "The request to %s failed: %s.", host, cause)
	}
}

// contextFault returns the fault of a context that has ended, or nil.
func (c *Client) contextFault(ctx context.Context) *fault.Error {
	switch {
	case ctx.Err() == nil:
		return nil
	case errors.Is(context.Cause(ctx), errQueryTimeout):
		return fault.New(fault.Timeout, "%s did not answer within the data source's query timeout of %s. Check the server, ask for fewer series or a shorter range, or raise the timeout in the data source's settings.",
			c.base.Host, model.Duration(c.opts.Timeout))
	default:
		return fault.As(ctx.Err())
	}
}

// decodeFault returns the fault for an error that occurred while the body of a response was
// decoded.
func (c *Client) decodeFault(ctx context.Context, body *limitedBody, err error) error {
	if caller, ok := errors.AsType[*callerError](err); ok {
		return caller.error
	}
	host := c.base.Host
	newFault := func(kind fault.Kind, format string, args ...any) error {
		return fault.New(kind, format, args...).Because(err)
	}
	if overloaded, ok := errors.AsType[*fault.Error](err); ok { // from the budget
		return overloaded
	}
	if ended := c.contextFault(ctx); ended != nil {
		return ended.Because(err)
	}
	if errors.Is(err, budget.ErrTooLarge) {
		return newFault(fault.TooLarge, "The responses for this request are together larger than the data source's limit of %s MiB (response limit). Ask for fewer series, a shorter range or a larger step, or send fewer queries in one request.", mebibytes(c.opts.MaxBytes))
	}
	apiError, isAPIError := errors.AsType[*promjson.APIError](err)
	if isAPIError && apiError.Text != "" {
		return c.apiFault(body.resp.Request, apiError).Because(err)
	}
	if limit, ok := errors.AsType[*promjson.LimitError](err); ok && limit != errTooLarge {
		return c.limitFault(limit)
	}
	switch {
	case errors.Is(err, errTooLarge) && body.maxBytes < c.opts.MaxBytes:
		return newFault(fault.TooLarge, "The response of %s is larger than %s MiB, which is the limit for lists and for raw data. Request less data, such as with a selector or a shorter range.", host, mebibytes(body.maxBytes))
	case errors.Is(err, errTooLarge):
		return newFault(fault.TooLarge, "The response of %s is larger than the data source's limit of %s MiB (response limit). Ask for fewer series, a shorter range or a larger step.", host, mebibytes(c.opts.MaxBytes))
	case body.read == 0 && !body.isCut && errors.Is(err, io.ErrUnexpectedEOF):
		return newFault(fault.BadAnswer, "%s answered HTTP %d with an empty body instead of JSON. Check the data source's URL, and the log of the server or of a proxy in front of it.", host, body.resp.StatusCode)
	}
	if foreign := c.foreignFault(body); foreign != nil {
		return foreign.Because(err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return newFault(fault.BadAnswer, "The response of %s was cut off after %d bytes.", host, body.read)
	}
	if isAPIError {
		return newFault(fault.BadAnswer, "The response of %s reports neither success nor an error. Check that the data source's URL leads to a Prometheus API.", host)
	}
	if syntax, ok := errors.AsType[*promjson.SyntaxError](err); ok {
		return newFault(fault.BadAnswer, "%s did not send a valid response of the Prometheus API: %v.", host, syntax)
	}
	return newFault(fault.BadAnswer, "The response of %s could not be read past byte %d: %s.", host, body.read, c.quote(body.resp.Request, innermost(err).Error()))
}

// apiFault returns the fault for an error of the API in a response with status 2xx.
func (c *Client) apiFault(req *http.Request, err *promjson.APIError) *fault.Error {
	if err.IsTimeout() {
		return c.serverTimeoutFault(c.quote(req, err.Text))
	}
	return fault.New(fault.Rejected, "%s", sentences(c.base.Host+" refused the query", c.quote(req, err.Error()), ""))
}

// serverTimeoutFault returns the fault for a query that the server ended because it took
// too long.
func (c *Client) serverTimeoutFault(explanation string) *fault.Error {
	return fault.New(fault.Timeout, "%s", sentences(c.base.Host+" stopped the query because it took too long", explanation, "Ask for a shorter range or a larger step."))
}

// limitNames are the names of the limits that settings of the data source define.
var limitNames = map[string]string{
	promjson.SeriesLimit: "series limit", promjson.SampleLimit: "sample limit", promjson.SampleAndBucketLimit: "sample limit",
}

// limitAdvice is the advice for an answer over a limit that no setting defines.
var limitAdvice = map[string]string{
	promjson.LabelLimit:     "Aggregate, such as with sum by, or ask for fewer series.",
	promjson.LabelTextLimit: "Aggregate, such as with sum by, or ask for fewer series.",
	promjson.LabelSetLimit:  "Aggregate, such as with sum by.",
	promjson.SetTextLimit:   "Aggregate, such as with sum by.",
	promjson.BucketLimit:    "Ask for fewer series, a shorter range or a larger step, or for numbers with histogram_quantile, histogram_avg, histogram_count or histogram_sum.",
	promjson.TextLimit:      "Request less data, such as with a selector that excludes it.",
}

// limitFault returns the fault for an answer over one of promjson's limits.
func (c *Client) limitFault(limit *promjson.LimitError) error {
	if name, isSetting := limitNames[limit.Limit]; isSetting {
		return fault.New(fault.TooLarge, "The response of %s has %v, which is the data source's limit (%s). Ask for fewer series, a shorter range or a larger step.", c.base.Host, limit, name).Because(limit)
	}
	return fault.New(fault.TooLarge, "The response of %s has %v, which is the limit. %s", c.base.Host, limit, cmp.Or(limitAdvice[limit.Limit], "Ask for fewer series or a shorter range.")).Because(limit)
}

// foreignFault returns a fault if the content coding of the body is unknown and the body
// doesn't begin with plain text, or if foreignText returns a text. Otherwise it returns nil.
func (c *Client) foreignFault(body *limitedBody) *fault.Error {
	host, resp := c.base.Host, body.resp
	if encoding := coding.Unknown(resp); encoding != "" && !errortext.IsText(body.head) {
		return fault.New(fault.BadAnswer, "The response of %s has the content encoding %.60q, which can't be decoded. Configure the server, or the proxy in front of it, to send gzip, deflate, zstd or no encoding, and check the Accept-Encoding header in the data source's settings.", host, encoding)
	}
	text, complete := body.foreignText()
	if text == nil {
		return nil
	}
	explanation := c.bodyText(resp, text, complete)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return fault.New(fault.NotPrometheus, "%s", sentences(host+" answered with a web page instead of a response of the Prometheus API", explanation,
			"Check the data source's URL, and whether a proxy in front of it requires a login."))
	}
	return fault.New(fault.BadAnswer, "%s", sentences(host+" did not send a valid response of the Prometheus API", explanation,
		"Check that the data source's URL leads to a Prometheus API."))
}

// innermost returns the last error in a chain of wrapped errors. It drops the URL of a
// *url.Error, whose query string may contain secrets.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// sentences joins three texts: what happened, the server's explanation, and what to do next.
// The parameters explanation and next may be empty.
func sentences(what, explanation, next string) string {
	if explanation != "" {
		what += ": " + explanation
	}
	if last, _ := utf8.DecodeLastRuneInString(what); !strings.ContainsRune(".!?…", last) {
		what += "."
	}
	return strings.TrimSpace(what + " " + next)
}

// mebibytes formats a number of bytes in MiB, as in the data source's settings: 256 or 0.5.
func mebibytes(bytes int64) string {
	const digits = 1000
	return strconv.FormatFloat(math.Round(float64(bytes)/(1<<20)*digits)/digits, 'f', -1, 64)
}
