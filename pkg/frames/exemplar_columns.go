package frames

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames/sampling"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// columns contains a text column for each label of the exemplars and of their series.
type columns struct {
	rows           int
	text           map[string][]string        // by column name
	links          map[string][]data.DataLink // by column name
	seriesLabels   map[string]string          // column names by label
	exemplarLabels map[string]string          // column names by label
}

// labelColumns returns a column for each label. The cell of an exemplar without the label is
// empty. A column is named after its label, because panels match an exemplar to its series by
// the names of the columns. If another column already has that name, the column of a series
// label is named series_NAME, and the column of an exemplar label exemplar_NAME. otherColumns
// is the number of columns that the caller adds. The error is a fault.TooLarge.
func labelColumns(points []sampling.Point, otherColumns int) (*columns, error) {
	c := &columns{rows: len(points), text: map[string][]string{}, links: map[string][]data.DataLink{}, seriesLabels: map[string]string{}, exemplarLabels: map[string]string{}}
	bytes := 0
	for _, p := range points {
		addNames(c.seriesLabels, p.SeriesLabels)
		addNames(c.exemplarLabels, p.Labels)
		bytes += valueBytes(p.SeriesLabels) + valueBytes(p.Labels)
		if err := checkText("The exemplars of the query have", c.rows, len(c.seriesLabels)+len(c.exemplarLabels)+otherColumns, bytes, "or turn exemplars off"); err != nil {
			return nil, err
		}
	}
	used := map[string]bool{timeField: true, valueField: true}
	c.nameColumns(c.seriesLabels, "series_", used)
	c.nameColumns(c.exemplarLabels, "exemplar_", used)
	for i, p := range points {
		for _, label := range p.SeriesLabels {
			c.text[c.seriesLabels[label.Name]][i] = label.Value
		}
		for _, label := range p.Labels {
			c.text[c.exemplarLabels[label.Name]][i] = label.Value
		}
	}
	return c, nil
}

// addNames adds the names of labels, each mapped to itself, until there are more than
// maxColumns.
func addNames(to map[string]string, labels series.Labels) {
	for _, label := range labels {
		if len(to) > maxColumns {
			return
		}
		to[label.Name] = label.Name
	}
}

// nameColumns chooses an unused name for the column of each label: the label's name, the
// name with the prefix, or the name with the prefix and a number. It allocates the columns.
func (c *columns) nameColumns(labels map[string]string, prefix string, used map[string]bool) {
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		name := label
		for n := 1; used[name] || (name != label && labels[name] != ""); n++ {
			if name = prefix + label; n > 1 {
				name += "_" + strconv.Itoa(n)
			}
		}
		labels[label] = name
		used[name] = true
		c.text[name] = make([]string, c.rows)
	}
}

// addLinks adds each link to the column of the link's label, if there is such a column.
func (c *columns) addLinks(links []TraceLink) {
	for _, link := range links {
		name, ok := c.exemplarLabels[link.Label]
		if !ok {
			name, ok = c.seriesLabels[link.Label]
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
		// The query is one for Tempo. Other tracing data sources also read the key "query".
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

// addRowLabels adds labels by which the heatmap panel finds the row of each exemplar. The
// panel reads the first label of the rows, and fails if the exemplars have no column for it.
// Therefore addRowLabels adds an empty column for each label of the rows that has no column.
// If the rows have the label le, which is their upper bound, an exemplar belongs to the row
// with the lowest bound that its value doesn't exceed. addRowLabels sets le to this bound, or
// to "" if there is none. The series of the exemplar may spell the bound differently.
func (c *columns) addRowLabels(values []float64, rows []*data.Field) {
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
	var bounds []float64 // in ascending order, like the rows
	var texts []string
	for _, row := range rows {
		if bound, ok := parseBound(row.Labels[bucketLabel]); ok {
			bounds, texts = append(bounds, bound), append(texts, row.Labels[bucketLabel])
		}
	}
	for i, value := range values {
		c.text[bucketLabel][i] = ""
		at, _ := slices.BinarySearch(bounds, value)
		if at < len(bounds) && !math.IsNaN(value) {
			c.text[bucketLabel][i] = texts[at]
		}
	}
}

// drawnRows returns the rows that the heatmap panel draws: the rows of the last frame of type
// heatmap-rows. It returns nil if there is no such frame. It also returns nil if there is a
// frame of type heatmap-cells, because the panel draws that frame instead.
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

// fields returns the columns in alphabetical order.
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
