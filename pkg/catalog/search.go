package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Search is what is looked for in the catalog: metrics in which every word of
// Text stands somewhere, of one Pack and with one Tag where these are given.
type Search struct {
	Text, Pack, Tag string
	Limit, Offset   int // Limit 0 is no limit
}

// What a search reads of a text; more narrows nothing down.
const (
	mostSearchRunes = 200
	mostSearchWords = 10
)

// Search returns one page of the metrics that match, the best first, and how many
// do. A metric whose name or title is the text comes first, then those whose name or
// title begins with it, then those that contain the words in their name or title, in
// a tag, and in the description or the pack's name. Equals keep the packs' order.
func (c *Catalog) Search(s Search) (page []*Metric, total int) {
	words := strings.Fields(fold(fault.Clip(s.Text, mostSearchRunes)))
	words = words[:min(len(words), mostSearchWords)]
	tag := fold(s.Tag)
	type match struct {
		metric *Metric
		rank   int
	}
	var matches []match
	for _, pack := range c.packs {
		if s.Pack != "" && s.Pack != pack.Name {
			continue
		}
		for _, metric := range pack.Metrics {
			rank, ok := metric.rank(words, fold(pack.Name+" "+pack.Title))
			tagged := tag == "" || slices.ContainsFunc(metric.Tags, func(t string) bool { return fold(t) == tag })
			if ok && tagged {
				matches = append(matches, match{metric, rank})
			}
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.rank, b.rank) })

	from := min(max(s.Offset, 0), len(matches))
	to := len(matches)
	if s.Limit > 0 {
		to = from + min(s.Limit, to-from)
	}
	page = make([]*Metric, 0, to-from)
	for _, m := range matches[from:to] {
		page = append(page, m.metric)
	}
	return page, len(matches)
}

// rank says how well words match, 0 best, and whether all of them do.
func (m *Metric) rank(words []string, pack string) (rank int, ok bool) {
	name, title := fold(m.Name), fold(m.Title)
	switch text := strings.Join(words, " "); {
	case text == "":
		return 0, true
	case text == name || text == title:
		return 0, true
	case strings.HasPrefix(name, text) || strings.HasPrefix(title, text):
		return 1, true
	}
	places := []string{
		name + " " + title,
		fold(strings.Join(m.Tags, " ")),
		fold(m.Description) + " " + pack,
	}
	for _, word := range words {
		at := slices.IndexFunc(places, func(place string) bool { return strings.Contains(place, word) })
		if at < 0 {
			return 0, false
		}
		rank = max(rank, 2+at)
	}
	return rank, true
}

// fold makes texts equal that differ in upper and lower case only, in any script.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r < unicode.MaxASCII {
			return r
		}
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, text)
}
