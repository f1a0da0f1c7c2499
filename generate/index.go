package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// howToRead is the anchor of the section of the index that explains a pack's page.
const howToRead = "#how-to-read-a-page"

// indexPage returns the index of the pages: the list of packs, an explanation of their
// pages, and the list of all metrics in alphabetical order.
func (r *references) indexPage() []byte {
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# The metric catalog")
	m.block("All metrics that panels, alert rules and API clients can query by name.")

	packs := r.Packs()
	rows := make([][]string, len(packs))
	for i, pack := range packs {
		rows[i] = []string{
			link(escape(pack.Title), pageName(pack)), escape(pack.Owner), strconv.Itoa(len(pack.Metrics)), strconv.Itoa(len(pack.Alerts)),
			link(counted(len(pack.Families), "family", "families"), "../metrics-contract.md"+r.packAt[pack]),
		}
	}
	m.table([]string{"Platform", "Owner", "Metrics", "Alerts", "Exports"}, rows)

	m.block("## How to read a page")
	m.block("The query is a template: the parameters' filters replace %s, and the grouping replaces %s. "+
		"A parameter takes one value, several values, or an operator with values. A parameter without values doesn't filter.",
		code("__PARAMS__"), code("__BY__"))
	m.table([]string{"Line", "Meaning"}, [][]string{
		{"Unit", link("Grafana's unit id", "https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/")},
		{"Type", "of the result: a gauge increases and decreases, a counter only increases, a histogram has the buckets of a heatmap"},
		{"Grouped by", "the labels that a query without `groupBy` is grouped by; `groupBy` selects other parameters"},
		{"Window", "the duration that replaces `$__rate_interval` in an instant query, and so in alerts and in the API's latest values; a query can set another `window`"},
		{"Thresholds", "the value from which a panel shows each color"},
		{"Recorded as", "the series that Prometheus stores if the [recording rules](" + fromPages + recordingDir + ") are loaded"},
		{"Alert", "an alert on the metric: its [runbook](../runbooks/README.md), severity and condition, how long the condition must be true, and the grouping, window and filters that the alert sets"},
		{"Reads", "the families that the query reads; see the [metrics contract](../metrics-contract.md)"},
	})
	m.block("In the examples, `GRAFANA` is Grafana's address and `TOKEN` is the token of a service account. Replace other words in capitals, such as `ENDPOINT_ID`, by values. "+
		"%s describes the rest of the API.", link("Using the data source", "../using.md"))

	m.block("## All metrics")
	var metrics []*catalog.Metric
	for _, pack := range packs {
		metrics = append(metrics, pack.Metrics...)
	}
	slices.SortFunc(metrics, func(a, b *catalog.Metric) int { return strings.Compare(a.Name, b.Name) })
	all := make([][]string, len(metrics))
	for i, metric := range metrics {
		pack := metric.Pack()
		all[i] = []string{link(code(metric.Name), pageName(pack)+r.metricAt[metric]), escape(metric.Title), escape(pack.Title), code(metric.Unit)}
	}
	m.table([]string{"Metric", "", "Platform", "Unit"}, all)
	return m.bytes()
}
