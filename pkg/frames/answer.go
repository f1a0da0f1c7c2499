package frames

import (
	"encoding/json"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/arrowfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Answer is the frames of a query. Of the frames of time series and numbers, only the first
// is a data frame. The others are encoded directly from the series, because a data frame would
// contain a copy of the samples.
type Answer struct {
	Frames data.Frames
	more   *more // follows the first frame; nil if all frames are in Frames
}

// Append adds frames to the end of an answer.
func (a *Answer) Append(frames ...*data.Frame) { a.Frames = append(a.Frames, frames...) }

// All returns all frames of an answer as data frames.
func (a *Answer) All() data.Frames {
	m := a.more
	if m == nil {
		return a.Frames
	}
	all := make(data.Frames, 0, len(a.Frames)+len(m.series))
	all = append(all, a.Frames[0])
	if m.isWide {
		first := *a.Frames[0]
		first.Fields = append(first.Fields[:1:1], m.fields()...)
		all[0] = &first
	} else {
		all = append(all, m.frames()...)
	}
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
	for i, frame := range a.Frames {
		if frame.RefID == "" {
			frame.RefID = refID
		}
		var err error
		switch {
		case i > 0 || a.more == nil:
			err = to.Frame(frame)
		case a.more.isWide:
			err = a.more.encodeWide(frame, to)
		default:
			if err = to.Frame(frame); err == nil {
				err = a.more.encode(refID, to)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// more is the series of an answer that aren't data frames.
type more struct {
	series  []series.Series
	names   []string
	meta    *data.FrameMeta // of the frames; nil if isWide
	options Options
	isTimed bool // whether the frames have timestamps

	// The series are fields of the first frame, at its timestamps. times is nil if all series
	// have the same timestamps.
	isWide bool
	times  []int64
}

func (m *more) frames() data.Frames {
	all := make(data.Frames, len(m.series))
	var times timeColumn
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

func (m *more) fields() []*data.Field {
	all := make([]*data.Field, len(m.series))
	for i, s := range m.series {
		if all[i] = m.options.value(s.Labels, m.names[i], s.Values); m.times != nil {
			all[i] = data.NewField(valueField, s.Labels.Map(), withNulls(s, m.times))
			all[i].Config = m.options.Values.config(m.names[i])
		}
	}
	return all
}

// encode encodes a frame for each series.
func (m *more) encode(refID string, to Encoder) error {
	meta, err := json.Marshal(m.meta)
	if err != nil {
		return err
	}
	frame := arrowfile.Frame{RefID: refID, Meta: meta, Columns: make([]arrowfile.Column, 1, 2)}
	value := &frame.Columns[0]
	if m.isTimed {
		config, err := json.Marshal(timeConfig(m.options))
		if err != nil {
			return err
		}
		frame.Columns = append(frame.Columns, arrowfile.Column{})
		frame.Columns[0] = arrowfile.Column{Name: timeField, Type: arrowfile.Time, Config: config}
		value = &frame.Columns[1]
	}
	values, err := newValueColumns(m.options)
	if err != nil {
		return err
	}
	var times []int64
	for i, s := range m.series {
		frame.Name, frame.Rows = m.names[i], len(s.Values)
		if m.isTimed && (i == 0 || !isSame(s.Times, times)) {
			times = s.Times
			frame.Columns[0].Cells = arrowfile.Milliseconds(times)
		}
		values.reuse()
		*value = values.column(s.Labels, m.names[i])
		value.Cells = arrowfile.Numbers(s.Values)
		if err := to.Described(&frame); err != nil {
			return err
		}
	}
	return nil
}

// encodeWide encodes the first frame of an answer, with a field for each series.
func (m *more) encodeWide(first *data.Frame, to Encoder) error {
	frame, _, err := arrowfile.FrameOf(first)
	if err != nil {
		return err
	}
	values, err := newValueColumns(m.options)
	if err != nil {
		return err
	}
	columns := make([]arrowfile.Column, 1, 1+len(m.series))
	columns[0] = frame.Columns[0]
	for i, s := range m.series {
		if err := to.Err(); err != nil {
			return err
		}
		column := values.column(s.Labels, m.names[i])
		if m.times == nil {
			column.Cells = arrowfile.Numbers(s.Values)
		} else {
			nullable := arrowfile.NewNullable(len(m.times))
			eachCell(s, m.times, nullable.Set)
			nullable.Finish(&column)
		}
		columns = append(columns, column)
	}
	frame.Columns = columns
	return to.Described(frame)
}

// valueColumns creates columns of values.
type valueColumns struct {
	config []byte // what the configurations of all columns have in common: JSON without the first brace
	json   []byte // of the labels and configurations of the columns
}

func newValueColumns(o Options) (*valueColumns, error) {
	config, err := json.Marshal(o.Values.config(""))
	if err != nil {
		return nil, err
	}
	return &valueColumns{config: config[1:]}, nil
}

// reuse makes the memory of previous columns free.
func (v *valueColumns) reuse() { v.json = v.json[:0] }

// column returns a column with the given labels and display name.
func (v *valueColumns) column(labels series.Labels, name string) arrowfile.Column {
	c := arrowfile.Column{Name: valueField, Type: arrowfile.Float}
	start := len(v.json)
	v.json = append(v.json, '{')
	for i, label := range labels {
		if i > 0 {
			v.json = append(v.json, ',')
		}
		v.json = append(arrowfile.AppendString(v.json, label.Name), ':')
		v.json = arrowfile.AppendString(v.json, label.Value)
	}
	v.json = append(v.json, '}')
	c.Labels, start = v.json[start:len(v.json):len(v.json)], len(v.json)

	v.json = append(v.json, '{')
	if name != "" {
		v.json = arrowfile.AppendString(append(v.json, `"displayNameFromDS":`...), name)
		if len(v.config) > 1 {
			v.json = append(v.json, ',')
		}
	}
	v.json = append(v.json, v.config...)
	c.Config = v.json[start:len(v.json):len(v.json)]
	return c
}
