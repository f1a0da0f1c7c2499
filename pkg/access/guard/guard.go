// Package guard enforces the access rules and the policy of a data source. Package promapi
// calls a Guard for every request for data. The Guard returns the matchers that restrict the
// request, refuses requests, and records its decisions in the audit log.
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

// decision returns the decision of a context. Without one, it returns an error, so that a
// request for which nobody has decided isn't sent.
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

// Check returns an error if a decision denies access.
func (g *Guard) Check(ctx context.Context, d *access.Decision) error {
	if !d.Denied {
		return nil
	}
	return g.refuse(ctx, d, "", violation{access.Denied, access.Block, d.Why})
}

// Query implements promapi.Governor.
func (g *Guard) Query(ctx context.Context, q promapi.Expression) ([]string, error) {
	d, err := decision(ctx)
	if err != nil {
		return nil, err
	}
	if err := g.Check(ctx, d); err != nil {
		return nil, err
	}
	if ctx.Value(permittedKey{}) != nil {
		return nil, nil
	}
	violations, err := g.violations(ctx, &d.Policy, q)
	if err != nil {
		return nil, err
	}
	return g.judge(ctx, d, q.Expr, violations)
}

// judge records violations and returns notices about them if the caller is an editor. If the
// verdict of a violation is Block, judge records only this violation and returns an error. If
// there are no violations, judge records the query if AuditAll is true.
func (g *Guard) judge(ctx context.Context, d *access.Decision, expr string, violations []violation) (notices []string, err error) {
	for _, v := range violations {
		if v.verdict == access.Block {
			return nil, g.refuse(ctx, d, expr, v)
		}
	}
	for _, v := range violations {
		g.record(ctx, d, expr, v)
		if isEditor(d.Caller) {
			notices = append(notices, "The policy of the data source advises against this query, which may be refused in the future. "+access.Refuse(v.reason, d.Rule, v.text).Error())
		}
	}
	if g.AuditAll && len(violations) == 0 {
		g.record(ctx, d, expr, violation{})
	}
	return notices, nil
}

// isEditor reports whether a caller sees notices about the policy.
func isEditor(c access.Caller) bool {
	return !c.Alert && (c.Role == "Editor" || c.Role == "Admin" || c.Role == "Grafana Admin")
}

// Series implements promapi.Governor.
func (g *Guard) Series(ctx context.Context, q promapi.Expression, series int) ([]string, error) {
	d, err := decision(ctx)
	if err != nil {
		return nil, err
	}
	p := &d.Policy
	if p.Series == access.Off || series <= p.MaxSeries {
		return nil, nil
	}
	v := violation{access.TooManySeries, p.Series, tooManySeries(series, p.MaxSeries)}
	if p.Series == access.Block {
		return nil, g.refuse(ctx, d, q.Expr, v)
	}
	return g.judge(ctx, d, q.Expr, []violation{v})
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
