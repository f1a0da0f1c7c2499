package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/util/strutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Nearest returns up to three of names that a person who wrote name may have
// meant, the likeliest first.
func Nearest(name string, names []string) []string {
	const (
		longest  = 200 // the comparison is quadratic, and no metric is named longer
		alike    = 0.8 // of 1; below it a guess confuses more than it helps
		shortest = 4   // of what is looked for within other names
		most     = 3
	)
	if len(name) > longest {
		return nil
	}
	type guess struct {
		name  string
		score float64
	}
	var guesses []guess
	matcher := strutil.NewJaroWinklerMatcher(strings.ToLower(name))
	for _, candidate := range names {
		score := matcher.Score(strings.ToLower(candidate))
		if len(name) >= shortest && strings.Contains(strings.ToLower(candidate), strings.ToLower(name)) {
			score = max(score, alike+(1-alike)*float64(len(name))/float64(len(candidate)))
		}
		if score >= alike {
			guesses = append(guesses, guess{candidate, score})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.score, a.score) })
	nearest := make([]string, 0, most)
	for _, g := range guesses[:min(most, len(guesses))] {
		nearest = append(nearest, g.name)
	}
	return nearest
}

// suggestion is a sentence with the names nearest to one, or nothing. They are
// looked for when it is printed: a problem that isn't reported costs nothing.
type suggestion struct {
	name  string
	names []string
}

func didYouMean(name string, names []string) suggestion { return suggestion{name, names} }

func (s suggestion) String() string {
	nearest := Nearest(s.name, s.names)
	if len(nearest) == 0 {
		return ""
	}
	return fmt.Sprintf(" Did you mean %s?", strings.Join(nearest, ", "))
}

// clip keeps a name that somebody sent short enough for a sentence, and clipText
// a sentence about several of them.
func clip(name string) string     { return fault.Clip(name, 80) }
func clipText(text string) string { return fault.Clip(text, 600) }
