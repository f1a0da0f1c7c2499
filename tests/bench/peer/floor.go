package main

import (
	"io"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// floor builds frames from prepared labels, names and values. Its costs are a lower bound
// for every plugin that passes frames to the SDK.
type floor struct {
	labels []data.Labels
	names  []string
	values []float64
	times  []time.Time
}

func newFloor() *floor {
	f := &floor{values: make([]float64, responses.LargePoints), times: make([]time.Time, responses.LargePoints)}
	for i := range f.times {
		f.values[i] = float64(i) + 1/3.
		f.times[i] = time.Unix(responses.Start, 0).UTC().Add(time.Duration(i) * responses.Step)
	}
	for i := range responses.LargeSeries {
		labels := responses.Labels(i)
		f.labels = append(f.labels, labels)
		f.names = append(f.names, seriesName(labels))
	}
	return f
}

// frames reads and discards the body, and returns frames of the prepared values.
func (f *floor) frames(r io.Reader, options framing) (data.Frames, error) {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	times := data.NewField(data.TimeSeriesTimeFieldName, nil, f.times)
	times.Config = &data.FieldConfig{Interval: float64(options.step.Milliseconds())}
	if options.wide {
		frame := data.NewFrame("", times)
		for i := range f.labels {
			frame.Fields = append(frame.Fields, f.value(i))
		}
		return data.Frames{typed(frame, data.FrameTypeTimeSeriesWide)}, nil
	}
	frames := make(data.Frames, len(f.labels))
	for i := range frames {
		frames[i] = typed(data.NewFrame(f.names[i], times, f.value(i)), data.FrameTypeTimeSeriesMulti)
	}
	return frames, nil
}

func (f *floor) value(i int) *data.Field {
	field := data.NewField(data.TimeSeriesValueFieldName, f.labels[i], f.values)
	field.Config = &data.FieldConfig{DisplayNameFromDS: f.names[i]}
	return field
}

func typed(frame *data.Frame, kind data.FrameType) *data.Frame {
	frame.Meta = &data.FrameMeta{Type: kind, TypeVersion: data.FrameTypeVersion{0, 1}}
	return frame
}
