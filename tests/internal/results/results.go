// Package results reads the results of a query from Prometheus's HTTP API and from
// the plugin's frames into the same type and reports differences. It decodes with
// encoding/json and strconv, so that the plugin isn't tested with its own code. The
// suites that compare the plugin with a server call it.
package results

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Result is the result of a query: samples by series and time. Series are identified
// by the output of Series, times are Unix milliseconds.
type Result struct {
	Kind       string // vector, matrix, scalar or string; empty if read from frames
	Text       string // value of a string
	Floats     map[string]map[int64]float64
	Histograms map[string]map[int64]Histogram
	Notices    []string // warnings and infos
}

// Histogram is one sample of a native histogram with its buckets in the original
// order.
type Histogram struct {
	Count, Sum float64
	Buckets    []Bucket
}

// Bucket is the number of observations between two bounds. Boundaries is the API's code
// for the bounds that belong to the bucket.
type Bucket struct {
	Boundaries          int
	Lower, Upper, Count float64
}

func empty() Result {
	return Result{Floats: map[string]map[int64]float64{}, Histograms: map[string]map[int64]Histogram{}}
}

// Samples returns the number of floats and histograms.
func (a Result) Samples() (n int) {
	for _, samples := range a.Floats {
		n += len(samples)
	}
	for _, samples := range a.Histograms {
		n += len(samples)
	}
	return n
}

// Series formats labels, sorted by name, with quoted names and values. It omits labels
// with an empty value.
func Series(labels map[string]string) string {
	pairs := make([]string, 0, len(labels))
	for name, value := range labels {
		if value != "" {
			pairs = append(pairs, strconv.Quote(name)+"="+strconv.Quote(value))
		}
	}
	slices.Sort(pairs)
	return "{" + strings.Join(pairs, ", ") + "}"
}

// add stores a sample and reports whether it is the first one of its series and
// time.
func add[T any](to map[string]map[int64]T, series string, at int64, sample T) bool {
	samples, ok := to[series]
	if !ok {
		samples = map[int64]T{}
		to[series] = samples
	}
	_, exists := samples[at]
	samples[at] = sample
	return !exists
}

// same reports whether floats are bitwise equal. All NaNs are the same.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || (math.IsNaN(a) && math.IsNaN(b))
}
