package board

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Series contains values of a numeric field, which a panel shows as a line, a bar or a
// number. If IsText is set, Series is a row of texts instead. A null value is NaN. Times is
// empty if the frame has no time field.
type Series struct {
	Name   string
	Labels data.Labels
	Times  []time.Time
	Values []float64
	IsText bool // whether this is a row of a table without numbers; Name contains the row's texts
}

// ReadSeries reads the series of frames in any of the plugin's formats. In a frame with text
// columns, the rows with the same texts form one series for each numeric field. If such a
// frame has no numeric field, each row is a series.
func ReadSeries(frames data.Frames) []Series {
	var all []Series
	for _, frame := range frames {
		if len(frame.TypeIndices(data.FieldTypeString, data.FieldTypeNullableString)) > 0 {
			all = append(all, readTable(frame)...)
			all = append(all, readTexts(frame)...)
			continue
		}
		times := timesOf(frame)
		for _, field := range frame.Fields {
			if !field.Type().Numeric() {
				continue
			}
			series := Series{Name: displayName(frame, field), Labels: field.Labels, Times: times}
			for i := range field.Len() {
				series.Values = append(series.Values, valueAt(field, i))
			}
			all = append(all, series)
		}
	}
	return all
}

// readTable reads the series of a frame with text columns. For each numeric field, the rows
// with the same texts form one series.
func readTable(frame *data.Frame) []Series {
	var all []Series
	times := timesOf(frame)
	for _, field := range frame.Fields {
		if !field.Type().Numeric() {
			continue
		}
		at := map[data.Fingerprint]int{}
		for row := range field.Len() {
			labels, name := textOf(frame, row)
			i, ok := at[labels.Fingerprint()]
			if !ok {
				i = len(all)
				at[labels.Fingerprint()] = i
				all = append(all, Series{Name: name, Labels: labels})
			}
			all[i].Values = append(all[i].Values, valueAt(field, row))
			if times != nil {
				all[i].Times = append(all[i].Times, times[row])
			}
		}
	}
	return all
}

// readTexts reads the rows of a frame without numbers. It returns nothing for other
// frames.
func readTexts(frame *data.Frame) []Series {
	if slices.ContainsFunc(frame.Fields, func(f *data.Field) bool { return f.Type().Numeric() }) {
		return nil
	}
	var all []Series
	for row := range frame.Rows() {
		labels, name := textOf(frame, row)
		all = append(all, Series{Name: name, Labels: labels, IsText: true})
	}
	return all
}

// textOf returns the values of a row's text columns, as labels and joined as one name.
func textOf(frame *data.Frame, row int) (labels data.Labels, name string) {
	labels = data.Labels{}
	var words []string
	for _, field := range frame.Fields {
		if field.Type().NonNullableType() != data.FieldTypeString {
			continue
		}
		if value, ok := field.ConcreteAt(row); ok {
			labels[field.Name] = value.(string)
			words = append(words, value.(string))
		}
	}
	return labels, strings.Join(words, " ")
}

// Last returns the last value that isn't NaN, or false if there is none.
func (s Series) Last() (value float64, ok bool) {
	for _, v := range slices.Backward(s.Values) {
		if !math.IsNaN(v) {
			return v, true
		}
	}
	return 0, false
}

func timesOf(frame *data.Frame) []time.Time {
	for _, field := range frame.Fields {
		if !field.Type().Time() {
			continue
		}
		var times []time.Time
		for i := range field.Len() {
			t, _ := field.ConcreteAt(i)
			times = append(times, t.(time.Time))
		}
		return times
	}
	return nil
}

func valueAt(field *data.Field, i int) float64 {
	value, err := field.NullableFloatAt(i)
	if err != nil || value == nil {
		return math.NaN()
	}
	return *value
}

// displayName returns the name of a series in the legend. It is the first of these that is
// set: DisplayNameFromDS, DisplayName, the labels, the name of the frame, the name of the
// field.
func displayName(frame *data.Frame, field *data.Field) string {
	switch {
	case field.Config != nil && field.Config.DisplayNameFromDS != "":
		return field.Config.DisplayNameFromDS
	case field.Config != nil && field.Config.DisplayName != "":
		return field.Config.DisplayName
	case len(field.Labels) > 0:
		return field.Labels.String()
	case frame.Name != "":
		return frame.Name
	default:
		return field.Name
	}
}
