package guard

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// recorder keeps events.
type recorder struct {
	mu     sync.Mutex
	events []audit.Event
}

func (r *recorder) Record(e audit.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

var now = time.Unix(1_764_500_000, 0)

func newGuard(t *testing.T) (*Guard, *recorder) {
	t.Helper()
	c, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	return New(Options{Catalog: c, Recorder: r, Now: func() time.Time { return now }}), r
}

// rangeOf returns a query over a time range that ends now.
func rangeOf(expr string, length, step time.Duration) promapi.Expression {
	return promapi.Expression{Expr: expr, Start: now.Add(-length), End: now, Step: step}
}

const day = 24 * time.Hour

// limited contains, for each reason that a policy can block or observe, a policy, a query that
// violates it, a part of the message and, for most reasons, a query that doesn't violate it.
var limited = []struct {
	name    string
	reason  access.Reason
	policy  func(access.Verdict) access.Policy
	bad     promapi.Expression
	series  int // of the result of bad
	good    promapi.Expression
	message string
}{
	{
		"PromQL", access.PromQLNotAllowed,
		func(v access.Verdict) access.Policy { return access.Policy{PromQL: v} },
		rangeOf("sum(rate(inference_requests_total[5m]))", time.Hour, time.Minute), 1, promapi.Expression{},
		"only metrics of the catalog may be queried. inference_requests_total is in the catalog as ",
	},
	{
		"PromQL of unknown metrics", access.PromQLNotAllowed,
		func(v access.Verdict) access.Policy { return access.Policy{PromQL: v} },
		rangeOf("no_such_metric", time.Hour, time.Minute), 1, promapi.Expression{},
		"Choose a metric of the catalog, or ask an administrator",
	},
	{
		"PromQL that can't be parsed", access.PromQLNotAllowed,
		func(v access.Verdict) access.Policy { return access.Policy{PromQL: v} },
		rangeOf("range_median(up", time.Hour, time.Minute), 1, promapi.Expression{},
		"only metrics of the catalog may be queried. Choose a metric",
	},
	{
		"range", access.RangeTooLong,
		func(v access.Verdict) access.Policy { return access.Policy{Range: v, MaxRange: day} },
		rangeOf("up", 25*time.Hour, time.Hour), 1, rangeOf("up", day, time.Hour),
		"the time range is 1d1h, and the maximum is 1d. Select a shorter time range.",
	},
	{
		"range in brackets", access.RangeTooLong,
		func(v access.Verdict) access.Policy { return access.Policy{Range: v, MaxRange: day} },
		rangeOf("rate(up[90d])", 0, 0), 1, rangeOf("rate(up[1d])", 0, 0),
		"the query has a range of 90d in brackets, and the maximum is 1d.",
	},
	{
		"range of a subquery", access.RangeTooLong,
		func(v access.Verdict) access.Policy { return access.Policy{Range: v, MaxRange: day} },
		rangeOf("max_over_time(rate(up[5m])[25h:1h])", 0, 0), 1, rangeOf("max_over_time(rate(up[5m])[24h:1h])", 0, 0),
		"the query has a range of 1d1h in brackets",
	},
	{
		"range that only VictoriaMetrics reads", access.RangeTooLong,
		func(v access.Verdict) access.Policy { return access.Policy{Range: v, MaxRange: day} },
		rangeOf("label_replace(up, 'a', 'b', 'c', # \r `\n'x') or max_over_time(up[90d])\n# \r`)", 0, 0), 1, rangeOf("up # a\r\n + up # b\n", 0, 0),
		"the query can't be checked",
	},
	{
		"computed range", access.RangeTooLong,
		func(v access.Verdict) access.Policy { return access.Policy{Range: v, MaxRange: day} },
		rangeOf("rate(up[24h*90])", 0, 0), 1, rangeOf("rate(up[1h*(20+4)])", 0, 0),
		"the query has a range of 90d in brackets",
	},
	{
		"range computed from the step", access.RangeTooLong,
		func(v access.Verdict) access.Policy { return access.Policy{Range: v, MaxRange: day} },
		rangeOf("max_over_time(up[max_of(step()*48, range()):1h])", time.Hour, time.Hour), 1, rangeOf("rate(up[step()*24])", time.Hour, time.Hour),
		"the query has a range of 2d in brackets",
	},
	{
		"points of a subquery with the default step", access.ResolutionTooFine,
		func(v access.Verdict) access.Policy { return access.Policy{Points: v, MaxPoints: 60} },
		rangeOf("max_over_time(up[30d:])", 0, 0), 1, rangeOf("max_over_time(up[59m:])", 0, 0),
		"a subquery has 43201 points",
	},
	{
		"points of a subquery with a computed step", access.ResolutionTooFine,
		func(v access.Verdict) access.Policy { return access.Policy{Points: v, MaxPoints: 60} },
		rangeOf("max_over_time(up[1h:10s/10])", 0, 0), 1, rangeOf("max_over_time(up[59m:30s*2])", 0, 0),
		"a subquery has 3601 points",
	},
	{
		"regular expression of most names", access.NoMetricName,
		func(v access.Verdict) access.Policy { return access.Policy{SelectorsWithout: v} },
		rangeOf(`{__name__=~"[a-zA-Z_:].*"}`, 0, 0), 1, rangeOf(`{__name__=~"go_.*|up"}`, 0, 0),
		"has no metric name",
	},
	{
		"points", access.ResolutionTooFine,
		func(v access.Verdict) access.Policy { return access.Policy{Points: v, MaxPoints: 60} },
		rangeOf("up", time.Hour, time.Minute), 1, rangeOf("up", 59*time.Minute, time.Minute),
		"a series would have 61 points, and the maximum is 60. Increase the min step",
	},
	{
		"points of a subquery", access.ResolutionTooFine,
		func(v access.Verdict) access.Policy { return access.Policy{Points: v, MaxPoints: 60} },
		rangeOf("max_over_time(up[1h:1m])", 0, 0), 1, rangeOf("max_over_time(up[59m:1m])", 0, 0),
		"a subquery has 61 points, and the maximum is 60.",
	},
	{
		"no metric name", access.NoMetricName,
		func(v access.Verdict) access.Policy { return access.Policy{SelectorsWithout: v} },
		rangeOf(`up + on(job) {job="a"}`, time.Hour, time.Minute), 1, rangeOf(`up + on(job) {__name__=~"a.*",job="a"} + {"c.d"}`, time.Hour, time.Minute),
		`the selector {job="a"} has no metric name.`,
	},
	{
		"every metric name", access.NoMetricName,
		func(v access.Verdict) access.Policy { return access.Policy{SelectorsWithout: v} },
		rangeOf(`{__name__=~".+"}`, time.Hour, time.Minute), 1, rangeOf("up", time.Hour, time.Minute),
		`the selector {__name__=~".+"} has no metric name.`,
	},
	{
		"MetricsQL", access.NoMetricName,
		func(v access.Verdict) access.Policy { return access.Policy{SelectorsWithout: v} },
		rangeOf(`range_median({job="a"})`, time.Hour, time.Minute), 1, rangeOf("up", time.Hour, time.Minute),
		"the query can't be checked, because it isn't PromQL.",
	},
	{
		"regular expression", access.MatchesEverything,
		func(v access.Verdict) access.Policy { return access.Policy{MatchEverything: v} },
		rangeOf(`up{job="a",instance=~".*|x"}`, time.Hour, time.Minute), 1, rangeOf(`up{job=~"a.*"}`, time.Hour, time.Minute),
		`the matcher instance=~".*|x" matches every value.`,
	},
	{
		"series", access.TooManySeries,
		func(v access.Verdict) access.Policy { return access.Policy{Series: v, MaxSeries: 10} },
		rangeOf("up", time.Hour, time.Minute), 11, promapi.Expression{},
		"the result has 11 series, and the maximum is 10.",
	},
}

// run lets a guard decide about a query and its result.
func run(ctx context.Context, g *Guard, q promapi.Expression, series int) ([]string, error) {
	finish, err := g.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	return finish(series, nil)
}

// TestReasonsOfPolicy checks each reason with each verdict.
func TestReasonsOfPolicy(t *testing.T) {
	editor := access.Caller{OrgID: 2, Login: "ada", Role: "Editor"}
	for _, test := range limited {
		t.Run(test.name, func(t *testing.T) {
			g, r := newGuard(t)
			with := func(caller access.Caller, v access.Verdict) context.Context {
				return access.WithDecision(t.Context(), &access.Decision{Caller: caller, Rule: "acme", Policy: test.policy(v)})
			}
			for _, v := range []access.Verdict{access.Off, access.Observe, access.Block} {
				if test.good.Expr == "" {
					continue
				}
				if notices, err := run(with(editor, v), g, test.good, 1); err != nil || len(notices) > 0 {
					t.Errorf("%v, permitted query: %v, %v", v, notices, err)
				}
			}
			if notices, err := run(with(editor, access.Off), g, test.bad, test.series); err != nil || len(notices) > 0 || len(r.events) > 0 {
				t.Errorf("off: %v, %v, %v", notices, err, r.events)
			}

			notices, err := run(with(editor, access.Observe), g, test.bad, test.series)
			if err != nil || len(notices) != 1 || !strings.Contains(notices[0], string(test.reason)+` (rule "acme"): `) || !strings.Contains(notices[0], test.message) {
				t.Errorf("observe: %q, %v", notices, err)
			}
			for _, c := range []access.Caller{{Login: "eve", Role: "Viewer"}, {Alert: true}} {
				if notices, err := run(with(c, access.Observe), g, test.bad, test.series); err != nil || len(notices) > 0 {
					t.Errorf("observe, %+v: %q, %v", c, notices, err)
				}
			}
			_, err = run(with(editor, access.Block), g, test.bad, test.series)
			refusal, is := errors.AsType[*access.Refusal](err)
			f := fault.As(err)
			if !is || refusal.Reason != test.reason || refusal.Rule != "acme" || f.Kind != fault.Forbidden || f.Status != 403 ||
				!strings.HasPrefix(f.Text, string(test.reason)+` (rule "acme"): `) || !strings.Contains(f.Text, test.message) {
				t.Errorf("block: %v", err)
			}
			got := map[string]int{}
			for _, e := range r.events {
				got[e.Verdict+" "+e.Reason]++
				if e.Target != test.bad.Expr || !e.Time.Equal(now) || !strings.Contains(e.Message, test.message) {
					t.Errorf("event %+v", e)
				}
			}
			if diff := cmp.Diff(map[string]int{"observe " + string(test.reason): 3, "block " + string(test.reason): 1}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEveryReasonIsTested checks that limited contains each reason except those of the access
// rules, which TestReasonsOfRules tests. limited can't contain these, because access rules
// have no verdict observe.
func TestEveryReasonIsTested(t *testing.T) {
	tested := []access.Reason{access.Denied, access.NotConfinable, access.ForbiddenParam} // in TestReasonsOfRules
	for _, test := range limited {
		if !slices.Contains(tested, test.reason) {
			tested = append(tested, test.reason)
		}
	}
	all := access.Reasons()
	slices.Sort(all)
	slices.Sort(tested)
	if diff := cmp.Diff(all, tested); diff != "" {
		t.Error(diff)
	}
}

func TestReasonsOfRules(t *testing.T) {
	g, r := newGuard(t)
	tenant := labels.MustNewMatcher(labels.MatchEqual, "tenant", `a"b`)
	confined := &access.Decision{Caller: access.Caller{OrgID: 2, Login: "ada", Role: "Viewer"}, Rule: "acme", Matchers: []*labels.Matcher{tenant}}
	denied := &access.Decision{Caller: access.Caller{OrgID: 3, Alert: true, Rule: "abc"}, Denied: true, Why: "no access rule permits this."}
	ctx := access.WithTarget(access.WithDecision(t.Context(), confined), access.Target{Action: "GET /api/v1/labels"})
	if got, err := g.Matchers(ctx); err != nil || len(got) != 1 || got[0] != tenant {
		t.Errorf("%v, %v", got, err)
	}
	deniedCtx := access.WithDecision(t.Context(), denied)
	_, ofMatchers := g.Matchers(deniedCtx)
	_, ofQuery := g.Query(deniedCtx, rangeOf("up", time.Hour, time.Minute))
	errs := []error{
		ofMatchers, ofQuery,
		g.NotConfinable(ctx, "range_median(up)", fault.New(fault.BadPromQL, "This is not valid PromQL.")),
		g.NotConfinable(ctx, "up", &promapi.ParamError{Text: "The parameter extra_label could widen the result."}),
	}
	want := []audit.Event{
		{Time: now, Actor: "alert:abc", Org: 3, Action: "query", Verdict: "block", Reason: "access_denied", Message: "no access rule permits this."},
		{Time: now, Actor: "alert:abc", Org: 3, Action: "query", Verdict: "block", Reason: "access_denied", Message: "no access rule permits this."},
		{Time: now, Actor: "ada", Org: 2, Role: "Viewer", Action: "GET /api/v1/labels", Target: "range_median(up)", Verdict: "block", Reason: "access_not_confinable", Message: "This is not valid PromQL.", Matchers: `tenant="a\"b"`},
		{Time: now, Actor: "ada", Org: 2, Role: "Viewer", Action: "GET /api/v1/labels", Target: "up", Verdict: "block", Reason: "access_parameter", Message: "The parameter extra_label could widen the result.", Matchers: `tenant="a\"b"`},
	}
	if diff := cmp.Diff(want, r.events); diff != "" {
		t.Error(diff)
	}
	for i, err := range errs {
		refusal, is := errors.AsType[*access.Refusal](err)
		if !is || string(refusal.Reason) != want[i].Reason || fault.As(err).Status != 403 || !strings.HasSuffix(err.Error(), ": "+want[i].Message) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestRequestWithoutDecisionFails: such a request must not be sent.
func TestRequestWithoutDecisionFails(t *testing.T) {
	g, r := newGuard(t)
	q := rangeOf("up", time.Hour, time.Minute)
	_, ofMatchers := g.Matchers(t.Context())
	_, ofQuery := g.Query(t.Context(), q)
	for _, err := range []error{ofMatchers, ofQuery, g.NotConfinable(t.Context(), "up", errors.New("x"))} {
		if err == nil || fault.As(err).Kind != fault.Internal {
			t.Errorf("%v", err)
		}
	}
	if len(r.events) > 0 {
		t.Errorf("%v", r.events)
	}
}

// TestCatalogQueries checks that limits on expressions don't apply to the catalog, whose queries
// don't come from callers, but that limits on time ranges and results do.
func TestCatalogQueries(t *testing.T) {
	g, r := newGuard(t)
	p := access.Policy{PromQL: access.Block, Range: access.Block, MaxRange: day, SelectorsWithout: access.Block, MatchEverything: access.Block, Series: access.Block, MaxSeries: 5}
	ctx := access.WithDecision(t.Context(), &access.Decision{Policy: p})
	ofCatalog := access.WithTarget(ctx, access.Target{Action: "catalog", Metric: "requests"})
	q := rangeOf(`sum(rate({job=~".+"}[90d]))`, time.Hour, time.Minute)
	if notices, err := run(ofCatalog, g, q, 5); err != nil || len(notices) > 0 || len(r.events) > 0 {
		t.Errorf("%v, %v, %v", notices, err, r.events)
	}
	if _, err := run(ctx, g, q, 5); err == nil {
		t.Error("the caller's own query isn't refused")
	}
	if _, err := run(ofCatalog, g, rangeOf("up", 2*day, time.Hour), 1); err == nil || !strings.HasPrefix(err.Error(), "range_too_long: ") {
		t.Errorf("%v", err)
	}
	if _, err := run(ofCatalog, g, q, 6); err == nil || !strings.HasPrefix(err.Error(), "too_many_series: ") {
		t.Errorf("%v", err)
	}
	if got := r.events[len(r.events)-1]; got.Target != "requests" || got.Action != "catalog" {
		t.Errorf("%+v", got)
	}
	if !g.LimitsSeries(ctx) || g.LimitsSeries(t.Context()) {
		t.Error("LimitsSeries")
	}
}

func TestSuggestions(t *testing.T) {
	g, _ := newGuard(t)
	for name, want := range map[string]string{
		"inference_latency_seconds_bucket": "inference_latency_seconds_bucket is in the catalog as ",
		"inference_requests_total":         " others.",
		"x_bucket":                         "Choose a metric of the catalog",
	} {
		if got := g.suggestion([]string{name}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
