package promql

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// errNotFixed is the error of FixRange if its result has another tree than expected.
var errNotFixed = errors.New("the query's range can't be written into the expression")

// FixRange writes the range of a query into expr, so that a request for a part of the range
// returns the same values as a request for the complete range. It replaces start(), end(),
// range() and step() by numbers. All four are functions. start() and end() also occur in @
// modifiers, and range() and step() in durations. (Prometheus, querying basics and functions.)
// FixRange doesn't change the rest of the text.
//
// If there is nothing to replace, FixRange returns expr without parsing it. Otherwise it
// verifies the result: it makes the same replacements in the tree of expr, and compares this
// tree with the tree of the result. It returns an error if the trees differ, or if expr or the
// result is not valid.
func FixRange(expr string, start, end time.Time, step time.Duration) (string, error) {
	bounds := rangeBounds{
		parser.START: millis(start.UnixMilli()),
		parser.END:   millis(end.UnixMilli()),
		parser.RANGE: millis(end.Sub(start).Milliseconds()),
		parser.STEP:  millis(step.Milliseconds()),
	}
	edits := bounds.edits(expr)
	if len(edits) == 0 {
		return expr, nil
	}
	tree, err := Parse(expr)
	if err != nil {
		return "", err
	}
	text := apply(expr, edits)
	got, err := Parse(text)
	if err != nil {
		return "", err
	}
	if !Equal(bounds.replace(tree), got) {
		return "", errNotFixed
	}
	return text, nil
}

// rangeBounds maps the parser's keywords for the range of a query to their values.
type rangeBounds map[parser.ItemType]millis

// rangeFunctions maps the name of a function in a parsed tree to the keyword for this function
// in the text of an expression.
var rangeFunctions = map[string]parser.ItemType{"start": parser.START, "end": parser.END, "range": parser.RANGE, "step": parser.STEP}

// millis is a time or a duration in milliseconds. Its methods convert it to seconds, the unit
// of PromQL.
type millis int64

func (m millis) seconds() float64 { return float64(m) / float64(time.Second/time.Millisecond) }

func (m millis) String() string { return strconv.FormatFloat(m.seconds(), 'f', -1, 64) }

func (m millis) literal() parser.Expr { return &parser.NumberLiteral{Val: m.seconds()} }

// edits returns the edits that replace each keyword and the () after it by a number. Unless
// the keyword follows an @, the number is in parentheses, because it can be an operand. A
// keyword without () can be a name and is not replaced.
func (b rangeBounds) edits(expr string) []edit {
	var edits []edit
	var before, word, open parser.Item // the last three items, not counting comments
	lexer := parser.Lex(expr)
	for {
		var item parser.Item
		lexer.NextItem(&item)
		switch item.Typ {
		case parser.COMMENT:
			continue
		case parser.EOF, parser.ERROR:
			return edits
		}
		if item.Typ == parser.RIGHT_PAREN && open.Typ == parser.LEFT_PAREN {
			if value, ok := b[word.Typ]; ok {
				text := value.String()
				if before.Typ != parser.AT {
					text = "(" + text + ")"
				}
				edits = append(edits, edit{int(word.Pos), int(item.Pos) + len(item.Val), text})
			}
		}
		before, word, open = word, open, item
	}
}

// replace makes the replacements of the method edits in a tree, and returns the tree.
func (b rangeBounds) replace(expr parser.Expr) parser.Expr {
	switch e := expr.(type) {
	case *parser.AggregateExpr:
		e.Expr, e.Param = b.replace(e.Expr), b.replace(e.Param)
	case *parser.BinaryExpr:
		e.LHS, e.RHS = b.replace(e.LHS), b.replace(e.RHS)
	case *parser.Call:
		if word, ok := rangeFunctions[e.Func.Name]; ok {
			return &parser.ParenExpr{Expr: b[word].literal()}
		}
		for i, arg := range e.Args {
			e.Args[i] = b.replace(arg)
		}
	case *parser.MatrixSelector:
		e.RangeExpr = b.duration(e.RangeExpr)
		b.replace(e.VectorSelector)
	case *parser.ParenExpr:
		e.Expr = b.replace(e.Expr)
	case *parser.SubqueryExpr:
		e.Expr = b.replace(e.Expr)
		e.RangeExpr, e.StepExpr, e.OriginalOffsetExpr = b.duration(e.RangeExpr), b.duration(e.StepExpr), b.duration(e.OriginalOffsetExpr)
		b.at(&e.Timestamp, &e.StartOrEnd)
	case *parser.UnaryExpr:
		e.Expr = b.replace(e.Expr)
	case *parser.VectorSelector:
		e.OriginalOffsetExpr = b.duration(e.OriginalOffsetExpr)
		b.at(&e.Timestamp, &e.StartOrEnd)
	}
	return expr
}

// at replaces start() or end() in an @ modifier by a time.
func (b rangeBounds) at(timestamp **int64, startOrEnd *parser.ItemType) {
	if value, ok := b[*startOrEnd]; ok {
		*timestamp, *startOrEnd = new(int64(value)), 0
	}
}

// duration replaces range() and step() in a duration. The parser represents a number in
// parentheses as a sum with one operand.
func (b rangeBounds) duration(expr *parser.DurationExpr) *parser.DurationExpr {
	if expr == nil {
		return nil
	}
	if value, ok := b[expr.Op]; ok {
		return &parser.DurationExpr{Op: parser.ADD, Wrapped: true, RHS: value.literal()}
	}
	for _, operand := range []*parser.Expr{&expr.LHS, &expr.RHS} {
		if nested, ok := (*operand).(*parser.DurationExpr); ok {
			*operand = b.duration(nested)
		}
	}
	return expr
}
