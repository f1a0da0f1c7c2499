// Package packcheck checks the alerts and dashboards of packs against the catalog's
// metrics. The program generate and the tests load the built-in packs with it. The plugin
// doesn't import it, because user packs can't contain alerts or dashboards.
package packcheck

import (
	"cmp"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// Load loads packs and checks them completely. Its error is packfile.Problems.
func Load(sources ...packfile.Source) (*catalog.Catalog, error) {
	return catalog.Load(sources, Check)
}

// Check reports the problems of a pack's alerts and dashboards to the pack's document. The
// catalog contains all packs, including this one.
func Check(c *catalog.Catalog, pack *catalog.Pack, doc *packfile.Document) {
	check := checker{c, pack, doc}
	check.alertInterval()
	for i := range pack.Alerts {
		check.alert(&pack.Alerts[i], check.reportFunc("", "alerts", i))
	}
	// A list is incomplete if elements with problems were excluded from it. The checks below
	// would report references to these elements as unknown.
	if !doc.Complete("metrics") || !doc.Complete("dashboards") || !doc.Complete("alerts") {
		return
	}
	for i := range pack.Dashboards {
		check.dashboard(i)
	}
	for i := range pack.Alerts {
		check.alertPanel(&pack.Alerts[i], check.reportFunc(pack.Alerts[i].Name, "alerts", i))
	}
}

// checker checks one pack.
type checker struct {
	catalog *catalog.Catalog // all packs, including this one
	pack    *catalog.Pack
	doc     *packfile.Document
}

// A reportFunc reports a problem of one key of one element.
type reportFunc func(key, format string, args ...any)

// reportFunc returns the function for the element at a path of keys and indexes. If name
// isn't empty, it replaces the name of the element in the problems. A problem of a panel, for
// example, contains the title of the panel instead of that of the dashboard.
func (c checker) reportFunc(name string, path ...any) reportFunc {
	return func(key, format string, args ...any) {
		path := append(slices.Clone(path), key)
		if name == "" {
			c.doc.Report(path, format, args...)
			return
		}
		problem := c.doc.Problem(path, format, args...)
		problem.Metric = name
		c.doc.Add(problem)
	}
}

// reportUnknownMetric reports that the catalog has no metric with the given name.
func (c checker) reportUnknownMetric(name string, report reportFunc) {
	report("metric", "The catalog has no metric %q.%s", fault.ClipName(name), c.catalog.DidYouMean(name))
}

// titleOf returns the title of a panel. The default is the title of the panel's metric, or the
// metric's name if the metric is unknown.
func (c checker) titleOf(p *catalog.Panel) string {
	if metric := c.catalog.Lookup(p.Metric); metric != nil {
		return cmp.Or(p.Title, metric.Title)
	}
	return cmp.Or(p.Title, p.Metric)
}

// findDashboard returns the first dashboard with the given uid, or nil if there is none.
func (c checker) findDashboard(uid string) *catalog.Dashboard {
	for _, pack := range c.catalog.Packs() {
		for i := range pack.Dashboards {
			if pack.Dashboards[i].UID == uid {
				return &pack.Dashboards[i]
			}
		}
	}
	return nil
}
