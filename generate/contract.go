package main

import (
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// contractHeadings are the contract's headings that precede the headings of the platforms.
var contractHeadings = []string{"The metrics contract", "Names and types", "Checking an exporter"}

// contract returns the page that describes the metric families each platform must export.
func contract(from sources) (files, error) {
	r := newReferences(from)
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# %s", contractHeadings[0])
	m.block("This page lists the metric families that each platform must export to Prometheus. The %s, and the dashboards and alerts of these metrics, need the families.",
		link("metrics of the catalog", "catalog/README.md"))
	var platforms []string
	for _, pack := range r.Packs() {
		platforms = append(platforms, link(escape(pack.Title), r.packAt[pack]))
	}
	m.block("%s", strings.Join(platforms, " · "))

	m.block("## %s", contractHeadings[1])
	m.table([]string{"Type", "Exported series"}, [][]string{
		{"counter", "one series for each combination of label values. The value only increases, and restarts at 0 when the exporting process restarts. The name of the family ends in `_total`; exceptions are marked"},
		{"gauge", "one series for each combination of label values, with the current value"},
		{"histogram", "for each combination of label values: cumulative series `_bucket`, one for each listed bound and one for `+Inf`, with the bound in the label `le`; a series `_sum`; and a series `_count`, whose value equals the bucket `+Inf`"},
		{"summary", "for each combination of label values: the series `_sum` and `_count`, which are counters. Quantiles are optional"},
	})
	m.block("Values are in the listed unit: for `s`, in seconds and not in milliseconds. Every series of a family has all labels that are listed for the family, but a label value may be empty. " +
		"Prometheus adds the labels `job` and `instance`. Further labels and buckets are allowed.")
	m.block("If the values of a label are known in advance, such as statuses or causes, the process exports the counters for all these values when it starts, with the value 0. " +
		"In Prometheus, a series that begins at 1 has no increase at its beginning, so the first failure of each kind would not be counted.")

	m.block("## %s", contractHeadings[2])
	m.fence("sh", checking)
	m.block("Set `EXPORTER` and `PROMETHEUS` to the addresses of the exporter and of Prometheus. The first command checks the format: types, names, help texts, buckets `+Inf`. The second command lists each family with its type, for comparison with this page. " +
		"The third command counts the series of one family in Prometheus by its labels. Replace `FAMILY` by the name of the family, with the suffix `_count` for a histogram or a summary. Replace `LABELS` by the labels of the family, separated by commas.")

	for _, pack := range r.Packs() {
		r.platform(&m, pack)
	}
	return files{contractFile: m.bytes()}, nil
}

const checking = `curl -s "$EXPORTER/metrics" | promtool check metrics
curl -s "$EXPORTER/metrics" | awk '/^# TYPE/ { print $3, $4 }' | sort
curl -s "$PROMETHEUS/api/v1/query" --data-urlencode 'query=count by (LABELS) (FAMILY)'`

// platform writes the section of one pack's platform.
func (r *references) platform(m *markdown, pack *catalog.Pack) {
	m.block("## %s", escape(pack.Title))
	m.block("Owned by %s · %s", escape(pack.Owner), link("metrics computed from these families", "catalog/"+pageName(pack)))

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
		r.family(m, &pack.Families[i])
	}
}

func (r *references) family(m *markdown, family *catalog.Family) {
	m.block("### %s", code(family.Name))
	m.block("%s", escape(family.Help))
	lines := []string{"Type: " + escape(family.Type)}
	if family.Synthetic {
		lines[0] += ". Prometheus itself writes this family, so the platform doesn't export it"
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
		lines = append(lines, "Bounds of the buckets: "+strings.Join(bounds, ", ")+", +Inf")
	}
	if family.Type == "counter" && !strings.HasSuffix(family.Name, "_total") {
		lines = append(lines, "Name: without the suffix `_total` of a counter. Export the family in Prometheus's text format, because OpenMetrics would add the suffix")
	}
	if readers := r.readers[family]; len(readers) > 0 {
		links := make([]string, len(readers))
		for i, metric := range readers {
			links[i] = link(code(metric.Name), "catalog/"+pageName(metric.Pack())+r.metricAt[metric])
		}
		lines = append(lines, "Read by: "+strings.Join(links, ", "))
	}
	m.list(lines)
}
