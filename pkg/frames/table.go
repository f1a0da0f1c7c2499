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
func AsTable(r *series.Result, o Options) data.Frames {
	all := floats(r)
	names := labelNames(all)
	rows := 0
	for _, s := range all {
		rows += len(s.Times)
	}
	times := make([]time.Time, 0, rows)
	values := make([]float64, 0, rows)
	columns := make([][]string, len(names))
	for i := range columns {
		columns[i] = make([]string, 0, rows)
	}
	for _, s := range all {
		times = append(times, timestamps(s.Times)...)
		values = append(values, s.Values...)
		for i, name := range names {
			text := s.Labels.Get(name)
			for range s.Times {
				columns[i] = append(columns[i], text)
			}
		}
	}
	frame := data.NewFrame("", data.NewField(timeField, nil, times))
	for i, name := range names {
		column := data.NewField(columnName(name, names), nil, columns[i])
		if column.Name == name {
			column.Config = &data.FieldConfig{Filterable: new(true)} // a cell can become a filter, under this name
		}
		frame.Fields = append(frame.Fields, column)
	}
	value := data.NewField(valueField, nil, values)
	switch {
	case o.Legend != "" && o.Legend != auto && !legendLabel.MatchString(o.Legend):
		value.Config = &data.FieldConfig{DisplayNameFromDS: o.Legend}
	case o.RefID != "":
		value.Name += " #" + o.RefID
	}
	frame.Fields = append(frame.Fields, value)
	return finish(data.Frames{frame}, data.FrameTypeTable, r, o)
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

func labelNames(all []series.Series) []string {
	seen := map[string]bool{}
	var names []string
	for _, s := range all {
		for _, label := range s.Labels {
			if !seen[label.Name] {
				seen[label.Name] = true
				names = append(names, label.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}
