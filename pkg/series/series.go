// Package series contains the types of decoded results of the Prometheus API: series with
// labels, timestamps and values, exemplars, and the warnings and infos of the server.
// Package promapi creates them and package frames converts them. Package series doesn't
// depend on HTTP or Grafana.
package series

import (
	"maps"
	"slices"
	"strings"
)

// Kind is the result type of the Prometheus query API.
type Kind string

// The four result types.
const (
	Matrix Kind = "matrix"
	Vector Kind = "vector"
	Scalar Kind = "scalar"
	String Kind = "string"
)

// MetricName is the label that contains the name of the metric.
const MetricName = "__name__"

// Result is a result of the query API.
type Result struct {
	Kind   Kind
	Series []Series // a scalar has one series without labels; a string has none
	Text   string   // the value of a string result
	Notes
	Stats *Stats // nil if the server didn't send them
}

// Samples returns the number of samples, which are floats and histograms.
func (r *Result) Samples() int {
	n := 0
	for _, s := range r.Series {
		n += s.Samples()
	}
	return n
}

// Size returns the sum of Series.Size, which counts towards the sample limit.
func (r *Result) Size() int {
	n := 0
	for _, s := range r.Series {
		n += s.Size()
	}
	return n
}

// Stats are statistics that the server reports about a query.
type Stats struct {
	Samples     float64 // read
	PeakSamples float64 // in memory at the same time
	Seconds     float64 // of execution
}

// Series is a series with its samples, which are floats, native histograms, or both at
// different times. Times and Values have the same length, and so do HistogramTimes and
// Histograms. A series of a vector or scalar has exactly one sample. Several series may
// share the memory of Times and HistogramTimes, which must not be modified.
type Series struct {
	Labels Labels
	Times  []int64 // Unix milliseconds, ascending
	Values []float64

	HistogramTimes []int64
	Histograms     []Histogram
}

// Samples returns the number of samples, which are floats and histograms.
func (s *Series) Samples() int { return len(s.Values) + len(s.Histograms) }

// Size returns the size of the series that is compared with the sample limit. A float has the
// size 1, and a native histogram has the size 1 plus its number of buckets.
func (s *Series) Size() int {
	n := s.Samples()
	for _, h := range s.Histograms {
		n += len(h.Buckets)
	}
	return n
}

// Histogram is one sample of a native histogram.
type Histogram struct {
	Count, Sum float64
	Buckets    []Bucket // as the server sends them: ascending, without empty ones
}

// Bucket is the number of observations between two bounds.
type Bucket struct {
	Boundaries          Boundaries
	Lower, Upper, Count float64
}

// Boundaries determines which of the two bounds belong to a bucket. The values are those of
// the Prometheus API.
type Boundaries uint8

// The values of Boundaries.
const (
	OpenLeft   Boundaries = iota // (lower, upper]
	OpenRight                    // [lower, upper)
	OpenBoth                     // (lower, upper)
	ClosedBoth                   // [lower, upper]
)

// Label is a name and a value.
type Label struct{ Name, Value string }

// Labels identify a series. They are sorted by name, and names are unique.
type Labels []Label

// LabelsOf returns the labels of a map.
func LabelsOf(pairs map[string]string) Labels {
	l := make(Labels, 0, len(pairs))
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		l = append(l, Label{name, pairs[name]})
	}
	return l
}

// Get returns the value of a label, or "" if there is no such label. Prometheus doesn't
// distinguish a missing label from an empty one.
func (l Labels) Get(name string) string {
	const maxLinear = 32 // few series have more labels; up to here, a linear search is fast
	if len(l) > maxLinear {
		if i, found := slices.BinarySearchFunc(l, name, func(label Label, name string) int { return strings.Compare(label.Name, name) }); found {
			return l[i].Value
		}
		return ""
	}
	for _, label := range l {
		if label.Name == name {
			return label.Value
		}
	}
	return ""
}

// Map returns the labels as a map, as data frames require them.
func (l Labels) Map() map[string]string {
	m := make(map[string]string, len(l))
	for _, label := range l {
		m[label.Name] = label.Value
	}
	return m
}

// Without returns the labels except the one with the given name.
func (l Labels) Without(name string) Labels {
	rest := make(Labels, 0, len(l))
	for _, label := range l {
		if label.Name != name {
			rest = append(rest, label)
		}
	}
	return rest
}

// Key returns a string that is different for different labels. In the string, each name and
// each value is followed by a byte that never occurs in UTF-8.
func (l Labels) Key() string {
	var b strings.Builder
	for _, label := range l {
		b.WriteString(label.Name)
		b.WriteByte(0xff)
		b.WriteString(label.Value)
		b.WriteByte(0xff)
	}
	return b.String()
}
