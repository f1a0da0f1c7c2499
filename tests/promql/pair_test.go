package promql

import (
	"context"
	"math"
	"regexp"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// pair is a query with one or more added matchers, together with the query with which it is
// compared. Both queries must have the same result.
type pair struct {
	engine.Query
	original engine.Query
	t        *testing.T
}

func (p *pair) Exec(ctx context.Context) *engine.Result {
	want, got := p.original.Exec(ctx), p.Query.Exec(ctx)
	switch {
	case (want.Err == nil) != (got.Err == nil):
		p.t.Errorf("%s fails with %v, %s with %v", p.original, want.Err, p, got.Err)
	case want.Err == nil && !sameValue(want.Value, got.Value):
		p.t.Errorf("%s returns\n%v\n%s returns\n%v", p.original, want.Value, p, got.Value)
	}
	if want, got := warnings(want, p.original), warnings(got, p); !slices.Equal(want, got) {
		p.t.Errorf("%s has the warnings %v, %s has %v", p.original, want, p, got)
	}
	got.Warnings = want.Warnings // the corpus checks their positions in the original query
	return got
}

var position = regexp.MustCompile(` \(\d+:\d+\)`)

// warnings returns warnings and infos without their positions in the query.
func warnings(r *engine.Result, q engine.Query) []string {
	warnings, infos := r.Warnings.AsStrings(q.String(), 0, 0)
	list := slices.Concat(warnings, infos)
	for i, text := range list {
		list[i] = position.ReplaceAllString(text, "")
	}
	return slices.Sorted(slices.Values(list))
}

func (p *pair) Close() {
	p.original.Close()
	p.Query.Close()
}

// sameValue compares results bit by bit. It ignores the order of a vector, because the
// corpus checks the order where it matters.
func sameValue(a, b parser.Value) bool {
	switch a := a.(type) {
	case engine.Vector:
		b, ok := b.(engine.Vector)
		return ok && slices.EqualFunc(byLabels(a), byLabels(b), func(a, b engine.Sample) bool {
			return labels.Equal(a.Metric, b.Metric) && a.T == b.T && sameFloat(a.F, b.F) && sameHistogram(a.H, b.H)
		})
	case engine.Matrix:
		b, ok := b.(engine.Matrix)
		return ok && slices.EqualFunc(a, b, func(a, b engine.Series) bool {
			return labels.Equal(a.Metric, b.Metric) &&
				slices.EqualFunc(a.Floats, b.Floats, func(a, b engine.FPoint) bool { return a.T == b.T && sameFloat(a.F, b.F) }) &&
				slices.EqualFunc(a.Histograms, b.Histograms, func(a, b engine.HPoint) bool { return a.T == b.T && sameHistogram(a.H, b.H) })
		})
	case engine.Scalar:
		b, ok := b.(engine.Scalar)
		return ok && a.T == b.T && sameFloat(a.V, b.V)
	default:
		return a == b
	}
}

func byLabels(v engine.Vector) engine.Vector {
	return slices.SortedFunc(slices.Values(v), func(a, b engine.Sample) int { return labels.Compare(a.Metric, b.Metric) })
}

func sameFloat(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

func sameHistogram(a, b *histogram.FloatHistogram) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equals(b) && a.CounterResetHint == b.CounterResetHint
}
