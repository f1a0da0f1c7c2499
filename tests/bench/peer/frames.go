package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/decoders"
)

// framing contains the metadata and the format of frames.
type framing struct {
	expr string
	step time.Duration
	wide bool // one frame for all series, if the decoder supports it
}

// decoder builds frames from a response.
type decoder func(io.Reader, framing) (data.Frames, error)

// decodings maps the values of the setting "decoder" to functions that return a new
// decoder.
var decodings = map[string]func() decoder{
	"jsoniter":      func() decoder { return streaming },
	"client_golang": func() decoder { return complete(decoders.ClientGolang) },
	"encodingjson":  func() decoder { return complete(decoders.EncodingJSON) },
	"floor":         func() decoder { return newFloor().frames },
}

// streaming builds a frame from each series as soon as the series is decoded, and then
// adds the metadata to all frames, as Grafana's Prometheus data source does.
func streaming(r io.Reader, f framing) (data.Frames, error) {
	var frames data.Frames
	err := decoders.StreamJSONIter(r, func(s decoders.Series) { frames = append(frames, frame(s)) })
	describe(frames, f)
	return frames, err
}

// complete decodes the complete response before it builds frames.
func complete(d decoders.Decoder) decoder {
	return func(r io.Reader, f framing) (data.Frames, error) {
		decoded, err := d.Decode(r)
		if err != nil {
			return nil, err
		}
		var frames data.Frames
		decoded.Each(func(s decoders.Series) { frames = append(frames, frame(s)) })
		describe(frames, f)
		return frames, nil
	}
}

func frame(s decoders.Series) *data.Frame {
	return data.NewFrame("",
		data.NewField(data.TimeSeriesTimeFieldName, nil, s.Times),
		data.NewField(data.TimeSeriesValueFieldName, s.Labels, s.Values),
	)
}

// describe sets the name and the metadata of every frame. Only the first frame has the
// executed query.
func describe(frames data.Frames, f framing) {
	for _, frame := range frames {
		name := seriesName(frame.Fields[1].Labels)
		frame.Name = name
		frame.Fields[0].Config = &data.FieldConfig{Interval: float64(f.step.Milliseconds())}
		frame.Fields[1].Config = &data.FieldConfig{DisplayNameFromDS: name}
		frame.Meta = &data.FrameMeta{
			Type: data.FrameTypeTimeSeriesMulti, TypeVersion: data.FrameTypeVersion{0, 1},
			Custom: map[string]string{"resultType": "matrix"},
		}
	}
	if len(frames) > 0 {
		frames[0].Meta.ExecutedQueryString = fmt.Sprintf("Expr: %s\nStep: %s", f.expr, f.step)
	}
}

// seriesName returns the default name of a series, such as name{label="value"}.
func seriesName(labels data.Labels) string {
	const metric = "__name__"
	var pairs []string
	for name, value := range labels {
		if name != metric {
			pairs = append(pairs, fmt.Sprintf("%s=%q", name, value))
		}
	}
	slices.Sort(pairs)
	return labels[metric] + "{" + strings.Join(pairs, ", ") + "}"
}
