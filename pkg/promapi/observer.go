package promapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/coding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/interim"
)

// Observer counts the requests, retries and samples of a Client. Its methods are called
// concurrently.
type Observer interface {
	// Request is called at the end of each HTTP request, including retries. api is the name of
	// the API, such as query_range. status is the HTTP status, fault.StatusCanceled
	// if the request was canceled before there was a response, such as by a user who closes
	// the dashboard, or 0 if there is no response for another reason. took is the time until
	// the response was read. bytes is the number of decompressed bytes that were read.
	Request(api string, status int, took time.Duration, bytes int64)
	// Retry is called before each retry. reason is rate_limit, transient, timeout or other.
	Retry(reason string)
	// Samples is called with the number of samples of a decoded answer, or once for each
	// series with the number of samples of the series.
	Samples(n int)
}

// noObserver is the Observer of a client without one.
type noObserver struct{}

func (noObserver) Request(string, int, time.Duration, int64) {}
func (noObserver) Retry(string)                              {}
func (noObserver) Samples(int)                               {}

// roundTrip sends a request once. It calls the Observer if there is no response, or when
// the body of the response is closed.
func (c *Client) roundTrip(api string, req *http.Request) (*http.Response, error) {
	start := time.Now()
	req = req.WithContext(interim.Limit(req.Context()))
	resp, err := c.http.Do(req)
	if err != nil {
		status := 0
		if errors.Is(req.Context().Err(), context.Canceled) {
			status = fault.StatusCanceled
		}
		c.opts.Observer.Request(api, status, time.Since(start), 0)
		return nil, err
	}
	if resp.Request == nil { // possible with a transport that isn't net/http's
		resp.Request = req
	}
	decoding := coding.Pause(resp)
	// Allocating a large decoder takes time, as decoding does. Its size counts as bytes of the
	// response, so that such a response is decoded in turns from the first byte.
	decoding.Count(coding.Undo(resp))
	resp.Body = &observedBody{ReadCloser: resp.Body, onClose: func(bytes int64) {
		c.opts.Observer.Request(api, resp.StatusCode, time.Since(start), bytes)
	}}
	return resp, nil
}

// observedBody counts the bytes that are read from a body.
type observedBody struct {
	io.ReadCloser
	read    int64
	onClose func(read int64)
}

func (b *observedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	return n, err
}

func (b *observedBody) Close() error {
	b.onClose(b.read)
	return b.ReadCloser.Close()
}
