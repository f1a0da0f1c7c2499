package promql

import (
	"math"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// Duration returns the value of a duration expression, such as that of [1h * 24], for a query
// with a range and a step. The value is at least 0, because the server rejects negative ranges
// and steps. If it can't be computed or is too long, Duration returns the longest duration, so
// that a limit refuses it.
func Duration(expr *parser.DurationExpr, queryRange, step time.Duration) time.Duration {
	const longest = time.Duration(math.MaxInt64)
	seconds := durationSeconds(expr, queryRange, step)
	if math.IsNaN(seconds) || seconds >= longest.Seconds() {
		return longest
	}
	return time.Duration(max(seconds, 0) * float64(time.Second))
}

// durationSeconds returns the value of a duration expression in seconds. It is NaN for an unknown
// node.
func durationSeconds(expr parser.Expr, queryRange, step time.Duration) float64 {
	if number, is := expr.(*parser.NumberLiteral); is {
		return number.Val
	}
	d, is := expr.(*parser.DurationExpr)
	if !is {
		return math.NaN()
	}
	var left, right float64 // an operator with one operand has the left operand 0
	if d.LHS != nil {
		left = durationSeconds(d.LHS, queryRange, step)
	}
	if d.RHS != nil {
		right = durationSeconds(d.RHS, queryRange, step)
	}
	switch d.Op {
	case parser.STEP:
		return step.Seconds()
	case parser.RANGE:
		return queryRange.Seconds()
	case parser.MIN_OF:
		return min(left, right)
	case parser.MAX_OF:
		return max(left, right)
	case parser.ADD:
		return left + right
	case parser.SUB:
		return left - right
	case parser.MUL:
		return left * right
	case parser.DIV:
		return left / right
	case parser.MOD:
		return math.Mod(left, right)
	case parser.POW:
		return math.Pow(left, right)
	default:
		return math.NaN()
	}
}
