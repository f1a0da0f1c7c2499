// Package series is what a decoded Prometheus answer looks like: columns of
// times and values under labels. promapi fills it, frames reads it; it knows
// neither HTTP nor Grafana.
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

// MetricName is the label under which Prometheus keeps a metric's name.
const MetricName = "__name__"

// Result is one answer of the query API.
type Result struct {
	Kind   Kind
	Series []Series // one without labels for a scalar, none for a string
	Text   string   // the value of a string result
	Notes
	Stats *Stats // nil where the server wasn't asked or doesn't say
}

// Samples is how many samples the series hold, floats and histograms together.
func (r *Result) Samples() int {
	n := 0
	for _, s := range r.Series {
		n += s.Samples()
	}
	return n
}

// Size is how many samples the result counts as where their number is limited.
func (r *Result) Size() int {
	n := 0
	for _, s := range r.Series {
		n += s.Size()
	}
	return n
}

// Stats is what a query cost the server.
type Stats struct {
	Samples     float64 // read
	PeakSamples float64 // in memory at once
	Seconds     float64 // of execution
}

// Series is one labelled column of samples: floats, native histograms, or some
// of each at different times. Times and Values have the same length, as have
// HistogramTimes and Histograms; a vector's or scalar's series holds exactly one
// sample. Series may share their columns of times, which nobody may write to.
type Series struct {
	Labels Labels
	Times  []int64 // Unix milliseconds, ascending
	Values []float64

	HistogramTimes []int64
	Histograms     []Histogram
}

// Samples is how many samples the series holds, floats and histograms together.
func (s *Series) Samples() int { return len(s.Values) + len(s.Histograms) }

// Size is how many samples the series counts as where their number is limited: a
// native histogram is as many as it has buckets, and one more.
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
	Buckets    []Bucket // ascending; empty ones are left out
}

// Bucket counts the observations between two bounds.
type Bucket struct {
	Boundaries          Boundaries
	Lower, Upper, Count float64
}

// Boundaries says which of a bucket's bounds belong to it, as the API codes it.
type Boundaries uint8

// The four kinds.
const (
	OpenLeft   Boundaries = iota // (lower, upper]
	OpenRight                    // [lower, upper)
	OpenBoth                     // (lower, upper)
	ClosedBoth                   // [lower, upper]
)

// Label is one name and value.
type Label struct{ Name, Value string }

// Labels identify a series: sorted by name, names unique.
type Labels []Label

// LabelsOf sorts the labels that a map holds.
func LabelsOf(pairs map[string]string) Labels {
	l := make(Labels, 0, len(pairs))
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		l = append(l, Label{name, pairs[name]})
	}
	return l
}

// Get returns the value of a label, "" where the series doesn't carry it, which
// is what Prometheus takes a missing label for.
func (l Labels) Get(name string) string {
	const few = 32 // as nearly all series have
	if len(l) > few {
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

// Map returns the labels as data frames keep them.
func (l Labels) Map() map[string]string {
	m := make(map[string]string, len(l))
	for _, label := range l {
		m[label.Name] = label.Value
	}
	return m
}

// Without returns the labels but one.
func (l Labels) Without(name string) Labels {
	rest := make(Labels, 0, len(l))
	for _, label := range l {
		if label.Name != name {
			rest = append(rest, label)
		}
	}
	return rest
}

// Key tells series apart. No text holds the byte that ends each: it isn't UTF-8.
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
