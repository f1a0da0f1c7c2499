package main

import (
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// contractHeadings are the headings of the contract before those of the platforms.
var contractHeadings = []string{"The metrics contract", "Names and types", "Checking an exporter"}

// contract returns the page of the families that each platform must export.
func contract(from sources) (files, error) {
	r := newReferences(from)
	var m markdown
	m.block("<!-- %s -->", generated("pkg/catalog/packs/*.yaml"))
	m.block("# %s", contractHeadings[0])
	m.block("What each platform exports to Prometheus. The %s, their dashboards and their alerts need these families.",
		link("metrics of the catalog", "catalog/README.md"))
	var platforms []string
	for _, pack := range r.Packs() {
		platforms = append(platforms, link(escape(pack.Title), r.packAt[pack]))
	}
	m.block("%s", strings.Join(platforms, " · "))

	m.block("## %s", contractHeadings[1])
	m.table([]string{"Type", "Exported series"}, [][]string{
		{"counter", "one series for each combination of labels. It only increases, and restarts at 0 with its process. Its name ends in `_total`; the exceptions are marked."},
		{"gauge", "one series for each combination of labels, with the current value"},
		{"histogram", "`_bucket` with the label `le`, cumulative, for the listed bounds and for `+Inf`; `_sum`; and `_count`, which equals the bucket `+Inf`"},
		{"summary", "`_sum` and `_count`, which are counters; and quantiles if the service computes them"},
	})
	m.block("Values are in the listed unit, not in thousandths of it. Every series of a family has all its labels; a value may be empty. " +
		"Prometheus adds `job` and `instance`. Further labels and buckets are allowed.")
	m.block("Counters are exported from the start of the process, with the value 0, for all label values that are known in advance, such as a status or a cause. " +
		"Prometheus sees no increase in a series that begins at 1, so it would miss the first failure of each kind.")

	m.block("## %s", contractHeadings[2])
	m.fence("sh", checking)
	m.block("The first command checks the form: types, names, help, `+Inf`. The second lists each family with its type, to compare with this page. " +
		"The third shows the series of one family in Prometheus by its labels; replace the words in capitals.")

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
	m.block("Owned by %s · %s", escape(pack.Owner), link("metrics computed from these", "catalog/"+pageName(pack)))

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
		lines[0] += ", written by Prometheus itself; the platform doesn't export it"
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
		lines = append(lines, "Name: a counter without `_total`, in Prometheus's text format; OpenMetrics would add the suffix")
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
