package catalog

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

const ownPlace = "the data source's settings"

// With adds a user's own packs, the YAML documents of one text. It always returns
// a catalog that can be used. An own metric takes the place of a built-in one of
// its name. A pack with a problem is left out as a whole: looking up a metric
// that it names fails with the problem, because a built-in one of the same name
// is not what the user asked for. Where it can't be told which metrics a text
// names, every look-up fails. When ctx ends before the packs are checked, neither
// result is of use.
func (c *Catalog) With(ctx context.Context, text string) (*Catalog, Problems) {
	docs, unread := documents(Source{Place: ownPlace, Text: []byte(text)})
	names := namesOf(docs)
	c.except(names).check(ctx, docs, true)

	with := c.except(names)
	var problems Problems
	more := 0
	if unread != nil {
		problems = append(problems, *unread)
	}
	for _, doc := range docs {
		if len(doc.problems) == 0 {
			with.adopt(doc.pack, doc.place)
			continue
		}
		problems = append(problems, doc.problems...)
		more += doc.more
		with.breaks(doc)
		if unread == nil {
			unread = doc.nameless
		}
	}
	for name, metric := range with.metrics {
		if metric.catalog == with {
			metric.overrides = cmp.Or(c.metrics[name], c.turnedOff(name))
		}
	}
	with.unread = unread
	return with, problems.bounded(more)
}

func namesOf(docs []*document) (names []string) {
	for _, doc := range docs {
		names = append(names, doc.names...)
	}
	return names
}

// except copies the catalog without the metrics of some names.
func (c *Catalog) except(names []string) *Catalog {
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		taken[name] = true
	}
	rest := newCatalog()
	rest.off = c.off
	rest.broken = map[string]Problem{}
	for _, pack := range c.packs {
		if slices.ContainsFunc(pack.Metrics, func(m *Metric) bool { return taken[m.Name] }) {
			shown := *pack
			shown.Metrics = slices.DeleteFunc(slices.Clone(pack.Metrics), func(m *Metric) bool { return taken[m.Name] })
			pack = &shown
		}
		rest.packs = append(rest.packs, pack)
	}
	for name, metric := range c.metrics {
		if !taken[name] {
			rest.metrics[name] = metric
		}
	}
	maps.Copy(rest.families, c.families)
	return rest
}

// breaks keeps why the metrics of a faulty document can't be looked up: for each
// its own first problem, or else the pack's.
func (c *Catalog) breaks(doc *document) {
	if len(doc.problems) == 0 {
		return
	}
	for _, name := range doc.names {
		if _, told := c.broken[name]; told {
			continue
		}
		c.broken[name] = doc.problems[0]
		for _, problem := range doc.problems {
			if problem.Metric == clip(name) {
				c.broken[name] = problem
				break
			}
		}
	}
}
