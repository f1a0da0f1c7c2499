package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// totals returns a frame with the counts and sums of native histograms, which the cells of a
// heatmap don't contain. The frame has two value fields for each series.
func totals(native []series.Series, times unionTimes, o Options) *data.Frame {
	names := legends(native, o)
	o.Values = Values{} // the sums have another unit than the counts
	var all []series.Series
	for _, s := range native {
		count := series.Series{Labels: s.Labels, Times: s.HistogramTimes, Values: make([]float64, len(s.Histograms))}
		sum := series.Series{Labels: s.Labels, Times: s.HistogramTimes, Values: make([]float64, len(s.Histograms))}
		for i, h := range s.Histograms {
			count.Values[i], sum.Values[i] = h.Count, h.Sum
		}
		all = append(all, count, sum)
	}
	frame := wideFrame(all, times.times, times.shared, func(i int) (name, displayName string) {
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

// unionTimes is the union of the timestamps of several series. shared is true if each series
// has all of these timestamps.
type unionTimes struct {
	times  []int64
	shared bool
}

// totalsTimes returns the timestamps of the frame of totals, and subtracts the size of the
// frame from the quota.
func totalsTimes(native []series.Series, remaining *quota) (u unionTimes, err error) {
	if len(native) == 0 {
		return u, nil
	}
	columns := 2 * len(native)
	all := make([]series.Series, len(native))
	for i, s := range native {
		all[i].Times = s.HistogramTimes
	}
	times, shared, fits := union(all, remaining.maxTimes(columns))
	if !fits {
		return u, remaining.take(remaining.cells+1, columns)
	}
	return unionTimes{times, shared}, remaining.takeFrame(len(times), columns)
}
