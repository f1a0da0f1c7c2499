package frames

import (
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// AsTable shapes a result into one frame with a row per sample: Time, a text
// column per label in alphabetical order, Value; names are unique. A series
// without a label leaves its cell empty. A legend without labels is the heading of
// the values, by which panels of several queries tell them apart; without one they do
// so by the query, Value #A, as those of Grafana's Prometheus data source.
func AsTable(r *series.Result, o Options) (data.Frames, error) {
	all := floats(r)
	names := labelNames(all, maxColumns)
	rows, bytes := 0, 0
	for _, s := range all {
		rows += len(s.Times)
		bytes += len(s.Times) * valueBytes(s.Labels)
	}
	if err := checkText("As a table", rows, len(names), bytes, "or use another format"); err != nil {
		return nil, err
	}
	frame := data.NewFrame("", timeRows(all, rows))
	frame.Fields = append(frame.Fields, labelRows(all, names, rows)...)
	values := make([]float64, 0, rows)
	for _, s := range all {
		values = append(values, s.Values...)
	}
	value := data.NewField(valueField, nil, values)
	switch {
	case o.Legend != "" && o.Legend != auto && !series.LegendLabel.MatchString(o.Legend):
		value.Config = &data.FieldConfig{DisplayNameFromDS: o.Legend}
	case o.RefID != "":
		value.Name += " #" + o.RefID
	}
	frame.Fields = append(frame.Fields, value)
	return finish(data.Frames{frame}, data.FrameTypeTable, r, o), nil
}

// timeRows is the column of times.
func timeRows(all []series.Series, rows int) *data.Field {
	times := make([]time.Time, 0, rows)
	for _, s := range all {
		for _, t := range s.Times {
			times = append(times, time.UnixMilli(t).UTC())
		}
	}
	return data.NewField(timeField, nil, times)
}

// labelRows are the columns of labels, whose names are sorted as the labels of every
// series are. A field copies its column, so one column is enough memory for all.
func labelRows(all []series.Series, names []string, rows int) []*data.Field {
	fields := make([]*data.Field, len(names))
	left := make([]series.Labels, len(all)) // those that have no column yet
	for i, s := range all {
		left[i] = s.Labels
	}
	column := make([]string, 0, rows)
	for i, name := range names {
		column = column[:0]
		for j, s := range all {
			text := ""
			if len(left[j]) > 0 && left[j][0].Name == name {
				text, left[j] = left[j][0].Value, left[j][1:]
			}
			for range s.Times {
				column = append(column, text)
			}
		}
		fields[i] = data.NewField(columnName(name, names), nil, column)
		if fields[i].Name == name {
			fields[i].Config = &data.FieldConfig{Filterable: new(true)} // a cell can become a filter, under this name
		}
	}
	return fields
}

// valueBytes is the length of all values of labels.
func valueBytes(labels series.Labels) int {
	n := 0
	for _, label := range labels {
		n += len(label.Value)
	}
	return n
}

// columnName is the label's, unless the column of times or of values has it: then
// label_Time, or whatever is free.
func columnName(label string, labels []string) string {
	name := label
	for name == timeField || name == valueField || (name != label && slices.Contains(labels, name)) {
		name = "label_" + name
	}
	return name
}

// labelNames are the names of the labels of series, sorted. Where there are more than
// most, they are some of them, more than most.
func labelNames(all []series.Series, most int) []string {
	seen := map[string]bool{}
	var names []string
	for _, s := range all {
		for _, label := range s.Labels {
			if !seen[label.Name] {
				seen[label.Name] = true
				names = append(names, label.Name)
			}
			if len(names) > most {
				return names
			}
		}
	}
	slices.Sort(names)
	return names
}
