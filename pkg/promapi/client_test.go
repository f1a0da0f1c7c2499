package promapi

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

const one = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}`

var instant = Instant{Expr: "up", At: time.UnixMilli(1700000000500)}

// client starts a server with the given handler, and returns a client for it. The client
// doesn't wait between attempts, but records the pauses.
func client(t *testing.T, opts Options, handler http.HandlerFunc) (c *Client, pauses *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	if opts.URL == "" {
		opts.URL = server.URL
	}
	if opts.Timeout == 0 {
		opts.Timeout = time.Hour
	}
	if opts.MaxBytes == 0 {
		opts.MaxBytes = 1 << 20
	}
	c, err := New(server.Client(), opts)
	if err != nil {
		t.Fatal(err)
	}
	pauses = new([]time.Duration)
	c.pause = func(_ context.Context, d time.Duration) bool {
		*pauses = append(*pauses, d)
		return true
	}
	return c, pauses
}

func TestRequests(t *testing.T) {
	var method, path, contentType string
	var form url.Values
	c, _ := client(t, Options{Timeout: 90 * time.Second}, func(w http.ResponseWriter, r *http.Request) {
		method, path, contentType = r.Method, r.URL.Path, r.Header.Get("Content-Type")
		_ = r.ParseForm()
		form = r.Form
		_, _ = fmt.Fprint(w, one)
	})
	if _, err := c.Query(t.Context(), instant); err != nil {
		t.Fatal(err)
	}
	if method != "POST" || path != "/api/v1/query" || contentType != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s as %s", method, path, contentType)
	}
	if got, want := form.Encode(), "query=up&stats=true&time=1700000000.5&timeout=1m30s"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	_, err := c.QueryRange(t.Context(), Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: 1500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := form.Encode(), "end=60&query=up&start=0&stats=true&step=1.5&timeout=1m30s"; path != "/api/v1/query_range" || got != want {
		t.Errorf("%s with %s, want %s", path, got, want)
	}
}

func TestPostFallsBackToGet(t *testing.T) {
	var methods []string
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if r.Method == "POST" {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		_, _ = fmt.Fprint(w, one)
	})
	for range 2 {
		if _, err := c.Query(t.Context(), instant); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(methods, " "); got != "POST GET GET" {
		t.Errorf("got %s", got)
	}
}

func TestErrorTexts(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		kind    fault.Kind
		status  int
		want    string
	}{
		{"bad query", answer(400, `{"status":"error","errorType":"bad_data","error":"parse error"}`), fault.Rejected, 400, "refused the query: bad_data: parse error."},
		{"execution", answer(422, `{"status":"error","errorType":"execution","error":"too many samples"}`), fault.Rejected, 422, "execution: too many samples."},
		{"error under status 200", answer(200, `{"status":"error","errorType":"bad_data","error":"no"}`), fault.Rejected, 400, "bad_data: no."},
		{"credentials", answer(401, ``), fault.Unauthorized, 401, "refused the data source's credentials (HTTP 401)"},
		{"permission", answer(403, ``), fault.Unauthorized, 403, "HTTP 403"},
		{"wrong path", answer(404, `404 page not found`), fault.NotPrometheus, 404, "There is no Prometheus API at this URL"},
		{"login page", answer(200, `<html>login</html>`), fault.NotPrometheus, 502, "answered with a web page instead of a response of the Prometheus API"},
		{"rate limit", answer(429, ``), fault.Busy, 429, "Attempts made: 6."},
		{"overloaded", answer(503, `{"status":"error","errorType":"unavailable","error":"starting"}`), fault.Busy, 503, "(HTTP 503): unavailable: starting. Try again later, or query less data. Attempts made: 4."},
		{"timeout of the server", answer(503, `{"status":"error","errorType":"timeout","error":"query timed out"}`), fault.Timeout, 504, "stopped the query because it took too long: query timed out."},
		{"gateway timeout", answer(504, ``), fault.Timeout, 504, "HTTP 504"},
		{"bad gateway", answer(502, ``), fault.Unreachable, 502, "HTTP 502"},
		{"empty body with status 500", answer(500, ``), fault.BadAnswer, 502, "failed (HTTP 500) without an explanation"},
		{"other status", answer(418, `teapot`), fault.Rejected, 418, "refused the request (HTTP 418): teapot. Check that the data source's URL leads to a Prometheus API."},
		{"cut body", answer(200, one[:40]), fault.BadAnswer, 502, "was cut off after 40 bytes"},
		{"malformed body", answer(200, `{"status":"success","data":7}`), fault.BadAnswer, 502, "not send a valid response of the Prometheus API: expected {, at byte 27."},
		{"wrong Content-Length", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = fmt.Fprint(w, one[:30])
		}, fault.BadAnswer, 502, "was cut off after 30 bytes"},
		{"gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = fmt.Fprint(z, `{"status":"success","data":{"resultType":"vector","result":[`, strings.Repeat(" ", 10<<20))
			_ = z.Close()
		}, fault.TooLarge, 413, "limit of 1 MiB (response limit)"},
		{"connection reset before the response", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fault.Unreachable, 502, "was closed before a response arrived"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{MaxRetries: 2}, test.handler)
			_, err := c.Query(t.Context(), instant)
			f := fault.As(err)
			if err == nil || f.Kind != test.kind || f.Status != test.status || !strings.Contains(f.Text, test.want) {
				t.Errorf("got kind %d, status %d, %q", f.Kind, f.Status, f.Text)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, test := range []struct {
		name, url, want string
		pauses          int
	}{
		{"refused", "http://user:secret@" + closed.Addr().String(), "Could not connect to Prometheus at " + closed.Addr().String() + ": connection refused.", 2},
		{"unknown host", "http://prometheus.invalid:9090", "The host prometheus.invalid can't be resolved", 2},
		{"TLS to a plain HTTP server", strings.Replace(plain.URL, "http:", "https:", 1), "Could not establish a TLS connection to", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, pauses := client(t, Options{URL: test.url, MaxRetries: 2}, http.NotFound)
			_, err := c.Query(t.Context(), instant)
			f := fault.As(err)
			if err == nil || f.Kind != fault.Unreachable || f.Status != 502 || !strings.Contains(f.Text, test.want) || strings.Contains(f.Text, "secret") {
				t.Errorf("got %q", f.Text)
			}
			if len(*pauses) != test.pauses {
				t.Errorf("%d pauses, want %d", len(*pauses), test.pauses)
			}
		})
	}
}

func TestQueryTimeout(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"slow headers": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"slow body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, one[:20])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			// With POST, a handler that doesn't read the body doesn't notice a canceled request.
			c, _ := client(t, Options{Method: "GET", Timeout: 100 * time.Millisecond}, handler)
			_, err := c.Query(t.Context(), instant)
			if f := fault.As(err); err == nil || f.Kind != fault.Timeout || f.Status != 504 || !strings.Contains(f.Text, "query timeout of 100ms") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("canceled by the caller", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := client(t, Options{Method: "GET"}, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := c.Query(ctx, instant)
		if f := fault.As(err); f.Kind != fault.Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAlertIsRetriedOnce(t *testing.T) {
	var attempts atomic.Int32
	c, _ := client(t, Options{Timeout: time.Hour, MaxRetries: 2}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader([]int{503, 429, 503}[attempts.Add(1)-1]) // failures of different classes
	})
	if _, err := c.Query(ForAlert(t.Context()), instant); err == nil || attempts.Load() != 2 {
		t.Errorf("%d attempts, want 2 (error: %v)", attempts.Load(), err)
	}
}

func TestRetries(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		header string
		alert  bool
		budget time.Duration
		want   int32         // attempts
		pause  time.Duration // the first one; 0 for any
	}{
		{"rate limited", 429, "", false, time.Hour, 6, 0},
		{"transient", 503, "", false, time.Hour, 4, 0},
		{"Retry-After", 429, "7", false, time.Hour, 6, 7 * time.Second},
		{"alert rule", 503, "", true, time.Hour, 2, 0},
		{"Retry-After longer than half of the timeout", 429, "60", false, 100 * time.Second, 1, 0},
		{"Retry-After with the last possible date", 429, "Fri, 31 Dec 9999 23:59:59 GMT", false, time.Hour, 1, 0},
		{"HTTP 400 is final", 400, "", false, time.Hour, 1, 0},
		{"HTTP 504 is final", 504, "", false, time.Hour, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var attempts atomic.Int32
			c, pauses := client(t, Options{Timeout: test.budget, MaxRetries: 2}, func(w http.ResponseWriter, _ *http.Request) {
				attempts.Add(1)
				if test.header != "" {
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(test.status)
			})
			ctx := t.Context()
			if test.alert {
				ctx = ForAlert(ctx)
			}
			if _, err := c.Query(ctx, instant); err == nil {
				t.Fatal("no error")
			}
			if attempts.Load() != test.want {
				t.Errorf("%d attempts, want %d", attempts.Load(), test.want)
			}
			if test.pause > 0 && (*pauses)[0] != test.pause {
				t.Errorf("waited %s, want %s", (*pauses)[0], test.pause)
			}
		})
	}
	t.Run("success after retries", func(t *testing.T) {
		var attempts atomic.Int32
		c, pauses := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
			if attempts.Add(1) < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = fmt.Fprint(w, one)
		})
		if _, err := c.Query(t.Context(), instant); err != nil {
			t.Fatal(err)
		}
		for i, wait := range *pauses {
			if d := time.Second << i; wait < d/2 || wait > d {
				t.Errorf("pause %d was %s", i, wait)
			}
		}
	})
}

func TestNewRejectsInvalidURL(t *testing.T) {
	for _, address := range []string{"", "prometheus:9090", "ftp://x", "http://", "http://a b", "://"} {
		if _, err := New(http.DefaultClient, Options{URL: address}); err == nil || fault.As(err).Kind != fault.Misconfigured {
			t.Errorf("%q: got %v", address, err)
		}
	}
}
