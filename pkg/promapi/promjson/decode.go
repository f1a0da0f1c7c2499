// Package promjson decodes the answers of the Prometheus HTTP API into columns. It reads a
// response body once, through a window of 64 KiB. A value takes eight bytes, most series with
// the same timestamps share one column of timestamps, and labels share equal strings. promapi
// calls it with response bodies. Keys may have any order, and unknown keys and white space
// are skipped, because servers differ in them. Numbers have exactly the values that
// strconv.ParseFloat returns for them.
package promjson

import (
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Decode decodes an answer of query or query_range. Its errors are those of Stream.
func Decode(r io.Reader, limits Limits) (*series.Result, error) {
	var all []series.Series
	result, err := Stream(r, limits, func(s series.Series) error {
		if len(all) == cap(all) {
			// append would grow a long slice by a factor of less than two, and copy the large
			// elements more often.
			all = slices.Grow(all, max(16, len(all)))
		}
		all = append(all, s)
		return nil
	})
	if result != nil {
		result.Series = all
	}
	return result, err
}

// Stream decodes an answer of query or query_range and calls yield with each series as
// soon as it is decoded. The returned result contains everything else. The errors are:
//
//   - *APIError
//   - *LimitError, which is returned along with the result so far
//   - *SyntaxError
//   - io.ErrUnexpectedEOF for an answer that is cut off
//   - errNoResult
//   - the errors of r and yield
func Stream(r io.Reader, limits Limits, yield func(series.Series) error) (*series.Result, error) {
	result, _, _, err := Locate(r, limits, yield)
	return result, err
}

// Locate is like Stream, but also returns the offsets in the answer at which the value of
// the key "data" begins and ends.
func Locate(r io.Reader, limits Limits, yield func(series.Series) error) (result *series.Result, from, to int64, err error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, limits, yield)
	d.envelope(func() {
		from = d.offset()
		d.object(d.data)
		to = d.offset()
	})
	result, err = d.finish()
	return result, from, to, err
}

// decoders is a pool of decoders with their windows and scratch memory.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decoder decodes one answer.
type decoder struct {
	scanner
	limits Limits
	yield  func(series.Series) error

	result  *series.Result
	status  string
	failure APIError

	// Counters for the limits.
	seriesCount    int
	sampleCount    int // of the series before the current one, and of earlier answers
	pendingSamples int // of the current series: its native histograms and their buckets
	bucketCount    int // native histograms and their buckets
	labelCount     int
	labelBytes     int
	setBytes       int // size of the labels of the last set

	shared     sharedTimes
	column     column
	values     []float64
	stringPool stringPool
	labelSlab  slab[series.Label]
	bucketSlab slab[series.Bucket]

	// The labels of the last label set, and the buckets of the last native histogram, in
	// memory that is reused.
	lastLabels  series.Labels
	lastBuckets []series.Bucket

	scalarTime int64
}

func (d *decoder) begin(r io.Reader, limits Limits, yield func(series.Series) error) {
	values, times, labels, buckets := d.values, d.column.times, d.lastLabels, d.lastBuckets
	s := d.scanner
	*d = decoder{limits: limits, yield: yield, values: values, lastLabels: labels, lastBuckets: buckets, result: &series.Result{}}
	d.scanner = s
	d.reset(r)
	d.sampleCount = limits.Used
	d.column = column{shared: &d.shared, times: times}
}

// release returns the decoder to the pool, without references to the answer and without
// scratch memory that is unusually large.
func (d *decoder) release() {
	d.r, d.yield, d.result, d.shared, d.stringPool = nil, nil, nil, sharedTimes{}, stringPool{}
	d.labelSlab, d.bucketSlab = slab[series.Label]{}, slab[series.Bucket]{}
	d.values, d.column.times = reusable(d.values), reusable(d.column.times)
	d.text, d.lastLabels, d.lastBuckets = reusable(d.text), reusable(d.lastLabels), reusable(d.lastBuckets)
	clear(d.lastLabels[:cap(d.lastLabels)])
	d.status, d.failure, d.err, d.eof = "", APIError{}, nil, nil
	decoders.Put(d)
}

// apiError returns the error of the answer. It is a copy, because the caller keeps it longer
// than the decoder.
func (d *decoder) apiError() *APIError {
	failure := d.failure
	return &failure
}

// reusable returns scratch memory, or nil if it is too large to be reused.
func reusable[T any](scratch []T) []T {
	if cap(scratch) > maxScratch {
		return nil
	}
	return scratch
}

// statusSuccess is the status of an answer without an error.
const statusSuccess = "success"

// envelope reads the object that all answers of the API have in common. It calls the function
// data to read the value of the key "data", unless the value is null.
func (d *decoder) envelope(data func()) {
	d.object(func(key []byte) {
		switch string(key) {
		case "status":
			d.status = string(d.string())
		case "data":
			if !d.null() {
				data()
			}
		case "warnings":
			d.notes(series.Warning)
		case "infos":
			d.notes(series.Info)
		case "isPartial": // VictoriaMetrics, cluster version
			if d.true() {
				d.result.MarkPartial()
			}
		case "errorType":
			d.failure.Type = string(d.string())
		case "error":
			d.failure.Text = string(d.string())
		default:
			d.skip()
		}
	})
	d.expectEnd()
}

// notes reads a list of warnings or infos.
func (d *decoder) notes(kind string) {
	if d.null() {
		return
	}
	read := 0
	d.array(func() {
		if text := d.string(); read < maxNotesRead {
			d.result.Add(string(text), kind)
		}
		read++
	})
}

// expectEnd reads the rest of the body, which must be white space. At the end of the body,
// the gzip reader verifies its checksum.
func (d *decoder) expectEnd() {
	d.peek()
	switch {
	case d.err != nil:
	case d.pos < d.end:
		d.fail("unexpected data after the response")
	case d.eof != nil && !errors.Is(d.eof, io.EOF):
		d.err = d.eof
	}
}
