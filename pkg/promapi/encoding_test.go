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
)

// encoders are the content codings that servers use.
var encoders = map[string]func(io.Writer) io.WriteCloser{
	"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"zlib": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"raw":  func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, flate.BestSpeed); return z },
	"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

func encode(t *testing.T, text string, how ...string) string {
	t.Helper()
	for _, name := range how {
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

// encodings are the values of Content-Encoding and how a body under it is encoded.
var encodings = []struct {
	name   string
	header []string
	how    []string
}{
	{"none", nil, nil},
	{"identity", []string{"identity"}, nil},
	{"an empty header", []string{""}, nil},
	{"gzip", []string{"gzip"}, []string{"gzip"}},
	{"x-gzip", []string{"x-gzip"}, []string{"gzip"}},
	{"upper case", []string{" GZIP "}, []string{"gzip"}},
	{"deflate", []string{"deflate"}, []string{"zlib"}},
	{"deflate without zlib's frame", []string{"deflate"}, []string{"raw"}},
	{"zstd", []string{"zstd"}, []string{"zstd"}},
	{"two, one after the other", []string{"deflate, gzip"}, []string{"zlib", "gzip"}},
	{"two, in two headers", []string{"gzip", "zstd"}, []string{"gzip", "zstd"}},
	{"with identity", []string{"identity, gzip"}, []string{"gzip"}},
}

// answering sends one text as an encoded body.
func answering(status int, header []string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Encoding"] = header
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestEncodedAnswersAreDecoded(t *testing.T) {
	for _, e := range encodings {
		t.Run(e.name, func(t *testing.T) {
			c, _ := client(t, Options{}, answering(200, e.header, encode(t, one, e.how...)))
			got, err := c.Query(t.Context(), instant)
			if err != nil || len(got.Series) != 1 || got.Series[0].Values[0] != 1 {
				t.Errorf("got %v, %v", got, err)
			}
			if raw, err := c.RawQuery(t.Context(), instant); err != nil || !strings.Contains(string(raw.Data), `"vector"`) {
				t.Errorf("raw: got %s, %v", raw.Data, err)
			}

			c, _ = client(t, Options{}, answering(200, e.header, encode(t, `{"status":"success","data":["a"]}`, e.how...)))
			if names, err := c.LabelNames(t.Context(), Selection{}); err != nil || strings.Join(names.Data, "") != "a" {
				t.Errorf("label names: got %v, %v", names, err)
			}

			c, _ = client(t, Options{}, answering(200, e.header, encode(t, `{"status":"success","data":{"application":"Grafana Mimir","version":"2.14.0"}}`, e.how...)))
			if got := c.Server(t.Context()).String(); got != "Grafana Mimir 2.14.0" {
				t.Errorf("identify: got %q", got)
			}

			c, _ = client(t, Options{}, answering(500, e.header, encode(t, "out of memory", e.how...)))
			if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "failed (HTTP 500): out of memory.") {
				t.Errorf("an error: got %v", err)
			}

			c, _ = client(t, Options{}, answering(500, e.header, ""))
			if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "and did not say why") {
				t.Errorf("an empty error: got %v", err)
			}
		})
	}
}

func TestDamagedEncodingsAreNamed(t *testing.T) {
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
		{"gzip that is none", 200, []string{"gzip"}, "\x00" + one, fault.BadAnswer, "gzip: invalid header."},
		{"zstd that is none", 200, []string{"zstd"}, "\x00" + one, fault.BadAnswer, "could not be read past byte 0: "},
		{"an error in gzip that is none", 500, []string{"gzip"}, "\x00\x01\x02", fault.BadAnswer, "failed (HTTP 500): its explanation can't be read: "},
		{"text in gzip that is none", 200, []string{"gzip"}, "maintenance until 5 pm", fault.BadAnswer, "maintenance until 5 pm"},
		{"a page in zstd that is none", 200, []string{"zstd"}, "<html><h1>Sign in</h1></html>", fault.NotPrometheus, "answered with a web page where a Prometheus API was expected: Sign in"},
		{"an error in gzip, cut off", 400, []string{"gzip"}, encode(t, strings.Repeat("not this way ", 500), "gzip")[:60], fault.Rejected, "(HTTP 400): not this way"},
		{"a bomb of deflate", 200, []string{"deflate"}, encode(t, bomb, "zlib"), fault.TooLarge, "limit of 1 MiB (response limit)"},
		{"a bomb of zstd", 200, []string{"zstd"}, encode(t, bomb, "zstd"), fault.TooLarge, "limit of 1 MiB (response limit)"},
		{"a bomb in a bomb", 200, []string{"gzip, gzip"}, encode(t, bomb, "gzip", "gzip"), fault.TooLarge, "limit of 1 MiB (response limit)"},
		{"an unknown encoding", 200, []string{"br"}, "\x1b\x2a\x00\xf8\x8d\x94", fault.BadAnswer, `has the content encoding "br", which can't be decoded. Configure the server, or the proxy in front of it, to send gzip, deflate, zstd or no encoding, and check the Accept-Encoding header`},
		{"an unknown one among known", 200, []string{"gzip, br"}, "\x1b\x2a\x00\xf8", fault.BadAnswer, `has the content encoding "gzip, br"`},
		{"too many", 200, []string{strings.Repeat("gzip, ", 1000)}, encode(t, one, "gzip"), fault.BadAnswer, `has the content encoding "gzip, gzip,`},
		{"an error in an unknown encoding", 413, []string{"br"}, "\x1b\x2a\x00\xf8", fault.Rejected, `refused the request (HTTP 413): its explanation has the content encoding "br", which can't be decoded. Shorten`},
		{"an error that is text under an unknown encoding", 413, []string{"utf-8"}, "over 1 MiB", fault.Rejected, `(HTTP 413): over 1 MiB.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, answering(test.status, test.header, test.body))
			for route, ask := range routes(t, c) {
				if err := ask(); err == nil || fault.As(err).Kind != test.kind || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: got %v", route, err)
				}
			}
		})
	}
}

// TestAnEncodingThatIsAMisnomerIsRead: some servers write a charset there, and some
// proxies keep the header of the answer that they replace by an error of their own.
func TestAnEncodingThatIsAMisnomerIsRead(t *testing.T) {
	long := strings.Repeat("out of memory ", 20_000)
	for _, coding := range []string{"utf-8", "gzip", "x-gzip", "zstd", "gzip, zstd"} {
		t.Run(coding, func(t *testing.T) {
			c, _ := client(t, Options{}, answering(200, []string{coding}, one))
			if got, err := c.Query(t.Context(), instant); err != nil || len(got.Series) != 1 {
				t.Errorf("got %v, %v", got, err)
			}
			for text, want := range map[string]string{
				"no":                           "no",
				"out of memory, truly":         "out of memory, truly",
				`{"message":"über dem Limit"}`: "über dem Limit",
				long:                           "out of memory out of memory",
			} {
				c, _ = client(t, Options{}, answering(500, []string{coding}, text))
				if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "failed (HTTP 500): "+want) {
					t.Errorf("%.40q: got %v", text, err)
				}
			}
		})
	}
}

func TestALatinTextInGzipThatIsNoneIsShown(t *testing.T) {
	c, _ := client(t, Options{}, answering(500, []string{"gzip"}, "Zugriff f\xfcr Sie verweigert"))
	if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "Zugriff für Sie verweigert") {
		t.Errorf("got %v", err)
	}
}

// TestACutTextInGzipThatIsNoneIsShown: as far as it came.
func TestACutTextInGzipThatIsNoneIsShown(t *testing.T) {
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

func TestConnectionsOfEncodedAnswersAreKept(t *testing.T) {
	for _, e := range encodings {
		t.Run(e.name, func(t *testing.T) {
			body := encode(t, one, e.how...)
			c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Encoding"] = e.header
				for _, part := range []string{body[:len(body)/2], body[len(body)/2:]} { // chunked
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
				t.Errorf("%d of %d connections were used again", reused, queries-1)
			}
		})
	}
}

// TestAcceptEncoding: a data source's header asks only for what can be decoded.
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
		if got := AcceptEncoding(header); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestGzipIsRequested(t *testing.T) {
	var accepted string
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		accepted = r.Header.Get("Accept-Encoding")
		_, _ = fmt.Fprint(w, one)
	})
	if _, err := c.Query(t.Context(), instant); err != nil || accepted != "gzip" {
		t.Errorf("accepts %q, %v", accepted, err)
	}
}
