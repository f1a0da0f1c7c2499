package packcheck

import (
	"maps"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

// reportShows maps each visualization of a report panel to a function. The function reports
// whether the visualization can show a section of a report.
var reportShows = map[string]func(section.Field) bool{
	"table": func(f section.Field) bool { return len(f.Columns()) > 0 },
	"stat":  func(f section.Field) bool { return f.Kind == section.Number && !isPoint(f) },
	"lines": func(f section.Field) bool { return f.Kind == section.Points || isPoint(f) },
}

// isPoint reports whether a section consists of one field of the points of a time series, such
// as performance.latency.timeSeries.p95.
func isPoint(f section.Field) bool {
	_, is := f.Points()
	return is
}

// reportPanel checks a panel of a report.
func (c checker) reportPanel(d *catalog.Dashboard, p *catalog.ReportPanel, path []any) {
	report := c.reportFunc(p.Title, path...)
	variables := variableNames(d)
	for _, endpoint := range p.Endpoints {
		checkReferences(catalog.Params{"endpoints": {Values: []string{endpoint}}}, variables, "not a variable of this dashboard", func(_, format string, args ...any) {
			report("endpoints", format, args...)
		})
	}
	f, err := section.Find(p.Section)
	if err != nil {
		report("section", "%v", err)
		return
	}
	if shows, known := reportShows[p.Show]; known && !shows(f) {
		report("show", "%s doesn't support the section %s, whose kind is %s.", p.Show, f.Path, f.Kind)
		return
	}
	c.reportColumns(p, f, report)
	for i := range p.Links {
		c.linkTarget(&p.Links[i], d, c.reportFunc(p.Title, append(slices.Clone(path), "links", i)...))
	}
}

// reportColumns checks the columns of a table, and the columns that its links use.
func (c checker) reportColumns(p *catalog.ReportPanel, f section.Field, report reportFunc) {
	if p.Show != "table" {
		if len(p.Columns) > 0 {
			report("columns", "%s doesn't support this key.", p.Show)
		}
		return
	}
	var names []string
	for _, column := range f.Columns() {
		names = append(names, column.Name)
	}
	shown := map[string]bool{}
	for _, column := range p.Columns {
		switch {
		case !slices.Contains(names, column.Field):
			report("columns", "The table of %s has no column %q. Its columns are %v.", f.Path, column.Field, names)
		case shown[column.Field]:
			report("columns", "There are two columns for the field %s.", column.Field)
		}
		shown[column.Field] = true
	}
	if len(p.Columns) == 0 {
		report("columns", "A table requires this key. The columns of %s are %v.", f.Path, names)
	}
	for _, link := range p.Links {
		for _, variable := range slices.Sorted(maps.Keys(link.Choose)) {
			if column := link.Choose[variable]; !shown[column] {
				report("links", "The link %q uses the field %s, which is not a column of the table.", link.Title, column)
			}
		}
	}
}
