package frames

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// isExponential reports whether the bounds of native histograms are those of
// Prometheus's exponential schemas: each is the next one times 2^(2^-schema), and
// none is infinite, as the outer ones of custom bounds are.
func isExponential(all []series.Histogram) bool {
	some := false
	for _, h := range all {
		for i, b := range h.Buckets {
			some = true
			var cut bool // by the zero bucket, which may reach into the one beside it
			switch {
			case b.Lower > 0:
				cut = i == 0 || h.Buckets[i-1].Lower <= 0
			case b.Upper < 0:
				cut = i == len(h.Buckets)-1 || h.Buckets[i+1].Upper >= 0
			default:
				cut = b.Lower == -b.Upper
			}
			if math.IsInf(b.Lower, 0) || math.IsInf(b.Upper, 0) || !(cut || isSchema(b.Upper/b.Lower)) {
				return false
			}
		}
	}
	return some
}

// isSchema reports whether neighbouring bounds with a ratio are of a schema.
func isSchema(ratio float64) bool {
	const lowest, highest, exact = -4, 8, 1e-6
	schema := -math.Log2(math.Abs(math.Log2(ratio)))
	return schema > lowest-exact && schema < highest+exact && math.Abs(schema-math.Round(schema)) < exact
}

// isDrawn reports whether the panel can draw a bucket as a cell: its axis is
// logarithmic.
func isDrawn(b series.Bucket) bool { return b.Lower > 0 }

// cellFrames makes a heatmap of every native histogram: a row for each bucket at
// each time, with the bounds that the server gave. They are explicit for the
// bucket at zero and for those below it too, which the panel doesn't draw.
func cellFrames(all []series.Series, o Options) data.Frames {
	names := heatmapNames(len(all), func(i int) series.Labels { return all[i].Labels }, o)
	frames := make(data.Frames, len(all))
	for i, s := range all {
		frames[i] = cellFrame(names[i], s, o)
	}
	return frames
}

func cellFrame(name string, s series.Series, o Options) *data.Frame {
	cells := newCells(s.Size())
	for i, h := range s.Histograms {
		for _, b := range h.Buckets {
			cells.add(s.HistogramTimes[i], b)
		}
	}
	cells.makeMeasurable(o.Step.Milliseconds())
	var times timeColumn
	x := times.field(cells.xMax, o)
	x.Name = "xMax"
	count := data.NewField("count", s.Labels.Map(), cells.count)
	count.Config = &data.FieldConfig{DisplayNameFromDS: "count"}
	frame := data.NewFrame(name, x, data.NewField("yMin", nil, cells.yMin), data.NewField("yMax", nil, cells.yMax),
		count, data.NewField("yLayout", nil, cells.yLayout))
	frame.Meta = &data.FrameMeta{Type: heatmapCells}
	return frame
}

// cells are the columns of heatmap-cells, in the order in which the panel expects
// them.
type cells struct {
	xMax              []int64
	yMin, yMax, count []float64
	yLayout           []int8 // which bounds belong to the cell, as series.Boundaries
}

// newCells has room for the buckets of native histograms, and for those that
// makeMeasurable inserts.
func newCells(buckets int) cells {
	const inserted = 2
	n := buckets + inserted
	floats := func() []float64 { return make([]float64, 0, n) }
	return cells{make([]int64, 0, n), floats(), floats(), floats(), make([]int8, 0, n)}
}

func (c *cells) add(t int64, b series.Bucket) {
	c.xMax = append(c.xMax, t)
	c.yMin = append(c.yMin, b.Lower)
	c.yMax = append(c.yMax, b.Upper)
	c.count = append(c.count, b.Count)
	c.yLayout = append(c.yLayout, int8(b.Boundaries))
}

// makeMeasurable puts empty buckets, which the server doesn't list, where the
// panel would measure wrong: it takes the growth of its axis from the first cell,
// and the width of all cells from the first two times.
func (c *cells) makeMeasurable(step int64) {
	drawn := slices.IndexFunc(c.yMin, func(lower float64) bool { return lower > 0 })
	if drawn < 0 {
		return
	}
	lower, upper, layout := c.yMin[drawn], c.yMax[drawn], c.yLayout[drawn]
	insert := func(at int, t int64) {
		c.xMax = slices.Insert(c.xMax, at, t)
		c.yMin = slices.Insert(c.yMin, at, lower)
		c.yMax = slices.Insert(c.yMax, at, upper)
		c.count = slices.Insert(c.count, at, 0)
		c.yLayout = slices.Insert(c.yLayout, at, layout)
	}
	first := c.xMax[0]
	second := slices.IndexFunc(c.xMax, func(t int64) bool { return t != first })
	switch {
	case step <= 0:
	case second < 0:
		insert(len(c.xMax), first+step)
	case c.xMax[second]-first > step:
		insert(second, first+step)
	}
	if c.yMin[0] <= 0 {
		insert(0, first)
	}
}

// undrawn says how much of the observations the picture lacks.
func undrawn(all []series.Series) []data.Notice {
	var of, missing float64
	for _, s := range all {
		for _, h := range s.Histograms {
			for _, b := range h.Buckets {
				of += b.Count
				if !isDrawn(b) {
					missing += b.Count
				}
			}
		}
	}
	if !(missing > 0) {
		return nil
	}
	return []data.Notice{{Severity: data.NoticeSeverityInfo, Text: fmt.Sprintf(
		"The heatmap's logarithmic axis has no place for zero and below, where %.3g%% of the observations are: the panel's table view has them.", 100*missing/of)}}
}

// rowGrid is where a heatmap has its rows and columns.
type rowGrid struct {
	bounds []float64
	times  []int64
}

// customGrids takes the room of customRows.
func customGrids(all []series.Series, left *room, o Options) ([]rowGrid, error) {
	grids := make([]rowGrid, len(all))
	for i, s := range all {
		grids[i] = rowGrid{upperBounds(s.Histograms, left.fields), evenStart(s.HistogramTimes, o.Step)}
		if err := left.takeFrame(len(grids[i].times), len(grids[i].bounds)); err != nil {
			return nil, err
		}
	}
	return grids, nil
}

// customRows makes a heatmap of every native histogram with custom bounds, as
// classicRows does: a row for each stretch between two bounds. Buckets that the
// server doesn't list are empty.
func customRows(all []series.Series, grids []rowGrid, o Options) data.Frames {
	names := heatmapNames(len(all), func(i int) series.Labels { return all[i].Labels }, o)
	frames := make(data.Frames, len(all))
	for i, s := range all {
		bounds, grid := grids[i].bounds, grids[i].times
		rows := make([]row, len(bounds))
		for j, bound := range bounds {
			le := formatBound(bound)
			rows[j] = row{name: le, shown: le, labels: data.Labels{bucketLabel: le}, counts: make([]float64, len(grid))}
		}
		at := 0
		for x, t := range grid {
			if at == len(s.HistogramTimes) || s.HistogramTimes[at] != t {
				for _, r := range rows {
					r.counts[x] = math.NaN()
				}
				continue
			}
			for _, b := range s.Histograms[at].Buckets {
				j, _ := slices.BinarySearch(bounds, b.Upper)
				rows[j].counts[x] += b.Count
			}
			at++
		}
		frames[i] = rowsFrame(names[i], grid, rows, o)
	}
	return frames
}

// upperBounds are the bounds at which rows end, ascending: the upper one of every
// bucket, and the lower one of a bucket that has no neighbour, which ends the
// empty stretch below it. Where there are more than most, they are some of them, more
// than most.
func upperBounds(all []series.Histogram, most int) []float64 {
	const batch = 1 << 10
	var bounds []float64
	lowest := math.Inf(1)
	known := 0 // bounds that are sorted and differ
	settle := func() {
		slices.Sort(bounds)
		bounds = slices.Compact(bounds)
		known = len(bounds)
	}
	for _, h := range all {
		for _, b := range h.Buckets {
			bounds = append(bounds, b.Lower, b.Upper)
			lowest = min(lowest, b.Lower)
			if len(bounds) < 2*known+batch {
				continue
			}
			if settle(); known > most+1 {
				return bounds
			}
		}
	}
	settle()
	if len(bounds) > 1 && math.IsInf(lowest, -1) {
		return bounds[1:]
	}
	return bounds
}

// formatBound writes a bound as le labels have it.
func formatBound(bound float64) string {
	if size := math.Abs(bound); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.FormatFloat(bound, 'g', -1, 64)
	}
	return strconv.FormatFloat(bound, 'f', -1, 64)
}

// totals keeps what the cells don't hold: the count and the sum of every native
// histogram over time, in one frame.
func totals(native []series.Series, times sharedTimes, o Options) *data.Frame {
	names := legends(native, o)
	var all []series.Series
	for _, s := range native {
		count := series.Series{Labels: s.Labels, Times: s.HistogramTimes, Values: make([]float64, len(s.Histograms))}
		sum := series.Series{Labels: s.Labels, Times: s.HistogramTimes, Values: make([]float64, len(s.Histograms))}
		for i, h := range s.Histograms {
			count.Values[i], sum.Values[i] = h.Count, h.Sum
		}
		all = append(all, count, sum)
	}
	frame := wide(all, times.grid, times.shared, func(i int) (name, shown string) {
		name = [...]string{"count", "sum"}[i%2]
		if len(native) == 1 {
			return name, name
		}
		return name, names[i/2] + " " + name
	}, o)
	frame.Name = "count and sum"
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTimeSeriesWide, TypeVersion: version}
	return frame
}

// sharedTimes are the times of several series, and whether each has them all.
type sharedTimes struct {
	grid   []int64
	shared bool
}

// nativeTimes returns the times of totals, after it has taken its room.
func (r *room) nativeTimes(native []series.Series) (times sharedTimes, err error) {
	if len(native) == 0 {
		return times, nil
	}
	columns := 2 * len(native)
	all := make([]series.Series, len(native))
	for i, s := range native {
		all[i].Times = s.HistogramTimes
	}
	grid, shared, fits := union(all, r.times(columns))
	if !fits {
		return times, r.take(r.cells+1, columns)
	}
	return sharedTimes{grid, shared}, r.takeFrame(len(grid), columns)
}
