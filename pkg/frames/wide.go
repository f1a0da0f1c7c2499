package frames

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TimeSeriesWide shapes a result into one frame: one Time column, one Value
// column per series (timeseries-wide). Where the series' times don't agree, the
// times are their union and a missing sample is null.
func TimeSeriesWide(r *series.Result, o Options) data.Frames {
	all := floats(r)
	if len(all) == 0 {
		return finish(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesWide, r, o)
	}
	names := legends(all, o)
	frame := wide(all, func(i int) (name, shown string) { return valueField, names[i] }, o)
	return finish(data.Frames{frame}, data.FrameTypeTimeSeriesWide, r, o)
}

// wide puts series side by side on the union of their times.
func wide(all []series.Series, named func(i int) (name, shown string), o Options) *data.Frame {
	grid, shared := union(all)
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

// union returns every time at which any series has a sample, ascending, and
// whether all series have one at each.
func union(all []series.Series) (grid []int64, shared bool) {
	first := all[0].Times
	if !slices.ContainsFunc(all, func(s series.Series) bool { return !slices.Equal(s.Times, first) }) {
		return first, true
	}
	for _, s := range all {
		grid = append(grid, s.Times...)
	}
	slices.Sort(grid)
	return slices.Compact(grid), false
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
