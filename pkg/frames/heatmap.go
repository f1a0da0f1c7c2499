package frames

import (
	"fmt"
	"math"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// The types of frames that Grafana's heatmap panel draws without further calculation. They
// have no version, because they are not part of the data plane contract.
const (
	heatmapRows  data.FrameType = "heatmap-rows"  // Time, then a field of counts for each row, from the bottom
	heatmapCells data.FrameType = "heatmap-cells" // a row for each cell: xMax, yMin, yMax, count, yLayout
)

// Heatmap returns the frames for the heatmap panel.
//
// A classic histogram, which is a group of series with an le label, becomes a frame of
// heatmap-rows. A series of native histograms with the bounds of an exponential schema becomes
// a frame of heatmap-cells. Any other series of native histograms becomes a frame of
// heatmap-rows: its histograms have custom bounds, for which the panel leaves out some cells, or
// they have no buckets. The counts and sums of all native histograms are in one more frame, of
// timeseries-wide. Several histograms become several frames, with a notice on how to combine
// them. The panel draws the first frame of heatmap-cells, or else the last frame of
// heatmap-rows. It ignores frames of other types.
//
// If the result contains no histograms, each series of numbers becomes a row of one heatmap,
// and its legend becomes the name of the row. If the result contains histograms, series of
// numbers without an le label become frames of timeseries-multi.
func Heatmap(r *series.Result, o Options) (data.Frames, error) {
	h := groupSeries(r, o)
	native := slices.Concat(h.exponential, h.custom)
	remaining := newQuota()
	if len(native)+len(h.classic) == 0 {
		rows, err := floatRows(h.floats, remaining, o)
		if err != nil {
			return nil, err
		}
		return finish(data.Frames{rows}, heatmapRows, r, o, h.invalidBoundsNotice()...)
	}
	frames, err := h.frames(native, remaining, o)
	if err != nil {
		return nil, err
	}
	notices := slices.Concat(h.invalidBoundsNotice(), h.severalNotice(native), undrawnNotice(h.exponential))
	if len(h.floats) > 0 {
		floatOptions := o
		floatOptions.Expr = "" // only the first frame of the result has the expression
		floats, err := TimeSeries(&series.Result{Kind: r.Kind, Series: h.floats}, floatOptions)
		if err != nil {
			return nil, err
		}
		frames = append(frames, floats.All()...)
		notices = append(notices, data.Notice{Severity: data.NoticeSeverityInfo, Text: fmt.Sprintf(
			"%s numbers instead of histograms. The heatmap doesn't show these numbers, but the panel's table view does.", seriesContain(len(h.floats)))})
	}
	return finish(frames, heatmapRows, r, o, notices...)
}

// frames returns a heatmap for each histogram and, if there are native histograms, a frame
// with their counts and sums. It checks the size of all frames before it allocates them.
func (h *histograms) frames(native []series.Series, remaining *quota, o Options) (data.Frames, error) {
	for _, s := range h.exponential {
		if err := remaining.take(cellsPerBucket*s.Size(), 0); err != nil {
			return nil, err
		}
	}
	custom, err := customAxes(h.custom, remaining, o)
	if err != nil {
		return nil, err
	}
	classic, err := classicTimes(h.classic, remaining, o)
	if err != nil {
		return nil, err
	}
	times, err := totalsTimes(native, remaining)
	if err != nil {
		return nil, err
	}
	frames := slices.Concat(cellFrames(h.exponential, o), customRows(h.custom, custom, o), classicRows(h.classic, classic, o))
	if len(native) > 0 {
		frames = append(frames, totals(native, times, o))
	}
	return frames, nil
}

// histograms contains the series of a result, grouped by how a heatmap shows them. A series
// with both floats and native histograms is in two groups.
type histograms struct {
	classic       []classic
	exponential   []series.Series // native, with the bounds of an exponential schema
	custom        []series.Series // native, with custom bounds or without buckets
	floats        []series.Series // series of numbers without an le label
	invalidBounds []string        // le labels that are not numbers
}

// groupSeries groups the series of a result. It returns early if Options.Err returns an
// error.
func groupSeries(r *series.Result, o Options) histograms {
	var h histograms
	indexes := map[string]int{} // by labels: the index of a histogram in h.classic
	for _, s := range r.Series {
		if o.err() != nil {
			break
		}
		native := series.Series{Labels: s.Labels, HistogramTimes: s.HistogramTimes, Histograms: s.Histograms}
		switch {
		case len(s.Histograms) == 0:
		case isExponential(s.Histograms):
			h.exponential = append(h.exponential, native)
		default:
			h.custom = append(h.custom, native)
		}
		if len(s.Values) == 0 {
			continue
		}
		s.HistogramTimes, s.Histograms = nil, nil
		le := s.Labels.Get(bucketLabel)
		if le == "" {
			h.floats = append(h.floats, s)
			continue
		}
		bound, ok := parseBound(le)
		if !ok {
			h.invalidBounds = append(h.invalidBounds, le)
			continue
		}
		group := s.Labels.Without(bucketLabel)
		key := group.Key()
		i, ok := indexes[key]
		if !ok {
			i = len(h.classic)
			indexes[key] = i
			h.classic = append(h.classic, newClassic(group))
		}
		h.classic[i].add(bound, s)
	}
	for i := range h.classic {
		h.classic[i].sort()
	}
	return h
}

// invalidBoundsNotice returns the notice on buckets that are not shown because their bound
// is not a number.
func (h *histograms) invalidBoundsNotice() []data.Notice {
	if len(h.invalidBounds) == 0 {
		return nil
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"Buckets whose label le is not a number are not shown: %d, such as le=%q.", len(h.invalidBounds), h.invalidBounds[0])}}
}

// severalNotice returns the notice on how to combine several heatmaps, or nil if there is only
// one.
func (h *histograms) severalNotice(native []series.Series) []data.Notice {
	if len(native)+len(h.classic) < 2 {
		return nil
	}
	sum := "sum(…)"
	groups := slices.Clone(native)
	for _, c := range h.classic {
		sum = "sum by (le) (…)"
		groups = append(groups, series.Series{Labels: c.labels})
	}
	names := differingNames(groups)
	advice := "query either classic buckets or native histograms"
	if len(names) > 0 {
		advice = "aggregate over " + listed(names) + " with " + sum
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"The result has %d heatmaps, and a panel draws one. To combine them, %s.", len(groups), advice)}}
}

// differingNames returns the names of the labels that don't have the same value in all
// series.
func differingNames(all []series.Series) []string {
	common := commonLabels(all)
	return slices.DeleteFunc(labelNames(all, math.MaxInt), func(name string) bool {
		for len(common) > 0 && common[0].Name < name { // both are sorted
			common = common[1:]
		}
		return len(common) > 0 && common[0].Name == name
	})
}
