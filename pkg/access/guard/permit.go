package guard

import (
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

type permittedKey struct{}

// Permit decides about a query that consists of several expressions, such as a report. It does
// so before a result is read from a cache or computed for several queries. It records the query
// as one request: at most one event for each reason. In the returned context, Query permits the
// expressions without recording them again. The notices are for an editor. A nil Guard permits
// every query.
func (g *Guard) Permit(ctx context.Context, expressions []promapi.Expression) (permitted context.Context, notices []string, err error) {
	if g == nil {
		return ctx, nil, nil
	}
	d, err := decision(ctx)
	if err != nil {
		return ctx, nil, err
	}
	if err := g.Check(ctx, d); err != nil {
		return ctx, nil, err
	}
	var all []violation
	for _, q := range expressions {
		violations, err := g.violations(ctx, &d.Policy, q)
		if err != nil {
			return ctx, nil, err
		}
		for _, v := range violations {
			if !contains(all, v.reason) {
				all = append(all, v)
			}
		}
	}
	notices, err = g.judge(ctx, d, "", all)
	return context.WithValue(ctx, permittedKey{}, true), notices, err
}
