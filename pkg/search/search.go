package search

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Match is how well the documents of a result match a text.
type Match int

// The documents match all words, some words or similar names, or none.
const (
	All Match = iota
	Some
	None
)

// Result contains the positions of documents, the best first.
type Result struct {
	Documents []int
	Match     Match
}

const (
	// Bonuses for a document whose name equals the text, whose title or name has the same words
	// as the text, and whose title or name begins with the words of the text.
	sameName       = 20
	sameTitle      = 10
	sameNameWords  = 5
	sameFirstWords = 0.5
	// coverage is added to the score of a document whose title has no other words than the
	// text, and a fraction of it if the title has other words.
	coverage = 1.5
	// minForCoverage is the minimum quality of a match that covers a word of a title.
	minForCoverage = 0.5
)

// Find returns the documents that match a text and for which keep returns true. Words that the
// file synonyms.yaml lists under ignored don't count. If no document matches all words, Find
// returns up to ten documents that are the nearest: those with similar names, then those that
// match some words. If there are none, the names are similar to the text, however little.
func (x *Index) Find(text string, keep func(document int) bool) Result {
	var kept []int
	for n := range x.documents {
		if keep(n) {
			kept = append(kept, n)
		}
	}
	if strings.TrimSpace(text) == "" || len(kept) == 0 {
		return Result{kept, All}
	}
	s := x.score(text)
	if all := s.matching(kept, s.concepts); len(all) > 0 {
		return Result{all, All}
	}
	near := x.similarNames(text, kept)
	for _, n := range s.matching(kept, 1) {
		if !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	if len(near) > 0 {
		return Result{near[:min(len(near), maxNearest)], Some}
	}
	return Result{x.named(suggest.MostSimilar(fault.Clip(text, maxCharacters), x.names(kept)), kept), None}
}

// Similar returns up to three documents for a name that doesn't exist: those with similar names,
// or else those that match all words of it, or else those that match some words. Of the latter
// two, it leaves out documents that match much worse than the best. It returns none if there is
// no match.
func (x *Index) Similar(name string) []int {
	var every []int
	for n := range x.documents {
		every = append(every, n)
	}
	if similar := x.similarNames(name, every); len(similar) > 0 {
		return similar[:min(len(similar), maxSimilar)]
	}
	s := x.score(name)
	similar := s.matching(every, s.concepts)
	if len(similar) == 0 {
		similar = s.matching(every, 1)
	}
	if len(similar) == 0 {
		return nil
	}
	best := s.score[similar[0]]
	similar = filter(similar, func(n int) bool { return s.score[n] >= best/2 })
	return similar[:min(len(similar), maxSimilar)]
}

// similarNames returns those of the documents whose names are similar to a text.
func (x *Index) similarNames(text string, documents []int) []int {
	return x.named(suggest.Nearest(text, x.names(documents)), documents)
}

func filter(list []int, keep func(int) bool) []int {
	var kept []int
	for _, n := range list {
		if keep(n) {
			kept = append(kept, n)
		}
	}
	return kept
}

// names returns the names of documents.
func (x *Index) names(documents []int) []string {
	names := make([]string, len(documents))
	for i, n := range documents {
		names[i] = x.documents[n].label
	}
	return names
}

// named returns those of the documents that have the names, in the order of the names.
func (x *Index) named(names []string, documents []int) []int {
	var list []int
	for _, name := range names {
		for _, n := range documents {
			if x.documents[n].label == name && !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	return list
}

// scores contains the scores of all documents of an index.
type scores struct {
	concepts int       // of the text
	matched  []int     // number of concepts that each document matches
	score    []float64 // of each document
}

// matching returns those of the documents that match at least the given number of concepts,
// the best first. Documents with the same score keep their order.
func (s scores) matching(documents []int, concepts int) []int {
	matching := filter(documents, func(n int) bool { return s.matched[n] >= max(concepts, 1) })
	slices.SortStableFunc(matching, func(a, b int) int { return cmp.Compare(s.score[b], s.score[a]) })
	return matching
}

// score computes the scores for a text. The score of a document is the mean weight of the
// concepts, in which rare concepts count more, plus the bonus for the title.
func (x *Index) score(text string) scores {
	concepts := x.parse(text)
	size := len(x.documents)
	s := scores{len(concepts), make([]int, size), make([]float64, size)}
	covered := make([]uint64, size)
	sum := 0.0
	for _, c := range concepts {
		best := x.weigh(c, covered)
		documents := 0
		for _, weight := range best {
			if weight > 0 {
				documents++
			}
		}
		rarity := math.Log(1 + float64(size)/float64(max(documents, 1)))
		sum += rarity
		for n, weight := range best {
			if weight > 0 {
				s.matched[n]++
				s.score[n] += rarity * weight
			}
		}
	}
	words := joinWords(text)
	for n, d := range x.documents {
		if s.matched[n] == 0 {
			continue
		}
		s.score[n] /= sum
		if d.titleWords > 0 {
			s.score[n] += coverage * float64(bits.OnesCount64(covered[n])) / float64(d.titleWords)
		}
		s.score[n] += d.bonus(text, words)
	}
	return s
}

// bonus returns the sum of the bonuses of a document for a text and its words.
func (d indexed) bonus(text, words string) float64 {
	bonus := 0.0
	if strings.EqualFold(d.label, strings.TrimSpace(text)) {
		bonus += sameName
	}
	if d.title == words {
		bonus += sameTitle
	}
	if d.name == words {
		bonus += sameNameWords
	}
	if strings.HasPrefix(d.name, words) || strings.HasPrefix(d.title, words) {
		bonus += sameFirstWords
	}
	return bonus
}

// weigh returns the weight of a concept in each document: the weight of the best field times
// the quality of the match. It sets the bits of the title words that match in covered.
func (x *Index) weigh(c concept, covered []uint64) []float64 {
	best := make([]float64, len(x.documents))
	for _, a := range c.alternatives {
		if len(a) == 1 {
			for _, m := range a[0] {
				for _, p := range x.postings[m.word] {
					best[p.document] = max(best[p.document], m.quality*p.fields.weight(c.grouped))
					if m.quality >= minForCoverage {
						covered[p.document] |= p.title
					}
				}
			}
			continue
		}
		x.weighExpression(a, c.grouped, best, covered)
	}
	return best
}

// weighExpression does the same as weigh for an alternative of several words, which must occur
// in the same field.
func (x *Index) weighExpression(a alternative, grouped bool, best []float64, covered []uint64) {
	type found struct {
		fields  field
		quality float64
		title   uint64
	}
	var all []found
	for i, matches := range a {
		words := make([]found, len(x.documents))
		for _, m := range matches {
			for _, p := range x.postings[m.word] {
				w := &words[p.document]
				w.fields |= p.fields
				w.quality = max(w.quality, m.quality)
				w.title |= p.title
			}
		}
		if i == 0 {
			all = words
			continue
		}
		for n := range all {
			all[n].fields &= words[n].fields
			all[n].quality = min(all[n].quality, words[n].quality)
			all[n].title |= words[n].title
		}
	}
	for n, w := range all {
		if w.fields == 0 {
			continue
		}
		best[n] = max(best[n], w.quality*w.fields.weight(grouped))
		if w.fields&inTitle != 0 && w.quality >= minForCoverage {
			covered[n] |= w.title
		}
	}
}
