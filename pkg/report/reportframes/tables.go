package reportframes

import (
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

// columns are the columns of a table that is being built.
type columns []*data.Field

// text appends a column of texts.
func (c *columns) text(name, title string, values []string) {
	field := data.NewField(name, nil, values)
	field.Config = &data.FieldConfig{DisplayNameFromDS: title}
	*c = append(*c, field)
}

// add appends the column of a field. The values are JSON values, or nil if they are absent.
func (c *columns) add(name string, f section.Field, values []any) {
	var field *data.Field
	switch f.Kind {
	case section.Number, section.Boolean:
		numbers := make([]*float64, len(values))
		for i, v := range values {
			numbers[i] = numberOf(v)
		}
		field = data.NewField(name, nil, numbers)
	case section.Time:
		times := make([]*time.Time, len(values))
		for i, v := range values {
			text, _ := v.(string)
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				times[i] = new(at.UTC())
			}
		}
		field = data.NewField(name, nil, times)
	default:
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i], _ = v.(string)
		}
		field = data.NewField(name, nil, texts)
	}
	field.Config = configOf(f)
	field.Config.DisplayNameFromDS = f.Title
	*c = append(*c, field)
}

// frame returns the table, or nil if it has no rows.
func (c columns) frame() data.Frames {
	if c[0].Len() == 0 {
		return nil
	}
	return data.Frames{data.NewFrame("", c...)}
}

// object returns a table with a row for each endpoint. The first column contains the ids. For
// an object, the table also has a column for each value, named by the value's path below the
// object. For a text, it also has a column with the text.
func object(s section.Field, endpoints []endpoint) data.Frames {
	fields := s.Values()
	if s.Kind == section.Text {
		fields = []section.Field{s}
	}
	ids := make([]string, len(endpoints))
	for i, e := range endpoints {
		ids[i] = e.id
	}
	table := columns{}
	table.text(section.EndpointColumn, "Endpoint", ids)
	for _, f := range fields {
		values := make([]any, len(endpoints))
		for i, e := range endpoints {
			values[i] = e.at(f.Path)
		}
		name := f.Name()
		if s.Kind != section.Text {
			name = f.Path[len(s.Path)+1:]
		}
		table.add(name, f, values)
	}
	return table.frame()
}

// parts returns a table with a row for each part of each endpoint that has the section, and a
// column for each number of a part.
func parts(s section.Field, endpoints []endpoint) data.Frames {
	var ids, categories []string
	values := map[string][]any{}
	var numbers []section.Field
	for _, f := range s.Fields()[0].Fields() {
		if f.Kind == section.Number {
			numbers = append(numbers, f)
		}
	}
	for _, e := range endpoints {
		if e.at(s.Path) == nil {
			continue
		}
		for _, part := range s.Fields() {
			ids, categories = append(ids, e.id), append(categories, part.Name())
			for _, f := range numbers {
				values[f.Name()] = append(values[f.Name()], e.at(part.Path+"."+f.Name()))
			}
		}
	}
	table := columns{}
	table.text(section.EndpointColumn, "Endpoint", ids)
	table.text(section.CategoryColumn, "Category", categories)
	for _, f := range numbers {
		table.add(f.Name(), f, values[f.Name()])
	}
	return table.frame()
}

// rows returns a table with a row for each element of a list. For a section of the kind
// Groups, the table contains the elements of all lists of the section.
func rows(s section.Field, endpoints []endpoint) data.Frames {
	lists := []section.Field{s}
	if s.Kind == section.Groups {
		lists = s.Fields()
	}
	var ids, sections []string
	var elements []any
	for _, e := range endpoints {
		for _, list := range lists {
			for _, element := range e.list(list.Path) {
				ids, sections = append(ids, e.id), append(sections, list.Name())
				elements = append(elements, element)
			}
		}
	}
	table := columns{}
	table.text(section.EndpointColumn, "Endpoint", ids)
	if s.Kind == section.Texts {
		s.Kind = section.Text
		table.add(s.Name(), s, elements)
		return table.frame()
	}
	if s.Kind == section.Groups {
		table.text(section.GroupColumn, "Section", sections)
	}
	for _, f := range lists[0].Fields() {
		values := make([]any, len(elements))
		for i, element := range elements {
			row, _ := element.(map[string]any)
			values[i] = row[f.Name()]
		}
		table.add(f.Name(), f, values)
	}
	return table.frame()
}
