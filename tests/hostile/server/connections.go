package server

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Status responds with a status, a text and headers, given as name, value, name, value.
func Status(status int, text string, headers ...string) Response {
	return func(w *Writer, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.http.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// Hold sends the first bytes of a response, such as one that switches protocols, and
// keeps the connection open until the client closes it.
func Hold(head string) Response {
	return func(w *Writer, _ *http.Request) {
		conn, _, err := http.NewResponseController(w.http).Hijack()
		if err != nil {
			return
		}
		w.server.hijacked.Add(1)
		defer w.server.hijacked.Add(-1)
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, head)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// Redirect redirects to the same path on another port.
func Redirect(status int) Response {
	return func(w *Writer, r *http.Request) {
		http.Redirect(w.http, r, w.server.other.URL+r.URL.RequestURI(), status) //nolint:gosec // G710: this test server attacks the plugin with redirects
	}
}

// Slow responds after a pause.
func Slow(pause time.Duration, response Response) Response {
	return func(w *Writer, r *http.Request) {
		select {
		case <-time.After(pause):
			response(w, r)
		case <-r.Context().Done():
		}
	}
}

// InTurn cycles through several responses.
func InTurn(responses ...Response) Response {
	var next atomic.Int64
	return func(w *Writer, r *http.Request) {
		responses[int(next.Add(1)-1)%len(responses)](w, r)
	}
}

// Silent never responds.
func Silent(_ *Writer, r *http.Request) { <-r.Context().Done() }

// Trickle sends a text byte by byte and then keeps the connection open.
func Trickle(text string, pause time.Duration) Response {
	return func(w *Writer, r *http.Request) {
		for i := range len(text) {
			_ = w.WriteByte(text[i])
			w.FlushAll()
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				return
			}
		}
		Silent(w, r)
	}
}

// Headers sends n headers with values of size bytes and keeps the connection open until
// the client closes it.
func Headers(n, size int) Response {
	value := strings.Repeat("v", size)
	head := []byte("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n")
	for i := range n {
		head = strconv.AppendInt(append(head, 'x'), int64(i), 36)
		head = append(append(append(head, ':'), value...), "\r\n"...)
	}
	return Hold(string(head) + "\r\n")
}

// Hints sends endless interim responses.
func Hints(w *Writer, r *http.Request) {
	for r.Context().Err() == nil {
		w.http.Header().Set("Link", strings.Repeat("l", 1<<10))
		w.http.WriteHeader(http.StatusEarlyHints)
	}
}
