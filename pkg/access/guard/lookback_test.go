package guard

import (
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// TestRangeLimitsLookback checks queries with a short time range that read old samples. Such a
// query can be in the catalog.
func TestRangeLimitsLookback(t *testing.T) {
	withLookback := func(lookback time.Duration) promapi.Expression {
		return promapi.Expression{Expr: "up", Start: now, End: now, Lookback: lookback}
	}
	for _, test := range []struct {
		name    string
		q       promapi.Expression
		blocked bool
	}{
		{"step", rangeOf("up", time.Hour, 2*day), true},
		{"permitted step", rangeOf("up", time.Hour, day), false},
		{"lookback", withLookback(2 * day), true},
		{"permitted lookback", withLookback(day), false},
		{"step of a subquery", rangeOf("max_over_time(up[1h:2d])", time.Hour, time.Minute), true},
		{"permitted step of a subquery", rangeOf("max_over_time(up[1h:1d])", time.Hour, time.Minute), false},
	} {
		for _, metric := range []string{"", "error_ratio"} {
			g, _ := newGuard(t)
			ctx := access.WithDecision(t.Context(), &access.Decision{Policy: access.Policy{Range: access.Block, MaxRange: day}})
			ctx = access.WithTarget(ctx, access.Target{Metric: metric})
			blocked := test.blocked && (metric == "" || !strings.Contains(test.q.Expr, "["))
			if _, err := run(ctx, g, test.q, 1); (err != nil) != blocked || blocked && !strings.HasPrefix(err.Error(), "range_too_long: ") {
				t.Errorf("%s, metric %q: %v", test.name, metric, err)
			}
		}
	}
}
