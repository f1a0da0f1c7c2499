// Package promjson decodes answers of the Prometheus query API into columns. It
// reads a body once, through a window of 64 KiB, and keeps of it only what the
// series hold: a value is eight bytes, series on the same steps share one column
// of times, and labels that repeat share their texts. promapi hands it response
// bodies. Any order of keys, any white space and unknown keys are accepted, since
// servers differ in them; numbers are exactly those that strconv.ParseFloat reads.
package promjson

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Limits bound what is decoded; 0 is no bound but those of bounds.go. What lies beyond
// isn't read.
type Limits struct {
	Series  int
	Samples int // as series.Series.Size counts them
	Before  int // samples that count already, where an answer comes in several parts
}

// Cut removes from a result, which was joined of several answers, the series over the
// limits on series and labels, and returns the limit; nil where there are none.
func (l Limits) Cut(r *series.Result) *LimitError {
	labels, bytes := 0, 0
	for i, s := range r.Series {
		labels += len(s.Labels)
		for _, label := range s.Labels {
			bytes += len(label.Name) + len(label.Value)
		}
		var over *LimitError
		switch {
		case l.Series > 0 && i == l.Series:
			over = &LimitError{SeriesLimit, l.Series}
		case labels > maxLabels:
			over = &LimitError{LabelLimit, maxLabels}
		case bytes > maxLabelMiB*mib:
			over = &LimitError{LabelTextLimit, maxLabelMiB}
		}
		if over != nil {
			r.Series = r.Series[:i]
			return over
		}
	}
	return nil
}

// LimitError says which limit an answer passed. What was decoded until then is
// returned with it.
type LimitError struct {
	What string // one of the names below
	Most int
}

// What an answer can have too much of.
const (
	SeriesLimit    = "series"
	SampleLimit    = "samples"
	BucketLimit    = "native histograms and buckets of them"
	LabelLimit     = "labels"
	LabelSetLimit  = "labels in one set"
	LabelTextLimit = "MiB of labels"
	TextLimit      = "MiB in one text"
	exemplarLimit  = "exemplars"

	// SampleAndBucketLimit is SampleLimit for an answer with native histograms.
	SampleAndBucketLimit = "samples, each bucket of a native histogram counted as one"
)

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Most, e.What) }

// APIError is the failure that a server reports in its answer.
type APIError struct {
	Type string `json:"errorType"` // such as bad_data or timeout
	Text string `json:"error"`
}

func (e *APIError) Error() string {
	if e.Type == "" {
		return e.Text
	}
	return e.Type + ": " + e.Text
}

// IsTimeout reports whether the server ended the query because it took too long.
func (e *APIError) IsTimeout() bool { return e.Type == "timeout" || e.Type == "canceled" }

// success is the status of an answer that has data.
const success = "success"

var errNoResult = errors.New("no resultType that the query API has")

// Decode reads an answer of query or query_range whole. Its errors are those of
// Stream.
func Decode(r io.Reader, limits Limits) (*series.Result, error) {
	var all []series.Series
	result, err := Stream(r, limits, func(s series.Series) error {
		if len(all) == cap(all) {
			// By twice: a series is large, and append grows long slices by less.
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

// Stream reads an answer of query or query_range and calls each with every
// series as soon as it is decoded; the result that it returns holds the rest.
// Errors are *APIError, *LimitError with what there was so far, *SyntaxError,
// io.ErrUnexpectedEOF where the answer is cut off, and those of r and each.
func Stream(r io.Reader, limits Limits, each func(series.Series) error) (*series.Result, error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, limits, each)
	d.envelope(func() { d.object(d.data) })
	return d.finish()
}

// Locate is Stream that also returns where in the answer its data are: from the byte at
// from, and up to the one at to.
func Locate(r io.Reader, limits Limits, each func(series.Series) error) (result *series.Result, from, to int64, err error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, limits, each)
	d.envelope(func() {
		from = d.offset()
		d.object(d.data)
		to = d.offset()
	})
	result, err = d.finish()
	return result, from, to, err
}

// decoders keeps windows and scratch memory between answers.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

type decoder struct {
	scanner
	limits Limits
	each   func(series.Series) error

	result  *series.Result
	status  string
	failure APIError
	// What the answer has so far.
	count      int // series
	total      int // samples of the series before this one
	pending    int // samples that the native histograms of this series count as
	buckets    int // of native histograms, which count too
	labelCount int
	labelBytes int

	grid      grid
	column    column
	values    []float64
	names     names
	scratch   series.Labels
	labelSlab slab[series.Label]

	bucketScratch []series.Bucket
	bucketSlab    slab[series.Bucket]

	scalarTime int64
}

func (d *decoder) begin(r io.Reader, limits Limits, each func(series.Series) error) {
	values, times, scratch, buckets := d.values, d.column.times, d.scratch, d.bucketScratch
	s := d.scanner
	*d = decoder{limits: limits, each: each, values: values, scratch: scratch, bucketScratch: buckets, result: &series.Result{}}
	d.scanner = s
	d.reset(r)
	d.total = limits.Before
	d.column = column{grid: &d.grid, times: times}
}

// release returns the decoder without what belongs to the answer, and without
// memory that only an answer of unusual size needs.
func (d *decoder) release() {
	d.r, d.each, d.result, d.grid, d.names = nil, nil, nil, grid{}, names{}
	d.labelSlab, d.bucketSlab = slab[series.Label]{}, slab[series.Bucket]{}
	d.values, d.column.times = kept(d.values), kept(d.column.times)
	d.text, d.scratch, d.bucketScratch = kept(d.text), kept(d.scratch), kept(d.bucketScratch)
	clear(d.scratch[:cap(d.scratch)])
	decoders.Put(d)
}

// kept returns scratch memory for the next answer; nil where it is too large to keep.
func kept[T any](scratch []T) []T {
	if cap(scratch) > maxScratch {
		return nil
	}
	return scratch
}

// envelope reads what every answer of the API is wrapped in; data reads what is
// inside, where there is something.
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
		case "isPartial": // of VictoriaMetrics' cluster
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
	d.ending()
}

// ending reads on to the end of the body, where nothing but white space may
// stand: there gzip proves its checksum.
func (d *decoder) ending() {
	d.peek()
	switch {
	case d.err != nil:
	case d.pos < d.end:
		d.fail("something behind the answer")
	case d.eof != nil && !errors.Is(d.eof, io.EOF):
		d.err = d.eof
	}
}

func (d *decoder) data(key []byte) {
	switch string(key) {
	case "resultType":
		d.result.Kind = series.Kind(d.string())
	case "result":
		if !d.null() {
			d.array(d.element)
		}
	case "stats":
		d.stats()
	default:
		d.skip()
	}
}

// element reads one element of a result: a series, or one half of the
// [time, "text"] pair that a scalar or a string is. So resultType may follow.
func (d *decoder) element() {
	switch d.peek() {
	case '{':
		d.series()
	case '"':
		d.result.Text = string(d.string())
	default:
		d.scalarTime = d.time()
	}
}

func (d *decoder) series() {
	d.column.begin()
	d.values, d.pending = d.values[:0], 0
	var s series.Series
	d.object(func(key []byte) {
		switch string(key) {
		case "metric":
			s.Labels = d.labels()
		case "values":
			d.samples()
		case "value":
			if !d.usualSample() {
				d.sample()
			}
		case "histograms":
			d.array(func() { d.histogram(&s) })
		case "histogram":
			d.histogram(&s)
		default:
			d.skip()
		}
	})
	if d.err != nil {
		return
	}
	d.count++
	if d.limits.Series > 0 && d.count > d.limits.Series {
		d.err = &LimitError{SeriesLimit, d.limits.Series}
		return
	}
	if d.overSamples() {
		return
	}
	d.total += len(d.values) + d.pending
	if d.takeColumns(&s); d.err != nil {
		return
	}
	if err := d.each(s); err != nil {
		d.err = err
	}
}

// overSamples ends the answer where it holds too many samples with those of the series
// that is being read.
func (d *decoder) overSamples() bool {
	if d.limits.Samples == 0 || d.total+len(d.values)+d.pending <= d.limits.Samples {
		return false
	}
	what := SampleLimit
	if d.buckets > 0 {
		what = SampleAndBucketLimit
	}
	d.err = &LimitError{what, d.limits.Samples}
	return true
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

// finish says how the answer ended, and puts a scalar's halves together.
func (d *decoder) finish() (*series.Result, error) {
	var limit *LimitError
	switch {
	case errors.As(d.err, &limit):
		return d.result, limit
	case d.err != nil:
		return nil, d.err
	case d.status != success:
		return nil, &d.failure
	}
	switch d.result.Kind {
	case series.Matrix, series.Vector, series.String:
		return d.result, nil
	case series.Scalar:
		value, ok := float([]byte(d.result.Text))
		if !ok {
			return nil, errNoResult
		}
		d.result.Text = ""
		err := d.each(series.Series{Times: []int64{d.scalarTime}, Values: []float64{value}})
		return d.result, err
	default:
		return nil, errNoResult
	}
}
