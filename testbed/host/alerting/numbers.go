package alerting

import (
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Number is one label set's value; nil is no value.
type Number struct {
	Labels data.Labels
	Value  *float64
}

// Numbers reads frames of the data plane contract's types numeric-multi and
// numeric-wide. No frame, or one frame without fields, is an answer without
// data; whatever the alert engine would refuse, or guess at, is an error.
func Numbers(frames data.Frames) ([]Number, error) {
	if len(frames) == 0 || len(frames) == 1 && len(frames[0].Fields) == 0 {
		return nil, nil
	}
	var numbers []Number
	seen := map[data.Fingerprint]bool{}
	for _, frame := range frames {
		if err := checkType(frame, frames[0]); err != nil {
			return nil, err
		}
		if frame.Rows() != 1 {
			return nil, fmt.Errorf("frame %q has %d rows; a number has one", frame.Name, frame.Rows())
		}
		for _, field := range frame.Fields {
			if !field.Type().Numeric() {
				return nil, fmt.Errorf("field %q is of type %s; only numbers can be alerted on", field.Name, field.Type())
			}
			fingerprint := field.Labels.Fingerprint()
			if seen[fingerprint] {
				return nil, fmt.Errorf("numbers can't be told apart by their labels: there are two with {%s}", field.Labels)
			}
			seen[fingerprint] = true
			value, err := field.NullableFloatAt(0)
			if err != nil {
				return nil, fmt.Errorf("field %q: %w", field.Name, err)
			}
			numbers = append(numbers, Number{Labels: field.Labels, Value: value})
		}
	}
	return numbers, nil
}

// checkType wants a type and a version on every frame, and the same on all:
// without them the engine guesses by the frame's shape.
func checkType(frame, first *data.Frame) error {
	if frame.Meta == nil || frame.Meta.Type == "" || frame.Meta.TypeVersion == (data.FrameTypeVersion{}) {
		return fmt.Errorf("frame %q does not say its type and type version", frame.Name)
	}
	if frame.Meta.Type != first.Meta.Type {
		return fmt.Errorf("frames of the types %s and %s are mixed", first.Meta.Type, frame.Meta.Type)
	}
	for _, field := range frame.Fields {
		if field.Type().Time() {
			return fmt.Errorf("frame %q has the time field %q: it looks like time series data, and only reduced data can be alerted on", frame.Name, field.Name)
		}
	}
	switch frame.Meta.Type {
	case data.FrameTypeNumericMulti:
		if len(frame.Fields) != 1 {
			return fmt.Errorf("frame %q of type %s has %d fields; it takes one", frame.Name, frame.Meta.Type, len(frame.Fields))
		}
		return nil
	case data.FrameTypeNumericWide:
		return nil
	default:
		return fmt.Errorf("frames of type %s can't be alerted on", frame.Meta.Type)
	}
}
