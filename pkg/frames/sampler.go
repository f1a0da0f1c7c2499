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
	// distinctValues is the number of evenly spaced values that a panel of usual height
	// shows as distinct points.
	distinctValues = 32
	// highestPerStep is the maximum number of exemplars that series.HighestSampler selects
	// from a step.
	highestPerStep = 3
)

// sample selects exemplars from points, which are in order of time, and describes the
// selection. The selected exemplars are also in order of time. Exemplars whose values a graph
// can't show (infinite or NaN) are selected only by series.AllSampler.
func sample(s series.Sampler, points []point, step time.Duration) (selected []point, selection string) {
	var choose func(byValue []point) []point
	switch s {
	case series.AllSampler:
		return thin(points), "as many as a panel can draw, evenly chosen in order of time"
	case series.HighestSampler:
		choose = func(byValue []point) []point { return byValue[:min(highestPerStep, len(byValue))] }
		selection = fmt.Sprintf("the highest %d in each interval of ", highestPerStep)
	default:
		lowest, highest := finiteRange(points)
		distance := (highest - lowest) / distinctValues
		choose = func(byValue []point) []point { return spread(byValue, distance) }
		selection = "those with clearly different values in each interval of "
	}
	for width := max(step, time.Second).Milliseconds(); ; width *= int64(max(2, len(selected)/maxSampled)) {
		selected = chooseBySteps(points, width, choose)
		if len(selected) <= maxSampled || width > century {
			return selected, selection + shortDuration(time.Duration(min(width, century))*time.Millisecond)
		}
	}
}

// century is a hundred years in milliseconds. If sample still selects too many exemplars when
// a step is longer than a century, it stops widening the step and returns them all.
const century = 100 * 365 * 24 * 3600 * 1000

// chooseBySteps calls choose for each step, with the points of the step that have finite
// values, highest value first. It returns the chosen points in order of time. width is the
// length of a step in milliseconds.
func chooseBySteps(points []point, width int64, choose func([]point) []point) []point {
	var selected, step []point
	for i, p := range points {
		if isFinite(p.Value) {
			step = append(step, p)
		}
		if i+1 < len(points) && points[i+1].Time/width == p.Time/width {
			continue
		}
		slices.SortFunc(step, func(a, b point) int { return cmp.Or(cmp.Compare(b.Value, a.Value), byTime(a, b)) })
		chosen := choose(step)
		slices.SortFunc(chosen, byTime)
		selected = append(selected, chosen...)
		step = step[:0]
	}
	return selected
}

// spread returns the highest point, which is the first, and each further point that is lower
// than the previously chosen one by more than distance.
func spread(byValue []point, distance float64) []point {
	var chosen []point
	for i, p := range byValue {
		if i == 0 || chosen[len(chosen)-1].Value-p.Value > distance {
			chosen = append(chosen, p)
		}
	}
	return chosen
}

func isFinite(value float64) bool { return !math.IsInf(value, 0) && !math.IsNaN(value) }

func finiteRange(points []point) (lowest, highest float64) {
	lowest, highest = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if isFinite(p.Value) {
			lowest, highest = min(lowest, p.Value), max(highest, p.Value)
		}
	}
	return lowest, highest
}

// thin returns the points, or maxAll evenly chosen ones if there are more.
func thin(points []point) []point {
	if len(points) <= maxAll {
		return points
	}
	selected := make([]point, maxAll)
	for i := range selected {
		selected[i] = points[i*len(points)/maxAll]
	}
	return selected
}

// shortDuration formats a duration without trailing zero units: 1h instead of 1h0m0s.
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

// grouped formats a number with separators between thousands: 3,456.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
