package promql

import (
	"errors"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// A RegexpBudget bounds the regular expressions of one query, which are compiled
// here and on the server. A few bytes such as .{1000} compile to a thousand
// instructions of some 40 bytes each. The zero value is a budget of which nothing
// is spent.
type RegexpBudget struct{ bytes, size int }

// Matcher returns a label matcher and, where it has a regular expression, spends
// the budget on it before compiling it. Its errors are fault.BadQuery; their
// sentences begin with subject, such as "Parameter model".
func (b *RegexpBudget) Matcher(op labels.MatchType, name, value, subject string) (*labels.Matcher, error) {
	if op == labels.MatchRegexp || op == labels.MatchNotRegexp {
		if err := b.Check(value, subject); err != nil {
			return nil, err
		}
	}
	matcher, err := labels.NewMatcher(op, name, value)
	if err != nil {
		return nil, notRegexp(subject, err)
	}
	return matcher, nil
}

// Check spends the budget on a regular expression, which has to be one by itself:
// in the group that becomes part of a matcher, "a)(b" would be one too. Its errors
// are Matcher's. The syntax tree holds repetitions unexpanded, so that parsing
// takes memory by the length of the text only.
func (b *RegexpBudget) Check(expr, subject string) error {
	if b.bytes += len(expr); b.bytes > maxRegexpBytes {
		return fault.New(fault.BadQuery, "%s is too long: the regular expressions of a query may have %d KiB together. Select fewer values.", subject, maxRegexpBytes>>10)
	}
	tree, err := syntax.Parse(expr, syntax.Perl|syntax.DotNL)
	switch {
	case isTooLarge(err):
		return tooComplex(subject)
	case err != nil:
		return notRegexp(subject, err)
	}
	if b.size += compiledSize(tree); b.size > maxRegexpSize {
		return tooComplex(subject)
	}
	return nil
}

// isTooLarge reports whether the parser refuses an expression for its size. It does so
// at several times maxRegexpSize.
func isTooLarge(err error) bool {
	invalid, ok := errors.AsType[*syntax.Error](err)
	return ok && (invalid.Code == syntax.ErrLarge || invalid.Code == syntax.ErrNestingDepth)
}

func tooComplex(subject string) error {
	return fault.New(fault.BadQuery, "%s is too complex: the regular expressions of a query may compile to %d instructions together. Use smaller repetitions, such as .* for .{1000}.", subject, maxRegexpSize)
}

func notRegexp(subject string, err error) error {
	return fault.New(fault.BadQuery, "%s is not a regular expression that Prometheus understands: %.200v.", subject, err).Because(err)
}

// compiledSize estimates how many instructions an expression compiles to. A
// character class counts its ranges too. The parser limits the depth of a tree,
// and the product of nested repetitions to 1000.
func compiledSize(re *syntax.Regexp) int {
	size := 0
	for _, sub := range re.Sub {
		size += compiledSize(sub)
	}
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		size += len(re.Rune)
	case syntax.OpRepeat: // a choice for each that may be left out
		size = re.Min*size + max(re.Max-re.Min, 1)*(size+1)
	}
	return size + 1
}

// CheckExpr spends the budget on the regular expressions of a PromQL expression.
// The parser compiles each as it reads it, so this reads the text with the lexer
// alone. It leaves what is no PromQL to the parser.
func (b *RegexpBudget) CheckExpr(expr string) error {
	if !strings.Contains(expr, "=~") && !strings.Contains(expr, "!~") {
		return nil
	}
	lexer := parser.Lex(expr)
	var item parser.Item
	afterOperator := false
	for {
		lexer.NextItem(&item)
		switch item.Typ {
		case parser.EOF, parser.ERROR:
			return nil
		case parser.COMMENT:
			continue
		case parser.STRING:
			if !afterOperator {
				break
			}
			if err := b.checkLiteral(item.Val); err != nil {
				return err
			}
		}
		afterOperator = item.Typ == parser.EQL_REGEX || item.Typ == parser.NEQ_REGEX
	}
}

// checkLiteral checks a string literal of an expression. The parser reports one that
// can't be unquoted, or that is no regular expression, with its place.
func (b *RegexpBudget) checkLiteral(literal string) error {
	text, err := strutil.Unquote(literal)
	if err == nil {
		err = b.Check(text, "A regular expression of the query")
	}
	_, isFault := errors.AsType[*fault.Error](err)
	_, isInvalid := errors.AsType[*syntax.Error](err)
	if isFault && !isInvalid {
		return err
	}
	return nil
}
