package promql

import (
	"cmp"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Equal reports whether two trees have the same nodes with the same values, and therefore the
// same meaning. It ignores positions in the text and the order of the matchers of a selector.
// Equal is used to verify rewritten expressions, so it returns false for nodes of an unknown
// type.
func Equal(a, b parser.Expr) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *parser.AggregateExpr:
		b, ok := b.(*parser.AggregateExpr)
		return ok && a.Op == b.Op && a.Without == b.Without && slices.Equal(a.Grouping, b.Grouping) &&
			Equal(a.Expr, b.Expr) && Equal(a.Param, b.Param)
	case *parser.BinaryExpr:
		b, ok := b.(*parser.BinaryExpr)
		return ok && a.Op == b.Op && a.ReturnBool == b.ReturnBool && equalMatching(a.VectorMatching, b.VectorMatching) &&
			Equal(a.LHS, b.LHS) && Equal(a.RHS, b.RHS)
	case *parser.Call:
		b, ok := b.(*parser.Call)
		return ok && a.Func.Name == b.Func.Name &&
			slices.EqualFunc(a.Args, b.Args, Equal)
	case *parser.DurationExpr:
		b, ok := b.(*parser.DurationExpr)
		return ok && equalDuration(a, b)
	case *parser.MatrixSelector:
		b, ok := b.(*parser.MatrixSelector)
		return ok && a.Range == b.Range && equalDuration(a.RangeExpr, b.RangeExpr) &&
			Equal(a.VectorSelector, b.VectorSelector)
	case *parser.NumberLiteral:
		b, ok := b.(*parser.NumberLiteral)
		return ok && equalBits(a.Val, b.Val) && a.Duration == b.Duration
	case *parser.ParenExpr:
		b, ok := b.(*parser.ParenExpr)
		return ok && Equal(a.Expr, b.Expr)
	case *parser.StringLiteral:
		b, ok := b.(*parser.StringLiteral)
		return ok && a.Val == b.Val
	case *parser.SubqueryExpr:
		b, ok := b.(*parser.SubqueryExpr)
		return ok && equalSubquery(a, b)
	case *parser.UnaryExpr:
		b, ok := b.(*parser.UnaryExpr)
		return ok && a.Op == b.Op && Equal(a.Expr, b.Expr)
	case *parser.VectorSelector:
		b, ok := b.(*parser.VectorSelector)
		return ok && equalSelector(a, b)
	default:
		return false
	}
}

func equalSelector(a, b *parser.VectorSelector) bool {
	return a.Name == b.Name &&
		a.OriginalOffset == b.OriginalOffset && equalDuration(a.OriginalOffsetExpr, b.OriginalOffsetExpr) &&
		equalAt(a.Timestamp, b.Timestamp) && a.StartOrEnd == b.StartOrEnd &&
		a.Anchored == b.Anchored && a.Smoothed == b.Smoothed &&
		a.BypassEmptyMatcherCheck == b.BypassEmptyMatcherCheck &&
		slices.EqualFunc(sortedMatchers(a.LabelMatchers), sortedMatchers(b.LabelMatchers), sameMatcher)
}

func equalSubquery(a, b *parser.SubqueryExpr) bool {
	return a.Range == b.Range && equalDuration(a.RangeExpr, b.RangeExpr) &&
		a.Step == b.Step && equalDuration(a.StepExpr, b.StepExpr) &&
		a.OriginalOffset == b.OriginalOffset && equalDuration(a.OriginalOffsetExpr, b.OriginalOffsetExpr) &&
		equalAt(a.Timestamp, b.Timestamp) && a.StartOrEnd == b.StartOrEnd &&
		Equal(a.Expr, b.Expr)
}

// equalDuration compares duration expressions. They are nil for plain durations.
func equalDuration(a, b *parser.DurationExpr) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Op == b.Op && a.Wrapped == b.Wrapped && Equal(a.LHS, b.LHS) && Equal(a.RHS, b.RHS)
}

func equalMatching(a, b *parser.VectorMatching) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Card == b.Card && a.On == b.On &&
		slices.Equal(a.MatchingLabels, b.MatchingLabels) && slices.Equal(a.Include, b.Include) &&
		equalFill(a.FillValues.LHS, b.FillValues.LHS) && equalFill(a.FillValues.RHS, b.FillValues.RHS)
}

func equalFill(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return equalBits(*a, *b)
}

func equalAt(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// equalBits reports whether two numbers have the same bits: NaN equals NaN, but -0 isn't 0.
func equalBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

func sameMatcher(a, b *labels.Matcher) bool { return compareMatchers(a, b) == 0 }

func compareMatchers(a, b *labels.Matcher) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Value, b.Value))
}

func sortedMatchers(matchers []*labels.Matcher) []*labels.Matcher {
	return slices.SortedFunc(slices.Values(matchers), compareMatchers)
}
