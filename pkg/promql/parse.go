// Package promql does everything that is done to an expression: it fills in the
// time macros, parses, and says in a sentence where a text isn't PromQL.
// catalog proves its rendering with it; plugin calls it before a query is sent.
package promql

import (
	"errors"
	"strings"

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
// fault.BadPromQL that gives the line, the column and the parser's message.
func Parse(expr string) (parser.Expr, error) {
	if strings.TrimSpace(expr) == "" {
		return nil, fault.New(fault.BadPromQL, "The query is empty: write a PromQL expression.")
	}
	tree, err := grammar.ParseExpr(expr)
	if err != nil {
		return nil, syntaxError(err)
	}
	return tree, nil
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
