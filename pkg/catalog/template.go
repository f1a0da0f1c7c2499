package catalog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// A template is a metric's query cut at its placeholders:
//
//	__PARAMS__        the matchers of every parameter, inside a selector's braces
//	__PARAMS(a,b)__   those of these parameters only
//	__BY__            the label names to group by, inside by (…), on (…) and the like
type template struct {
	pieces []piece
}

// piece is literal text, or else one placeholder.
type piece struct {
	text   string
	hole   hole
	params []string // of __PARAMS(a,b)__; nil means every parameter
}

type hole uint8

const (
	noHole hole = iota
	matcherHole
	groupHole
)

var (
	placeholder = regexp.MustCompile(`__PARAMS(?:\(([^)]*)\))?__|__BY__`)
	upperCase   = regexp.MustCompile(`__[A-Z]+(?:\([^)]*\))?__`)
)

// parseTemplate cuts a query at its placeholders. A word that looks like a
// placeholder and is none is an error, so that a misspelt one never reaches
// Prometheus.
func parseTemplate(query string) (template, error) {
	for _, word := range upperCase.FindAllString(query, -1) {
		if !placeholder.MatchString(word) {
			return template{}, fault.New(fault.Misconfigured, "There is no placeholder %s, only __PARAMS__, __PARAMS(a,b)__ and __BY__.", clip(word))
		}
	}
	var t template
	rest := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(query, -1) {
		t.pieces = append(t.pieces, piece{text: query[rest:at[0]]})
		next := piece{hole: matcherHole}
		if query[at[0]:at[1]] == "__BY__" {
			next.hole = groupHole
		} else if at[2] >= 0 {
			next.params = []string{}
			for name := range strings.SplitSeq(query[at[2]:at[3]], ",") {
				next.params = append(next.params, strings.TrimSpace(name))
			}
		}
		t.pieces = append(t.pieces, next)
		rest = at[1]
	}
	t.pieces = append(t.pieces, piece{text: query[rest:]})
	return t, nil
}

// takesGroup reports whether the query leaves its grouping open.
func (t template) takesGroup() bool {
	return slices.ContainsFunc(t.pieces, func(p piece) bool { return p.hole == groupHole })
}

// takes reports whether a placeholder is filled with the parameter.
func (p piece) takes(param string) bool {
	return p.hole == matcherHole && (p.params == nil || slices.Contains(p.params, param))
}

// fill writes the template with its placeholders filled by matchers and group,
// each a list of what stands between commas. A comma that an empty list would
// leave beside it is dropped.
func (t template) fill(matchers func(piece) []string, group []string) string {
	var b strings.Builder
	dropComma := false
	for _, p := range t.pieces {
		if p.hole == noHole {
			text := p.text
			if dropComma {
				text = trimLeadingComma(text)
			}
			b.WriteString(text)
			dropComma = false
			continue
		}
		list := group
		if p.hole == matcherHole {
			list = matchers(p)
		}
		if len(list) > 0 {
			separator := ","
			if p.hole == groupHole {
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
