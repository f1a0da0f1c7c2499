package catalog

import (
	"slices"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Without returns a catalog in which packs are disabled. The catalog doesn't contain the
// metrics of a disabled pack, but Metric's error for such a metric contains the name of the
// pack. The catalog contains the families of a disabled pack, because metrics of other packs
// and user metrics can read them. unknown contains the names for which there is no pack: a
// later version of the plugin may have removed the pack.
func (c *Catalog) Without(packs []string) (rest *Catalog, unknown []string) {
	disabled := make(map[*Pack]bool, len(packs))
	seen := make(map[string]bool, len(packs))
	for _, name := range packs {
		if seen[name] {
			continue
		}
		seen[name] = true
		if pack := findPack(c.packs, name); pack != nil {
			disabled[pack] = true
		} else if findPack(c.disabled, name) == nil {
			unknown = append(unknown, name)
		}
	}
	if len(disabled) == 0 {
		return c, unknown
	}
	copied := *c
	rest = &copied
	rest.searched = sync.OnceValue(rest.newSearchList)
	rest.disabled, rest.packs, rest.metrics = slices.Clone(c.disabled), nil, make(map[string]*Metric, len(c.metrics))
	for _, pack := range c.packs {
		if disabled[pack] {
			rest.disabled = append(rest.disabled, pack)
		} else {
			rest.packs = append(rest.packs, pack)
		}
	}
	for name, metric := range c.metrics {
		if !disabled[metric.pack] {
			rest.metrics[name] = metric
		}
	}
	return rest, unknown
}

// Disabled returns the disabled packs in the order in which they were loaded.
func (c *Catalog) Disabled() []*Pack { return c.disabled }

// Pack returns the pack with the given name, or nil if there is none, and whether it is disabled.
func (c *Catalog) Pack(name string) (pack *Pack, disabled bool) {
	if pack = findPack(c.packs, name); pack != nil {
		return pack, false
	}
	pack = findPack(c.disabled, name)
	return pack, pack != nil
}

func findPack(packs []*Pack, name string) *Pack {
	for _, pack := range packs {
		if pack.Name == name {
			return pack
		}
	}
	return nil
}

// disabledMetric returns the metric with the given name in a disabled pack, or nil if there is
// none.
func (c *Catalog) disabledMetric(name string) *Metric {
	for _, pack := range c.disabled {
		for _, metric := range pack.Metrics {
			if metric.Name == name {
				return metric
			}
		}
	}
	return nil
}

// disabledError returns the error for a metric of a disabled pack.
func disabledError(metric *Metric) error {
	return fault.New(fault.BadQuery, "The metric %s belongs to the pack %s, which is disabled for this data source. Enable the pack in the data source's settings, or choose another metric.",
		metric.Name, metric.pack.Name)
}
