package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// howToRead is where the index says what a pack's page means.
const howToRead = "#how-to-read-a-page"

// indexPage lists the packs, says how to read their pages, and lists all metrics
// from A to Z.
func (b *book) indexPage() []byte {
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# The metric catalog")
	m.block("Every metric that a panel, an alert rule or an API client can ask for by name.")

	packs := b.Packs()
	rows := make([][]string, len(packs))
	for i, pack := range packs {
		rows[i] = []string{
			link(escape(pack.Title), pageOf(pack)), escape(pack.Owner), strconv.Itoa(len(pack.Metrics)), strconv.Itoa(len(pack.Alerts)),
			link(counted(len(pack.Families), "family", "families"), "../metrics-contract.md"+b.packAt[pack]),
		}
	}
	m.table([]string{"Platform", "Owner", "Metrics", "Alerts", "Exports"}, rows)

	m.block("## How to read a page")
	m.block("The query is a template: %s is where the parameters' filters go, %s where the grouping goes. "+
		"A parameter takes one value, several, or an operator with values; without any it filters nothing.",
		code("__PARAMS__"), code("__BY__"))
	m.table([]string{"Line", "Says"}, [][]string{
		{"Unit", link("Grafana's unit id", "https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/")},
		{"Type", "of the result: a gauge goes up and down, a counter only up, a histogram is a heatmap's buckets"},
		{"Grouped by", "what a query gets that doesn't choose for itself, with `groupBy`, among the parameters"},
		{"Window", "what takes the place of `$__rate_interval` in an instant query, and so in alerts and the API's latest values; `window` in a query replaces it"},
		{"Thresholds", "from which value on a panel shows which colour"},
		{"Recorded as", "the series that Prometheus keeps of it where the [recording rules](" + fromPages + recordingDir + ") are loaded"},
		{"Alert", "a rule on it: its [runbook](../runbooks/README.md), severity, condition, and for how long that has to hold"},
		{"Reads", "the families that its query needs, as the [metrics contract](../metrics-contract.md) describes them"},
	})
	m.block("The examples take Grafana's address from `GRAFANA` and a service account's token from `TOKEN`; words in capitals are for you to replace. "+
		"The rest of the API is in %s.", link("Using the data source", "../using.md"))

	m.block("## All metrics")
	var metrics []*catalog.Metric
	for _, pack := range packs {
		metrics = append(metrics, pack.Metrics...)
	}
	slices.SortFunc(metrics, func(a, b *catalog.Metric) int { return strings.Compare(a.Name, b.Name) })
	all := make([][]string, len(metrics))
	for i, metric := range metrics {
		pack := metric.Pack()
		all[i] = []string{link(code(metric.Name), pageOf(pack)+b.metricAt[metric]), escape(metric.Title), escape(pack.Title), code(metric.Unit)}
	}
	m.table([]string{"Metric", "", "Platform", "Unit"}, all)
	return m.bytes()
}
