package promjson

import (
	"errors"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// data reads a member of the object "data" of query or query_range.
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

// element reads an element of the array "result". The array contains series or, for a scalar
// or a string, a time and a text: [time, "text"]. element distinguishes these by the JSON type
// of the element, because resultType may follow the result.
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
	d.values, d.pendingSamples = d.values[:0], 0
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
	d.seriesCount++
	if d.limits.Series > 0 && d.seriesCount > d.limits.Series {
		d.err = &LimitError{SeriesLimit, d.limits.Series}
		return
	}
	if d.exceedsSamples() {
		return
	}
	d.sampleCount += len(d.values) + d.pendingSamples
	if d.takeColumns(&s); d.err != nil {
		return
	}
	if err := d.yield(s); err != nil {
		d.err = err
	}
}

// exceedsSamples reports whether the answer exceeds the limit on samples, including those
// of the current series. It sets the error if so.
func (d *decoder) exceedsSamples() bool {
	if d.limits.Samples == 0 || d.sampleCount+len(d.values)+d.pendingSamples <= d.limits.Samples {
		return false
	}
	limit := SampleLimit
	if d.bucketCount > 0 {
		limit = SampleAndBucketLimit
	}
	d.err = &LimitError{limit, d.limits.Samples}
	return true
}

// takeColumns moves the timestamps and values of the current series from the decoder's
// memory to the series. It sets the error if the timestamps don't ascend, because the
// code that processes series requires ascending timestamps.
func (d *decoder) takeColumns(s *series.Series) {
	times, ok := d.column.take()
	if !ok || !isAscending(s.HistogramTimes) {
		d.fail("the timestamps of a series don't ascend")
		return
	}
	if len(d.values) > 0 {
		s.Times, s.Values = times, takeScratch(&d.values)
	}
}

// finish returns the result, the error of the answer, or, if the answer exceeds a limit, both.
// It converts a scalar to a series and calls yield with this series.
func (d *decoder) finish() (*series.Result, error) {
	var limit *LimitError
	switch {
	case errors.As(d.err, &limit):
		return d.result, limit
	case d.err != nil:
		return nil, d.err
	case d.status != statusSuccess:
		return nil, d.apiError()
	}
	switch d.result.Kind {
	case series.Matrix, series.Vector, series.String:
		return d.result, nil
	case series.Scalar:
		value, ok := parseFloat([]byte(d.result.Text))
		if !ok {
			return nil, errNoResult
		}
		d.result.Text = ""
		err := d.yield(series.Series{Times: []int64{d.scalarTime}, Values: []float64{value}})
		return d.result, err
	default:
		return nil, errNoResult
	}
}
