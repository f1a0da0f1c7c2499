package promapi

import (
	"io"
	"net/http"
	"time"
)

// Observer is told what a client does.
type Observer interface {
	// Request is one attempt at its end: what it asked of the API, such as
	// query_range, the answer's HTTP status or 0 where there was none, the time until
	// the answer was read, and its bytes, decompressed.
	Request(api string, status int, took time.Duration, bytes int64)
	// Retry says why a request is sent again: rate_limit, transient, timeout or other.
	Retry(reason string)
	// Samples are those of an answer, or of a part of one.
	Samples(n int)
}

// nobody observes a client that has no Observer.
type nobody struct{}

func (nobody) Request(string, int, time.Duration, int64) {}
func (nobody) Retry(string)                              {}
func (nobody) Samples(int)                               {}

// do sends a request once. The observer is told when there is no answer, or when
// the answer's body is closed.
func (c *Client) do(api string, req *http.Request) (*http.Response, error) {
	begun := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.opts.Observer.Request(api, 0, time.Since(begun), 0)
		return nil, err
	}
	if resp.Request == nil { // a transport that isn't net/http's
		resp.Request = req
	}
	undoCodings(resp)
	resp.Body = &observed{ReadCloser: resp.Body, closed: func(bytes int64) {
		c.opts.Observer.Request(api, resp.StatusCode, time.Since(begun), bytes)
	}}
	return resp, nil
}

// observed is a body that tells how much of it was read.
type observed struct {
	io.ReadCloser
	read   int64
	closed func(read int64)
}

func (o *observed) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.read += int64(n)
	return n, err
}

func (o *observed) Close() error {
	o.closed(o.read)
	return o.ReadCloser.Close()
}
