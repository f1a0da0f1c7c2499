package guard

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
)

// TestBlockedQueryIsRecordedOnce: a query that is blocked for one reason isn't observed for
// others, because it doesn't run.
func TestBlockedQueryIsRecordedOnce(t *testing.T) {
	g, r := newGuard(t)
	ctx := access.WithDecision(t.Context(), &access.Decision{Policy: access.Policy{PromQL: access.Observe, MatchEverything: access.Block, SelectorsWithout: access.Block}})
	if _, err := g.Query(ctx, rangeOf(`{job=~".*"}`, time.Hour, time.Minute)); err == nil {
		t.Error("no error")
	}
	if len(r.events) != 1 || r.events[0].Verdict != "block" {
		t.Errorf("%v", r.events)
	}
}

// TestOneViolationForEachReason checks queries that violate a limit in several ways.
func TestOneViolationForEachReason(t *testing.T) {
	for _, test := range []struct {
		expr string
		want []string
	}{
		{"range_median(", []string{"range_too_long"}},
		{"rate(up[90d])", []string{"range_too_long", "resolution_too_fine"}},
		{"max_over_time(up[90d:1s])", []string{"range_too_long", "resolution_too_fine"}},
	} {
		g, r := newGuard(t)
		p := access.Policy{Range: access.Observe, MaxRange: day}
		if len(test.want) > 1 {
			p.Points, p.MaxPoints = access.Observe, 10
		}
		ctx := access.WithDecision(t.Context(), &access.Decision{Caller: access.Caller{Role: "Admin"}, Policy: p})
		notices, err := run(ctx, g, rangeOf(test.expr, 2*day, time.Hour), 1)
		got := []string{}
		for _, e := range r.events {
			got = append(got, e.Reason)
		}
		if err != nil || !slices.Equal(got, test.want) || len(notices) != len(got) {
			t.Errorf("%s: %q, %q, %v", test.expr, got, notices, err)
		}
	}
}

// TestQueryHasOneVerdict checks the audit events of a query whose verdict depends on its result. A
// blocked result replaces the verdicts allow and observe.
func TestQueryHasOneVerdict(t *testing.T) {
	refused := access.Refuse(access.NotConfinable, "acme", "no.")
	limit := access.Policy{Series: access.Block, MaxSeries: 5}
	observed := access.Policy{PromQL: access.Observe, Series: access.Block, MaxSeries: 5}
	both := access.Policy{PromQL: access.Observe, Series: access.Observe, MaxSeries: 5}
	for _, test := range []struct {
		name    string
		policy  access.Policy
		series  int
		failure error
		all     bool
		want    []string
	}{
		{"allowed", limit, 5, nil, true, []string{"allow "}},
		{"allowed and not recorded", limit, 5, nil, false, nil},
		{"too many series", limit, 6, nil, true, []string{"block too_many_series"}},
		{"too many series of an observed query", observed, 6, nil, true, []string{"block too_many_series"}},
		{"observed", observed, 5, nil, true, []string{"observe promql_not_allowed"}},
		{"observed twice", both, 6, nil, true, []string{"observe promql_not_allowed", "observe too_many_series"}},
		{"error of the server", limit, 0, errors.New("timeout"), true, []string{"allow "}},
		{"observed, and error of the server", observed, 0, errors.New("timeout"), false, []string{"observe promql_not_allowed"}},
		{"refused after Query", observed, 0, refused, true, nil},
	} {
		g, r := newGuard(t)
		g.AuditAll = test.all
		ctx := access.WithDecision(t.Context(), &access.Decision{Caller: access.Caller{Role: "Admin"}, Policy: test.policy})
		finish, err := g.Query(ctx, rangeOf("up", time.Hour, time.Minute))
		if err != nil || len(r.events) > 0 {
			t.Fatalf("%s: %v, recorded %v", test.name, err, r.events)
		}
		_, err = finish(test.series, test.failure)
		var got []string
		for _, e := range r.events {
			got = append(got, e.Verdict+" "+e.Reason)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q", test.name, got)
		}
		if test.failure != nil && !errors.Is(err, test.failure) {
			t.Errorf("%s: returned %v", test.name, err)
		}
	}
}
