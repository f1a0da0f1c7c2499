package frames

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// bucketLabel holds a classic bucket's upper bound.
const bucketLabel = "le"

// classic is a histogram made of series: one for each upper bound, which counts
// all that is not above it.
type classic struct {
	labels  series.Labels   // what its series share; without le
	buckets []bucket        // ascending once sort is called
	index   map[float64]int // a bound's bucket, until then
}

func newClassic(labels series.Labels) classic {
	return classic{labels: labels, index: map[float64]int{}}
}

type bucket struct {
	bound  float64
	labels series.Labels // of the spelling that came last
	latest int64
	series []series.Series // more than one where a bound is spelled in several ways
}

// add takes the series of a bucket. Prometheus 3 writes le="1.0" where its
// predecessors wrote le="1": both are one bound. The spelling of the latest
// sample is kept, since that is what exemplars say too.
func (c *classic) add(bound float64, s series.Series) {
	latest := s.Times[len(s.Times)-1]
	at, known := c.index[bound]
	if !known {
		c.index[bound] = len(c.buckets)
		c.buckets = append(c.buckets, bucket{bound: bound, labels: s.Labels, latest: latest, series: []series.Series{s}})
		return
	}
	b := &c.buckets[at]
	b.series = append(b.series, s)
	if latest > b.latest {
		b.labels, b.latest = s.Labels, latest
	}
}

// sort orders the buckets by their bounds, after the last was added.
func (c *classic) sort() {
	slices.SortFunc(c.buckets, func(a, b bucket) int { return cmp.Compare(a.bound, b.bound) })
}

// classicGrids takes the room of classicRows, and returns the times of each histogram.
func classicGrids(all []classic, left *room, o Options) ([][]int64, error) {
	grids := make([][]int64, len(all))
	for i, c := range all {
		var of []series.Series
		for _, b := range c.buckets {
			of = append(of, b.series...)
		}
		var err error
		if grids[i], err = left.grid(of, len(c.buckets), o); err != nil {
			return nil, err
		}
	}
	return grids, nil
}

// classicRows makes a heatmap of every histogram: a row for each bucket.
func classicRows(all []classic, grids [][]int64, o Options) data.Frames {
	names := heatmapNames(len(all), func(i int) series.Labels { return all[i].labels }, o)
	frames := make(data.Frames, len(all))
	for i, c := range all {
		counts := c.counts(grids[i])
		rows := make([]row, len(c.buckets))
		for j, b := range c.buckets {
			le := b.labels.Get(bucketLabel)
			rows[j] = row{name: le, shown: le, labels: data.Labels{bucketLabel: le}, counts: counts[j]}
			if o.Legend != "" && o.Legend != auto {
				rows[j].shown = parseTemplate(o.Legend).fill(b.labels, "")
			}
		}
		frames[i] = rowsFrame(names[i], grids[i], rows, o)
	}
	return frames
}

// counts are the observations in each bucket alone, at each time of a grid. A
// bucket without a sample at a time has no count there (NaN), and the next one
// above counts from the nearest one below that has: it holds what both do. A
// count is never negative: where a bucket says less than a lower one, because it
// was scraped earlier or summed in another order, nothing is in it.
func (c *classic) counts(grid []int64) [][]float64 {
	columns := make([][]float64, len(c.buckets))
	for i, b := range c.buckets {
		columns[i] = onto(grid, b.series)
	}
	// Sums of floats differ in their last digits by the order of summing; what is
	// smaller than that, relative to the sum, is no observation. Prometheus takes
	// the same in histogram_quantile.
	const noise = 1e-12
	for at := range grid {
		below := 0.0
		for _, column := range columns {
			upTo := column[at]
			if math.IsNaN(upTo) {
				continue
			}
			column[at] = upTo - below
			if upTo <= below || column[at] < noise*upTo {
				column[at] = 0
			}
			below = max(below, upTo)
		}
	}
	return columns
}

// onto spreads the values of series over a grid that holds all of their times;
// NaN where none has a sample. Where several have, they are parts of a sum.
func onto(grid []int64, all []series.Series) []float64 {
	column := make([]float64, len(grid))
	for i := range column {
		column[i] = math.NaN()
	}
	for _, s := range all {
		at := 0
		for i, t := range s.Times {
			for grid[at] < t {
				at++
			}
			switch {
			case math.IsNaN(column[at]):
				column[at] = s.Values[i]
			case !math.IsNaN(s.Values[i]):
				column[at] += s.Values[i]
			}
		}
	}
	return column
}

// plainRows makes a row of every series, named by its legend, as the panel does
// with series that it knows nothing about. Names that are numbers order the rows.
func plainRows(all []series.Series, left *room, o Options) (*data.Frame, error) {
	grid, err := left.grid(all, len(all), o)
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(all))
	numeric := true
	for i, name := range legends(all, o) {
		rows[i] = row{name: valueField, shown: name, labels: all[i].Labels.Map(), counts: onto(grid, all[i:i+1])}
		_, isNumber := parseBound(name)
		numeric = numeric && isNumber
	}
	if numeric {
		slices.SortStableFunc(rows, func(a, b row) int {
			first, _ := parseBound(a.shown)
			second, _ := parseBound(b.shown)
			return cmp.Compare(first, second)
		})
	}
	return rowsFrame("", grid, rows, o), nil
}

// row is one row of the picture: counts at the times of a grid, NaN where there
// is no sample.
type row struct {
	name, shown string
	labels      data.Labels
	counts      []float64
}

// rowsFrame makes a frame of heatmap-rows. The panel numbers the rows as they
// come and names them as shown; the label le alone tells it that a row ends at
// its name. Where there are none there is one in which nothing is counted: the
// panel trips over a frame without any.
func rowsFrame(name string, grid []int64, rows []row, o Options) *data.Frame {
	if len(rows) == 0 {
		rows = []row{{name: valueField, counts: make([]float64, len(grid))}}
	}
	var times timeColumn
	frame := data.NewFrame(name, times.field(grid, o))
	for _, r := range rows {
		var field *data.Field
		if slices.ContainsFunc(r.counts, math.IsNaN) {
			field = data.NewField(r.name, r.labels, nullable(r.counts))
		} else {
			field = data.NewField(r.name, r.labels, r.counts)
		}
		field.Config = &data.FieldConfig{DisplayNameFromDS: r.shown}
		frame.Fields = append(frame.Fields, field)
	}
	frame.Meta = &data.FrameMeta{Type: heatmapRows}
	return frame
}

// nullable makes nulls of NaN.
func nullable(values []float64) []*float64 {
	column := make([]*float64, len(values))
	for i := range values {
		if !math.IsNaN(values[i]) {
			column[i] = &values[i]
		}
	}
	return column
}

// heatmapNames tells several heatmaps apart; one alone needs no name.
func heatmapNames(n int, labels func(int) series.Labels, o Options) []string {
	if n == 1 {
		return []string{""}
	}
	groups := make([]series.Series, n)
	for i := range groups {
		groups[i].Labels = labels(i)
	}
	return legends(groups, Options{Legend: auto, Name: o.Name})
}

// grid returns every time at which any of the series has a float, ascending, after it
// has taken the cells of so many rows at these times.
func (r *room) grid(all []series.Series, rows int, o Options) ([]int64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	times, _, fits := union(all, r.times(rows))
	if !fits {
		return nil, r.take(r.cells+1, rows)
	}
	times = evenStart(times, o.Step)
	return times, r.takeFrame(len(times), rows)
}

// evenStart returns a grid whose first two times are not further apart than a
// step: the panel draws every cell as wide as those two are distant, though the
// second one may only be missing in the data.
func evenStart(grid []int64, step time.Duration) []int64 {
	ms := step.Milliseconds()
	if ms <= 0 || len(grid) == 0 || (len(grid) > 1 && grid[1]-grid[0] <= ms) {
		return grid
	}
	return slices.Insert(slices.Clone(grid), 1, grid[0]+ms)
}

// parseBound reads a bucket's bound as Prometheus does.
func parseBound(le string) (bound float64, ok bool) {
	bound, err := strconv.ParseFloat(le, 64)
	return bound, err == nil && !math.IsNaN(bound)
}
