package frames

import (
	"fmt"
	"slices"
	"strings"

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
func Heatmap(r *series.Result, o Options) data.Frames {
	found := findHistograms(r)
	native := slices.Concat(found.exponential, found.custom)
	if len(native)+len(found.classic) == 0 {
		return conclude(data.Frames{plainRows(found.plain, o)}, heatmapRows, r, o, found.unreadable()...)
	}
	frames := slices.Concat(cellFrames(found.exponential, o), customRows(found.custom, o), classicRows(found.classic, o))
	own := slices.Concat(found.unreadable(), found.several(native), undrawn(found.exponential))
	if len(native) > 0 {
		frames = append(frames, totals(native, o))
	}
	if len(found.plain) > 0 {
		beside := o
		beside.Expr = "" // told once
		frames = append(frames, TimeSeries(&series.Result{Kind: r.Kind, Series: found.plain}, beside)...)
		own = append(own, data.Notice{Severity: data.NoticeSeverityInfo, Text: fmt.Sprintf(
			"%s plain numbers, which have no place in a heatmap of histograms: the panel's table view has them.", holds(len(found.plain)))})
	}
	return conclude(frames, heatmapRows, r, o, own...)
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
	common := commonLabels(groups)
	names := slices.DeleteFunc(labelNames(groups), func(name string) bool { return common.Get(name) != "" })
	advice := "ask for classic buckets or for native histograms, not for both"
	if len(names) > 0 {
		advice = "sum their " + strings.Join(names, ", ") + " away with " + how
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"The answer holds %d heatmaps, and a panel draws one. To see one of all, %s.", len(groups), advice)}}
}
