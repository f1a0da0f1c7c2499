package results

import (
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// FromFrames reads frames of the formats time_series, time_series_wide and table. Samples
// without a time get the time of the instant query, which is the argument at. FromFrames
// returns an error if it can't read a frame.
func FromFrames(frames data.Frames, at time.Time) (Result, error) {
	a := empty()
	for _, frame := range frames {
		if frame.Meta == nil {
			return a, fmt.Errorf("frame %q has no type", frame.Name)
		}
		for _, notice := range frame.Meta.Notices {
			a.Notices = append(a.Notices, notice.Text)
		}
		a.Notices = append(a.Notices, Infos(frame)...)
		var err error
		switch frame.Meta.Type {
		case data.FrameTypeTimeSeriesMulti, data.FrameTypeTimeSeriesWide, data.FrameTypeNumericMulti:
			err = a.columns(frame, at)
		case data.FrameTypeTable:
			err = a.rows(frame, at)
		default:
			err = fmt.Errorf("unsupported frame type %q", frame.Meta.Type)
		}
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// columns reads a frame in which each value field is a series.
func (a *Result) columns(frame *data.Frame, at time.Time) error {
	var times *data.Field
	for _, field := range frame.Fields {
		if field.Type() == data.FieldTypeTime {
			times = field
			continue
		}
		series := Series(field.Labels)
		for row := range field.Len() {
			value, err := field.NullableFloatAt(row)
			if err != nil {
				return err
			}
			if value == nil { // the series has no sample at this time
				continue
			}
			if !add(a.Floats, series, when(times, row, at), *value) {
				return fmt.Errorf("two values of %s at row %d", series, row)
			}
		}
	}
	return nil
}

// rows reads a table whose columns are Time, the labels and Value.
func (a *Result) rows(frame *data.Frame, at time.Time) error {
	if len(frame.Fields) < 2 {
		return fmt.Errorf("a table with %d fields", len(frame.Fields))
	}
	last := len(frame.Fields) - 1
	for row := range frame.Rows() {
		labels := map[string]string{}
		for _, field := range frame.Fields[1:last] {
			text, ok := field.At(row).(string)
			if !ok {
				return fmt.Errorf("column %s has the type %s, want string", field.Name, field.Type())
			}
			labels[field.Name] = text
		}
		value, err := frame.Fields[last].FloatAt(row)
		if err != nil {
			return err
		}
		if series := Series(labels); !add(a.Floats, series, when(frame.Fields[0], row, at), value) {
			return fmt.Errorf("two rows of %s", series)
		}
	}
	return nil
}

// when returns the time of a row in Unix milliseconds. If there is no time field, it
// returns the time of the instant query.
func when(times *data.Field, row int, instant time.Time) int64 {
	if times == nil {
		return instant.UnixMilli()
	}
	t, _ := times.At(row).(time.Time)
	return t.UnixMilli()
}

// Infos returns the infos that a frame contains for the query editor. They are separate
// from the notices, which the panel shows.
func Infos(frame *data.Frame) (infos []string) {
	custom, _ := frame.Meta.Custom.(map[string]any) // as decoded from JSON
	list, _ := custom["infos"].([]any)
	for _, info := range list {
		infos = append(infos, fmt.Sprint(info))
	}
	return infos
}
