// Package template parses the PromQL of catalog metrics, which contains placeholders
// for matchers and groupings, and fills them in. It proves that the filled-in query
// differs from the template only in these matchers and groupings. Package catalog renders
// metrics with it, and uses its syntax trees to check their queries.
package template

import (
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Template is a query, split at its placeholders:
//
//	__PARAMS__        the matchers of all parameters, inside a selector's braces
//	__PARAMS(a,b)__   the matchers of the parameters a and b
//	__BY__            the label names to group by, inside by (…), on (…) and similar clauses
type Template struct {
	pieces []piece
}

// piece is literal text or one placeholder.
type piece struct {
	text   string
	kind   pieceKind
	params []string // of __PARAMS(a,b)__; nil means all parameters
}

type pieceKind uint8

const (
	literal pieceKind = iota
	matchersPlaceholder
	groupPlaceholder
)

var (
	placeholder     = regexp.MustCompile(`__PARAMS(?:\(([^)]*)\))?__|__BY__`)
	likePlaceholder = regexp.MustCompile(`__[A-Z]+(?:\([^)]*\))?__`)
)

// Parse splits a query at its placeholders. It returns an error for a word that has the form
// of a placeholder but isn't one, such as __PARMAS__. Other misspellings, such as __by__, are
// part of the text.
func Parse(query string) (Template, error) {
	for _, word := range likePlaceholder.FindAllString(query, -1) {
		if placeholder.FindString(word) != word {
			return Template{}, fault.New(fault.Misconfigured, "Unknown placeholder %s. The placeholders are __PARAMS__, __PARAMS(a,b)__ and __BY__.", fault.ClipName(word))
		}
	}
	var t Template
	end := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(query, -1) {
		t.pieces = append(t.pieces, piece{text: query[end:at[0]]})
		next := piece{kind: matchersPlaceholder}
		if query[at[0]:at[1]] == "__BY__" {
			next.kind = groupPlaceholder
		} else if at[2] >= 0 {
			next.params = []string{}
			for name := range strings.SplitSeq(query[at[2]:at[3]], ",") {
				next.params = append(next.params, strings.TrimSpace(name))
			}
		}
		t.pieces = append(t.pieces, next)
		end = at[1]
	}
	t.pieces = append(t.pieces, piece{text: query[end:]})
	return t, nil
}

// HasGrouping reports whether the query contains __BY__.
func (t Template) HasGrouping() bool {
	return slices.ContainsFunc(t.pieces, func(p piece) bool { return p.kind == groupPlaceholder })
}

// takes reports whether the placeholder is filled with a parameter's matcher.
func (p piece) takes(param string) bool {
	return p.kind == matchersPlaceholder && (p.params == nil || slices.Contains(p.params, param))
}

// fill returns the query with its placeholders replaced. It calls the function matchers for
// each placeholder __PARAMS__ or __PARAMS(a,b)__, and inserts the matchers that the function
// returns. It replaces __BY__ with the label names in group. If there is nothing to insert,
// fill removes the placeholder and the comma before it, or else the comma after it.
func (t Template) fill(matchers func(piece) []string, group []string) string {
	var b strings.Builder
	dropComma := false
	for _, p := range t.pieces {
		if p.kind == literal {
			text := p.text
			if dropComma {
				text = trimLeadingComma(text)
			}
			b.WriteString(text)
			dropComma = false
			continue
		}
		list := group
		if p.kind == matchersPlaceholder {
			list = matchers(p)
		}
		if len(list) > 0 {
			separator := ","
			if p.kind == groupPlaceholder {
				separator = ", "
			}
			b.WriteString(strings.Join(list, separator))
			continue
		}
		if before := b.String(); endsInComma(before) {
			b.Reset()
			b.WriteString(trimTrailingComma(before))
			continue
		}
		dropComma = true
	}
	return b.String()
}

func endsInComma(text string) bool { return strings.HasSuffix(strings.TrimRight(text, " \t\n"), ",") }

func trimTrailingComma(text string) string {
	return strings.TrimSuffix(strings.TrimRight(text, " \t\n"), ",")
}

func trimLeadingComma(text string) string {
	trimmed := strings.TrimLeft(text, " \t\n")
	if !strings.HasPrefix(trimmed, ",") {
		return text
	}
	return strings.TrimLeft(trimmed[1:], " \t\n")
}
