package upstream

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Value returns the value of a sample in a response without a fault.
func Value(series, point int) float64 { return float64(series*1000 + point) }

// good responds as Prometheus does. The response to a query contains series with two labels:
// id is the id of the fault, and series is the number of the series, counted from 0. Any other
// response is a list with the id. The settings are:
//   - series and points: the number of series, and of points per series. Both default to 1.
//   - labels: the number of additional labels.
//   - encoding: gzip or deflate, or "requested" for the first encoding that the request
//     accepts. With any other encoding, the body is a few bytes that can't be decoded.
//   - late: the delay in milliseconds between the last byte and the end of a response without
//     an encoding.
//   - before and after: members of the response's JSON object, such as "isPartial":true, that
//     precede and follow the member data.
func good(e *exchange) {
	e.Header().Set("Content-Type", "application/json")
	encoding := e.fault["encoding"]
	if encoding == "requested" {
		encoding, _, _ = strings.Cut(e.request.Header.Get("Accept-Encoding"), ",")
		encoding, _, _ = strings.Cut(encoding, ";")
	}
	if encoding != "" {
		e.Header().Set("Content-Encoding", encoding)
	}
	switch encoding {
	case "":
		writeGood(e, e)
		if flusher, can := e.ResponseWriter.(http.Flusher); can && e.fault.number("late") > 0 {
			flusher.Flush()
			time.Sleep(time.Duration(e.fault.number("late")) * time.Millisecond)
		}
	case "gzip":
		z := gzip.NewWriter(e)
		writeGood(z, e)
		_ = z.Close()
	case "deflate":
		z := zlib.NewWriter(e)
		writeGood(z, e)
		_ = z.Close()
	default:
		_, _ = io.WriteString(e, "\x1b\x2a\x00\xf8")
	}
}

func writeGood(to io.Writer, e *exchange) {
	w := bufio.NewWriterSize(to, 64<<10)
	defer func() { _ = w.Flush() }()
	switch path := e.request.URL.Path; {
	case strings.HasSuffix(path, "/query_range"):
		writeSeries(w, e, "matrix")
	case strings.HasSuffix(path, "/query"):
		writeSeries(w, e, "vector")
	default:
		_, _ = fmt.Fprintf(w, `{"status":"success",%s"data":[%q]%s}`, e.before(), e.fault["id"], e.after())
	}
}

func writeSeries(w *bufio.Writer, e *exchange, kind string) {
	start, step := number(e.request.Form.Get("start")), number(e.request.Form.Get("step"))
	if kind == "vector" {
		start = number(e.request.Form.Get("time"))
	}
	_, _ = fmt.Fprintf(w, `{"status":"success",%s"data":{"resultType":%q,"result":[`, e.before(), kind)
	for s := range max(e.fault.number("series"), 1) {
		if s > 0 {
			_ = w.WriteByte(',')
		}
		_, _ = fmt.Fprintf(w, `{"metric":{"id":%q,"series":"%d"`, e.fault["id"], s)
		for l := range e.fault.number("labels") {
			_, _ = fmt.Fprintf(w, `,"label_%d":"%d"`, l, l)
		}
		_ = w.WriteByte('}')
		if kind == "vector" {
			_, _ = fmt.Fprintf(w, `,"value":[%s,"%g"]}`, seconds(start), Value(s, 0))
			continue
		}
		_, _ = w.WriteString(`,"values":[`)
		for p := range max(e.fault.number("points"), 1) {
			if p > 0 {
				_ = w.WriteByte(',')
			}
			_, _ = fmt.Fprintf(w, `[%s,"%g"]`, seconds(start+float64(p)*step), Value(s, p))
		}
		_, _ = w.WriteString("]}")
	}
	_, _ = w.WriteString("]}" + e.after() + "}")
}

// before and after return the members of the response that precede and follow the data,
// with a comma.
func (e *exchange) before() string {
	if e.fault["before"] == "" {
		return ""
	}
	return e.fault["before"] + ","
}

func (e *exchange) after() string {
	if e.fault["after"] == "" {
		return ""
	}
	return "," + e.fault["after"]
}

func seconds(t float64) string { return strconv.FormatFloat(t, 'f', -1, 64) }

func number(text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return value
}
