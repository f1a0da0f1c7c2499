// Package catalog is the governed list of metrics: packs of named, documented,
// parameter-checked PromQL, read from YAML and checked as a whole before
// anything is served. query asks it for a metric's rendered text, rest for the
// definitions themselves; a panel, an alert rule and an API client that name the
// same metric get the same PromQL.
package catalog

import (
	"embed"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

//go:embed packs/*.yaml
var packFiles embed.FS

// Catalog is a set of packs whose metric names are unique. It doesn't change
// once loaded and is safe for concurrent use.
type Catalog struct {
	packs    []*Pack
	off      []*Pack // turned off; see Without
	metrics  map[string]*Metric
	families map[string]*Family // of every pack; the first pack that declares one wins
	broken   map[string]Problem // the user's metrics that can't be used, by name
	unread   *Problem           // why the user's own packs can't be read at all
}

// Source is the text of packs: one YAML document each.
type Source struct {
	Place string // where it stands, for people: "packs/tango.yaml"
	Text  []byte
}

// Shipped returns the texts of the packs that ship with the plugin.
func Shipped() ([]Source, error) {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		return nil, err
	}
	sources := make([]Source, 0, len(entries))
	for _, entry := range entries {
		place := "packs/" + entry.Name()
		text, err := packFiles.ReadFile(place)
		if err != nil {
			return nil, err
		}
		sources = append(sources, Source{Place: place, Text: text})
	}
	return sources, nil
}

// Packs returns the packs in the order they were loaded.
func (c *Catalog) Packs() []*Pack { return c.packs }

// Names returns the names of all metrics, sorted.
func (c *Catalog) Names() []string { return sortedKeys(c.metrics) }

// Metric looks a metric up by its name. The error of an unknown name is a
// fault.BadQuery that gives the nearest names, or the pack that is turned off; that
// of a metric which the user's own packs define, but not soundly, is a
// fault.Misconfigured.
func (c *Catalog) Metric(name string) (*Metric, error) {
	if c.unread != nil {
		return nil, fault.New(fault.Misconfigured, "The data source's own packs can't be read, so no metric is answered: %s", c.unread)
	}
	if problem, faulty := c.broken[name]; faulty {
		return nil, fault.New(fault.Misconfigured, "The data source's own definition of %s can't be used: %s", name, problem)
	}
	if metric, ok := c.metrics[name]; ok {
		return metric, nil
	}
	if metric := c.turnedOff(name); metric != nil {
		return nil, whyOff(metric)
	}
	if name == "" {
		return nil, fault.New(fault.BadQuery, "The query names no metric: choose one from the catalog.")
	}
	return nil, fault.New(fault.BadQuery, "The catalog has no metric %q.%s", clip(name), didYouMean(name, c.Names()))
}
