package frames

import (
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Table returns one frame with a row per sample. The columns are Time, a text column per
// label in alphabetical order, and Value. Column names are unique. The cell of a label
// that a series doesn't have is empty. A legend without placeholders is the heading of the
// Value column. Otherwise, with Options.RefID, the column is named after the query, such as
// Value #A. Grafana's Prometheus data source does the same.
func Table(r *series.Result, o Options) (data.Frames, error) {
	all := floats(r)
	if o.NamedCells {
		all, o.Names = o.Names.Series(all), nil
	}
	names := labelNames(all, maxColumns)
	rows, bytes := 0, 0
	for _, s := range all {
		rows += len(s.Times)
		bytes += len(s.Times) * valueBytes(s.Labels)
	}
	if err := checkText("As a table, the result has", rows, len(names), bytes, "or use another format"); err != nil {
		return nil, err
	}
	heading, valueName := "", valueField
	switch {
	case o.Legend != "" && o.Legend != auto && !series.LegendLabel.MatchString(o.Legend):
		heading = o.Legend
	case o.RefID != "":
		valueName += " #" + o.RefID
	}
	frame := data.NewFrame("", timeRows(all, rows))
	frame.Fields = append(frame.Fields, labelRows(all, names, rows, valueName, o)...)
	values := make([]float64, 0, rows)
	for _, s := range all {
		values = append(values, s.Values...)
	}
	value := data.NewField(valueName, nil, values)
	if heading != "" || o.Values != (Values{}) {
		value.Config = o.Values.config(heading)
	}
	frame.Fields = append(frame.Fields, value)
	return finishFloats(data.Frames{frame}, data.FrameTypeTable, r, o)
}

func timeRows(all []series.Series, rows int) *data.Field {
	times := make([]time.Time, 0, rows)
	for _, s := range all {
		for _, t := range s.Times {
			times = append(times, time.UnixMilli(t).UTC())
		}
	}
	return data.NewField(timeField, nil, times)
}

// labelRows returns a column for each of the label names. The names and the labels of each
// series must be sorted. valueName is the name of the value column. labelRows uses one slice
// for the cells of every column, which is safe, because data.NewField copies it. labelRows
// returns nil if Options.Err returns an error.
func labelRows(all []series.Series, names []string, rows int, valueName string, o Options) []*data.Field {
	fields := make([]*data.Field, len(names))
	remaining := make([]series.Labels, len(all)) // labels without a column yet
	for i, s := range all {
		remaining[i] = s.Labels
	}
	column := make([]string, 0, rows)
	for i, name := range names {
		if o.err() != nil {
			return nil
		}
		column = column[:0]
		for j, s := range all {
			text := ""
			if len(remaining[j]) > 0 && remaining[j][0].Name == name {
				text, remaining[j] = remaining[j][0].Value, remaining[j][1:]
			}
			for range s.Times {
				column = append(column, text)
			}
		}
		fields[i] = data.NewField(columnName(name, names, valueName), nil, column)
		if fields[i].Name == name {
			fields[i].Config = &data.FieldConfig{Filterable: new(true)} // filters use the column's name as label name
			if shown, found := o.Names.Find(name); found && !slices.Contains(names, shown.Value) {
				fields[i].Config.Mappings = NameMappings(shown, column)
			}
		}
	}
	return fields
}

// valueBytes returns the total length of the values of labels.
func valueBytes(labels series.Labels) int {
	n := 0
	for _, label := range labels {
		n += len(label.Value)
	}
	return n
}

// columnName returns the name of the column of a label, which is usually the name of the
// label. If the time or value column has that name, or the name is Value, columnName adds the
// prefix label_. It adds the prefix again until the name is unique.
func columnName(label string, labels []string, valueName string) string {
	name := label
	for name == timeField || name == valueField || name == valueName || (name != label && slices.Contains(labels, name)) {
		name = "label_" + name
	}
	return name
}

// labelNames returns the sorted names of the labels of several series. If there are more names
// than the limit, it returns limit+1 of the names, unsorted.
func labelNames(all []series.Series, limit int) []string {
	seen := map[string]bool{}
	var names []string
	for _, s := range all {
		for _, label := range s.Labels {
			if !seen[label.Name] {
				seen[label.Name] = true
				names = append(names, label.Name)
			}
			if len(names) > limit {
				return names
			}
		}
	}
	slices.Sort(names)
	return names
}
