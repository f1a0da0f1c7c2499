package frames

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

const (
	// apart is how many values, evenly spaced over the range of all, can be told
	// from each other in a panel of usual height.
	apart = 32
	// highest is how many of a step series.HighestSampler keeps.
	highest = 3
)

// sample chooses from exemplars in order of time, keeps their order, and says how
// they were chosen. Values that aren't finite have no place on a graph; only
// series.AllSampler keeps them.
func sample(s series.Sampler, points []point, step time.Duration) (shown []point, how string) {
	var keep func(byValue []point) []point
	switch s {
	case series.AllSampler:
		return thin(points), "as many as a panel can draw, evenly chosen over time"
	case series.HighestSampler:
		keep = func(byValue []point) []point { return byValue[:min(highest, len(byValue))] }
		how = fmt.Sprintf("the highest %d of each ", highest)
	default:
		lowest, most := finiteRange(points)
		distance := (most - lowest) / apart
		keep = func(byValue []point) []point { return standApart(byValue, distance) }
		how = "those whose values stand apart, of each "
	}
	for width := max(step, time.Second).Milliseconds(); ; width *= int64(max(2, len(shown)/maxSampled)) {
		shown = eachStep(points, width, keep)
		if len(shown) <= maxSampled || width > century {
			return shown, how + shortDuration(time.Duration(min(width, century))*time.Millisecond)
		}
	}
}

// century is longer than any range, in milliseconds, so that widening ends.
const century = 100 * 365 * 24 * 3600 * 1000

// eachStep applies a choice to the exemplars of every step, which it gets with
// the highest value first.
func eachStep(points []point, width int64, keep func([]point) []point) []point {
	var shown, step []point
	for i, p := range points {
		if isFinite(p.Value) {
			step = append(step, p)
		}
		if i+1 < len(points) && points[i+1].Time/width == p.Time/width {
			continue
		}
		slices.SortFunc(step, func(a, b point) int { return cmp.Or(cmp.Compare(b.Value, a.Value), byTime(a, b)) })
		kept := keep(step)
		slices.SortFunc(kept, byTime)
		shown = append(shown, kept...)
		step = step[:0]
	}
	return shown
}

// standApart keeps the highest, and below it each that is more than a distance
// lower than the last one kept.
func standApart(byValue []point, distance float64) []point {
	var kept []point
	for i, p := range byValue {
		if i == 0 || kept[len(kept)-1].Value-p.Value > distance {
			kept = append(kept, p)
		}
	}
	return kept
}

func isFinite(value float64) bool { return !math.IsInf(value, 0) && !math.IsNaN(value) }

func finiteRange(points []point) (lowest, most float64) {
	lowest, most = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if isFinite(p.Value) {
			lowest, most = min(lowest, p.Value), max(most, p.Value)
		}
	}
	return lowest, most
}

// thin keeps all, or else as many as are shown, evenly chosen.
func thin(points []point) []point {
	if len(points) <= maxShown {
		return points
	}
	shown := make([]point, maxShown)
	for i := range shown {
		shown[i] = points[i*len(points)/maxShown]
	}
	return shown
}

// shortDuration writes 1m30s as it is and 1h0m0s as 1h.
func shortDuration(d time.Duration) string {
	text := d.String()
	if cut, ok := strings.CutSuffix(text, "m0s"); ok {
		text = cut + "m"
	}
	if cut, ok := strings.CutSuffix(text, "h0m"); ok {
		text = cut + "h"
	}
	return text
}

// grouped writes a number as people read it: 3,456.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
