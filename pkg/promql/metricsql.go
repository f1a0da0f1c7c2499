package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"
)

// UnquoteNames replaces quoted names by a syntax that all versions of MetricsQL support:
// {"my.metric", "my-label"="x"} becomes {__name__="my.metric", my\-label="x"}. Older
// versions, such as VictoriaMetrics 1.79, don't support quoted names. A name that has no such
// form stays quoted. The text after a token that isn't PromQL is not changed.
func UnquoteNames(text string) string {
	if !strings.ContainsAny(text, "\"'`") {
		return text
	}
	var edits []edit
	lexer := parser.Lex(text)
	var last, item, next parser.Item
	inBraces, inGrouping := false, false
	for lexer.NextItem(&item); item.Typ != parser.EOF && item.Typ != parser.ERROR; last, item = item, next {
		nextToken(lexer, &next)
		switch item.Typ {
		case parser.LEFT_BRACE, parser.RIGHT_BRACE:
			inBraces = item.Typ == parser.LEFT_BRACE
		case parser.LEFT_PAREN:
			inGrouping = slices.Contains(groupings, last.Typ)
		case parser.RIGHT_PAREN:
			inGrouping = false
		case parser.STRING:
			if name, ok := unquotedName(item, last, next, inBraces, inGrouping); ok {
				edits = append(edits, edit{int(item.Pos), int(item.Pos) + len(item.Val), name})
			}
		}
	}
	return apply(text, edits)
}

// groupings are the keywords that precede a list of label names.
var groupings = []parser.ItemType{parser.BY, parser.WITHOUT, parser.ON, parser.IGNORING, parser.GROUP_LEFT, parser.GROUP_RIGHT}

// matchOperators are the operators that follow a label name in braces.
var matchOperators = []parser.ItemType{parser.EQL, parser.NEQ, parser.EQL_REGEX, parser.NEQ_REGEX}

// nextToken reads the next token that isn't a comment.
func nextToken(lexer *parser.Lexer, item *parser.Item) {
	for lexer.NextItem(item); item.Typ == parser.COMMENT; {
		lexer.NextItem(item)
	}
}

// unquotedName returns the replacement of a string literal that is a quoted name. It returns
// false for any other literal. last and next are the tokens before and after the literal.
func unquotedName(literal, last, next parser.Item, inBraces, inGrouping bool) (string, bool) {
	isLabel := inGrouping || inBraces && slices.Contains(matchOperators, next.Typ)
	isMetric := inBraces && !isLabel && !slices.Contains(matchOperators, last.Typ)
	switch {
	case isMetric:
		return model.MetricNameLabel + "=" + literal.Val, true
	case !isLabel:
		return "", false
	}
	name, err := strutil.Unquote(literal.Val)
	if err != nil || name == "" {
		return "", false
	}
	return escapeIdentifier(name), true
}
