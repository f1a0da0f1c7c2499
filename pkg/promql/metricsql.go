package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"
)

// UnquoteNames writes the names that are in quotes as MetricsQL has always taken them:
// {"my.metric", "my-label"="x"} becomes {__name__="my.metric", my\-label="x"}. Older
// versions, such as VictoriaMetrics 1.79, don't read quoted names. All that follows the
// first token that isn't PromQL stays as it is.
func UnquoteNames(text string) string {
	if !strings.ContainsAny(text, "\"'`") {
		return text
	}
	var edits []edit
	lexer := parser.Lex(text)
	var last, item, next parser.Item
	braces, group := false, false
	for lexer.NextItem(&item); item.Typ != parser.EOF && item.Typ != parser.ERROR; last, item = item, next {
		nextToken(lexer, &next)
		switch item.Typ {
		case parser.LEFT_BRACE, parser.RIGHT_BRACE:
			braces = item.Typ == parser.LEFT_BRACE
		case parser.LEFT_PAREN:
			group = slices.Contains(groupings, last.Typ)
		case parser.RIGHT_PAREN:
			group = false
		case parser.STRING:
			if name, ok := unquotedName(item, last, next, braces, group); ok {
				edits = append(edits, edit{int(item.Pos), int(item.Pos) + len(item.Val), name})
			}
		}
	}
	return apply(text, edits)
}

// groupings are the keywords before a list of label names.
var groupings = []parser.ItemType{parser.BY, parser.WITHOUT, parser.ON, parser.IGNORING, parser.GROUP_LEFT, parser.GROUP_RIGHT}

// matchOperators follow a label's name in braces.
var matchOperators = []parser.ItemType{parser.EQL, parser.NEQ, parser.EQL_REGEX, parser.NEQ_REGEX}

// nextToken skips comments.
func nextToken(lexer *parser.Lexer, item *parser.Item) {
	for lexer.NextItem(item); item.Typ == parser.COMMENT; {
		lexer.NextItem(item)
	}
}

// unquotedName returns what takes the place of a string literal that is a name.
func unquotedName(literal, last, next parser.Item, braces, group bool) (string, bool) {
	isLabel := group || braces && slices.Contains(matchOperators, next.Typ)
	isMetric := braces && !isLabel && !slices.Contains(matchOperators, last.Typ)
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
