package server

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Beginnings and ends of bodies, and the precision of timestamps.
const (
	MatrixHead    = `{"status":"success","data":{"resultType":"matrix","result":[`
	VectorHead    = `{"status":"success","data":{"resultType":"vector","result":[`
	ResultTail    = `]}}`
	ListHead      = `{"status":"success","data":[`
	ListTail      = `]}`
	MetadataHead  = `{"status":"success","data":{`
	MetadataTail  = `}}`
	secondsDigits = 3 // decimal places of timestamps
)

// Text responds with a text.
func Text(text string) Response {
	return func(w *Writer, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// Repeated responds with n repetitions of a unit between a head and a tail.
func Repeated(head, unit string, n int, tail string) Response {
	return func(w *Writer, _ *http.Request) {
		_, _ = io.WriteString(w, head)
		repeat(w, unit, n)
		_, _ = io.WriteString(w, tail)
	}
}

func repeat(w io.Writer, unit string, n int) {
	for block := strings.Repeat(unit, min(n, 1+bufferSize/len(unit))); n > 0; {
		times := min(n, len(block)/len(unit))
		_, _ = io.WriteString(w, block[:times*len(unit)])
		n -= times
	}
}

// Listed responds with n comma-separated elements between a head and a tail.
func Listed(head string, n int, element func(to []byte, i int) []byte, tail string) Response {
	return func(w *Writer, _ *http.Request) {
		_, _ = io.WriteString(w, head)
		var text []byte
		for i := range n {
			if text = text[:0]; i > 0 {
				text = append(text, ',')
			}
			_, _ = w.Write(element(text, i))
		}
		_, _ = io.WriteString(w, tail)
	}
}

// Strings responds with a list of n strings.
func Strings(n int, text func(i int) string) Response {
	return Listed(ListHead, n, func(to []byte, i int) []byte { return strconv.AppendQuote(to, text(i)) }, ListTail)
}

// Series responds with a list of n label sets. The function labels returns the members of the
// JSON object with the i-th label set.
func Series(n int, labels func(i int) string) Response {
	return Listed(ListHead, n, func(to []byte, i int) []byte { return append(append(append(to, '{'), labels(i)...), '}') }, ListTail)
}

// Metadata responds with n metric families with a help text.
func Metadata(n int, help string) Response {
	return Listed(MetadataHead, n, func(to []byte, i int) []byte {
		return fmt.Appendf(to, `"family_%d":[{"type":"counter","help":%q,"unit":""}]`, i, help)
	}, MetadataTail)
}

// Samples describes the samples in a response to query_range. Its function Labels returns the
// members of the JSON object with the i-th series' labels.
type Samples struct {
	Series, Points int
	Labels         func(i int) string
	Apart          bool // each series begins one step after the previous one
}

// Matrix responds with samples at the request's start and the following steps. If s.Apart is
// set, the samples of most series begin later.
func Matrix(s Samples) Response {
	return func(w *Writer, r *http.Request) {
		values := points(r, 0, s.Points)
		Listed(MatrixHead, s.Series, func(to []byte, i int) []byte {
			if s.Apart {
				values = points(r, i, s.Points)
			}
			return fmt.Appendf(to, `{"metric":{%s},"values":%s}`, s.Labels(i), values)
		}, ResultTail)(w, r)
	}
}

// points returns n samples of a matrix. The parameter first is the number of steps from the
// request's start to the first sample.
func points(r *http.Request, first, n int) []byte {
	start, step := timesOf(r)
	text := []byte{'['}
	for i := range n {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, '[')
		text = strconv.AppendFloat(text, start+float64(first+i)*step, 'f', secondsDigits, 64)
		text = fmt.Appendf(text, `,"%d"]`, i%1000)
	}
	return append(text, ']')
}

func timesOf(r *http.Request) (start, step float64) {
	start, _ = strconv.ParseFloat(r.FormValue("start"), 64)
	if step, _ = strconv.ParseFloat(r.FormValue("step"), 64); step == 0 {
		step = 1
	}
	return start, step
}

// Vector responds with n samples.
func Vector(n int, labels func(i int) string) Response {
	return Listed(VectorHead, n, func(to []byte, i int) []byte {
		return fmt.Appendf(to, `{"metric":{%s},"value":[1700000000,"1"]}`, labels(i))
	}, ResultTail)
}

// Histograms responds with native histograms at the request's start and at the following
// steps. Each histogram has the given number of buckets.
func Histograms(series, points, buckets int) Response {
	return func(w *Writer, r *http.Request) {
		var text []byte
		upper, lower := 1.0, 0.0
		const growth = 1.0905077326652577 // of schema 3, 2^(1/8)
		for i := range buckets {
			if i > 0 {
				text = append(text, ',')
			}
			lower, upper = upper, upper*growth
			if upper > 1e300 {
				upper, lower = 1e-300, 0
			}
			text = fmt.Appendf(text, `[0,"%g","%g","1"]`, lower, upper)
		}
		start, step := timesOf(r)
		Listed(MatrixHead, series, func(to []byte, i int) []byte {
			to = fmt.Appendf(to, `{"metric":{"instance":"%d"},"histograms":[`, i)
			for p := range points {
				if p > 0 {
					to = append(to, ',')
				}
				to = fmt.Appendf(to, `[%.3f,{"count":"%d","sum":"1","buckets":[%s]}]`, start+float64(p)*step, buckets, text)
			}
			return append(to, "]}"...)
		}, ResultTail)(w, r)
	}
}

// Exemplars responds with the exemplars of several series. Every series has the number of
// exemplars in the parameter each.
func Exemplars(series, each int, labels func(i int) string) Response {
	return func(w *Writer, r *http.Request) {
		start, _ := timesOf(r)
		Listed(ListHead, series, func(to []byte, i int) []byte {
			to = append(to, `{"seriesLabels":{"job":"api"},"exemplars":[`...)
			for e := range each {
				if e > 0 {
					to = append(to, ',')
				}
				to = fmt.Appendf(to, `{"labels":{%s},"value":"%d","timestamp":%.3f}`, labels(i*each+e), e, start+float64(i))
			}
			return append(to, "]}"...)
		}, ListTail)(w, r)
	}
}

// Bomb responds with about the same text as Repeated, compressed in gzip members that each
// contain up to a MiB of the text.
func Bomb(head, unit string, n int, tail string) Response {
	const size = 1 << 20
	each := max(1, size/len(unit))
	first, block, last := member(head, 1), member(unit, each), member(tail, 1)
	return func(w *Writer, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(first)
		for range n / each {
			_, _ = w.Write(block)
		}
		_, _ = w.Write(last)
	}
}

// Encoded responds with a text that is compressed the given number of times with zstd and a
// window of 8 MiB. The response doesn't end until the client closes the connection.
func Encoded(text string, times int) Response {
	body := []byte(text)
	for range times {
		var out bytes.Buffer
		z, err := zstd.NewWriter(&out, zstd.WithWindowSize(8<<20), zstd.WithEncoderConcurrency(1))
		if err != nil {
			return Status(http.StatusInternalServerError, err.Error())
		}
		_, _ = z.Write(body)
		_ = z.Flush()
		body = out.Bytes()
	}
	return func(w *Writer, r *http.Request) {
		w.Header().Set("Content-Encoding", strings.Repeat("zstd, ", times-1)+"zstd")
		_, _ = w.Write(body)
		w.FlushAll()
		Silent(w, r)
	}
}

func member(unit string, n int) []byte {
	var text strings.Builder
	z := gzip.NewWriter(&text)
	repeat(z, unit, n)
	_ = z.Close()
	return []byte(text.String())
}
