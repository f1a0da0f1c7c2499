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

// bucketLabel is the label with the upper bound of a classic bucket.
const bucketLabel = "le"

// classic is a classic histogram. It has a series for each upper bound, with the number of
// observations that don't exceed the bound.
type classic struct {
	labels  series.Labels   // of all series, without le
	buckets []bucket        // in ascending order after sort
	index   map[float64]int // by bound: index in buckets; invalid after sort
}

func newClassic(labels series.Labels) classic {
	return classic{labels: labels, index: map[float64]int{}}
}

type bucket struct {
	bound  float64
	labels series.Labels   // of the series with the latest sample
	latest int64           // time of the latest sample of the bucket
	series []series.Series // several if the bound is spelled in several ways
}

// add adds the series of a bucket. Series with different spellings of a bound belong to the
// same bucket: Prometheus 3 stores le="1.0", and earlier versions le="1". The bucket has the
// spelling of the latest sample, because recent exemplars have the same spelling.
func (c *classic) add(bound float64, s series.Series) {
	latest := s.Times[len(s.Times)-1]
	i, ok := c.index[bound]
	if !ok {
		c.index[bound] = len(c.buckets)
		c.buckets = append(c.buckets, bucket{bound: bound, labels: s.Labels, latest: latest, series: []series.Series{s}})
		return
	}
	b := &c.buckets[i]
	b.series = append(b.series, s)
	if latest > b.latest {
		b.labels, b.latest = s.Labels, latest
	}
}

// sort sorts the buckets by their bounds. It is called after the last add.
func (c *classic) sort() {
	slices.SortFunc(c.buckets, func(a, b bucket) int { return cmp.Compare(a.bound, b.bound) })
}

// classicTimes returns the timestamps of each frame of classicRows, and subtracts the size
// of the frames from the quota.
func classicTimes(all []classic, remaining *quota, o Options) ([][]int64, error) {
	times := make([][]int64, len(all))
	for i, c := range all {
		var members []series.Series
		for _, b := range c.buckets {
			members = append(members, b.series...)
		}
		var err error
		if times[i], err = rowTimes(members, len(c.buckets), remaining, o); err != nil {
			return nil, err
		}
	}
	return times, nil
}

// classicRows returns a frame for each histogram, with a row for each bucket. It returns
// early if Options.Err returns an error.
func classicRows(all []classic, times [][]int64, o Options) data.Frames {
	names := heatmapNames(len(all), func(i int) series.Labels { return all[i].labels }, o)
	frames := make(data.Frames, len(all))
	legend := series.ParseTemplate(o.Legend)
	for i, c := range all {
		if o.err() != nil {
			return frames[:i]
		}
		counts := c.counts(times[i])
		rows := make([]row, len(c.buckets))
		for j, b := range c.buckets {
			if o.err() != nil {
				return frames[:i]
			}
			le := b.labels.Get(bucketLabel)
			rows[j] = row{name: le, displayName: le, labels: data.Labels{bucketLabel: le}, counts: counts[j]}
			if o.Legend != "" && o.Legend != auto {
				rows[j].displayName = fill(legend, b.labels, "")
			}
		}
		frames[i] = rowsFrame(names[i], times[i], rows, o)
	}
	return frames
}

// counts returns, for each bucket and time, the number of the bucket's observations that are
// in no lower bucket. If a bucket has no sample at one of the times, its count at this time is
// NaN, and the count of the next higher bucket with a sample includes the bucket's
// observations. If two buckets were scraped at different times or summed in different orders,
// the higher one can have the lower value. Its count is then 0, because no count may be
// negative.
func (c *classic) counts(times []int64) [][]float64 {
	columns := make([][]float64, len(c.buckets))
	for i, b := range c.buckets {
		columns[i] = sumAt(times, b.series)
	}
	// The last digits of a sum of floats depend on the order of its terms. A difference
	// that is smaller than the sum times noise is not an observation. histogram_quantile of
	// Prometheus uses the same factor.
	const noise = 1e-12
	for at := range times {
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

// sumAt returns the sum of the series at each of the given times, which must include all
// timestamps of the series. The sum is NaN at times without a sample.
func sumAt(times []int64, all []series.Series) []float64 {
	column := make([]float64, len(times))
	for i := range column {
		column[i] = math.NaN()
	}
	for _, s := range all {
		at := 0
		for i, t := range s.Times {
			for times[at] < t {
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

// floatRows returns a frame with a row for each series. The name of a row is the legend of its
// series. If all names are numbers, the rows are sorted by these numbers.
func floatRows(all []series.Series, remaining *quota, o Options) (*data.Frame, error) {
	times, err := rowTimes(all, len(all), remaining, o)
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(all))
	numeric := true
	for i, name := range legends(all, o) {
		if err := o.err(); err != nil {
			return nil, err
		}
		rows[i] = row{name: valueField, displayName: name, labels: all[i].Labels.Map(), counts: sumAt(times, all[i:i+1])}
		_, isNumber := parseBound(name)
		numeric = numeric && isNumber
	}
	if numeric {
		slices.SortStableFunc(rows, func(a, b row) int {
			first, _ := parseBound(a.displayName)
			second, _ := parseBound(b.displayName)
			return cmp.Compare(first, second)
		})
	}
	return rowsFrame("", times, rows, o), nil
}

// row is a row of a heatmap. A count is NaN at a time without a sample.
type row struct {
	name, displayName string
	labels            data.Labels
	counts            []float64
}

// rowsFrame returns a frame of heatmap-rows. The panel draws the rows in the order of the
// fields, and labels its axis with their display names. If the fields have the label le, the
// panel uses their names as upper bounds. The panel fails on a frame without rows, so an
// empty frame has a row with counts of 0.
func rowsFrame(name string, times []int64, rows []row, o Options) *data.Frame {
	if len(rows) == 0 {
		rows = []row{{name: valueField, counts: make([]float64, len(times))}}
	}
	var column timeColumn
	frame := data.NewFrame(name, column.field(times, o))
	for _, r := range rows {
		var field *data.Field
		if slices.ContainsFunc(r.counts, math.IsNaN) {
			field = data.NewField(r.name, r.labels, nullable(r.counts))
		} else {
			field = data.NewField(r.name, r.labels, r.counts)
		}
		field.Config = o.Values.config(r.displayName)
		frame.Fields = append(frame.Fields, field)
	}
	frame.Meta = &data.FrameMeta{Type: heatmapRows}
	return frame
}

// nullable returns the values with nil in place of NaN.
func nullable(values []float64) []*float64 {
	column := make([]*float64, len(values))
	for i := range values {
		if !math.IsNaN(values[i]) {
			column[i] = &values[i]
		}
	}
	return column
}

// heatmapNames returns names that distinguish n heatmaps. A single heatmap has no name.
func heatmapNames(n int, labels func(int) series.Labels, o Options) []string {
	if n == 1 {
		return []string{""}
	}
	groups := make([]series.Series, n)
	for i := range groups {
		groups[i].Labels = labels(i)
	}
	return legends(groups, Options{Legend: auto, Name: o.Name, Names: o.Names})
}

// rowTimes returns the union of the timestamps of the series in ascending order, extended by
// evenStart. It subtracts the size of a frame with these timestamps and the given number of
// rows from the quota.
func rowTimes(all []series.Series, rows int, remaining *quota, o Options) ([]int64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	times, _, fits := union(all, remaining.maxTimes(rows))
	if !fits {
		return nil, remaining.take(remaining.cells+1, rows)
	}
	times = evenStart(times, o.Step)
	return times, remaining.takeFrame(len(times), rows)
}

// evenStart inserts a time one step after the first time, unless the second time is at most
// one step after the first or the step is unknown. The panel uses the distance between the
// first two times as the width of all cells.
func evenStart(times []int64, step time.Duration) []int64 {
	ms := step.Milliseconds()
	if ms <= 0 || len(times) == 0 || (len(times) > 1 && times[1]-times[0] <= ms) {
		return times
	}
	return slices.Insert(slices.Clone(times), 1, times[0]+ms)
}

// parseBound parses the bound of a bucket as Prometheus does.
func parseBound(le string) (bound float64, ok bool) {
	bound, err := strconv.ParseFloat(le, 64)
	return bound, err == nil && !math.IsNaN(bound)
}
