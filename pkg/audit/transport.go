package audit

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"sync"

	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	"google.golang.org/protobuf/proto"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// transport sends the requests of an exporter and records their results. The errors of the
// SDK's exporter can't be used: they contain the result only as text, mixed with text from the
// server.
type transport struct {
	base    *http.Transport
	problem func(string) // called after each request with its problem, or "" for a success

	mu   sync.Mutex
	last outcome
}

// outcome is the result of the last request of an export.
type outcome struct {
	known    bool   // there was a request
	problem  string // "" for a success
	rejected int    // events that the endpoint has rejected although the request succeeded
}

// newTransport returns a transport for the OTLP endpoint only. The HTTP client of the data
// source isn't used, because it would add the credentials for the data source's server.
func newTransport(problem func(string)) *transport {
	return &transport{problem: problem, base: &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        1,
		TLSHandshakeTimeout:    requestTimeout,
		ResponseHeaderTimeout:  requestTimeout,
		IdleConnTimeout:        exportTimeout,
		MaxResponseHeaderBytes: maxResponseBytes,
	}}
}

// client returns a client that doesn't follow redirects, because a request contains the token.
func (t *transport) client() *http.Client {
	return &http.Client{
		Transport: t, Timeout: requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (t *transport) close() { t.base.CloseIdleConnections() }

// reset prepares for an export, which can consist of several requests.
func (t *transport) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = outcome{}
}

func (t *transport) set(o outcome) {
	t.mu.Lock()
	o.known = true
	t.last = o
	t.mu.Unlock()
	t.problem(o.problem)
}

// outcome returns the result of an export that returned err. It doesn't use the text of err,
// which contains texts of the server.
func (t *transport) outcome(err error) outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil && !t.last.known {
		return outcome{problem: "the request could not be sent"}
	}
	return t.last
}

// temporary is an error after which the SDK's exporter repeats a request.
type temporary struct{ error }

func (temporary) Temporary() bool { return true }
func (t temporary) Unwrap() error { return t.error }

// RoundTrip sends a request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.base.RoundTrip(r)
	if err != nil {
		t.set(outcome{problem: cause(err)})
		return nil, temporary{err}
	}
	mediaType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode/100 != 2:
		t.set(outcome{problem: fmt.Sprintf("the endpoint responded with status %d %s", response.StatusCode, http.StatusText(response.StatusCode))})
		return response, nil
	case mediaType == "text/html":
		t.set(outcome{problem: "the endpoint responded with an HTML page, so the URL doesn't lead to an OTLP endpoint"})
		_ = response.Body.Close()
		return nil, errors.New("not an OTLP endpoint")
	case mediaType != "application/x-protobuf":
		t.set(outcome{})
		return response, nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	_ = response.Body.Close()
	if err != nil {
		t.set(outcome{problem: cause(err)})
		return nil, temporary{err}
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var decoded collector.ExportLogsServiceResponse
	result := outcome{}
	if err := proto.Unmarshal(body, &decoded); err != nil {
		result.problem = "the endpoint's response is not valid protobuf"
	} else if rejected := decoded.GetPartialSuccess().GetRejectedLogRecords(); rejected > 0 {
		result = outcome{problem: fmt.Sprintf("the endpoint rejected %d events of a request", rejected), rejected: int(min(rejected, maxBatch))}
	}
	t.set(result)
	return response, nil
}

// cause returns the text of the innermost cause of an error, such as "connection refused". The
// errors that wrap it add addresses and URLs. If errors are joined, cause unwraps the first.
// Errors of name lookups, addresses and certificates contain a host or an address, so cause
// returns another text for them.
func cause(err error) string {
	for {
		switch e := err.(type) { //nolint:errorlint // the loop unwraps err
		case *net.DNSError:
			switch {
			case e.IsNotFound:
				return "no such host"
			case e.IsTimeout:
				return "the DNS lookup of the host timed out"
			}
			return "the DNS lookup of the host failed"
		case *net.AddrError:
			return e.Err
		case x509.HostnameError:
			return "x509: the certificate is not valid for the host"
		}
		var next error
		switch e := err.(type) { //nolint:errorlint // the loop unwraps err
		case interface{ Unwrap() error }:
			next = e.Unwrap()
		case interface{ Unwrap() []error }:
			if all := e.Unwrap(); len(all) > 0 {
				next = all[0]
			}
		}
		if next == nil {
			return fault.ClipName(err.Error())
		}
		err = next
	}
}
