package server

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Status answers with a status, a text and headers, which are names and values by
// turns.
func Status(status int, text string, headers ...string) Answer {
	return func(w *Writer, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.http.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// Hold answers with the first bytes of a response, such as one that switches
// protocols, and keeps the connection open until the client closes it.
func Hold(head string) Answer {
	return func(w *Writer, _ *http.Request) {
		conn, _, err := http.NewResponseController(w.http).Hijack()
		if err != nil {
			return
		}
		w.server.held.Add(1)
		defer w.server.held.Add(-1)
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, head)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// Redirect sends a client to the same path at another port.
func Redirect(status int) Answer {
	return func(w *Writer, r *http.Request) {
		http.Redirect(w.http, r, w.server.other.URL+r.URL.RequestURI(), status)
	}
}

// Slow gives an answer after a pause.
func Slow(pause time.Duration, answer Answer) Answer {
	return func(w *Writer, r *http.Request) {
		select {
		case <-time.After(pause):
			answer(w, r)
		case <-r.Context().Done():
		}
	}
}

// InTurn gives one of several answers after the other.
func InTurn(answers ...Answer) Answer {
	var next atomic.Int64
	return func(w *Writer, r *http.Request) {
		answers[int(next.Add(1)-1)%len(answers)](w, r)
	}
}

// Silent never answers.
func Silent(_ *Writer, r *http.Request) { <-r.Context().Done() }

// Trickle sends a text byte by byte, and then nothing.
func Trickle(text string, pause time.Duration) Answer {
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

// Headers answers with n headers, each with a value of some bytes, and keeps the
// connection open until the client closes it.
func Headers(n, size int) Answer {
	value := strings.Repeat("v", size)
	head := []byte("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n")
	for i := range n {
		head = strconv.AppendInt(append(head, 'x'), int64(i), 36)
		head = append(append(append(head, ':'), value...), "\r\n"...)
	}
	return Hold(string(head) + "\r\n")
}

// Hints sends interim responses without end.
func Hints(w *Writer, r *http.Request) {
	for r.Context().Err() == nil {
		w.http.Header().Set("Link", strings.Repeat("l", 1<<10))
		w.http.WriteHeader(http.StatusEarlyHints)
	}
}
