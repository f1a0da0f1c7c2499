package catalog

import (
	"context"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Builtin returns the packs that ship with the plugin. It trusts them, because a
// test holds them to what Load checks, and a plugin should start fast.
func Builtin() (*Catalog, error) {
	sources, err := Shipped()
	if err != nil {
		return nil, err
	}
	c := newCatalog()
	for _, source := range sources {
		pack := &Pack{}
		if err := yaml.Unmarshal(source.Text, pack); err != nil {
			return nil, fmt.Errorf("%s: %w", source.Place, err)
		}
		for _, metric := range pack.Metrics {
			if metric.template, err = parseTemplate(metric.Query); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", source.Place, metric.Name, err)
			}
		}
		c.adopt(pack, source.Place)
	}
	return c, nil
}

// Load reads packs and checks everything about them: their structure against the
// schema, and then what they mean. Its error is Problems.
func Load(sources ...Source) (*Catalog, error) {
	c := newCatalog()
	var all []*document
	read := make([][]*document, len(sources))
	broken := make([]*Problem, len(sources))
	for i, source := range sources {
		read[i], broken[i] = documents(source)
		if broken[i] == nil && len(read[i]) == 0 {
			broken[i] = &Problem{Text: "The text holds no pack.", place: source.Place}
		}
		all = append(all, read[i]...)
	}
	c.check(context.Background(), all, false)
	var problems Problems
	more := 0
	for i := range sources {
		for _, doc := range read[i] {
			problems = append(problems, doc.problems...)
			more += doc.more
		}
		if broken[i] != nil {
			problems = append(problems, *broken[i])
		}
	}
	if len(problems) > 0 {
		return nil, problems.bounded(more)
	}
	return c, nil
}

func newCatalog() *Catalog {
	return &Catalog{metrics: map[string]*Metric{}, families: map[string]*Family{}}
}

// adopt makes a pack part of the catalog. Names that are taken stay with whom
// they are.
func (c *Catalog) adopt(pack *Pack, place string) {
	pack.place = place
	for i := range pack.Families {
		family := &pack.Families[i]
		family.pack = pack
		if _, taken := c.families[family.Name]; !taken {
			c.families[family.Name] = family
		}
	}
	for _, metric := range pack.Metrics {
		metric.pack, metric.catalog = pack, c
		if _, taken := c.metrics[metric.Name]; !taken {
			c.metrics[metric.Name] = metric
		}
	}
	c.packs = append(c.packs, pack)
}
