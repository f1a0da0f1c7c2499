package main

import (
	"github.com/modelmetrics/modelmetrics-catalog-datasource/docs"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const (
	pagesDir     = "docs/catalog"
	indexFile    = pagesDir + "/README.md"
	contractFile = "docs/metrics-contract.md"
)

// references contains the data for links between the generated pages.
type references struct {
	sources
	metricAt map[*catalog.Metric]string            // anchor of the metric in the page of its pack
	familyAt map[*catalog.Family]string            // anchor of the family in the contract
	packAt   map[*catalog.Pack]string              // anchor of the pack in the contract
	readers  map[*catalog.Family][]*catalog.Metric // the metrics whose queries read the family
	alerts   map[string][]catalog.Alert            // by name of the metric
}

func newReferences(from sources) *references {
	r := &references{
		sources:  from,
		metricAt: map[*catalog.Metric]string{},
		familyAt: map[*catalog.Family]string{},
		packAt:   map[*catalog.Pack]string{},
		readers:  map[*catalog.Family][]*catalog.Metric{},
		alerts:   map[string][]catalog.Alert{},
	}
	contractAnchors := docs.Anchors{}
	for _, heading := range contractHeadings {
		contractAnchors.Next(heading)
	}
	for _, pack := range from.Packs() {
		r.packAt[pack] = contractAnchors.Next(pack.Title)
		for i := range pack.Families {
			r.familyAt[&pack.Families[i]] = contractAnchors.Next(pack.Families[i].Name)
		}
		pageAnchors := docs.Anchors{}
		pageAnchors.Next(pack.Title)
		for _, metric := range pack.Metrics {
			r.metricAt[metric] = pageAnchors.Next(metric.Name)
			for _, family := range metric.Families() {
				r.readers[family] = append(r.readers[family], metric)
			}
		}
		for _, alert := range pack.Alerts {
			r.alerts[alert.Metric] = append(r.alerts[alert.Metric], alert)
		}
	}
	return r
}

// pageName returns the name of the pack's page in its folder.
func pageName(pack *catalog.Pack) string { return pack.Name + ".md" }
