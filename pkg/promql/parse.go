// Package promql parses and rewrites PromQL expressions. It expands time macros, reports
// syntax errors with their position, adds label matchers to the selectors of an expression,
// and writes the range of a query into an expression. Package catalog verifies the queries of
// its metrics with it, and package query prepares each query with it.
package promql

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// grammar enables all experimental features, because the server decides which of them it
// supports.
var grammar = parser.NewParser(parser.Options{
	EnableExperimentalFunctions:  true,
	ExperimentalDurationExpr:     true,
	EnableExtendedRangeSelectors: true,
	EnableBinopFillModifiers:     true,
})

// Parse parses an expression without macros. The error is a fault.BadPromQL if the expression
// is empty or invalid, or a fault.BadQuery if the expression or its regular expressions are
// too large to be parsed safely. A syntax error has a line and a column.
func Parse(expr string) (parser.Expr, error) {
	if strings.TrimSpace(expr) == "" {
		return nil, fault.New(fault.BadPromQL, "The query is empty. Write a PromQL expression.")
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

// IsForeign reports whether an expression for which Parse returned the error err may be valid
// in an extension of PromQL. It returns false if the expression is empty or too large.
func IsForeign(expr string, err error) bool {
	return fault.As(err).Kind == fault.BadPromQL && strings.TrimSpace(expr) != ""
}

// checkSize returns an error if an expression is too large to be parsed safely.
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

// MatcherText formats a matcher as PromQL. It escapes U+FFFD, which the parser otherwise
// rejects as an invalid byte.
func MatcherText(m *labels.Matcher) string {
	return strings.ReplaceAll(m.String(), string(utf8.RuneError), `\ufffd`)
}

// MatchersText formats matchers as PromQL, separated by commas.
func MatchersText(matchers []*labels.Matcher) string {
	texts := make([]string, len(matchers))
	for i, m := range matchers {
		texts[i] = MatcherText(m)
	}
	return strings.Join(texts, ",")
}
