// Package answers reads answers to the same query from two sides, Prometheus's
// own HTTP API and the frames that the plugin makes of it, into one form, and
// says where they differ. It decodes with encoding/json and strconv alone, so
// that nothing of the plugin is checked by itself. The suites that hold the
// plugin against a server call it.
package results

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Result is what a query gave: samples by series and time. A series is known by
// its labels as Series writes them, a time is in Unix milliseconds.
type Result struct {
	Kind       string // vector, matrix, scalar or string; "" when read from frames
	Text       string // of a string
	Floats     map[string]map[int64]float64
	Histograms map[string]map[int64]Histogram
	Notices    []string // warnings and infos
}

// Histogram is one sample of a native histogram, its buckets in the order in
// which they were given.
type Histogram struct {
	Count, Sum float64
	Buckets    []Bucket
}

// Bucket counts the observations between two bounds. Boundaries says which of
// them belong to it, as the API codes it.
type Bucket struct {
	Boundaries          int
	Lower, Upper, Count float64
}

func empty() Result {
	return Result{Floats: map[string]map[int64]float64{}, Histograms: map[string]map[int64]Histogram{}}
}

// Samples is how many there are, floats and histograms together.
func (a Result) Samples() (n int) {
	for _, samples := range a.Floats {
		n += len(samples)
	}
	for _, samples := range a.Histograms {
		n += len(samples)
	}
	return n
}

// Series writes labels in one way: by name, quoted. A label without a value is
// no label.
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

// add keeps a sample, and reports whether it is the first of its series and
// time.
func add[T any](to map[string]map[int64]T, series string, at int64, sample T) bool {
	samples, ok := to[series]
	if !ok {
		samples = map[int64]T{}
		to[series] = samples
	}
	_, twice := samples[at]
	samples[at] = sample
	return !twice
}

// same is equality to the last bit, zero's sign included; one NaN is as good as
// another.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || (math.IsNaN(a) && math.IsNaN(b))
}
