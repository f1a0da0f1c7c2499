package results

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// HeatmapDifference describes the differences between frames of the format heatmap
// and the native histograms of a result, or returns an empty string. Counts and sums
// are in a separate frame. The buckets of an exponential histogram are cells with both
// bounds. The buckets of other histograms are rows whose name is the upper bound. Cells
// and rows without observations are ignored, because the API omits such buckets.
func HeatmapDifference(frames data.Frames, want Result) string {
	h, err := readHeatmap(frames)
	if err != nil {
		return err.Error()
	}
	totals := map[string]map[int64]float64{}
	var rows []string
	for series, samples := range want.Histograms {
		for at, sample := range samples {
			add(totals, "count of "+series, at, sample.Count)
			add(totals, "sum of "+series, at, sample.Sum)
		}
		cells, isCells := h.cells[series]
		if !isCells {
			rows = append(rows, asRows(samples))
			continue
		}
		if problem := difference(cells, buckets(samples), equalBuckets); problem != "" {
			return "cells of " + series + "\n" + problem
		}
	}
	if problem := difference(h.totals, totals, same); problem != "" {
		return problem
	}
	for _, row := range rows {
		if !slices.Contains(h.rows, row) {
			return "no frame has the rows " + row + "; the rows are\n" + strings.Join(h.rows, "\n")
		}
	}
	return ""
}

// ClassicDifference describes the differences between the cumulative sums of a
// heatmap's rows and the cumulative buckets of a result, or returns an empty string.
// It ignores small differences, because adding the rows rounds the sums.
func ClassicDifference(frame *data.Frame, want Result) (string, error) {
	const tolerance = 1e-9
	got, upTo := empty(), map[int64]float64{}
	for _, field := range frame.Fields[1:] {
		for row := range field.Len() {
			count, err := field.FloatAt(row)
			if err != nil {
				return "", err
			}
			upTo[at(frame, row)] += count
			add(got.Floats, Series(field.Labels), at(frame, row), upTo[at(frame, row)])
		}
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= tolerance }
	return difference(got.Floats, want.Floats, near), nil
}

type heatmap struct {
	totals map[string]map[int64]float64
	cells  map[string]map[string]map[int64]Bucket // for each series: the result of buckets()
	rows   []string                               // results of asRows()
}

func readHeatmap(frames data.Frames) (h heatmap, err error) {
	h = heatmap{totals: map[string]map[int64]float64{}, cells: map[string]map[string]map[int64]Bucket{}}
	for _, frame := range frames {
		if frame.Meta == nil {
			return h, fmt.Errorf("frame %q has no type", frame.Name)
		}
		if _, err := frame.RowLen(); err != nil {
			return h, err
		}
		switch frame.Meta.Type {
		case "heatmap-cells":
			err = h.readCells(frame)
		case "heatmap-rows":
			err = h.readRows(frame)
		case data.FrameTypeTimeSeriesWide:
			err = h.readTotals(frame)
		case data.FrameTypeTimeSeriesMulti: // floats of the same query
		default:
			err = fmt.Errorf("unsupported frame type %q in a heatmap", frame.Meta.Type)
		}
		if err != nil {
			return h, err
		}
	}
	return h, nil
}

// buckets returns the buckets of a series of native histograms, by bounds and time.
func buckets(samples map[int64]Histogram) map[string]map[int64]Bucket {
	all := map[string]map[int64]Bucket{}
	for at, sample := range samples {
		for _, b := range sample.Buckets {
			add(all, b.place(), at, b)
		}
	}
	return all
}

func (b Bucket) place() string { return fmt.Sprintf("%v to %v", b.Lower, b.Upper) }

func equalBuckets(a, b Bucket) bool {
	return a.Boundaries == b.Boundaries && same(a.Lower, b.Lower) && same(a.Upper, b.Upper) && same(a.Count, b.Count)
}

// readCells reads a frame with the fields xMax, yMin, yMax, count and yLayout.
func (h *heatmap) readCells(frame *data.Frame) error {
	if len(frame.Fields) != 5 {
		return fmt.Errorf("cells with %d fields, want 5", len(frame.Fields))
	}
	cells := map[string]map[int64]Bucket{}
	for row := range frame.Rows() {
		var numbers [4]float64
		for i := range numbers {
			value, err := frame.Fields[i+1].FloatAt(row)
			if err != nil {
				return err
			}
			numbers[i] = value
		}
		b := Bucket{Lower: numbers[0], Upper: numbers[1], Count: numbers[2], Boundaries: int(numbers[3])}
		if b.Count != 0 && !add(cells, b.place(), at(frame, row), b) {
			return fmt.Errorf("two cells %s", b.place())
		}
	}
	h.cells[Series(frame.Fields[3].Labels)] = cells
	return nil
}

// readRows reads a frame with the field Time and a field for each upper bound.
func (h *heatmap) readRows(frame *data.Frame) error {
	counts := map[int64]map[float64]float64{}
	for _, field := range frame.Fields[1:] {
		bound, err := strconv.ParseFloat(field.Labels["le"], 64)
		if err != nil && len(field.Labels) > 0 {
			return err
		}
		for row := range field.Len() {
			count, err := field.NullableFloatAt(row)
			if err != nil {
				return err
			}
			if count != nil && *count != 0 {
				put(counts, at(frame, row), bound, *count)
			}
		}
	}
	h.rows = append(h.rows, writeRows(counts))
	return nil
}

// readTotals reads a frame with the field Time and a field for each count and each sum.
func (h *heatmap) readTotals(frame *data.Frame) error {
	for _, field := range frame.Fields[1:] {
		name := field.Name + " of " + Series(field.Labels)
		for row := range field.Len() {
			value, err := field.NullableFloatAt(row)
			if err != nil {
				return err
			}
			if value != nil && !add(h.totals, name, at(frame, row), *value) {
				return fmt.Errorf("two values of %s", name)
			}
		}
	}
	return nil
}

func at(frame *data.Frame, row int) (ms int64) { return when(frame.Fields[0], row, time.Time{}) }

func asRows(samples map[int64]Histogram) string {
	counts := map[int64]map[float64]float64{}
	for at, sample := range samples {
		for _, b := range sample.Buckets {
			put(counts, at, b.Upper, b.Count)
		}
	}
	return writeRows(counts)
}

func put(counts map[int64]map[float64]float64, at int64, bound, count float64) {
	if counts[at] == nil {
		counts[at] = map[float64]float64{}
	}
	counts[at][bound] = count
}

// writeRows formats counts, sorted by time and bound. %v keeps all bits of a float.
func writeRows(counts map[int64]map[float64]float64) string {
	var b strings.Builder
	for _, at := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%d:", at)
		for _, bound := range slices.Sorted(maps.Keys(counts[at])) {
			fmt.Fprintf(&b, " %v=%v", bound, counts[at][bound])
		}
		b.WriteString("; ")
	}
	return b.String()
}
