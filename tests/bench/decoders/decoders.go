// Package decoders contains decoders for responses of the Prometheus query API: this
// project's decoder and the decoders of other projects. The benchmark measures them with
// the same responses, and the peer plugin builds frames from their results.
package decoders

import (
	"io"
	"time"
)

// Decoder decodes a response with a matrix or a vector.
type Decoder struct {
	Name   string
	Decode func(io.Reader) (Decoded, error)
}

// Decoded is a response in the decoder's representation. Its method Each calls a function
// with each series, converted to the representation for frames.
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

// Buckets contains the buckets of a series' native histograms, one row per bucket.
type Buckets struct {
	BucketTimes         []time.Time
	Lower, Upper, Count []float64
	Boundaries          []int8
}

// All contains the compared decoders. The first one is this project's.
var All = []Decoder{Ours, StreamingJSONIter, ClientGolang, EncodingJSON}
