// Package suggest finds names that are similar to a misspelt one. Errors about
// unknown metrics, parameters, labels, units and keys end in its suggestions.
package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/util/strutil"
)

const (
	// maxNameBytes bounds the name to compare, because the comparison is quadratic.
	// Longer names get no suggestions.
	maxNameBytes = 200
	// minScore is the similarity, from 0 to 1, below which a suggestion confuses more
	// than it helps.
	minScore = 0.8
	// minContainedBytes is the shortest name that is looked for inside other names.
	minContainedBytes = 4
	maxSuggestions    = 3
)

// Nearest returns up to three of names that are similar to name, the most similar
// first. Upper and lower case are the same.
func Nearest(name string, names []string) []string {
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
		if score >= minScore {
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

// A Sentence is " Did you mean a, b?", or empty without similar names. It searches
// when it is printed, so an error that isn't printed costs nothing.
type Sentence struct {
	name  string
	names []string
}

// DidYouMean returns the sentence that suggests the names nearest to name.
func DidYouMean(name string, names []string) Sentence { return Sentence{name, names} }

func (s Sentence) String() string {
	nearest := Nearest(s.name, s.names)
	if len(nearest) == 0 {
		return ""
	}
	return fmt.Sprintf(" Did you mean %s?", strings.Join(nearest, ", "))
}
