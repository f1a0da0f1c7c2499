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

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

var (
	errQueryTimeout = errors.New("the data source's query timeout")
	errTooLarge     = &promjson.LimitError{What: "bytes"}
)

// transportFailure tells why no answer came.
func (c *Client) transportFailure(ctx context.Context, req *http.Request, err error) *failure {
	if f := c.contextFault(ctx); f != nil {
		return &failure{fault: f.Because(err)}
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	var (
		dns      *net.DNSError
		dial     *net.OpError
		untrust  *tls.CertificateVerificationError
		hostname x509.HostnameError
		record   tls.RecordHeaderError
		timeout  net.Error
	)
	host, cause := c.base.Host, c.quote(req, withoutURL(err).Error())
	unreachable := func(k class, format string, args ...any) *failure {
		return &failure{class: k, fault: fault.New(fault.Unreachable, format, args...).Because(err)}
	}
	switch {
	case errors.As(err, &dns):
		return unreachable(other, "The host %s is not known: check the data source's URL, or the name server.", c.base.Hostname())
	case errors.As(err, &untrust), errors.As(err, &hostname), errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return unreachable(final, "No secure connection to %s: %s. Check the TLS settings of the data source.", host, cause)
	case errors.As(err, &timeout) && timeout.Timeout():
		return &failure{class: timedOut, fault: fault.New(fault.Timeout, "%s did not accept a connection or begin to answer in time.", host).Because(err)}
	case errors.As(err, &dial) && dial.Op == "dial":
		return unreachable(other, "Could not connect to Prometheus at %s: %s. Check that it runs and that the data source's URL is right.", host, cause)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &dial):
		return unreachable(transient, "The connection to %s was cut before it answered. The server may be restarting.", host)
	default:
		return unreachable(final, "No answer from %s: %s.", host, cause)
	}
}

// contextFault tells which time limit passed, or that the caller went away; nil
// while the context is alive.
func (c *Client) contextFault(ctx context.Context) *fault.Error {
	switch {
	case ctx.Err() == nil:
		return nil
	case errors.Is(context.Cause(ctx), errQueryTimeout):
		return fault.New(fault.Timeout, "%s did not answer within the data source's query timeout of %s. Check that it is well and ask for less, such as a shorter range, or raise the timeout in the data source's settings.",
			c.base.Host, model.Duration(c.opts.Timeout))
	default:
		return fault.As(ctx.Err())
	}
}

// callerError is an error of whoever takes the series, not of the answer.
type callerError struct{ error }

// decodeFault says why an answer that had begun couldn't be read to its end.
func (c *Client) decodeFault(ctx context.Context, body *meter, err error) error {
	if refused, ok := errors.AsType[*callerError](err); ok {
		return refused.error
	}
	host := c.base.Host
	failed := func(kind fault.Kind, format string, args ...any) error {
		return fault.New(kind, format, args...).Because(err)
	}
	if overloaded, ok := errors.AsType[*fault.Error](err); ok { // of the budget
		return overloaded
	}
	if stopped := c.contextFault(ctx); stopped != nil {
		return stopped.Because(err)
	}
	if errors.Is(err, budget.ErrTooLarge) {
		return failed(fault.TooLarge, "The answers to this request are together larger than the data source's limit of %s MiB (response limit). Ask for fewer series, a shorter range or a larger step, or in fewer queries at once.", mebibytes(c.opts.MaxBytes))
	}
	if said, ok := errors.AsType[*promjson.APIError](err); ok && said.Text != "" {
		return c.failureInAnswer(body.resp.Request, said).Because(err)
	}
	if limit, ok := errors.AsType[*promjson.LimitError](err); ok && limit != errTooLarge {
		return c.limitFault(limit)
	}
	switch {
	case errors.Is(err, errTooLarge) && body.maxBytes < c.opts.MaxBytes:
		return failed(fault.TooLarge, "The answer of %s is larger than %s MiB, which is the limit for lists and for data that are passed on unchanged. Ask for less, such as with a selector or a shorter range.", host, mebibytes(body.maxBytes))
	case errors.Is(err, errTooLarge):
		return failed(fault.TooLarge, "The answer of %s is larger than the data source's limit of %s MiB (response limit). Ask for fewer series, a shorter range or a larger step.", host, mebibytes(c.opts.MaxBytes))
	case body.read == 0 && !body.cut && endsEarly(err):
		return failed(fault.BadAnswer, "%s answered HTTP %d without a body, where the Prometheus API sends JSON. Check the data source's URL, and the log of the server or of a proxy in front of it.", host, body.resp.StatusCode)
	}
	if foreign := c.foreignFault(body); foreign != nil {
		return foreign.Because(err)
	}
	if endsEarly(err) {
		return failed(fault.BadAnswer, "The answer of %s was cut off after %d bytes.", host, body.read)
	}
	if _, silent := errors.AsType[*promjson.APIError](err); silent {
		return failed(fault.BadAnswer, "The answer of %s says neither success nor what failed. Check that the data source's URL is that of a Prometheus API.", host)
	}
	if syntax, ok := errors.AsType[*promjson.SyntaxError](err); ok {
		return failed(fault.BadAnswer, "The answer of %s is not what the Prometheus API promises: %v.", host, syntax)
	}
	return failed(fault.BadAnswer, "The answer of %s could not be read past byte %d: %s.", host, body.read, c.quote(body.resp.Request, withoutURL(err).Error()))
}

// limitFault is a limit on what an answer holds, as a fault.
func (c *Client) limitFault(limit *promjson.LimitError) error {
	if name, isSetting := limitNames[limit.What]; isSetting {
		return fault.New(fault.TooLarge, "The answer of %s holds %v, which is the data source's limit (%s). Ask for fewer series, a shorter range or a larger step.", c.base.Host, limit, name).Because(limit)
	}
	return fault.New(fault.TooLarge, "The answer of %s holds %v, which is the limit. %s", c.base.Host, limit, cmp.Or(lessOf[limit.What], "Ask for fewer series or a shorter range.")).Because(limit)
}

// foreignFault shows what an answer says that isn't one of the Prometheus API; nil
// for an answer that is.
func (c *Client) foreignFault(body *meter) *fault.Error {
	host, resp := c.base.Host, body.resp
	if encoding := unknownCoding(resp); encoding != "" && !errortext.IsText(body.head) {
		return fault.New(fault.BadAnswer, "The answer of %s has the content encoding %.60q, which can't be decoded. Configure the server, or the proxy in front of it, to send gzip, deflate, zstd or no encoding, and check the Accept-Encoding header in the data source's settings.", host, encoding)
	}
	text, complete := body.foreign()
	if text == nil {
		return nil
	}
	words := c.words(resp, text, complete)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return fault.New(fault.NotPrometheus, "%s", joined(host+" answered with a web page where a Prometheus API was expected", words,
			"Check the data source's URL, and whether a login page stands in front of it."))
	}
	return fault.New(fault.BadAnswer, "%s", joined("The answer of "+host+" is not what the Prometheus API promises", words,
		"Check that the data source's URL is that of a Prometheus API."))
}

// endsEarly reports whether an answer ended before it was complete.
func endsEarly(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

// failureInAnswer is a failure that came under status 200.
func (c *Client) failureInAnswer(req *http.Request, said *promjson.APIError) *fault.Error {
	if said.IsTimeout() {
		return c.gaveUp(c.quote(req, said.Text))
	}
	return fault.New(fault.Rejected, "%s", joined(c.base.Host+" refused the query", c.quote(req, said.Error()), ""))
}

// limitNames are the settings that limit what an answer can have too much of, and lessOf
// is what to do about what no setting limits.
var (
	limitNames = map[string]string{
		promjson.SeriesLimit: "series limit", promjson.SampleLimit: "sample limit", promjson.SampleAndBucketLimit: "sample limit",
	}
	lessOf = map[string]string{
		promjson.LabelLimit:     "Aggregate, such as with sum by, or ask for fewer series.",
		promjson.LabelTextLimit: "Aggregate, such as with sum by, or ask for fewer series.",
		promjson.LabelSetLimit:  "Aggregate, such as with sum by.",
		promjson.BucketLimit:    "Ask for fewer series, a shorter range or a larger step, or for numbers with histogram_quantile, histogram_avg, histogram_count or histogram_sum.",
		promjson.TextLimit:      "Ask for less, such as with a selector that leaves it out.",
	}
)

// mebibytes prints a size as the setting is written: 256, or 0.5.
func mebibytes(bytes int64) string {
	const digits = 1000
	return strconv.FormatFloat(math.Round(float64(bytes)/(1<<20)*digits)/digits, 'f', -1, 64)
}
