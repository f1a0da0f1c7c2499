package main

import (
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// contractHeadings stand before those of the platforms.
var contractHeadings = []string{"The metrics contract", "Names and types", "Checking an exporter"}

// contract makes the page that says what each platform must export.
func contract(from sources) (files, error) {
	b := newBook(from)
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# %s", contractHeadings[0])
	m.block("What each platform exports to Prometheus, so that the %s, their dashboards and alerts have something to show.",
		link("metrics of the catalog", "catalog/README.md"))
	var platforms []string
	for _, pack := range b.Packs() {
		platforms = append(platforms, link(escape(pack.Title), b.packAt[pack]))
	}
	m.block("%s", strings.Join(platforms, " · "))

	m.block("## %s", contractHeadings[1])
	m.table([]string{"Type", "What is exported"}, [][]string{
		{"counter", "one series for each combination of labels, which only grows and starts again at 0 with its process. Its name ends in `_total`; the few that don't are marked."},
		{"gauge", "one series for each combination of labels, with the value of now"},
		{"histogram", "`_bucket` with the label `le`, cumulative, for the bounds given and for `+Inf`; `_sum`; and `_count`, which equals the bucket `+Inf`"},
		{"summary", "`_sum` and `_count`, which grow like counters; quantiles where the service has them"},
	})
	m.block("Values are in the unit given, never in thousandths of it. Every label is there on every series of its family, with an empty value at worst. " +
		"`job` and `instance` come from Prometheus. Further labels and buckets are allowed.")
	m.block("What counts is exported from its process's start, at 0, for all labels whose values are known by then, such as a status or a cause. " +
		"Prometheus sees no increase in a series that begins at 1, so the first failure of a kind would be missed.")

	m.block("## %s", contractHeadings[2])
	m.fence("sh", checking)
	m.block("The first looks at form: types, names, help, `+Inf`. The second lists each family with its type, to be held against this page. " +
		"The third shows what Prometheus has stored of one family, by the labels that it is to have; words in capitals are for you to replace.")

	for _, pack := range b.Packs() {
		b.platform(&m, pack)
	}
	return files{contractFile: m.bytes()}, nil
}

const checking = `curl -s "$EXPORTER/metrics" | promtool check metrics
curl -s "$EXPORTER/metrics" | awk '/^# TYPE/ { print $3, $4 }' | sort
curl -s "$PROMETHEUS/api/v1/query" --data-urlencode 'query=count by (LABELS) (FAMILY)'`

// platform is what one pack's platform exports.
func (b *book) platform(m *markdown, pack *catalog.Pack) {
	m.block("## %s", escape(pack.Title))
	m.block("Owned by %s · %s", escape(pack.Owner), link("metrics made of these", "catalog/"+pageOf(pack)))

	var labels [][]string
	seen := map[string]bool{}
	for _, family := range pack.Families {
		for _, label := range family.Labels {
			if !seen[label] {
				seen[label] = true
				labels = append(labels, []string{code(label), escape(pack.Labels[label])})
			}
		}
	}
	m.table([]string{"Label", "Meaning"}, labels)
	for i := range pack.Families {
		b.family(m, &pack.Families[i])
	}
}

func (b *book) family(m *markdown, family *catalog.Family) {
	m.block("### %s", code(family.Name))
	m.block("%s", escape(family.Help))
	lines := []string{"Type: " + escape(family.Type)}
	if family.Synthetic {
		lines[0] += ", made by Prometheus itself: nothing is to be exported"
	}
	if family.Unit != "" {
		lines = append(lines, "Unit: "+code(family.Unit))
	}
	if len(family.Labels) > 0 {
		lines = append(lines, "Labels: "+codes(family.Labels))
	}
	if len(family.Buckets) > 0 {
		bounds := make([]string, len(family.Buckets))
		for i, bound := range family.Buckets {
			bounds[i] = number(bound)
		}
		lines = append(lines, "Bounds: "+strings.Join(bounds, ", ")+", +Inf")
	}
	if family.Type == "counter" && !strings.HasSuffix(family.Name, "_total") {
		lines = append(lines, "Name: a counter without `_total`, for Prometheus's text format; OpenMetrics would add it")
	}
	if readers := b.readers[family]; len(readers) > 0 {
		links := make([]string, len(readers))
		for i, metric := range readers {
			links[i] = link(code(metric.Name), "catalog/"+pageOf(metric.Pack())+b.metricAt[metric])
		}
		lines = append(lines, "Read by: "+strings.Join(links, ", "))
	}
	m.list(lines)
}
