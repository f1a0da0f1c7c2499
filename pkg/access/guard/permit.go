package guard

import (
	"context"
	"errors"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

type permittedKey struct{}

// permitted is a query of several expressions that Permit has permitted.
type permitted struct {
	mu         sync.Mutex
	violations []violation // at most one for each reason
	refused    bool        // whether an expression was refused, which has been recorded
}

func (p *permitted) add(violations []violation) {
	for _, v := range violations {
		if !contains(p.violations, v.reason) {
			p.violations = append(p.violations, v)
		}
	}
}

// Permit decides about a query that consists of several expressions, such as a report. It does
// so before a result is read from a cache or computed for several queries. With the returned
// context, Query limits only the number of series of each expression. The caller must call
// finish with the error of the query, or nil. finish records the query as one request: at most
// one event for each reason. It returns notices for an editor, and the error that it was
// called with. A nil Guard permits every query.
func (g *Guard) Permit(ctx context.Context, expressions []promapi.Expression) (_ context.Context, finish func(failure error) (notices []string, err error), err error) {
	if g == nil {
		return ctx, func(failure error) ([]string, error) { return nil, failure }, nil
	}
	d, err := decision(ctx)
	if err != nil {
		return ctx, nil, err
	}
	if err := g.Check(ctx, d); err != nil {
		return ctx, nil, err
	}
	p := &permitted{}
	for _, q := range expressions {
		violations, err := g.violations(ctx, &d.Policy, q)
		if err != nil {
			return ctx, nil, err
		}
		p.add(violations)
	}
	if err := g.block(ctx, d, "", p.violations); err != nil {
		return ctx, nil, err
	}
	return context.WithValue(ctx, permittedKey{}, p), func(failure error) ([]string, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		refusal, isRefused := errors.AsType[*access.Refusal](failure)
		if isRefused && ledgerOf(ctx) != nil {
			// If another query computed the report, the refusal is in the ledger of that query.
			g.record(ctx, d, "", violation{refusal.Reason, access.Block, refusal.Text})
		}
		if p.refused || isRefused {
			return nil, failure
		}
		return g.observe(ctx, d, "", p.violations), failure
	}, nil
}

// finishPart decides about one expression of a permitted query, whose result has the given
// number of series.
func (g *Guard) finishPart(ctx context.Context, d *access.Decision, expr string, p *permitted, series int, failure error) error {
	if failure != nil {
		return failure
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	tooMany, err := g.limitSeries(ctx, d, expr, series)
	p.add(tooMany)
	p.refused = p.refused || err != nil
	return err
}
