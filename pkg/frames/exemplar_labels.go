package frames

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// columns are the labels of exemplars and of their series, as text columns.
type columns struct {
	rows       int
	text       map[string][]string
	ofSeries   map[string]string // label -> its column
	ofExemplar map[string]string // label -> its column
	links      map[string][]data.DataLink
}

// labelColumns makes a column of every label; where an exemplar doesn't carry it,
// its cell is empty. A series' label keeps its name, by which panels find the line
// that an exemplar belongs to. A label of exemplars that some series has too is
// called exemplar_NAME, and one that is called like the fields before the labels
// likewise. others are columns beside these. The error is a fault.TooLarge.
func labelColumns(points []point, others int) (*columns, error) {
	c := &columns{rows: len(points), text: map[string][]string{}, ofSeries: map[string]string{}, ofExemplar: map[string]string{}, links: map[string][]data.DataLink{}}
	bytes := 0
	for _, p := range points {
		addNames(c.ofSeries, p.of)
		addNames(c.ofExemplar, p.Labels)
		bytes += valueBytes(p.of) + valueBytes(p.Labels)
		if err := checkText("With its exemplars", c.rows, len(c.ofSeries)+len(c.ofExemplar)+others, bytes, "or turn exemplars off"); err != nil {
			return nil, err
		}
	}
	taken := map[string]bool{timeField: true, valueField: true}
	c.name(c.ofSeries, "series_", taken)
	c.name(c.ofExemplar, "exemplar_", taken)
	for i, p := range points {
		for _, label := range p.of {
			c.text[c.ofSeries[label.Name]][i] = label.Value
		}
		for _, label := range p.Labels {
			c.text[c.ofExemplar[label.Name]][i] = label.Value
		}
	}
	return c, nil
}

// addNames adds the names of labels, as far as a column for each is allowed.
func addNames(to map[string]string, labels series.Labels) {
	for _, label := range labels {
		if len(to) > maxColumns {
			return
		}
		to[label.Name] = label.Name
	}
}

// name finds a free name for the column of each label: its own, one with the prefix, or
// else one with a number.
func (c *columns) name(labels map[string]string, prefix string, taken map[string]bool) {
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		name := label
		for n := 1; taken[name] || (name != label && labels[name] != ""); n++ {
			if name = prefix + label; n > 1 {
				name += "_" + strconv.Itoa(n)
			}
		}
		labels[label] = name
		taken[name] = true
		c.text[name] = make([]string, c.rows)
	}
}

// link makes the values of labels lead somewhere.
func (c *columns) link(links []TraceLink) {
	for _, link := range links {
		name, ok := c.ofExemplar[link.Label]
		if !ok {
			name, ok = c.ofSeries[link.Label]
		}
		if ok {
			c.links[name] = append(c.links[name], link.dataLinks()...)
		}
	}
}

func (l TraceLink) dataLinks() []data.DataLink {
	title := l.Title
	if title == "" {
		title = "View trace"
	}
	var links []data.DataLink
	if l.DatasourceUID != "" {
		// The query of a Tempo data source; others find the id under the same key.
		links = append(links, data.DataLink{Title: title, Internal: &data.InternalDataLink{
			DatasourceUID: l.DatasourceUID,
			Query:         map[string]string{"query": "${__value.raw}", "queryType": "traceql"},
		}})
	}
	if l.URL != "" {
		links = append(links, data.DataLink{Title: title, URL: l.URL, TargetBlank: true})
	}
	return links
}

// place gives every exemplar the label by which the heatmap panel looks for its
// row: it takes the first label of the rows, and trips over exemplars that don't
// have it. With rows that end at bounds an exemplar belongs to the first one that
// its value isn't above, however the bound is spelled in its own label.
func (c *columns) place(values []float64, rows []*data.Field) {
	if len(rows) == 0 {
		return
	}
	for name := range rows[0].Labels {
		if c.text[name] == nil {
			c.text[name] = make([]string, c.rows)
		}
	}
	if rows[0].Labels[bucketLabel] == "" {
		return
	}
	var bounds []float64 // ascending, as the rows are
	var spelled []string
	for _, row := range rows {
		if bound, ok := parseBound(row.Labels[bucketLabel]); ok {
			bounds, spelled = append(bounds, bound), append(spelled, row.Labels[bucketLabel])
		}
	}
	for i, value := range values {
		c.text[bucketLabel][i] = ""
		at, _ := slices.BinarySearch(bounds, value)
		if at < len(bounds) && !math.IsNaN(value) {
			c.text[bucketLabel][i] = spelled[at]
		}
	}
}

// drawnRows are the rows of the heatmap that a panel draws: the last one, where
// there are no cells.
func drawnRows(frames data.Frames) (rows []*data.Field) {
	for _, frame := range frames {
		switch {
		case frame.Meta == nil:
		case frame.Meta.Type == heatmapCells:
			return nil
		case frame.Meta.Type == heatmapRows:
			rows = frame.Fields[1:]
		}
	}
	return rows
}

// fields are the columns in alphabetical order.
func (c *columns) fields() []*data.Field {
	var fields []*data.Field
	for _, name := range slices.Sorted(maps.Keys(c.text)) {
		field := data.NewField(name, nil, c.text[name])
		if links := c.links[name]; links != nil {
			field.Config = &data.FieldConfig{Links: links}
		}
		fields = append(fields, field)
	}
	return fields
}
