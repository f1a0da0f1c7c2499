package guard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// violation is a limit of the policy that a query violates, or the reason why the access rules
// refuse a request.
type violation struct {
	reason  access.Reason
	verdict access.Verdict
	text    string // the end of a sentence: what is wrong, and what to do
}

// violations returns the limits of a policy that a query violates. It returns an error if the
// budget doesn't permit parsing the query in time.
func (g *Guard) violations(ctx context.Context, p *access.Policy, q promapi.Expression) ([]violation, error) {
	var all []violation
	add := func(reason access.Reason, verdict access.Verdict, format string, args ...any) {
		if contains(all, reason) {
			return // one notice and one event for each reason
		}
		all = append(all, violation{reason, verdict, fault.New(fault.Forbidden, format, args...).Text})
	}
	if length := max(q.End.Sub(q.Start), access.TargetOf(ctx).Span); p.Range != access.Off && length > p.MaxRange {
		add(access.RangeTooLong, p.Range, "the time range is %s, and the maximum is %s. Select a shorter time range.", short(length), short(p.MaxRange))
	}
	// VictoriaMetrics reads samples as old as the step, so the step is limited like a range.
	if oldest := max(q.Step, q.Lookback); p.Range != access.Off && oldest > p.MaxRange {
		add(access.RangeTooLong, p.Range, "the step, or the parameter lookback_delta or max_lookback, is longer than the maximum of %s. Decrease it.", short(p.MaxRange))
	}
	if n := points(q.End.Sub(q.Start), q.Step); p.Points != access.Off && n > p.MaxPoints {
		add(access.ResolutionTooFine, p.Points, "a series would have %d points, and the maximum is %d. Increase the min step, or select a shorter time range.", n, p.MaxPoints)
	}
	if access.TargetOf(ctx).Metric != "" || !checksExpressions(p) {
		return all, nil
	}
	var (
		read reader
		err  error
	)
	if waited := g.Budget.Parse(ctx, len(q.Expr), func() error {
		err = read.parse(q)
		return nil
	}); waited != nil {
		return nil, waited
	}
	if p.PromQL != access.Off {
		add(access.PromQLNotAllowed, p.PromQL, "only metrics of the catalog may be queried. %s", g.suggestion(read.names))
	}
	if err != nil {
		if reason, verdict := unchecked(p); verdict != access.Off {
			add(reason, verdict, "the query can't be checked, because it isn't PromQL. %s", fault.As(err).Text)
		}
		return all, nil
	}
	if p.Range != access.Off && read.longest > p.MaxRange {
		add(access.RangeTooLong, p.Range, "the query has a range of %s in brackets, and the maximum is %s. Write a shorter range.", short(read.longest), short(p.MaxRange))
	}
	if p.Points != access.Off && read.subqueryPoints > p.MaxPoints {
		add(access.ResolutionTooFine, p.Points, "a subquery has %d points, and the maximum is %d. Increase its step, or write a shorter range.", read.subqueryPoints, p.MaxPoints)
	}
	if s := read.unnamed; p.SelectorsWithout != access.Off && s != nil {
		add(access.NoMetricName, p.SelectorsWithout, `the selector %s has no metric name. Write the name in front of the braces, such as up{job="api"}.`, fault.ClipName(s.String()))
	}
	if m := read.everything; p.MatchEverything != access.Off && m != nil {
		add(access.MatchesEverything, p.MatchEverything, "the matcher %s matches every value. Remove it, or write the values that you need.", fault.ClipName(promql.MatcherText(m)))
	}
	return all, nil
}

func contains(all []violation, reason access.Reason) bool {
	return slices.ContainsFunc(all, func(v violation) bool { return v.reason == reason })
}

// checksExpressions reports whether a policy depends on the text of an expression.
func checksExpressions(p *access.Policy) bool {
	return max(p.PromQL, p.Range, p.Points, p.SelectorsWithout, p.MatchEverything) != access.Off
}

// unchecked returns the reason and the verdict for an expression that can't be parsed. Of the
// limits that can't be checked then, it chooses the one with the strictest verdict.
func unchecked(p *access.Policy) (access.Reason, access.Verdict) {
	reason, verdict := access.NoMetricName, p.SelectorsWithout
	for _, other := range []violation{{reason: access.MatchesEverything, verdict: p.MatchEverything}, {reason: access.RangeTooLong, verdict: p.Range}, {reason: access.ResolutionTooFine, verdict: p.Points}} {
		if other.verdict > verdict {
			reason, verdict = other.reason, other.verdict
		}
	}
	return reason, verdict
}

// points returns the number of points that a series has in a range. It is 1 if step is 0.
func points(length, step time.Duration) int {
	if step <= 0 {
		return 1
	}
	return int(length/step) + 1
}

func short(d time.Duration) string { return model.Duration(d).String() }

func tooManySeries(series, maximum int) string {
	return fmt.Sprintf("the result has %d series, and the maximum is %d. Aggregate the result, such as with sum by, or add matchers.", series, maximum)
}

// reader collects what the policy limits in an expression.
type reader struct {
	names          []string               // of the metrics in selectors, without duplicates
	longest        time.Duration          // longest range or step in brackets
	subqueryPoints int                    // largest number of points in one evaluation of a subquery
	unnamed        *parser.VectorSelector // first selector without a metric name
	everything     *labels.Matcher        // first matcher that matches everything
	regexps        promql.RegexpBudget
}

// parse reads an expression. It returns an error if the expression isn't PromQL, or if
// VictoriaMetrics could read it differently, because there a carriage return ends no comment.
func (r *reader) parse(q promapi.Expression) error {
	if strings.Contains(q.Expr, "#") && strings.Contains(strings.ReplaceAll(q.Expr, "\r\n", "\n"), "\r") {
		return fault.New(fault.BadPromQL, "The query has comments and a carriage return without a line feed. Servers disagree about whether such a carriage return ends a comment. Remove the carriage return.")
	}
	tree, err := promql.Parse(q.Expr)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	duration := func(literal time.Duration, computed *parser.DurationExpr) time.Duration {
		if computed == nil {
			return literal
		}
		return promql.Duration(computed, q.End.Sub(q.Start), q.Step)
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			r.longest = max(r.longest, duration(n.Range, n.RangeExpr))
		case *parser.SubqueryExpr:
			length, step := duration(n.Range, n.RangeExpr), duration(n.Step, n.StepExpr)
			r.longest = max(r.longest, length, step)
			r.subqueryPoints = max(r.subqueryPoints, points(length, cmp.Or(step, defaultSubqueryStep)))
		case *parser.VectorSelector:
			if !n.BypassEmptyMatcherCheck { // the label selector of info() selects no series by itself
				r.selector(n, seen)
			}
		}
		return nil
	})
	return nil
}

func (r *reader) selector(s *parser.VectorSelector, seen map[string]bool) {
	named := false
	for _, m := range s.LabelMatchers {
		isName := m.Name == model.MetricNameLabel
		everything := (isName || r.everything == nil) && r.regexps.MatchesEverything(m)
		if everything && r.everything == nil {
			r.everything = m
		}
		switch {
		case isName && m.Type == labels.MatchEqual && m.Value != "":
			named = true
			if !seen[m.Value] {
				seen[m.Value] = true
				r.names = append(r.names, m.Value)
			}
		case isName && m.Type == labels.MatchRegexp && !everything && !m.Matches("") && !r.regexps.MatchesEveryName(m):
			named = true
		}
	}
	if !named && r.unnamed == nil {
		r.unnamed = s
	}
}
