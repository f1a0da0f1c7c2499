package frames

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// isExponential reports whether native histograms have the bounds of an exponential schema
// of Prometheus, rather than custom bounds. In an exponential schema, the ratio of the bounds
// of a bucket is 2^(2^-schema), and no bound is infinite. The outermost custom bounds are
// infinite. isExponential returns false if there are no buckets.
func isExponential(all []series.Histogram) bool {
	hasBuckets := false
	for _, h := range all {
		for i, b := range h.Buckets {
			hasBuckets = true
			// The bounds of the zero bucket are -x and x, where x can have any value. The zero
			// bucket cuts off the part of another bucket that it overlaps.
			var isCut bool
			switch {
			case b.Lower > 0:
				isCut = i == 0 || h.Buckets[i-1].Lower <= 0
			case b.Upper < 0:
				isCut = i == len(h.Buckets)-1 || h.Buckets[i+1].Upper >= 0
			default:
				isCut = b.Lower == -b.Upper
			}
			if math.IsInf(b.Lower, 0) || math.IsInf(b.Upper, 0) || !(isCut || isSchemaRatio(b.Upper/b.Lower)) {
				return false
			}
		}
	}
	return hasBuckets
}

// isSchemaRatio reports whether an exponential schema has buckets with this ratio of bounds.
func isSchemaRatio(ratio float64) bool {
	const lowest, highest, exact = -4, 8, 1e-6
	schema := -math.Log2(math.Abs(math.Log2(ratio)))
	return schema > lowest-exact && schema < highest+exact && math.Abs(schema-math.Round(schema)) < exact
}

// isDrawn reports whether the panel can draw a bucket on its logarithmic axis.
func isDrawn(b series.Bucket) bool { return b.Lower > 0 }

// cellFrames returns a frame for each series of native histograms. A frame has a row for each
// bucket at each time, including the zero bucket and negative buckets, which the panel
// doesn't draw. cellFrames returns early if Options.Err returns an error.
func cellFrames(all []series.Series, o Options) data.Frames {
	names := heatmapNames(len(all), func(i int) series.Labels { return all[i].Labels }, o)
	frames := make(data.Frames, len(all))
	for i, s := range all {
		if o.err() != nil {
			return frames[:i]
		}
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
	cells.addEmptyCells(o.Step.Milliseconds())
	var times timeColumn
	x := times.field(cells.xMax, o)
	x.Name = "xMax"
	count := data.NewField("count", s.Labels.Map(), cells.count)
	count.Config = o.Values.config("count")
	frame := data.NewFrame(name, x, data.NewField("yMin", nil, cells.yMin), data.NewField("yMax", nil, cells.yMax),
		count, data.NewField("yLayout", nil, cells.yLayout))
	frame.Meta = &data.FrameMeta{Type: heatmapCells}
	return frame
}

// cells are the columns of a frame of heatmap-cells, in the order that the panel requires.
type cells struct {
	xMax              []int64
	yMin, yMax, count []float64
	yLayout           []int8 // which bounds the cell includes: a series.Boundaries
}

// newCells returns columns with capacity for the given number of buckets, and for the cells
// that addEmptyCells inserts.
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
	c.yLayout = append(c.yLayout, int8(b.Boundaries)) //nolint:gosec // G115: boundaries are from 0 to 3
}

// addEmptyCells inserts empty cells, which the server omits, where the panel needs them: the
// panel derives the ratio of its axis from the first cell, and the width of all cells from
// the first two times.
func (c *cells) addEmptyCells(step int64) {
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

// undrawnNotice returns the notice on observations that the heatmap doesn't show.
func undrawnNotice(all []series.Series) []data.Notice {
	var total, undrawn float64
	for _, s := range all {
		for _, h := range s.Histograms {
			for _, b := range h.Buckets {
				total += b.Count
				if !isDrawn(b) {
					undrawn += b.Count
				}
			}
		}
	}
	if !(undrawn > 0) {
		return nil
	}
	return []data.Notice{{Severity: data.NoticeSeverityInfo, Text: fmt.Sprintf(
		"The heatmap has a logarithmic axis, so it doesn't show the %.3g%% of the observations that are zero or negative. The panel's table view shows them.", 100*undrawn/total)}}
}

// axes are the upper bounds of the rows of a heatmap and the times of its columns.
type axes struct {
	bounds []float64
	times  []int64
}

// customAxes returns the axes of the frames of customRows, and subtracts the size of the
// frames from the quota.
func customAxes(all []series.Series, remaining *quota, o Options) ([]axes, error) {
	list := make([]axes, len(all))
	for i, s := range all {
		list[i] = axes{upperBounds(s.Histograms, remaining.fields), evenStart(s.HistogramTimes, o.Step)}
		if err := remaining.takeFrame(len(list[i].times), len(list[i].bounds)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// customRows returns a frame for each series of native histograms with custom bounds. A frame
// has a field of counts for each of axes.bounds. A count is 0 in a bucket that the server
// omits, and null at a time without a histogram. customRows returns early if Options.Err
// returns an error.
func customRows(all []series.Series, axesOf []axes, o Options) data.Frames {
	names := heatmapNames(len(all), func(i int) series.Labels { return all[i].Labels }, o)
	frames := make(data.Frames, len(all))
	for i, s := range all {
		if o.err() != nil {
			return frames[:i]
		}
		bounds, times := axesOf[i].bounds, axesOf[i].times
		rows := make([]row, len(bounds))
		for j, bound := range bounds {
			le := formatBound(bound)
			rows[j] = row{name: le, displayName: le, labels: data.Labels{bucketLabel: le}, counts: make([]float64, len(times))}
		}
		at := 0
		for x, t := range times {
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
		frames[i] = rowsFrame(names[i], times, rows, o)
	}
	return frames
}

// upperBounds returns the upper bounds of the rows in ascending order. They are the upper
// bounds of all buckets, and the lower bounds except -Inf. A lower bound at which no bucket
// ends is the upper bound of an empty row. If there are more bounds than the limit, the result
// may be incomplete or contain -Inf, but it also has more bounds than the limit.
func upperBounds(all []series.Histogram, limit int) []float64 {
	const batch = 1 << 10
	var bounds []float64
	lowest := math.Inf(1)
	distinct := 0 // length of bounds when they were last compacted
	compact := func() {
		slices.Sort(bounds)
		bounds = slices.Compact(bounds)
		distinct = len(bounds)
	}
	for _, h := range all {
		for _, b := range h.Buckets {
			bounds = append(bounds, b.Lower, b.Upper)
			lowest = min(lowest, b.Lower)
			if len(bounds) < 2*distinct+batch {
				continue
			}
			if compact(); distinct > limit+1 {
				return bounds
			}
		}
	}
	compact()
	if len(bounds) > 1 && math.IsInf(lowest, -1) {
		return bounds[1:]
	}
	return bounds
}

// formatBound formats a bound like an le label.
func formatBound(bound float64) string {
	if size := math.Abs(bound); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.FormatFloat(bound, 'g', -1, 64)
	}
	return strconv.FormatFloat(bound, 'f', -1, 64)
}
