package frames

import (
	"fmt"
	"math"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// The types of frames that Grafana's heatmap panel takes as computed already. The
// data plane's contract doesn't describe them, so they name no version of it.
const (
	heatmapRows  data.FrameType = "heatmap-rows"  // Time, then a field of counts for each row of the picture, lowest first
	heatmapCells data.FrameType = "heatmap-cells" // a row for each cell: xMax, yMin, yMax, count, yLayout
)

// Heatmap shapes a result for the heatmap panel.
//
// Classic buckets, which are series with an le label, give heatmap-rows. So do
// native histograms with custom bounds, of which the panel could draw only a part
// as cells. Other native histograms give heatmap-cells. All native histograms
// together give one more frame, timeseries-wide, with the count and the sum of
// each. The panel draws the first frame of cells, or else the last one of rows,
// and none of another type, so what follows a heatmap doesn't disturb it. Several
// histograms are several frames, and a notice says how to see them as one.
//
// Numbers without an le are rows of their own, named by the legend, where there
// is nothing else; beside histograms they are frames of timeseries-multi.
func Heatmap(r *series.Result, o Options) (data.Frames, error) {
	found := findHistograms(r)
	native := slices.Concat(found.exponential, found.custom)
	left := newRoom()
	if len(native)+len(found.classic) == 0 {
		rows, err := plainRows(found.plain, left, o)
		if err != nil {
			return nil, err
		}
		return conclude(data.Frames{rows}, heatmapRows, r, o, found.unreadable()...), nil
	}
	frames, err := found.frames(native, left, o)
	if err != nil {
		return nil, err
	}
	own := slices.Concat(found.unreadable(), found.several(native), undrawn(found.exponential))
	if len(found.plain) > 0 {
		beside := o
		beside.Expr = "" // told once
		plain, err := TimeSeries(&series.Result{Kind: r.Kind, Series: found.plain}, beside)
		if err != nil {
			return nil, err
		}
		frames = append(frames, plain...)
		own = append(own, data.Notice{Severity: data.NoticeSeverityInfo, Text: fmt.Sprintf(
			"%s plain numbers, which have no place in a heatmap of histograms: the panel's table view has them.", holds(len(found.plain)))})
	}
	return conclude(frames, heatmapRows, r, o, own...), nil
}

// frames makes a heatmap of every histogram, and the totals of the native ones, once it
// is known that there is room for all of them.
func (h *histograms) frames(native []series.Series, left *room, o Options) (data.Frames, error) {
	for _, s := range h.exponential {
		if err := left.take(cellsOfBucket*s.Size(), 0); err != nil {
			return nil, err
		}
	}
	custom, err := customGrids(h.custom, left, o)
	if err != nil {
		return nil, err
	}
	classic, err := classicGrids(h.classic, left, o)
	if err != nil {
		return nil, err
	}
	times, err := left.nativeTimes(native)
	if err != nil {
		return nil, err
	}
	frames := slices.Concat(cellFrames(h.exponential, o), customRows(h.custom, custom, o), classicRows(h.classic, classic, o))
	if len(native) > 0 {
		frames = append(frames, totals(native, times, o))
	}
	return frames, nil
}

// histograms are the series of an answer by what a heatmap makes of them. A
// series with both floats and native histograms is in two places.
type histograms struct {
	classic     []classic
	exponential []series.Series // native, with the bounds of Prometheus's own schemas
	custom      []series.Series // native, with bounds that somebody chose
	plain       []series.Series // numbers that are no bucket
	badBounds   []string        // le labels that are no number
}

func findHistograms(r *series.Result) histograms {
	var found histograms
	place := map[string]int{}
	for _, s := range r.Series {
		native := series.Series{Labels: s.Labels, HistogramTimes: s.HistogramTimes, Histograms: s.Histograms}
		switch {
		case len(s.Histograms) == 0:
		case isExponential(s.Histograms):
			found.exponential = append(found.exponential, native)
		default:
			found.custom = append(found.custom, native)
		}
		if len(s.Values) == 0 {
			continue
		}
		s.HistogramTimes, s.Histograms = nil, nil
		le := s.Labels.Get(bucketLabel)
		if le == "" {
			found.plain = append(found.plain, s)
			continue
		}
		bound, ok := parseBound(le)
		if !ok {
			found.badBounds = append(found.badBounds, le)
			continue
		}
		group := s.Labels.Without(bucketLabel)
		key := group.Key()
		at, known := place[key]
		if !known {
			at = len(found.classic)
			place[key] = at
			found.classic = append(found.classic, newClassic(group))
		}
		found.classic[at].add(bound, s)
	}
	for i := range found.classic {
		found.classic[i].sort()
	}
	return found
}

// unreadable says which buckets are missing because their bound is no number.
func (h *histograms) unreadable() []data.Notice {
	if len(h.badBounds) == 0 {
		return nil
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"Buckets whose label le is no number are left out: %d, such as le=%q.", len(h.badBounds), h.badBounds[0])}}
}

// several says how to see one heatmap where the answer holds more.
func (h *histograms) several(native []series.Series) []data.Notice {
	if len(native)+len(h.classic) < 2 {
		return nil
	}
	how := "sum(…)"
	groups := slices.Clone(native)
	for _, c := range h.classic {
		how = "sum by (le) (…)"
		groups = append(groups, series.Series{Labels: c.labels})
	}
	names := differing(groups)
	advice := "ask for classic buckets or for native histograms, not for both"
	if len(names) > 0 {
		advice = "sum their " + listed(names) + " away with " + how
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"The answer holds %d heatmaps, and a panel draws one. To see one of all, %s.", len(groups), advice)}}
}

// differing are the names of labels that series don't have in common.
func differing(all []series.Series) []string {
	common := commonLabels(all)
	return slices.DeleteFunc(labelNames(all, math.MaxInt), func(name string) bool {
		for len(common) > 0 && common[0].Name < name { // both are sorted
			common = common[1:]
		}
		return len(common) > 0 && common[0].Name == name
	})
}
