package guard

import (
	"slices"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// TestQueryOfSeveralExpressionsIsRecordedOnce checks the events of a query that needs several
// expressions.
func TestQueryOfSeveralExpressionsIsRecordedOnce(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy access.Policy
		denied bool
		want   []string
	}{
		{"allowed", access.Policy{}, false, []string{"allow "}},
		{"denied", access.Policy{}, true, []string{"block access_denied"}},
		{"observed", access.Policy{PromQL: access.Observe}, false, []string{"observe promql_not_allowed"}},
		{"one observed", access.Policy{Range: access.Observe, MaxRange: time.Hour}, false, []string{"observe range_too_long"}},
		{"one blocked", access.Policy{Range: access.Block, MaxRange: time.Hour}, false, []string{"block range_too_long"}},
		{"one blocked and both observed", access.Policy{PromQL: access.Observe, Range: access.Block, MaxRange: time.Hour}, false, []string{"block range_too_long"}},
	} {
		g, r := newGuard(t)
		g.AuditAll = true
		ctx, end := g.Begin(access.WithDecision(t.Context(), &access.Decision{Denied: test.denied, Policy: test.policy}))
		for _, length := range []time.Duration{time.Minute, day, time.Minute} {
			_, _ = run(ctx, g, rangeOf("up", length, time.Minute), 1)
		}
		if len(r.events) > 0 {
			t.Errorf("%s: recorded before the end: %v", test.name, r.events)
		}
		end()
		var got []string
		for _, e := range r.events {
			got = append(got, e.Verdict+" "+e.Reason)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

// TestSharedRefusalIsRecordedForEachQuery: a query that shares the computation of another query is
// recorded, too, if that computation is refused. A decision after the end is recorded
// immediately.
func TestSharedRefusalIsRecordedForEachQuery(t *testing.T) {
	g, r := newGuard(t)
	decided := access.WithDecision(t.Context(), &access.Decision{Policy: access.Policy{Series: access.Block, MaxSeries: 1}})
	expressions := []promapi.Expression{rangeOf("up", time.Hour, time.Minute)}
	var failure error
	for n := range 2 {
		ctx, end := g.Begin(decided)
		ctx, finish, err := g.Permit(ctx, expressions)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 { // the second query gets the error of the first one
			_, failure = run(ctx, g, expressions[0], 2)
		}
		if _, err := finish(failure); err == nil {
			t.Error("no error")
		}
		end()
		if len(r.events) != n+1 || r.events[n].Verdict != "block" || r.events[n].Reason != "too_many_series" || r.events[n].Message != r.events[0].Message {
			t.Errorf("recorded %+v", r.events)
		}
		_, _ = run(ctx, g, expressions[0], 2)
		if len(r.events) != n+2 || r.events[n+1].Reason != "too_many_series" {
			t.Fatalf("recorded after the end: %+v", r.events[n+1:])
		}
		r.events = r.events[:n+1]
	}
}
