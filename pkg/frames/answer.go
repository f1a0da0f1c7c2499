package frames

import (
	"encoding/json"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/arrowfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Answer is the frames of a query. Frames of time series and numbers aren't data frames, which
// would contain a copy of the samples. They are encoded directly from the series.
type Answer struct {
	// Frames contains the data frames. If more isn't nil, the first one contains only the
	// metadata of the first frame that is made of series.
	Frames data.Frames
	more   *more
}

// Append adds frames to the end of an answer.
func (a *Answer) Append(frames ...*data.Frame) { a.Frames = append(a.Frames, frames...) }

// All returns all frames of an answer as data frames.
func (a *Answer) All() data.Frames {
	m := a.more
	if m == nil {
		return a.Frames
	}
	all := m.frames()
	all[0].Meta = a.Frames[0].Meta
	return append(all, a.Frames[1:]...)
}

// Encoder encodes the frames of an answer, in order.
type Encoder interface {
	Frame(f *data.Frame) error
	// Described encodes a frame of an answer that isn't a data frame. Its metadata is valid
	// only during the call, but its cells are valid forever.
	Described(f *arrowfile.Frame) error
	// Err returns an error once the response is no longer needed, like the method Err of a
	// context. It replaces Options.Err, which can be the error of a context that ends when the
	// answer is complete.
	Err() error
}

// Encode encodes all frames of an answer, with the given refId.
func (a *Answer) Encode(refID string, to Encoder) error {
	rest := a.Frames
	if a.more != nil {
		rest = rest[1:]
		if err := a.more.encode(refID, a.Frames[0].Meta, to); err != nil {
			return err
		}
	}
	for _, frame := range rest {
		if frame.RefID == "" {
			frame.RefID = refID
		}
		if err := to.Frame(frame); err != nil {
			return err
		}
	}
	return nil
}

// more is one or more series that aren't data frames.
type more struct {
	series  []series.Series
	names   []string
	meta    *data.FrameMeta // of all frames but the first
	options Options
	isTimed bool // whether the frames have timestamps

	// The series are fields of a single frame. If the series have different timestamps, union
	// contains all of them.
	isWide bool
	union  []int64
}

// frames returns data frames of the series.
func (m *more) frames() data.Frames {
	if m.isWide {
		o := m.options
		o.Err = nil // of a context that may have ended, see Encoder
		names := func(i int) (name, displayName string) { return valueField, m.names[i] }
		return data.Frames{wideFrame(m.series, m.wideTimes(), m.union == nil, names, o)}
	}
	var times timeColumn
	all := make(data.Frames, len(m.series))
	for i, s := range m.series {
		all[i] = data.NewFrame(m.names[i])
		if m.isTimed {
			all[i].Fields = append(all[i].Fields, times.field(s.Times, m.options))
		}
		all[i].Fields = append(all[i].Fields, m.options.value(s.Labels, m.names[i], s.Values))
		meta := *m.meta
		all[i].Meta = &meta
	}
	return all
}

// wideTimes returns the timestamps of the frame if isWide.
func (m *more) wideTimes() []int64 {
	if m.union != nil {
		return m.union
	}
	return m.series[0].Times
}

// encode encodes the frames of the series. first is the metadata of the first frame.
func (m *more) encode(refID string, first *data.FrameMeta, to Encoder) error {
	meta, err := json.Marshal(first)
	if err != nil {
		return err
	}
	interval, err := json.Marshal(timeConfig(m.options))
	if err != nil {
		return err
	}
	config, err := json.Marshal(m.options.Values.config(""))
	if err != nil {
		return err
	}
	values := arrowfile.NewValues(valueField, config)
	frame := arrowfile.Frame{RefID: refID, Meta: meta}
	if m.isTimed {
		frame.Columns = append(make([]arrowfile.Column, 0, 2), arrowfile.Column{Name: timeField, Type: arrowfile.Time, Config: interval})
	}
	if m.isWide {
		return m.encodeWide(&frame, values, to)
	}
	var times []int64
	before := len(frame.Columns) // number of columns before that of the values
	for i, s := range m.series {
		if i == 1 {
			if frame.Meta, err = json.Marshal(m.meta); err != nil {
				return err
			}
		}
		frame.Name, frame.Rows = m.names[i], len(s.Values)
		if m.isTimed && (i == 0 || !isSame(s.Times, times)) {
			times = s.Times
			frame.Columns[0].Cells = arrowfile.Milliseconds(times)
		}
		values.Reuse()
		column := values.Column(s.Labels, m.names[i])
		column.Cells = arrowfile.Numbers(s.Values)
		frame.Columns = append(frame.Columns[:before], column)
		if err := to.Described(&frame); err != nil {
			return err
		}
	}
	return nil
}

// encodeWide encodes a frame with a field for each series.
func (m *more) encodeWide(frame *arrowfile.Frame, values *arrowfile.Values, to Encoder) error {
	times := m.wideTimes()
	frame.Rows = len(times)
	frame.Columns[0].Cells = arrowfile.Milliseconds(times)
	frame.Columns = slices.Grow(frame.Columns, len(m.series))
	for i, s := range m.series {
		if err := to.Err(); err != nil {
			return err
		}
		column := values.Column(s.Labels, m.names[i])
		if m.union == nil {
			column.Cells = arrowfile.Numbers(s.Values)
		} else {
			nullable := arrowfile.NewNullable(len(times))
			eachCell(s, times, func(row int, value *float64) { nullable.Set(row, *value) })
			nullable.Finish(&column)
		}
		frame.Columns = append(frame.Columns, column)
	}
	return to.Described(frame)
}
