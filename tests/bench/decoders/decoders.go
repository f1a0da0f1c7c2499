// Package decoders holds ways to decode an answer of the Prometheus query API:
// this project's own and those that its peers use. The benchmark times them on
// the same answers; the peer plugin makes frames of what they decode.
package decoders

import (
	"io"
	"time"
)

// Decoder reads a matrix or a vector.
type Decoder struct {
	Name   string
	Decode func(io.Reader) (Decoded, error)
}

// Decoded is an answer in the form that its decoder leaves it in. Each hands out
// its series in the form that frames are made of.
type Decoded interface {
	Each(func(Series))
}

// Series is one series of floats, or of native histograms.
type Series struct {
	Labels map[string]string
	Times  []time.Time
	Values []float64
	Buckets
}

// Buckets are the buckets of a series' native histograms, a row for each of them.
type Buckets struct {
	BucketTimes         []time.Time
	Lower, Upper, Count []float64
	Boundaries          []int8
}

// All are the decoders that are compared, this project's first.
var All = []Decoder{Ours, StreamingJSONIter, ClientGolang, EncodingJSON}
