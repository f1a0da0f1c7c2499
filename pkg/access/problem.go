package access

import (
	"fmt"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// Problem is a fault of the access text and its position.
type Problem struct {
	Line   int    `json:"line"`   // from 1; 0 if unknown
	Column int    `json:"column"` // from 1; 0 if unknown
	Path   string `json:"path"`   // such as rules[0].when.org; "" for the text itself
	Text   string `json:"text"`
}

func (p Problem) String() string {
	at := ""
	if p.Line > 0 {
		at = fmt.Sprintf("line %d", p.Line)
	}
	if p.Path != "" {
		at = strings.TrimPrefix(at+", "+p.Path, ", ")
	}
	if at == "" {
		return p.Text
	}
	return at + ": " + p.Text
}

// Problems are the faults of the access text.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// problemsOf converts the problems of a document.
func problemsOf(all packfile.Problems) Problems {
	converted := make(Problems, len(all))
	for i, p := range all {
		converted[i] = Problem{p.Line, p.Column, p.Path, p.Text}
	}
	return converted
}
