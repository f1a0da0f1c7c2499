package rest

import (
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

// reportOptions is the response of GET catalog/report: values of the fields of a report
// query, among which a user can choose.
type reportOptions struct {
	Sections     []sectionEntry     `json:"sections"`
	Timeframes   []report.Timeframe `json:"timeframes"`
	Aggregations []string           `json:"aggregations"`
}

// sectionEntry describes a section of the report to the query editor.
type sectionEntry struct {
	Path   string   `json:"path"`
	Title  string   `json:"title"`
	Kind   string   `json:"kind"`
	Unit   string   `json:"unit"`
	Fields []string `json:"fields"` // names of the fields directly below the section
}

// reportSections serves GET catalog/report.
func (a api) reportSections(_ *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	o := reportOptions{Timeframes: report.Timeframes(), Aggregations: report.Aggregations()}
	for _, s := range section.All() {
		entry := sectionEntry{Path: s.Path, Title: s.Title, Kind: string(s.Kind), Unit: string(s.Unit), Fields: []string{}}
		for _, f := range s.Fields() {
			entry.Fields = append(entry.Fields, f.Name())
		}
		o.Sections = append(o.Sections, entry)
	}
	return o, nil
}
