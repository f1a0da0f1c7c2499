// Package promql does everything that is done to an expression: it fills in the
// time macros, parses, and says in a sentence where a text isn't PromQL.
// catalog proves its rendering with it; plugin calls it before a query is sent.
package promql

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// The server decides which experimental functions it runs, so the parser here
// knows all of them.
var grammar = parser.NewParser(parser.Options{
	EnableExperimentalFunctions:  true,
	ExperimentalDurationExpr:     true,
	EnableExtendedRangeSelectors: true,
	EnableBinopFillModifiers:     true,
})

// Parse parses an expression whose macros are already filled in. Its error is a
// fault.BadPromQL that gives the line, the column and the parser's message, or a
// fault.BadQuery where the expression is too large to be parsed safely.
func Parse(expr string) (parser.Expr, error) {
	if strings.TrimSpace(expr) == "" {
		return nil, fault.New(fault.BadPromQL, "The query is empty: write a PromQL expression.")
	}
	if err := checkSize(expr); err != nil {
		return nil, err
	}
	if err := new(RegexpBudget).CheckExpr(expr); err != nil {
		return nil, err
	}
	tree, err := grammar.ParseExpr(expr)
	if err != nil {
		return nil, syntaxError(err)
	}
	return tree, nil
}

// IsForeign reports whether an expression that Parse refuses may be understood by a
// server whose language has more in it than Prometheus's: an empty one is not, nor one
// that is too large.
func IsForeign(expr string, refusal error) bool {
	return fault.As(refusal).Kind == fault.BadPromQL && strings.TrimSpace(expr) != ""
}

// checkSize refuses what nobody writes.
func checkSize(expr string) error {
	if len(expr) > maxBytes {
		return fault.New(fault.BadQuery, "The query is longer than %d MiB. Shorten it, or select fewer values.", maxBytes>>20)
	}
	if len(expr) <= maxTokens {
		return nil
	}
	lexer := parser.Lex(expr)
	var item parser.Item
	for range maxTokens {
		lexer.NextItem(&item)
		if item.Typ == parser.EOF || item.Typ == parser.ERROR {
			return nil
		}
	}
	return fault.New(fault.BadQuery, "The query has more than %d tokens. Shorten it, or divide it into several.", maxTokens)
}

func syntaxError(err error) error {
	var all parser.ParseErrors
	if errors.As(err, &all) && len(all) > 0 {
		first := all[0]
		at := first.PositionRange.StartPosInput(first.Query, first.LineOffset)
		return fault.New(fault.BadPromQL, "This is not valid PromQL, at line %s: %v.", strings.Replace(at, ":", ", column ", 1), first.Err).Because(err)
	}
	return fault.New(fault.BadPromQL, "This is not valid PromQL: %v.", err).Because(err)
}

// MatcherText prints a matcher as PromQL takes it. U+FFFD is a character like any
// other in a label's value, but the parser takes it for a broken one unless it is
// escaped.
func MatcherText(m *labels.Matcher) string {
	return strings.ReplaceAll(m.String(), string(utf8.RuneError), `\ufffd`)
}
