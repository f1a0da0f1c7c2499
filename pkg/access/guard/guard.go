// Package guard enforces the access rules and the policy of a data source. If there are any,
// package promapi calls a Guard for every request for data. The Guard returns the matchers
// that restrict the request, refuses requests, and records decisions in the audit log.
package guard

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// Options are the dependencies of a Guard.
type Options struct {
	Catalog  *catalog.Catalog // for suggestions
	Recorder audit.Recorder   // nil for no audit log
	AuditAll bool             // the audit log contains allowed queries, too
	Budget   *budget.Source   // for parsing expressions; nil for no limits
	Now      func() time.Time
}

// Guard is the promapi.Governor of a data source. It is safe for concurrent use.
type Guard struct {
	Options
	readers func() map[string][]string // result of the function readers, computed once
}

var _ promapi.Governor = (*Guard)(nil)

// New returns a Guard.
func New(o Options) *Guard {
	return &Guard{Options: o, readers: sync.OnceValue(func() map[string][]string { return readers(o.Catalog) })}
}

// decision returns the decision of a context, or an error if the context has none. A request
// without a decision is therefore not sent.
func decision(ctx context.Context) (*access.Decision, error) {
	if d := access.FromContext(ctx); d != nil {
		return d, nil
	}
	return nil, fault.New(fault.Internal, "The request has no access decision, so it was not sent.").Because(errors.New("the context has no access decision"))
}

// Matchers implements promapi.Governor.
func (g *Guard) Matchers(ctx context.Context) ([]*labels.Matcher, error) {
	d, err := decision(ctx)
	if err != nil {
		return nil, err
	}
	if err := g.Check(ctx, d); err != nil {
		return nil, err
	}
	return d.Matchers, nil
}

// Check returns an error if a decision denies access, and records the refusal.
func (g *Guard) Check(ctx context.Context, d *access.Decision) error {
	if !d.Denied {
		return nil
	}
	return g.refuse(ctx, d, "", violation{access.Denied, access.Block, d.Why})
}

// Query implements promapi.Governor.
func (g *Guard) Query(ctx context.Context, q promapi.Expression) (promapi.Finish, error) {
	d, err := decision(ctx)
	if err != nil {
		return nil, err
	}
	if err := g.Check(ctx, d); err != nil {
		return nil, err
	}
	if r, ok := ctx.Value(permittedKey{}).(*permitted); ok {
		return func(series int, failure error) ([]string, error) {
			return nil, g.finishPart(ctx, d, q.Expr, r, series, failure)
		}, nil
	}
	violations, err := g.violations(ctx, &d.Policy, q)
	if err != nil {
		return nil, err
	}
	if err := g.block(ctx, d, q.Expr, violations); err != nil {
		return nil, err
	}
	return func(series int, failure error) ([]string, error) {
		return g.finish(ctx, d, q.Expr, violations, series, failure)
	}, nil
}

// block returns an error for the first violation that is blocked, and records only this one.
func (g *Guard) block(ctx context.Context, d *access.Decision, expr string, violations []violation) error {
	for _, v := range violations {
		if v.verdict == access.Block {
			return g.refuse(ctx, d, expr, v)
		}
	}
	return nil
}

// finish decides about a query whose result has the given number of series. It records the
// violations and returns the notices for an editor. If the policy blocks so many series,
// finish records only that and returns an error. A query that may run is recorded only after
// it has run, so that none is recorded both as allowed and as blocked. If failure, the error
// of the query, is a refusal, finish records nothing, because the refusal has been recorded
// already.
func (g *Guard) finish(ctx context.Context, d *access.Decision, expr string, violations []violation, series int, failure error) (notices []string, err error) {
	if isRefusal(failure) {
		return nil, failure
	}
	if failure == nil {
		tooMany, err := g.limitSeries(ctx, d, expr, series)
		if err != nil {
			return nil, err
		}
		violations = append(violations, tooMany...)
	}
	return g.observe(ctx, d, expr, violations), failure
}

// limitSeries returns a violation if a result has more series than the policy allows. If the
// policy blocks such results, limitSeries also records the violation and returns an error.
func (g *Guard) limitSeries(ctx context.Context, d *access.Decision, expr string, series int) ([]violation, error) {
	p := &d.Policy
	if p.Series == access.Off || series <= p.MaxSeries {
		return nil, nil
	}
	tooMany := []violation{{access.TooManySeries, p.Series, tooManySeries(series, p.MaxSeries)}}
	return tooMany, g.block(ctx, d, expr, tooMany)
}

// observe records violations and returns the notices for an editor. Without violations, it
// records the query if AuditAll is true.
func (g *Guard) observe(ctx context.Context, d *access.Decision, expr string, violations []violation) (notices []string) {
	for _, v := range violations {
		g.record(ctx, d, expr, v)
		if isEditor(d.Caller) {
			notices = append(notices, "The policy of the data source advises against this query, which may be refused in the future. "+access.Refuse(v.reason, d.Rule, v.text).Error())
		}
	}
	if g.AuditAll && len(violations) == 0 {
		g.record(ctx, d, expr, violation{})
	}
	return notices
}

// isRefusal reports whether err is the error of a refused request, which has been recorded.
func isRefusal(err error) bool {
	_, is := errors.AsType[*access.Refusal](err)
	return is
}

// isEditor reports whether a caller sees notices about the policy.
func isEditor(c access.Caller) bool {
	return !c.Alert && (c.Role == "Editor" || c.Role == "Admin" || c.Role == "Grafana Admin")
}

// LimitsSeries implements promapi.Governor.
func (g *Guard) LimitsSeries(ctx context.Context) bool {
	d := access.FromContext(ctx)
	return d != nil && d.Policy.Series == access.Block
}

// NotConfinable implements promapi.Governor.
func (g *Guard) NotConfinable(ctx context.Context, target string, cause error) error {
	d, err := decision(ctx)
	if err != nil {
		return err
	}
	reason := access.NotConfinable
	if _, is := errors.AsType[*promapi.ParamError](cause); is {
		reason = access.ForbiddenParam
	}
	return g.refuse(ctx, d, target, violation{reason, access.Block, cause.Error()})
}

// refuse records a blocked request and returns its error.
func (g *Guard) refuse(ctx context.Context, d *access.Decision, expr string, v violation) error {
	g.record(ctx, d, expr, v)
	return access.Refuse(v.reason, d.Rule, v.text)
}
