// Package sampling selects the exemplars that a graph shows. frames passes it all exemplars
// of a query.
package sampling

import (
	"cmp"
	"fmt"
	"math"
	"slices"
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

// Point is an exemplar with the labels of its series.
type Point struct {
	series.Exemplar
	SeriesLabels series.Labels
}

// Points returns the exemplars of all series in order of time.
func Points(all []series.ExemplarSeries) []Point {
	var points []Point
	for _, s := range all {
		for _, e := range s.Exemplars {
			points = append(points, Point{e, s.Labels})
		}
	}
	slices.SortStableFunc(points, byTime)
	return points
}

func byTime(a, b Point) int { return cmp.Compare(a.Time, b.Time) }

// Select selects exemplars from points, which are in order of time, and describes the
// selection. The selected exemplars are also in order of time. Exemplars whose values a graph
// can't show (infinite or NaN) are selected only by series.AllSampler.
func Select(s series.Sampler, points []Point, step time.Duration) (selected []Point, selection string) {
	var choose func(byValue []Point) []Point
	switch s {
	case series.AllSampler:
		return thin(points), "as many as a panel can draw, evenly chosen in order of time"
	case series.HighestSampler:
		choose = func(byValue []Point) []Point { return byValue[:min(highestPerStep, len(byValue))] }
		selection = fmt.Sprintf("the highest %d in each interval of ", highestPerStep)
	default:
		lowest, highest := finiteRange(points)
		distance := (highest - lowest) / distinctValues
		choose = func(byValue []Point) []Point { return spread(byValue, distance) }
		selection = "those with clearly different values in each interval of "
	}
	for width := max(step, time.Second).Milliseconds(); ; width *= int64(max(2, len(selected)/maxSampled)) {
		selected = chooseBySteps(points, width, choose)
		if len(selected) <= maxSampled || width > century {
			return selected, selection + shortDuration(time.Duration(min(width, century))*time.Millisecond)
		}
	}
}

// century is a hundred years in milliseconds. If Select still selects too many exemplars when
// a step is longer than a century, it stops widening the step and returns them all.
const century = 100 * 365 * 24 * 3600 * 1000

// chooseBySteps calls choose for each step, with the points of the step that have finite
// values, highest value first. It returns the chosen points in order of time. width is the
// length of a step in milliseconds.
func chooseBySteps(points []Point, width int64, choose func([]Point) []Point) []Point {
	var selected, step []Point
	for i, p := range points {
		if isFinite(p.Value) {
			step = append(step, p)
		}
		if i+1 < len(points) && points[i+1].Time/width == p.Time/width {
			continue
		}
		slices.SortFunc(step, func(a, b Point) int { return cmp.Or(cmp.Compare(b.Value, a.Value), byTime(a, b)) })
		chosen := choose(step)
		slices.SortFunc(chosen, byTime)
		selected = append(selected, chosen...)
		step = step[:0]
	}
	return selected
}

// spread returns the highest point, which is the first, and each further point that is lower
// than the previously chosen one by more than distance.
func spread(byValue []Point, distance float64) []Point {
	var chosen []Point
	for i, p := range byValue {
		if i == 0 || chosen[len(chosen)-1].Value-p.Value > distance {
			chosen = append(chosen, p)
		}
	}
	return chosen
}

func isFinite(value float64) bool { return !math.IsInf(value, 0) && !math.IsNaN(value) }

func finiteRange(points []Point) (lowest, highest float64) {
	lowest, highest = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if isFinite(p.Value) {
			lowest, highest = min(lowest, p.Value), max(highest, p.Value)
		}
	}
	return lowest, highest
}

// thin returns the points, or maxAll evenly chosen ones if there are more.
func thin(points []Point) []Point {
	if len(points) <= maxAll {
		return points
	}
	selected := make([]Point, maxAll)
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
