package frames

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TimeSeriesWide shapes a result into one frame: one Time column, one Value
// column per series (timeseries-wide). Where the series' times don't agree, the
// times are their union and a missing sample is null.
func TimeSeriesWide(r *series.Result, o Options) (data.Frames, error) {
	all := floats(r)
	if len(all) == 0 {
		return finish(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesWide, r, o), nil
	}
	if len(all) > maxFields {
		return nil, tooLarge("Side by side the answer takes more than %s fields, one for each series. Aggregate, such as with sum by, or ask for fewer series.", grouped(maxFields))
	}
	grid, shared, fits := union(all, maxSparse/(len(all)+cellsOfTime))
	const next = "Ask for fewer series, a shorter range or a larger step, or use the format time_series."
	switch {
	case !fits:
		return nil, tooLarge("Side by side the series of the answer take more than %s cells, nulls included, since they have samples at different times. "+next, grouped(maxSparse))
	case len(grid)*(len(all)+cellsOfTime) > maxCells:
		return nil, tooLarge("Side by side the series of the answer take more than %s cells. "+next, grouped(maxCells))
	}
	names := legends(all, o)
	frame := wide(all, grid, shared, func(i int) (name, shown string) { return valueField, names[i] }, o)
	return finish(data.Frames{frame}, data.FrameTypeTimeSeriesWide, r, o), nil
}

// wide puts series side by side on the union of their times.
func wide(all []series.Series, grid []int64, shared bool, named func(i int) (name, shown string), o Options) *data.Frame {
	var times timeColumn
	frame := data.NewFrame("", times.field(grid, o))
	for i, s := range all {
		name, shown := named(i)
		var field *data.Field
		if shared {
			field = data.NewField(name, s.Labels.Map(), s.Values)
		} else {
			field = data.NewField(name, s.Labels.Map(), onGrid(s, grid))
		}
		field.Config = &data.FieldConfig{DisplayNameFromDS: shown}
		frame.Fields = append(frame.Fields, field)
	}
	return frame
}

// union returns every time at which any series has a sample, ascending, and whether all
// series have one at each. Where there are more than most, and all series don't have
// them, the times don't fit: they stop being gathered. So the work is linear in the
// samples and in the cells that most stands for.
func union(all []series.Series, most int) (grid []int64, shared, fits bool) {
	first := all[0].Times
	if !slices.ContainsFunc(all, func(s series.Series) bool { return !isSame(s.Times, first) && !slices.Equal(s.Times, first) }) {
		return first, true, true
	}
	grid = slices.Clone(first)
	last := first
	var merged []int64 // memory for the next union
	for _, s := range all {
		if len(grid) > most {
			return nil, false, false
		}
		if !isSame(s.Times, last) {
			last = s.Times
			grid, merged = merge(merged[:0], grid, last), grid
		}
	}
	return grid, false, len(grid) <= most
}

// merge appends the union of two columns of times, both ascending.
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

// onGrid spreads a series' values over the times of a grid that holds them all.
func onGrid(s series.Series, grid []int64) []*float64 {
	column := make([]*float64, len(grid))
	at := 0
	for i, t := range grid {
		if at < len(s.Times) && s.Times[at] == t {
			column[i] = &s.Values[at]
			at++
		}
	}
	return column
}
