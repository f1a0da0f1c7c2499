package catalog

import (
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// A Check reports further problems of a pack to the pack's document. The catalog contains
// all packs, including this one.
type Check func(c *Catalog, pack *Pack, doc *packfile.Document)

// Load loads packs and checks their structure, their families and their metrics, and
// then runs further checks on each pack. Its error is packfile.Problems.
func Load(sources []packfile.Source, checks ...Check) (*Catalog, error) {
	c := newCatalog()
	var all []*packfile.Document
	bySource := make([][]*packfile.Document, len(sources))
	invalid := make([]*packfile.Problem, len(sources))
	for i, source := range sources {
		bySource[i], invalid[i] = packfile.Read(source)
		if invalid[i] == nil && len(bySource[i]) == 0 {
			invalid[i] = &packfile.Problem{Text: "The text has no pack.", Source: source.Name}
		}
		all = append(all, bySource[i]...)
	}
	c.check(context.Background(), all, false, checks)
	var report packfile.Report
	for i := range sources {
		for _, doc := range bySource[i] {
			report.AddDocument(doc)
		}
		if invalid[i] != nil {
			report.Add(*invalid[i])
		}
	}
	if problems := report.Problems(); len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}
