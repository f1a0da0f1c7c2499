// Package answers writes answers of the Prometheus query API, byte for byte as a
// Prometheus server does, from a fixed seed: the benchmarks decode them, and an
// upstream serves them to plugins.
package responses

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// Response is one body with what is in it. A native histogram is one sample.
type Response struct {
	Name            string
	Body            []byte
	Series, Samples int
}

// Start is the first sample's time in Unix seconds, Step the distance of samples.
const (
	Start = 1_700_000_010
	Step  = 15 * time.Second
)

// Points are the steps of a Matrix, each of which every series has.
func (a Response) Points() int { return a.Samples / a.Series }

// Labels are those of a series.
func Labels(i int) map[string]string {
	return map[string]string{
		"__name__": "http_requests_total", "instance": fmt.Sprintf("10.0.%d.%d:9090", i/250, i%250), "job": "api", "method": "GET", "status": "200",
	}
}

// Value draws a sample's value.
type Value func(*rand.Rand) float64

// Integers have up to six digits, as counters and gauges of things do.
func Integers(r *rand.Rand) float64 { return float64(r.IntN(1_000_000)) }

// Floats need all of their 17 digits, as rates and ratios do.
func Floats(r *rand.Rand) float64 {
	const digits = 17
	for {
		value := 10 + 90*r.Float64()
		if len(strconv.AppendFloat(nil, value, 'f', -1, 64)) == digits+len(".") {
			return value
		}
	}
}

// Matrix is a range query's answer whose series have a sample at every step.
func Matrix(name string, series, points int, value Value) Response {
	return matrix(name, series, points, value, func(*rand.Rand) bool { return false })
}

// Ragged is a Matrix in which every tenth sample is missing, so that no two
// series have the same times.
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

// Vector is an instant query's answer.
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

// Histograms is a range query's answer of native histograms.
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

// writer writes one answer.
type writer struct {
	bytes.Buffer
	random *rand.Rand
	answer Response
}

func begin(name, resultType string) *writer {
	w := &writer{random: rand.New(rand.NewPCG(1, 2)), answer: Response{Name: name}}
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":%q,"result":[`, resultType)
	return w
}

func (w *writer) end() Response {
	w.WriteString(`]}}`)
	w.answer.Body = w.Bytes()
	return w.answer
}

// series opens a series: its labels are written, its samples follow.
func (w *writer) series(i int) {
	if w.answer.Series > 0 {
		w.WriteByte(',')
	}
	w.answer.Series++
	labels, _ := json.Marshal(Labels(i)) // text only, its names sorted
	fmt.Fprintf(w, `{"metric":%s`, labels)
}

func (w *writer) time(at int) {
	w.answer.Samples++
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
		const growth = 1.0905077326652577 // of schema 3: eight buckets a doubling
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
