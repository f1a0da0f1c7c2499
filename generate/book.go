package main

import (
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const (
	pagesDir     = "docs/catalog"
	indexFile    = pagesDir + "/README.md"
	contractFile = "docs/metrics-contract.md"
)

// book is what the pages and the contract say about each other.
type book struct {
	sources
	metricAt map[*catalog.Metric]string            // the # of its section in its pack's page
	familyAt map[*catalog.Family]string            // the # of its section in the contract
	packAt   map[*catalog.Pack]string              // the # of its section in the contract
	readers  map[*catalog.Family][]*catalog.Metric // whose queries read the family
	alerts   map[string][]catalog.Alert            // by the metric's name
}

func newBook(from sources) *book {
	b := &book{
		sources:  from,
		metricAt: map[*catalog.Metric]string{},
		familyAt: map[*catalog.Family]string{},
		packAt:   map[*catalog.Pack]string{},
		readers:  map[*catalog.Family][]*catalog.Metric{},
		alerts:   map[string][]catalog.Alert{},
	}
	ofContract := anchors{}
	for _, heading := range contractHeadings {
		ofContract.of(heading)
	}
	for _, pack := range from.Packs() {
		b.packAt[pack] = ofContract.of(pack.Title)
		for i := range pack.Families {
			b.familyAt[&pack.Families[i]] = ofContract.of(pack.Families[i].Name)
		}
		ofPage := anchors{}
		ofPage.of(pack.Title)
		for _, metric := range pack.Metrics {
			b.metricAt[metric] = ofPage.of(metric.Name)
			for _, family := range metric.Families() {
				b.readers[family] = append(b.readers[family], metric)
			}
		}
		for _, alert := range pack.Alerts {
			b.alerts[alert.Metric] = append(b.alerts[alert.Metric], alert)
		}
	}
	return b
}

// pageOf is the pack's page as the pages beside it call it.
func pageOf(pack *catalog.Pack) string { return pack.Name + ".md" }
