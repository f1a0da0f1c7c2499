// Package catalog contains the catalog of metrics: packs of named, documented PromQL
// queries with parameters. It loads the built-in packs and the user packs, checks their
// metrics, searches them and renders their PromQL, so that a panel, an alert rule and
// an API client that use the same metric get the same query. Package query renders
// metrics, package rest serves their definitions, and package packcheck checks the
// alerts and dashboards that use them.
package catalog

import (
	"maps"
	"slices"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// Catalog is a set of packs whose metric names are unique. It is immutable and safe
// for concurrent use.
type Catalog struct {
	packs    []*Pack
	disabled []*Pack // see Without
	metrics  map[string]*Metric
	families map[string]*Family          // of all packs; the first declaration of a name wins
	invalid  map[string]packfile.Problem // problems of user metrics, by metric name
	unread   *packfile.Problem           // why the names of some user metrics are unknown; nil if all are known
	searched func() searchList           // creates the list at the first search
}

func newCatalog() *Catalog {
	c := &Catalog{metrics: map[string]*Metric{}, families: map[string]*Family{}}
	c.searched = sync.OnceValue(c.newSearchList)
	return c
}

// add adds a pack. On a duplicate name the first definition wins.
func (c *Catalog) add(pack *Pack, source string) {
	pack.source = source
	for i := range pack.Families {
		family := &pack.Families[i]
		family.pack = pack
		if _, exists := c.families[family.Name]; !exists {
			c.families[family.Name] = family
		}
	}
	for _, metric := range pack.Metrics {
		metric.pack, metric.catalog = pack, c
		if _, exists := c.metrics[metric.Name]; !exists {
			c.metrics[metric.Name] = metric
		}
	}
	c.packs = append(c.packs, pack)
}

// Packs returns the packs in the order in which they were loaded, without disabled
// packs.
func (c *Catalog) Packs() []*Pack { return c.packs }

// Names returns the names of all metrics, sorted.
func (c *Catalog) Names() []string { return slices.Sorted(maps.Keys(c.metrics)) }

// Lookup returns the metric with the given name, or nil if the catalog has none.
func (c *Catalog) Lookup(name string) *Metric { return c.metrics[name] }

// Metric returns the metric with the given name. The error for a name that the catalog doesn't
// have is a fault.BadQuery, which contains the disabled pack that defines the metric, or
// similar names if there are any. The error for a user metric with an invalid definition is a
// fault.Misconfigured. If the names of some user metrics can't be read, Metric returns a
// fault.Misconfigured whatever the name.
func (c *Catalog) Metric(name string) (*Metric, error) {
	if c.unread != nil {
		return nil, fault.New(fault.Misconfigured, "The user packs of the data source are invalid, so no metric can be queried: %s", c.unread)
	}
	if problem, ok := c.invalid[name]; ok {
		return nil, fault.New(fault.Misconfigured, "The user metric %s of the data source is invalid: %s", name, problem)
	}
	if metric, ok := c.metrics[name]; ok {
		return metric, nil
	}
	if metric := c.disabledMetric(name); metric != nil {
		return nil, disabledError(metric)
	}
	if name == "" {
		return nil, fault.New(fault.BadQuery, "The query has no metric. Choose one from the catalog.")
	}
	return nil, fault.New(fault.BadQuery, "The catalog has no metric %q.%s", fault.ClipName(name), c.DidYouMean(name))
}

// FamilyOf returns the family that a selector in a pack reads, or nil if no pack declares
// it. The families of the selector's pack take precedence. name is the metric name of the
// selector, which can have a suffix of a histogram or summary, such as _bucket.
func (c *Catalog) FamilyOf(pack *Pack, name string) *Family {
	if family := c.family(pack, name); family != nil {
		return family
	}
	return c.familyOfPart(pack, name)
}

func (c *Catalog) family(pack *Pack, name string) *Family {
	for i := range pack.Families {
		if pack.Families[i].Name == name {
			return &pack.Families[i]
		}
	}
	return c.families[name]
}
