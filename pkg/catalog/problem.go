package catalog

import (
	"cmp"
	"fmt"
	"strings"
)

// Problem is one thing wrong with a pack, at the place where it stands.
type Problem struct {
	Pack   string `json:"pack"`   // "" where the text doesn't get so far as to name one
	Metric string `json:"metric"` // or the alert's, dashboard's or family's name; "" where the pack itself is meant
	Field  string `json:"field"`  // the key to change; "" where the element itself is meant
	Line   int    `json:"line"`   // in the source's text, 1-based; 0 where it isn't known
	Text   string `json:"text"`

	place string // the source, which tells packs without a name apart
}

func (p Problem) String() string {
	place := []string{cmp.Or(p.place, "the text")}
	if p.Pack != "" {
		place[0] = "pack " + p.Pack
	}
	if p.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", p.Line))
	}
	for _, part := range []string{p.Metric, p.Field} {
		if part != "" {
			place = append(place, part)
		}
	}
	return strings.Join(place, ", ") + ": " + p.Text
}

// Problems are everything wrong with the packs that were to be loaded, so that
// an author mends them in one go.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// maxProblems is how many problems are reported at a time; nobody reads more.
const maxProblems = 100

// bounded keeps the first problems and says how many more there are; more counts
// those that were not kept.
func (p Problems) bounded(more int) Problems {
	kept := min(len(p), maxProblems)
	more += len(p) - kept
	if more == 0 {
		return p
	}
	return append(p[:kept:kept], Problem{Text: fmt.Sprintf("There are %d more problems.", more)})
}
