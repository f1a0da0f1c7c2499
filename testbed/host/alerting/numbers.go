package alerting

import (
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Number is the value of one label set. Value is nil if the field's value is null.
type Number struct {
	Labels data.Labels
	Value  *float64
}

// Numbers reads frames of the data plane contract's types numeric-multi and numeric-wide. It
// returns no numbers if there is no frame, or only one frame without fields. Numbers returns
// an error for frames that the alert engine rejects, for frames without a type, whose type the
// engine would guess, and for frames that don't have one row or have a field that isn't a
// number. It returns these errors even where the engine would ignore the difference, because
// the plugin must not send such frames.
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
			return nil, fmt.Errorf("frame %q has %d rows; a numeric frame must have one", frame.Name, frame.Rows())
		}
		for _, field := range frame.Fields {
			if !field.Type().Numeric() {
				return nil, fmt.Errorf("field %q is of type %s; alert rules require numbers", field.Name, field.Type())
			}
			fingerprint := field.Labels.Fingerprint()
			if seen[fingerprint] {
				return nil, fmt.Errorf("two numbers have the labels {%s}; labels must be unique", field.Labels)
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

// checkType returns an error if a frame has no type or type version, if its type isn't numeric
// or differs from the first frame's, if it has a time field, or if a numeric-multi frame
// doesn't have one field. The alert engine would guess a missing type from the fields.
func checkType(frame, first *data.Frame) error {
	if frame.Meta == nil || frame.Meta.Type == "" || frame.Meta.TypeVersion == (data.FrameTypeVersion{}) {
		return fmt.Errorf("frame %q has no type and type version", frame.Name)
	}
	if frame.Meta.Type != first.Meta.Type {
		return fmt.Errorf("the frames have different types, %s and %s", first.Meta.Type, frame.Meta.Type)
	}
	for _, field := range frame.Fields {
		if field.Type().Time() {
			return fmt.Errorf("frame %q has the time field %q: it looks like a time series, but alert rules require reduced data", frame.Name, field.Name)
		}
	}
	switch frame.Meta.Type {
	case data.FrameTypeNumericMulti:
		if len(frame.Fields) != 1 {
			return fmt.Errorf("frame %q of type %s has %d fields; it must have one", frame.Name, frame.Meta.Type, len(frame.Fields))
		}
		return nil
	case data.FrameTypeNumericWide:
		return nil
	default:
		return fmt.Errorf("alert rules don't support frames of type %s", frame.Meta.Type)
	}
}
