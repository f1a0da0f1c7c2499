package packfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of a pack and its position.
type Problem struct {
	Pack   string `json:"pack"`   // name of the pack; "" if it is unknown
	Metric string `json:"metric"` // name or title of the element, such as a metric; "" if it has none
	Field  string `json:"field"`  // the key to change; "" for the element itself
	Line   int    `json:"line"`   // in the source's text, from 1; 0 if unknown
	Text   string `json:"text"`
	Source string `json:"-"` // Source.Name; it distinguishes packs without a name

	Column int    `json:"-"` // in the line, from 1; 0 if unknown
	Path   string `json:"-"` // of keys and indexes, such as metrics[0].query; "" for the document
}

func (p Problem) String() string {
	parts := []string{cmp.Or(p.Source, "the text")}
	if p.Pack != "" {
		parts[0] = "pack " + p.Pack
	}
	if p.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", p.Line))
	}
	for _, part := range []string{p.Metric, p.Field} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ") + ": " + p.Text
}

// Problems lists the faults of the packs to load, so that an author can fix them together.
// The text of the error has one line for each problem.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// A Report collects problems. It keeps the first MaxProblems problems and counts the others.
type Report struct {
	problems Problems
	omitted  int
}

// Add adds a problem.
func (r *Report) Add(p Problem) {
	if r.full() {
		r.omitted++
		return
	}
	r.problems = append(r.problems, p)
}

// AddDocument adds the problems of a document.
func (r *Report) AddDocument(d *Document) {
	for _, p := range d.report.problems {
		r.Add(p)
	}
	r.omitted += d.report.omitted
}

// Problems returns the problems, or nil if there are none. If problems were omitted, a last
// Problem contains their number.
func (r *Report) Problems() Problems {
	if r.omitted == 0 {
		return r.problems
	}
	return append(slices.Clip(r.problems), Problem{Text: fmt.Sprintf("There are %d more problems.", r.omitted)})
}

func (r *Report) full() bool { return len(r.problems) == MaxProblems }
