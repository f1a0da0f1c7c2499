package promql

import (
	"cmp"
	"errors"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// RegexpBudget bounds the regular expressions of a query, which the plugin and the server
// compile. A short expression such as .{1000} compiles to a thousand instructions of about
// 40 bytes each. The zero value is an unspent budget with the limits of a query.
type RegexpBudget struct {
	MaxSize       int // maximum number of instructions; 0 for maxRegexpSize
	MaxClassRunes int // maximum size of the character classes; 0 for maxClassRunes

	bytes, size, classRunes int
	repeated                int // part of size: the instructions that repetitions add
	steps                   int // of MatchesEverything and MatchesEveryName
}

// Matcher returns a label matcher. If it has a regular expression, Matcher checks the budget
// before it compiles the expression. The error is a fault.BadQuery whose text begins with
// subject, such as "Parameter model".
func (b *RegexpBudget) Matcher(op labels.MatchType, name, value, subject string) (*labels.Matcher, error) {
	if op == labels.MatchRegexp || op == labels.MatchNotRegexp {
		if err := b.Check(value, subject); err != nil {
			return nil, err
		}
	}
	matcher, err := labels.NewMatcher(op, name, value)
	if err != nil {
		return nil, invalidRegexp(subject, err)
	}
	return matcher, nil
}

// Check counts a regular expression towards the budget. Its errors are those of Matcher. The
// expression must be valid by itself: "a)(b" would be valid within the group that a matcher
// adds. The syntax tree doesn't expand repetitions, so the memory for parsing depends only
// on the length of the text.
func (b *RegexpBudget) Check(expr, subject string) error {
	if b.bytes += len(expr); b.bytes > maxRegexpBytes {
		return fault.New(fault.BadQuery, "%s makes the regular expressions of the query longer than %d KiB, which is the limit for all of them together. Select fewer values.", subject, maxRegexpBytes>>10)
	}
	maxSize, maxRunes := cmp.Or(b.MaxSize, maxRegexpSize), cmp.Or(b.MaxClassRunes, maxClassRunes)
	if b.size <= maxSize && b.repeated <= maxRepeatedSize && b.classRunes <= maxRunes { // parsing takes time, too
		tree, err := syntax.Parse(expr, syntax.Perl|syntax.DotNL)
		switch {
		case isTooLarge(err):
			b.size = maxSize + 1
			return tooComplex(subject, maxSize)
		case err != nil:
			return invalidRegexp(subject, err)
		}
		size, once := compiledSizes(tree)
		b.size, b.repeated = b.size+size, b.repeated+size-once
		b.classRunes += classRunes(tree)
	}
	switch {
	case b.size > maxSize || b.repeated > maxRepeatedSize:
		return tooComplex(subject, maxSize)
	case b.classRunes > maxRunes:
		return fault.New(fault.BadQuery, "%s has too many character classes that match most characters, such as [^a] or \\D. The limit for all regular expressions together is %d. Use . instead, or list the characters.", subject, maxRunes/WholeClass)
	}
	return nil
}

// isTooLarge reports whether the error of Go's parser is due to the size or the depth of an
// expression. The parser's limit of the size is about twice maxRegexpSize.
func isTooLarge(err error) bool {
	invalid, ok := errors.AsType[*syntax.Error](err)
	return ok && (invalid.Code == syntax.ErrLarge || invalid.Code == syntax.ErrNestingDepth)
}

func tooComplex(subject string, maxSize int) error {
	return fault.New(fault.BadQuery, "%s is too complex. The limit for all regular expressions of a query together is %d instructions, of which repetitions may add %d. Use smaller repetitions, such as .* instead of .{1000}.", subject, maxSize, maxRepeatedSize)
}

func invalidRegexp(subject string, err error) error {
	return fault.New(fault.BadQuery, "%s is not a regular expression that Prometheus supports: %.200v.", subject, err).Because(err)
}

// compiledSize estimates the number of instructions that an expression compiles to. The
// ranges of a character class count too. The recursion and the result are bounded, because
// the parser limits the depth of a tree, and the product of nested repetitions to 1000.
func compiledSize(re *syntax.Regexp) int {
	size, _ := compiledSizes(re)
	return size
}

// compiledSizes returns the result of compiledSize, and the number of instructions if each
// repetition occurred once.
func compiledSizes(re *syntax.Regexp) (size, once int) {
	for _, sub := range re.Sub {
		subSize, subOnce := compiledSizes(sub)
		size, once = size+subSize, once+subOnce
	}
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		size, once = size+len(re.Rune), once+len(re.Rune)
	case syntax.OpRepeat: // each optional repetition takes one more instruction
		size = re.Min*size + max(re.Max-re.Min, 1)*(size+1)
	}
	return size + 1, once + 1
}

// minFold and maxFold are the first and the last character with an upper or lower case. A
// character class can have at most WholeClass characters between them.
const (
	minFold    = 0x41
	maxFold    = 0x1e943
	WholeClass = maxFold - minFold + 1
)

// classRunes returns the number of characters in the character classes of an expression, from
// minFold to maxFold. To print an expression, the package syntax can look up the case of each of
// these characters. Prometheus prints each expression that it compiles.
func classRunes(re *syntax.Regexp) int {
	n := 0
	for _, sub := range re.Sub {
		n += classRunes(sub)
	}
	if re.Op == syntax.OpCharClass {
		for i := 0; i+1 < len(re.Rune); i += 2 {
			n += max(int(min(re.Rune[i+1], maxFold)-max(re.Rune[i], minFold))+1, 0)
		}
	}
	return n
}

// CheckExpr counts the regular expressions of a PromQL expression towards the budget. It uses
// only the lexer, because the parser compiles regular expressions while it parses. It
// ignores syntax errors, which the parser reports.
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

// checkLiteral counts the regular expression in a string literal towards the budget. It
// ignores a literal that can't be unquoted or isn't a regular expression, because the parser
// reports these errors with their position.
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
