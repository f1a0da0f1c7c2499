// Package decoders contains decoders for responses of the Prometheus query API: this
// project's decoder and decoders that use other libraries. The benchmark measures all of
// them with the same responses, and the peer plugin builds frames from the results of the
// other decoders.
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

// Decoded is a response in the decoder's representation. Its method Each converts every
// series to a Series and passes it to a function.
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

// Buckets contains the buckets of a series' native histograms. The slices are columns with
// one row per bucket and time.
type Buckets struct {
	BucketTimes         []time.Time
	Lower, Upper, Count []float64
	Boundaries          []int8
}

// All contains the compared decoders. The first one is this project's.
var All = []Decoder{Ours, StreamingJSONIter, ClientGolang, EncodingJSON}
