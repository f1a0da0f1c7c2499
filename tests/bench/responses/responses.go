// Package responses generates responses of the Prometheus query API from a fixed seed.
// They are encoded exactly as a Prometheus server encodes them. The benchmark decodes
// them and serves them to plugins.
package responses

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// Response is one body with its numbers of series and samples. A native histogram counts
// as one sample.
type Response struct {
	Name            string
	Body            []byte
	Series, Samples int
}

// Start is the time of the first sample in Unix seconds, and Step the interval of samples.
const (
	Start = 1_700_000_010
	Step  = 15 * time.Second
)

// Points returns the mean number of samples per series, rounded down.
func (r Response) Points() int { return r.Samples / r.Series }

// Labels returns the labels of the series with the index i.
func Labels(i int) map[string]string {
	return map[string]string{
		"__name__": "http_requests_total", "instance": fmt.Sprintf("10.0.%d.%d:9090", i/250, i%250), "job": "api", "method": "GET", "status": "200",
	}
}

// Value is a function that returns a random value for a sample.
type Value func(*rand.Rand) float64

// Integers returns a value of up to six digits, like the value of a counter.
func Integers(r *rand.Rand) float64 { return float64(r.IntN(1_000_000)) }

// Floats returns a value of 17 digits, like a rate or a ratio.
func Floats(r *rand.Rand) float64 {
	const digits = 17
	for {
		value := 10 + 90*r.Float64()
		if len(strconv.AppendFloat(nil, value, 'f', -1, 64)) == digits+len(".") {
			return value
		}
	}
}

// Matrix returns a range query's response whose series have a sample at every step.
func Matrix(name string, series, points int, value Value) Response {
	return matrix(name, series, points, value, func(*rand.Rand) bool { return false })
}

// Ragged returns a range query's response in which about every tenth sample is missing, so
// that the series have different timestamps.
func Ragged(name string, series, points int, value Value) Response {
	return matrix(name, series, points, value, func(r *rand.Rand) bool { return r.IntN(10) == 0 })
}

func matrix(name string, series, points int, value Value, missing func(*rand.Rand) bool) Response {
	w := begin(name, "matrix")
	for i := range series {
		w.series(i)
		w.WriteString(`,"values":[`)
		comma := false
		for at := range points {
			if missing(w.random) {
				continue
			}
			if comma {
				w.WriteByte(',')
			}
			comma = true
			w.sample(at, value(w.random))
		}
		w.WriteString(`]}`)
	}
	return w.end()
}

// Vector returns an instant query's response.
func Vector(name string, series int, value Value) Response {
	w := begin(name, "vector")
	for i := range series {
		w.series(i)
		w.WriteString(`,"value":`)
		w.sample(0, value(w.random))
		w.WriteByte('}')
	}
	return w.end()
}

// Histograms returns a range query's response with native histograms.
func Histograms(name string, series, points, buckets int) Response {
	w := begin(name, "matrix")
	for i := range series {
		w.series(i)
		w.WriteString(`,"histograms":[`)
		for at := range points {
			if at > 0 {
				w.WriteByte(',')
			}
			w.histogram(at, buckets)
		}
		w.WriteString(`]}`)
	}
	return w.end()
}

// writer writes one response.
type writer struct {
	bytes.Buffer
	random   *rand.Rand
	response Response
}

func begin(name, resultType string) *writer {
	w := &writer{random: rand.New(rand.NewPCG(1, 2)), response: Response{Name: name}} //nolint:gosec // G404: a benchmark is repeatable
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":%q,"result":[`, resultType)
	return w
}

func (w *writer) end() Response {
	w.WriteString(`]}}`)
	w.response.Body = w.Bytes()
	return w.response
}

// series begins a series with its labels.
func (w *writer) series(i int) {
	if w.response.Series > 0 {
		w.WriteByte(',')
	}
	w.response.Series++
	labels, _ := json.Marshal(Labels(i)) // can't fail; sorts the labels by name
	fmt.Fprintf(w, `{"metric":%s`, labels)
}

func (w *writer) time(at int) {
	w.response.Samples++
	w.Write(strconv.AppendInt(w.AvailableBuffer(), Start+int64(Step/time.Second)*int64(at), 10))
}

func (w *writer) sample(at int, value float64) {
	w.WriteByte('[')
	w.time(at)
	w.WriteByte(',')
	w.value(value)
	w.WriteByte(']')
}

func (w *writer) value(value float64) {
	w.WriteByte('"')
	w.Write(strconv.AppendFloat(w.AvailableBuffer(), value, 'f', -1, 64))
	w.WriteByte('"')
}

func (w *writer) histogram(at, buckets int) {
	w.WriteByte('[')
	w.time(at)
	counts, total := make([]float64, buckets), 0.0
	for i := range counts {
		counts[i] = float64(1 + w.random.IntN(1000))
		total += counts[i]
	}
	w.WriteString(`,{"count":`)
	w.value(total)
	w.WriteString(`,"sum":`)
	w.value(total * Floats(w.random))
	w.WriteString(`,"buckets":[`)
	lower := 0.001
	for i, count := range counts {
		if i > 0 {
			w.WriteByte(',')
		}
		const growth = 1.0905077326652577 // of schema 3: eight buckets per power of 2
		w.WriteString(`[0,`)
		for n, value := range []float64{lower, lower * growth, count} {
			if n > 0 {
				w.WriteByte(',')
			}
			w.value(value)
		}
		w.WriteByte(']')
		lower *= growth
	}
	w.WriteString(`]}]`)
}
