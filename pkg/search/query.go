package search

import (
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// The quality of a match of a word, from 0 to 1.
const (
	exactWord  = 1.0
	sameStem   = 0.95
	synonym    = 0.8
	beginning  = 0.7 // the word begins with the typed word
	inWord     = 0.35
	minForPart = 3 // bytes of a word that is searched for inside other words
)

// match is a word of the index that matches a word of a text.
type match struct {
	word    int
	quality float64
}

// concept is one or more words of a text with one meaning. A document matches it if it matches
// one of the alternatives.
type concept struct {
	grouped      bool // the concept is the name of a label to group by
	alternatives []alternative
}

// alternative is an expression: a document must have a match of each word in one field.
type alternative [][]match

// parse returns the concepts of a text.
func (x *Index) parse(text string) []concept {
	words := splitWords(fault.Clip(text, maxCharacters))
	words = words[:min(len(words), maxWords)]
	typed := make([][]match, len(words))
	for i, word := range words {
		typed[i] = x.typed(word)
		if len(typed[i]) == 0 && !builtin().stems[stem(word)] {
			words[i] = x.correct(word)
			typed[i] = x.typed(words[i])
		}
	}
	concepts := x.concepts(words, typed, true)
	if len(concepts) == 0 {
		return x.concepts(words, typed, false)
	}
	return concepts
}

// concepts splits words into concepts. If ignore is false, it also returns concepts for the
// words that searches ignore.
func (x *Index) concepts(words []string, typed [][]match, ignore bool) []concept {
	var concepts []concept
	grouped := false
	stems := stems(words)
	for at := 0; at < len(words); {
		p, n := builtin().longest(stems[at:])
		switch {
		case p != nil && ignore && p.ignored && p.same == nil:
		case p != nil && ignore && p.grouping && p.same == nil:
			grouped = true
		default:
			c := concept{grouped: grouped, alternatives: []alternative{typed[at : at+n]}}
			if p != nil {
				for _, expression := range p.same {
					c.alternatives = append(c.alternatives, x.expression(expression))
				}
			}
			concepts = append(concepts, c)
			grouped = false
		}
		at += n
	}
	return concepts
}

// typed returns the words of the index that match a word that is possibly incomplete.
func (x *Index) typed(word string) []match {
	var matches []match
	seen := map[int]bool{}
	if id, ok := x.byWord[word]; ok {
		matches = append(matches, match{id, exactWord})
		seen[id] = true
	}
	for _, id := range x.byStem[stem(word)] {
		if !seen[id] {
			matches = append(matches, match{id, sameStem})
			seen[id] = true
		}
	}
	for id, candidate := range x.words {
		switch {
		case seen[id]:
		case strings.HasPrefix(candidate, word):
			matches = append(matches, match{id, beginning})
		case len(word) >= minForPart && strings.Contains(candidate, word):
			matches = append(matches, match{id, inWord})
		}
	}
	return matches
}

// expression returns the matches of an expression of synonyms.yaml.
func (x *Index) expression(stems []string) alternative {
	a := make(alternative, len(stems))
	for i, s := range stems {
		for _, id := range x.byStem[s] {
			a[i] = append(a[i], match{id, synonym})
		}
	}
	return a
}

// correct returns the word of the index or of synonyms.yaml that is most similar to a misspelt
// word. Of equally similar words, the one in most documents wins. It returns the word itself if
// there is none: words of less than four characters, for example, are not corrected.
func (x *Index) correct(word string) string {
	runes := []rune(word)
	limit := 0
	switch {
	case len(runes) > maxTypoRunes:
	case len(runes) >= 8:
		limit = 2
	case len(runes) >= 4:
		limit = 1
	}
	if limit == 0 {
		return word
	}
	best, fewest, most := word, limit+1, -1
	consider := func(candidate string, runes2 []rune, documents int) {
		n := typos(runes, runes2, limit)
		if n > limit || n > fewest || n == fewest && documents <= most {
			return
		}
		best, fewest, most = candidate, n, documents
	}
	for id, candidate := range x.words {
		if x.runes[id] != nil {
			consider(candidate, x.runes[id], len(x.postings[id]))
		}
	}
	for _, w := range builtin().words {
		consider(string(w), w, 0)
	}
	return best
}
