package promapi

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/coding"
)

// encoders encode with the content codings that servers use. zlib and raw are the two formats
// that servers call deflate.
var encoders = map[string]func(io.Writer) io.WriteCloser{
	"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"zlib": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"raw":  func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, flate.BestSpeed); return z },
	"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

func encode(t *testing.T, text string, codings ...string) string {
	t.Helper()
	for _, name := range codings {
		var out bytes.Buffer
		w := encoders[name](&out)
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text = out.String()
	}
	return text
}

// encodings are values of Content-Encoding. codings are the names of the encoders for a body
// with such a header.
var encodings = []struct {
	name    string
	header  []string
	codings []string
}{
	{"none", nil, nil},
	{"identity", []string{"identity"}, nil},
	{"an empty header", []string{""}, nil},
	{"gzip", []string{"gzip"}, []string{"gzip"}},
	{"x-gzip", []string{"x-gzip"}, []string{"gzip"}},
	{"upper case", []string{" GZIP "}, []string{"gzip"}},
	{"deflate", []string{"deflate"}, []string{"zlib"}},
	{"raw deflate", []string{"deflate"}, []string{"raw"}},
	{"zstd", []string{"zstd"}, []string{"zstd"}},
	{"two in one header", []string{"deflate, gzip"}, []string{"zlib", "gzip"}},
	{"two in two headers", []string{"gzip", "zstd"}, []string{"gzip", "zstd"}},
	{"with identity", []string{"identity, gzip"}, []string{"gzip"}},
}

// respond returns a handler that sends a body. header contains the values of Content-Encoding.
func respond(status int, header []string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Encoding"] = header
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestContentCodings(t *testing.T) {
	for _, e := range encodings {
		t.Run(e.name, func(t *testing.T) {
			c, _ := client(t, Options{}, respond(200, e.header, encode(t, one, e.codings...)))
			got, err := c.Query(t.Context(), instant)
			if err != nil || len(got.Series) != 1 || got.Series[0].Values[0] != 1 {
				t.Errorf("got %v, %v", got, err)
			}
			if raw, err := c.RawQuery(t.Context(), instant); err != nil || !strings.Contains(string(raw.Data), `"vector"`) {
				t.Errorf("raw: got %s, %v", raw.Data, err)
			}

			c, _ = client(t, Options{}, respond(200, e.header, encode(t, `{"status":"success","data":["a"]}`, e.codings...)))
			if names, err := c.LabelNames(t.Context(), Selection{}); err != nil || strings.Join(names.Data, "") != "a" {
				t.Errorf("label names: got %v, %v", names, err)
			}

			c, _ = client(t, Options{}, respond(200, e.header, encode(t, `{"status":"success","data":{"application":"Grafana Mimir","version":"2.14.0"}}`, e.codings...)))
			if got := c.Server(t.Context()).String(); got != "Grafana Mimir 2.14.0" {
				t.Errorf("identify: got %q", got)
			}

			c, _ = client(t, Options{}, respond(500, e.header, encode(t, "out of memory", e.codings...)))
			if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "failed (HTTP 500): out of memory.") {
				t.Errorf("error: got %v", err)
			}

			c, _ = client(t, Options{}, respond(500, e.header, ""))
			if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "without an explanation") {
				t.Errorf("empty error: got %v", err)
			}
		})
	}
}

func TestInvalidEncodings(t *testing.T) {
	bomb := "{" + strings.Repeat(" ", 10<<20)
	cut := func(body string) string { return body[:len(body)/2] }
	for _, test := range []struct {
		name   string
		status int
		header []string
		body   string
		kind   fault.Kind
		want   string
	}{
		{"gzip, cut off", 200, []string{"gzip"}, cut(encode(t, one, "gzip")), fault.BadAnswer, "was cut off after"},
		{"deflate, cut off", 200, []string{"deflate"}, cut(encode(t, one, "zlib")), fault.BadAnswer, "was cut off after"},
		{"raw deflate, cut off", 200, []string{"deflate"}, cut(encode(t, one, "raw")), fault.BadAnswer, "was cut off after"},
		{"zstd, cut off", 200, []string{"zstd"}, cut(encode(t, one, "zstd")), fault.BadAnswer, "was cut off after"},
		{"invalid gzip", 200, []string{"gzip"}, "\x00" + one, fault.BadAnswer, "gzip: invalid header."},
		{"invalid zstd", 200, []string{"zstd"}, "\x00" + one, fault.BadAnswer, "could not be read past byte 0: "},
		{"error with invalid gzip", 500, []string{"gzip"}, "\x00\x01\x02", fault.BadAnswer, "failed (HTTP 500): the response body can't be decoded: "},
		{"plain text labeled as gzip", 200, []string{"gzip"}, "maintenance until 5 pm", fault.BadAnswer, "maintenance until 5 pm"},
		{"web page labeled as zstd", 200, []string{"zstd"}, "<html><h1>Sign in</h1></html>", fault.NotPrometheus, "answered with a web page instead of a response of the Prometheus API: Sign in"},
		{"error in gzip, cut off", 400, []string{"gzip"}, encode(t, strings.Repeat("not this way ", 500), "gzip")[:60], fault.Rejected, "(HTTP 400): not this way"},
		{"deflate bomb", 200, []string{"deflate"}, encode(t, bomb, "zlib"), fault.TooLarge, "limit of 1 MiB (response limit)"},
		{"zstd bomb", 200, []string{"zstd"}, encode(t, bomb, "zstd"), fault.TooLarge, "limit of 1 MiB (response limit)"},
		{"nested gzip bomb", 200, []string{"gzip, gzip"}, encode(t, bomb, "gzip", "gzip"), fault.TooLarge, "limit of 1 MiB (response limit)"},
		{"unknown coding", 200, []string{"br"}, "\x1b\x2a\x00\xf8\x8d\x94", fault.BadAnswer, `has the content encoding "br", which can't be decoded. Configure the server, or the proxy in front of it, to send gzip, deflate, zstd or no encoding, and check the Accept-Encoding header`},
		{"known and unknown coding", 200, []string{"gzip, br"}, "\x1b\x2a\x00\xf8", fault.BadAnswer, `has the content encoding "gzip, br"`},
		{"too many codings", 200, []string{strings.Repeat("gzip, ", 1000)}, encode(t, one, "gzip"), fault.BadAnswer, `has the content encoding "gzip, gzip,`},
		{"error with unknown coding", 413, []string{"br"}, "\x1b\x2a\x00\xf8", fault.Rejected, `refused the request (HTTP 413): the response body has the content encoding "br", which can't be decoded. Shorten`},
		{"plain text with unknown coding", 413, []string{"utf-8"}, "over 1 MiB", fault.Rejected, `(HTTP 413): over 1 MiB.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, respond(test.status, test.header, test.body))
			for endpoint, request := range endpoints(t, c) {
				if err := request(); err == nil || fault.As(err).Kind != test.kind || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: got %v", endpoint, err)
				}
			}
		})
	}
}

// Some servers write a charset into Content-Encoding. Some proxies keep the header of a
// response that they replace by their own error.
func TestPlainTextWithContentEncoding(t *testing.T) {
	long := strings.Repeat("out of memory ", 20_000)
	for _, coding := range []string{"utf-8", "gzip", "x-gzip", "zstd", "gzip, zstd"} {
		t.Run(coding, func(t *testing.T) {
			c, _ := client(t, Options{}, respond(200, []string{coding}, one))
			if got, err := c.Query(t.Context(), instant); err != nil || len(got.Series) != 1 {
				t.Errorf("got %v, %v", got, err)
			}
			for text, want := range map[string]string{
				"no":                           "no",
				"out of memory, truly":         "out of memory, truly",
				`{"message":"über dem Limit"}`: "über dem Limit",
				long:                           "out of memory out of memory",
			} {
				c, _ = client(t, Options{}, respond(500, []string{coding}, text))
				if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "failed (HTTP 500): "+want) {
					t.Errorf("%.40q: got %v", text, err)
				}
			}
		})
	}
}

func TestLatin1TextLabeledAsGzip(t *testing.T) {
	c, _ := client(t, Options{}, respond(500, []string{"gzip"}, "Zugriff f\xfcr Sie verweigert"))
	if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "Zugriff für Sie verweigert") {
		t.Errorf("got %v", err)
	}
}

func TestIncompleteTextLabeledAsGzip(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "the disk is full, and ev")
	})
	if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "failed (HTTP 500): the disk is full, and") {
		t.Errorf("got %v", err)
	}
}

func TestConnectionIsReusedAfterEncodedResponse(t *testing.T) {
	for _, e := range encodings {
		t.Run(e.name, func(t *testing.T) {
			body := encode(t, one, e.codings...)
			c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Encoding"] = e.header
				for _, part := range []string{body[:len(body)/2], body[len(body)/2:]} { // in two chunks
					_, _ = io.WriteString(w, part)
					w.(http.Flusher).Flush()
				}
			})
			reused := 0
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
				if info.Reused {
					reused++
				}
			}})
			const queries = 3
			for range queries {
				if _, err := c.Query(ctx, instant); err != nil {
					t.Fatal(err)
				}
			}
			if reused != queries-1 {
				t.Errorf("%d of %d connections were reused", reused, queries-1)
			}
		})
	}
}

func TestAcceptEncoding(t *testing.T) {
	for header, want := range map[string]string{
		"":                             "",
		"gzip":                         "gzip",
		"gzip, deflate, br, zstd":      "gzip, deflate, zstd",
		"br;q=1.0, GZIP; q=0.8, *;q=0": "gzip;q=0.8",
		"br":                           "",
		"*":                            "",
		"identity":                     "identity",
	} {
		if got := coding.Accept(header); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestRequestsAcceptGzip(t *testing.T) {
	var accepted string
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		accepted = r.Header.Get("Accept-Encoding")
		_, _ = fmt.Fprint(w, one)
	})
	if _, err := c.Query(t.Context(), instant); err != nil || accepted != "gzip" {
		t.Errorf("accepts %q, %v", accepted, err)
	}
}
