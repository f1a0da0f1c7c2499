package frames

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TimeSeriesWide returns one frame with a Time column and a Value column per series
// (timeseries-wide). If the timestamps of the series differ, Time is their union, and a
// missing sample is null.
func TimeSeriesWide(r *series.Result, o Options) (Answer, error) {
	all := floats(r)
	if len(all) == 0 {
		empty, err := finishFloats(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesWide, r, o)
		return Answer{Frames: empty}, err
	}
	if len(all) > maxFields {
		return Answer{}, tooLarge("As a wide time series, the result has more than %s fields, one for each series. Aggregate the query, such as with sum by, or request fewer series.", grouped(maxFields))
	}
	times, shared, fits := union(all, maxSparseCells/(len(all)+cellsPerTime))
	const advice = "Request fewer series, a shorter range or a larger step, or use the format time_series."
	switch {
	case !fits:
		return Answer{}, tooLarge("As a wide time series, the result has more than %s cells, nulls included, because its series have different timestamps. "+advice, grouped(maxSparseCells))
	case len(times)*(len(all)+cellsPerTime) > maxCells:
		return Answer{}, tooLarge("As a wide time series, the result has more than %s cells. "+advice, grouped(maxCells))
	}
	m := &more{series: all, names: legends(all, o), options: o, isTimed: true, isWide: true}
	if !shared {
		m.union = times
	}
	frames, err := finishFloats(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesWide, r, o)
	return Answer{frames, m}, err
}

// wideFrame returns a frame with a field per series. times is the union of the timestamps
// of the series, and shared is true if each series has all of them. names returns the name
// of a field and the name that panels display. wideFrame returns early if Options.Err returns
// an error.
func wideFrame(all []series.Series, times []int64, shared bool, names func(i int) (name, displayName string), o Options) *data.Frame {
	var column timeColumn
	frame := data.NewFrame("", column.field(times, o))
	for i, s := range all {
		if o.err() != nil {
			return frame
		}
		name, displayName := names(i)
		var field *data.Field
		if shared {
			field = data.NewField(name, s.Labels.Map(), s.Values)
		} else {
			field = data.NewField(name, s.Labels.Map(), withNulls(s, times))
		}
		field.Config = o.Values.config(displayName)
		frame.Fields = append(frame.Fields, field)
	}
	return frame
}

// union returns the union of the timestamps of the series in ascending order. If all series
// have the same timestamps, shared and fits are true. Otherwise shared is false, and fits
// reports whether the union has at most limit timestamps. If it has more, times may be nil:
// union stops early, because it copies all timestamps so far for each further series.
func union(all []series.Series, limit int) (times []int64, shared, fits bool) {
	first := all[0].Times
	if !slices.ContainsFunc(all, func(s series.Series) bool { return !isSame(s.Times, first) && !slices.Equal(s.Times, first) }) {
		return first, true, true
	}
	times = slices.Clone(first)
	last := first
	var merged []int64 // memory for the next union
	for _, s := range all {
		if len(times) > limit {
			return nil, false, false
		}
		if !isSame(s.Times, last) {
			last = s.Times
			times, merged = merge(merged[:0], times, last), times
		}
	}
	return times, false, len(times) <= limit
}

// merge appends the union of two ascending lists of timestamps to a slice.
func merge(to, a, b []int64) []int64 {
	to = slices.Grow(to, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		at := min(a[0], b[0])
		to = append(to, at)
		if a[0] == at {
			a = a[1:]
		}
		if b[0] == at {
			b = b[1:]
		}
	}
	return append(append(to, a...), b...)
}

// withNulls returns the values of a series at times, which include all timestamps of the
// series. The value at any other time is nil.
func withNulls(s series.Series, times []int64) []*float64 {
	column := make([]*float64, len(times))
	eachCell(s, times, func(row int, value *float64) { column[row] = value })
	return column
}

// eachCell calls f with each value of a series, and its row in times, which include all
// timestamps of the series.
func eachCell(s series.Series, times []int64, f func(row int, value *float64)) {
	at := 0
	for row, t := range times {
		if at < len(s.Times) && s.Times[at] == t {
			f(row, &s.Values[at])
			at++
		}
	}
}
