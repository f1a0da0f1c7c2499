// Package suggest finds names that are similar to a misspelt one. Errors about unknown names,
// such as those of metrics, parameters, labels, units and keys, contain its suggestions.
package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/util/strutil"
)

const (
	// maxNameBytes bounds the misspelt name, because the comparison takes quadratic time.
	// Longer names get no suggestions.
	maxNameBytes = 200
	// minScore is the minimum similarity of a suggestion, from 0 to 1.
	minScore = 0.8
	// minContainedBytes is the minimum length of a name that is searched for inside other
	// names.
	minContainedBytes = 4
	maxSuggestions    = 3
)

// Nearest returns up to three of the names that are similar to name, the most similar first.
// It ignores case.
func Nearest(name string, names []string) []string { return similar(name, names, minScore) }

// MostSimilar returns the three names that are the most similar to name, however little, or
// all names if there are fewer. It ignores case and what exceeds 200 bytes of name.
func MostSimilar(name string, names []string) []string {
	return similar(name[:min(len(name), maxNameBytes)], names, 0)
}

// similar returns up to three of the names that have a score of least or more.
func similar(name string, names []string, least float64) []string {
	if len(name) > maxNameBytes {
		return nil
	}
	type suggestion struct {
		name  string
		score float64
	}
	var suggestions []suggestion
	matcher := strutil.NewJaroWinklerMatcher(strings.ToLower(name))
	for _, candidate := range names {
		score := matcher.Score(strings.ToLower(candidate))
		if len(name) >= minContainedBytes && strings.Contains(strings.ToLower(candidate), strings.ToLower(name)) {
			score = max(score, minScore+(1-minScore)*float64(len(name))/float64(len(candidate)))
		}
		if score >= least {
			suggestions = append(suggestions, suggestion{candidate, score})
		}
	}
	slices.SortStableFunc(suggestions, func(a, b suggestion) int { return cmp.Compare(b.score, a.score) })
	nearest := make([]string, 0, maxSuggestions)
	for _, s := range suggestions[:min(maxSuggestions, len(suggestions))] {
		nearest = append(nearest, s.name)
	}
	return nearest
}

// Sentence is the sentence " Did you mean a, b?", or "" if there are no similar names. It
// searches for similar names only when it is formatted.
type Sentence struct{ nearest func() []string }

// DidYouMean returns a sentence that suggests those of the names that are similar to name.
func DidYouMean(name string, names []string) Sentence {
	return Sentence{func() []string { return Nearest(name, names) }}
}

// DidYouMeanOneOf returns a sentence that suggests the names that nearest returns.
func DidYouMeanOneOf(nearest func() []string) Sentence { return Sentence{nearest} }

func (s Sentence) String() string {
	nearest := s.nearest()
	if len(nearest) == 0 {
		return ""
	}
	return fmt.Sprintf(" Did you mean %s?", strings.Join(nearest, ", "))
}
