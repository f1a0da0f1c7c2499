package catalog

import (
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/search"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Search selects metrics. Pack and Tag, if given, must match. Package search describes how Text
// is compared with the metrics.
type Search struct {
	Text, Pack, Tag string
	Limit, Offset   int // Limit 0 means no limit
}

// Search returns one page of the metrics that match all words of the text, the best match
// first, and the total number of matches. Without a text, the metrics are in the order of the
// packs. If no metric matches, nearest contains the names of the nearest metrics that have the
// pack and the tag.
func (c *Catalog) Search(s Search) (page []*Metric, total int, nearest []string) {
	list := c.searched()
	result := list.index.Find(s.Text, func(n int) bool { return list.metrics[n].selectedBy(s) })
	if result.Match != search.All {
		return []*Metric{}, 0, list.names(result.Documents)
	}
	from := min(max(s.Offset, 0), len(result.Documents))
	to := len(result.Documents)
	if s.Limit > 0 {
		to = from + min(s.Limit, to-from)
	}
	page = make([]*Metric, 0, to-from)
	for _, n := range result.Documents[from:to] {
		page = append(page, list.metrics[n])
	}
	return page, len(result.Documents), nil
}

func (m *Metric) selectedBy(s Search) bool {
	return (s.Pack == "" || s.Pack == m.pack.Name) &&
		(s.Tag == "" || slices.ContainsFunc(m.Tags, func(tag string) bool { return strings.EqualFold(tag, s.Tag) }))
}

// Similar returns the names of up to three metrics that a search for an unknown name finds, or
// none if no metric matches a word of the name or has a similar name.
func (c *Catalog) Similar(name string) []string {
	list := c.searched()
	return list.names(list.index.Similar(name))
}

// DidYouMean returns a sentence that suggests metrics for an unknown name. It searches only when
// it is formatted.
func (c *Catalog) DidYouMean(name string) suggest.Sentence {
	return suggest.DidYouMeanOneOf(func() []string { return c.Similar(name) })
}

// searchList is the list of metrics that a search compares with its text.
type searchList struct {
	metrics []*Metric
	index   *search.Index
}

// newSearchList returns the list of all metrics, in the order of the packs.
func (c *Catalog) newSearchList() searchList {
	var list searchList
	var documents []search.Document
	for _, pack := range c.packs {
		for _, m := range pack.Metrics {
			list.metrics = append(list.metrics, m)
			documents = append(documents, m.document())
		}
	}
	list.index = search.New(documents)
	return list
}

func (l searchList) names(documents []int) []string {
	names := make([]string, len(documents))
	for i, n := range documents {
		names[i] = l.metrics[n].Name
	}
	return names
}

// document describes the metric to the search.
func (m *Metric) document() search.Document {
	d := search.Document{
		Name: m.Name, Title: m.Title, Description: m.Description, Tags: m.Tags,
		Category: m.pack.Name + " " + m.pack.Title, Grouping: m.GroupBy,
	}
	if m.Groupable() {
		d.Groupable = m.Params()
	} else {
		d.Labels = m.Params()
	}
	return d
}
