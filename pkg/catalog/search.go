package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Search selects metrics. Every word of Text must occur in the metric; Pack and Tag,
// if given, must match.
type Search struct {
	Text, Pack, Tag string
	Limit, Offset   int // Limit 0 means no limit
}

// Search returns one page of the matching metrics, the best match first, and the total
// number of matches. The ranks are:
//
//   - 0: the name or title equals the text, or the text is empty
//   - 1: the name or title begins with the text
//   - 2: all words occur in the name or title
//   - 3: all words occur in the name, title or tags
//   - 4: all words occur in the name, title, tags, description, pack name or pack title
//
// Metrics of the same rank are in the order of the packs.
func (c *Catalog) Search(s Search) (page []*Metric, total int) {
	words := strings.Fields(fold(fault.Clip(s.Text, maxSearchCharacters)))
	words = words[:min(len(words), maxSearchWords)]
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

// rank returns the rank of the metric, as Search defines it, and whether all words occur in
// the metric. words and pack are folded.
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
	fields := []string{
		name + " " + title,
		fold(strings.Join(m.Tags, " ")),
		fold(m.Description) + " " + pack,
	}
	for _, word := range words {
		at := slices.IndexFunc(fields, func(field string) bool { return strings.Contains(field, word) })
		if at < 0 {
			return 0, false
		}
		rank = max(rank, 2+at)
	}
	return rank, true
}

// fold maps upper and lower case of each character to the same character, in all scripts.
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
