package catalog

import (
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Without turns packs off. The catalog that it returns has none of their metrics,
// and says of each where it went; what they declare about families stays, for the
// metrics of other packs and a user's own that read them. unknown are the names
// that no pack has: a pack that was turned off may be gone in a later version.
func (c *Catalog) Without(packs []string) (rest *Catalog, unknown []string) {
	off := make(map[*Pack]bool, len(packs))
	seen := make(map[string]bool, len(packs))
	for _, name := range packs {
		if seen[name] {
			continue
		}
		seen[name] = true
		if pack := packOf(c.packs, name); pack != nil {
			off[pack] = true
		} else if packOf(c.off, name) == nil {
			unknown = append(unknown, name)
		}
	}
	if len(off) == 0 {
		return c, unknown
	}
	copied := *c
	rest = &copied
	rest.off, rest.packs, rest.metrics = slices.Clone(c.off), nil, make(map[string]*Metric, len(c.metrics))
	for _, pack := range c.packs {
		if off[pack] {
			rest.off = append(rest.off, pack)
		} else {
			rest.packs = append(rest.packs, pack)
		}
	}
	for name, metric := range c.metrics {
		if !off[metric.pack] {
			rest.metrics[name] = metric
		}
	}
	return rest, unknown
}

// Off returns the packs that are turned off, in the order they were loaded.
func (c *Catalog) Off() []*Pack { return c.off }

// Pack looks a pack up by its name, whether it is turned off or not; nil for none.
func (c *Catalog) Pack(name string) (pack *Pack, off bool) {
	if pack = packOf(c.packs, name); pack != nil {
		return pack, false
	}
	pack = packOf(c.off, name)
	return pack, pack != nil
}

func packOf(packs []*Pack, name string) *Pack {
	for _, pack := range packs {
		if pack.Name == name {
			return pack
		}
	}
	return nil
}

// turnedOff is the metric of a name in the packs that are turned off; nil for none.
func (c *Catalog) turnedOff(name string) *Metric {
	for _, pack := range c.off {
		for _, metric := range pack.Metrics {
			if metric.Name == name {
				return metric
			}
		}
	}
	return nil
}

// whyOff is the error of a metric that is turned off.
func whyOff(metric *Metric) error {
	return fault.New(fault.BadQuery, "The metric %s is in the pack %s, which is turned off for this data source. Turn the pack on in the data source's settings, or ask for another metric.",
		metric.Name, metric.pack.Name)
}
