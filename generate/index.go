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
	m.block("This page lists the built-in metrics, which panels, alert rules and API clients can query by name. Each platform has a page that describes its metrics. The metrics, dashboards and alerts of a platform are defined in a YAML file, its %s. The settings of a data source can contain more packs, called %s.",
		link("pack", fromPages+"pkg/catalog/packs"), link("user packs", "../packs.md#user-packs"))

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
	m.block("On the page of a platform, each metric has a section. Its first block of code is the metric's query in PromQL, which is a template: the matchers for the parameters replace %s, and the labels of the grouping replace %s. %s stands for the matchers of the parameters %s and %s only. "+
		"The value of a parameter is one text, several texts, or texts with an operator such as `!=`. If a parameter has no value, it has no matcher.",
		code("__PARAMS__"), code("__BY__"), code("__PARAMS(a,b)__"), code("a"), code("b"))
	m.table([]string{"Line", "Meaning"}, [][]string{
		{"Unit", link("Grafana's unit id", "https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/")},
		{"Type", "the type of the result: a gauge increases and decreases, a counter only increases, a histogram contains the buckets of a heatmap"},
		{"Grouped by", "the labels by which the result is grouped if a query doesn't set `groupBy`. A query can set `groupBy` to other labels: any of the metric's parameters"},
		{"Window", "the duration that replaces `$__rate_interval` in instant queries. Alert rules, and requests to the API for the latest value, run instant queries. A query can set another `window`"},
		{"Thresholds", "for each color, the value from which a panel shows the color"},
		{"Recorded as", "the name of the series that Prometheus stores if it loads the [recording rules](" + fromPages + recordingDir + ")"},
		{"Alert", "an alert that uses the metric, with a link to its [runbook](../runbooks/README.md): the severity, the condition on the metric's value, the time for which the condition must be true, and the grouping, window and filters that the alert sets"},
		{"Reads", "the Prometheus metric families that the query reads. The [metrics contract](../metrics-contract.md) describes them"},
	})
	m.block("Each example contains a request to the API, the JSON of a panel's query, and the PromQL of both. `GRAFANA` is Grafana's address, and `TOKEN` is the token of a service account. Replace other words in capitals, such as `ENDPOINT_ID`, by values. "+
		"%s describes the complete API.", link("The API", "../api.md"))

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
