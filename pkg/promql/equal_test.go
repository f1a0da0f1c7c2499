package promql

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// different contains expressions of which no two are Equal.
var different = []string{
	`1`, `-1`, `0`, `-0`, `NaN`, `300`, `5m`, `"a"`, `"b"`, `(1)`, `((1))`,
	`x`, `y`, `-x`, `+x`, `{__name__="x"}`, `{"y"}`, `x{a="1"}`, `x{a!="1"}`, `x{a=~"1"}`, `x{b="1"}`, `x{a="1",b="1"}`, `x{a="1",a="1"}`,
	`x offset 5m`, `x offset -5m`, `x offset step()`, `x offset (step())`, `x offset 0.0015`, `x offset 0.0014`,
	`x @ 1`, `x @ 1.5`, `x @ start()`, `x @ end()`,
	`x[5m]`, `x[0.0015]`, `x[1ms]`, `x[step()]`, `x[range()]`, `x[step()+1m]`, `x[step()-1m]`, `x[5m] anchored`, `x[5m] smoothed`, `x[5m] offset 1m`, `x[5m] @ 1`,
	`x[min_of(1m, step())]`, `x[max_of(1m, step())]`, `x[min_of(step(), 1m)]`, `x[-(-step())]`,
	`x[5m:]`, `x[5m:1m]`, `x[5m:2m]`, `x[5m:0.0015]`, `x[5m:1ms]`, `x[5m:step()]`, `x[1m+step():1m]`, `x[5m:] offset 1m`, `x[5m:] offset step()`, `x[5m:] @ 1`, `x[5m:] @ end()`, `y[5m:]`,
	`rate(x[5m])`, `irate(x[5m])`, `round(x)`, `round(x, 2)`, `label_replace(x, "a", "b", "c", "d")`, `label_replace(x, "a", "b", "c", "e")`, `info(x)`, `info(x, {a="1"})`,
	`sum(x)`, `avg(x)`, `sum(y)`, `sum without () (x)`, `sum by (a) (x)`, `sum by (b) (x)`, `sum by (a, b) (x)`, `sum without (a) (x)`, `topk(1, x)`, `topk(2, x)`,
	`x + y`, `y + x`, `x - y`, `x > y`, `x > bool y`, `x + (y)`,
	`x + on () y`, `x + on (a) y`, `x + ignoring (a) y`, `x + on (a) group_left () y`, `x + on (a) group_right () y`, `x + on (a) group_left (b) y`,
	`x + fill (0) y`, `x + fill (-0) y`, `x + fill_left (0) y`, `x + fill_right (0) y`, `x + fill (NaN) y`,
	`x + x * x`, `(x + x) * x`, `x - (x - x)`, `x - x - x`,
}

func TestEqual(t *testing.T) {
	for i, a := range different {
		for j, b := range different {
			// A comment and spaces change all positions.
			left, err := Parse(a)
			if err != nil {
				t.Fatalf("%s: %v", a, err)
			}
			right, err := Parse("# a comment\n  " + b)
			if err != nil {
				t.Fatalf("%s: %v", b, err)
			}
			if got := Equal(left, right); got != (i == j) {
				t.Errorf("%s and %s: got %t", a, b, got)
			}
		}
	}
}

func TestEqualIgnoresTheOrderOfMatchers(t *testing.T) {
	a, _ := Parse(`{a="1",b="2",a!="3"}`)
	b, _ := Parse(`{a!="3",b="2",a="1"}`)
	if !Equal(a, b) {
		t.Errorf("%s and %s", a, b)
	}
}

func TestEqualOfUnknownNode(t *testing.T) {
	one := &parser.StepInvariantExpr{Expr: &parser.NumberLiteral{Val: 1}}
	if Equal(one, one) {
		t.Error("equal")
	}
}

// TestEqualReadsEveryField fails if a new version of the parser has fields that Equal
// ignores.
func TestEqualReadsEveryField(t *testing.T) {
	const ( // fields that don't influence the meaning
		positions = "PosRange StartPos EndPos"
		engine    = "Offset SkipHistogramBuckets UnexpandedSeriesSet Series"
	)
	for _, test := range []struct {
		node any
		read string
	}{
		{parser.AggregateExpr{}, "Op Expr Param Grouping Without"},
		{parser.BinaryExpr{}, "Op LHS RHS VectorMatching ReturnBool"},
		{parser.Call{}, "Func Args"},
		{parser.DurationExpr{}, "Op LHS RHS Wrapped"},
		{parser.MatrixSelector{}, "VectorSelector Range RangeExpr"},
		{parser.NumberLiteral{}, "Val Duration"},
		{parser.ParenExpr{}, "Expr"},
		{parser.StringLiteral{}, "Val"},
		{parser.SubqueryExpr{}, "Expr Range RangeExpr OriginalOffset OriginalOffsetExpr Timestamp StartOrEnd Step StepExpr"},
		{parser.UnaryExpr{}, "Op Expr"},
		{parser.VectorSelector{}, "Name OriginalOffset OriginalOffsetExpr Timestamp StartOrEnd LabelMatchers BypassEmptyMatcherCheck Anchored Smoothed"},
		{parser.VectorMatching{}, "Card MatchingLabels On Include FillValues"},
		{parser.VectorMatchFillValues{}, "LHS RHS"},
	} {
		fields := strings.Fields(test.read + " " + positions + " " + engine)
		for field := range reflect.TypeOf(test.node).Fields() {
			if !slices.Contains(fields, field.Name) {
				t.Errorf("%T has the unknown field %s", test.node, field.Name)
			}
		}
	}
}
