package catalog

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// userSource is the packfile.Source.Name of user packs.
const userSource = "the data source's settings"

// With returns a copy of the catalog with user packs, which are the YAML documents of text. A
// user metric replaces a built-in metric of the same name.
//
// With always returns a usable catalog, which doesn't contain user packs with problems. For a
// metric of such a pack, the method Metric returns an error with the problem, even if there is
// a built-in metric of the same name. If the names of the pack's metrics can't be determined,
// the method Metric returns an error for every name.
//
// If ctx ends before the packs are checked, the results must not be used.
func (c *Catalog) With(ctx context.Context, text string) (*Catalog, packfile.Problems) {
	docs, unread := packfile.Read(packfile.Source{Name: userSource, Text: []byte(text)})
	var names []string
	for _, doc := range docs {
		names = append(names, doc.MetricNames()...)
	}
	packs := c.withoutMetrics(names).check(ctx, docs, true, nil)

	with := c.withoutMetrics(names)
	var report packfile.Report
	if unread != nil {
		report.Add(*unread)
	}
	for i, doc := range docs {
		if len(doc.Problems()) == 0 {
			with.add(packs[i], doc.Source())
			continue
		}
		report.AddDocument(doc)
		with.addInvalid(doc)
		if unread == nil {
			unread = doc.Unnamed()
		}
	}
	for name, metric := range with.metrics {
		if metric.catalog == with {
			metric.overrides = cmp.Or(c.metrics[name], c.disabledMetric(name))
		}
	}
	with.unread = unread
	return with, report.Problems()
}

// withoutMetrics returns a copy of the catalog without the metrics in names.
func (c *Catalog) withoutMetrics(names []string) *Catalog {
	removed := make(map[string]bool, len(names))
	for _, name := range names {
		removed[name] = true
	}
	rest := newCatalog()
	rest.disabled = c.disabled
	rest.invalid = map[string]packfile.Problem{}
	for _, pack := range c.packs {
		if slices.ContainsFunc(pack.Metrics, func(m *Metric) bool { return removed[m.Name] }) {
			copied := *pack
			copied.Metrics = slices.DeleteFunc(slices.Clone(pack.Metrics), func(m *Metric) bool { return removed[m.Name] })
			pack = &copied
		}
		rest.packs = append(rest.packs, pack)
	}
	for name, metric := range c.metrics {
		if !removed[name] {
			rest.metrics[name] = metric
		}
	}
	maps.Copy(rest.families, c.families)
	return rest
}

// addInvalid records a problem for each metric of a document with problems: the first problem
// of the metric, or else the first problem of the document. A metric name that already has a
// problem keeps it.
func (c *Catalog) addInvalid(doc *packfile.Document) {
	problems := doc.Problems()
	for _, name := range doc.MetricNames() {
		if _, exists := c.invalid[name]; exists {
			continue
		}
		c.invalid[name] = problems[0]
		for _, problem := range problems {
			if problem.Metric == fault.ClipName(name) {
				c.invalid[name] = problem
				break
			}
		}
	}
}
