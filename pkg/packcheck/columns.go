package packcheck

import (
	"maps"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// columns checks a table. Its columns must be labels of its rows. If it lists columns, its
// links must use labels of these columns. The rows of several metrics must have a label that
// joins them.
func (c checker) columns(p *catalog.Panel, report reportFunc) {
	if p.Show != "table" {
		return
	}
	rows, ok := c.grouping(&p.PanelQuery)
	if !ok {
		return
	}
	shown := map[string]bool{}
	for _, column := range p.Columns {
		switch {
		case !slices.Contains(rows, column.Label):
			report("columns", "The rows of %s have no label %s. They are grouped by [%s].", p.Metric, column.Label, strings.Join(rows, ", "))
		case shown[column.Label]:
			report("columns", "There are two columns for the label %s.", column.Label)
		}
		shown[column.Label] = true
	}
	for _, link := range p.Links {
		for _, variable := range slices.Sorted(maps.Keys(link.Choose)) {
			if label := link.Choose[variable]; len(p.Columns) > 0 && slices.Contains(rows, label) && !shown[label] {
				report("links", "The link %q uses the label %s, which is not a column of the table.", link.Title, label)
			}
		}
	}
	if len(p.And) > 0 {
		c.joinedColumns(p, rows, report)
	}
}

// joinedColumns checks that each metric of a table of several metrics has a heading, and
// that one label joins the rows of the metrics.
func (c checker) joinedColumns(p *catalog.Panel, rows []string, report reportFunc) {
	headings := map[string]bool{}
	var key []string
	for i, q := range queries(p) {
		if q.Legend == "" || strings.Contains(q.Legend, "{{") || headings[q.Legend] {
			report("legend", "In a table of several metrics the legend is the heading of %s's column. It must be unique and without labels.", q.Metric)
		}
		headings[q.Legend] = true
		if i == 0 {
			continue
		}
		group, ok := c.grouping(q)
		switch {
		case !ok:
		case len(group) != 1 || !slices.Contains(rows, group[0]) || key != nil && group[0] != key[0]:
			report("and", "The rows of all metrics must be joined by one label, but %s is grouped by [%s].", q.Metric, strings.Join(group, ", "))
		default:
			key = group
		}
	}
}
