package rest

import (
	"context"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/gateway"
)

// langoRoute returns the handler of a route of Lango's gateway: docs/contracts/lango.md#routes.
// params are the names of the route's parameters in addition to the parameter instance.
func langoRoute[T any](a api, compute func(*gateway.Request, context.Context) (T, error), params ...string) func(*http.Request, input) (any, error) {
	return func(r *http.Request, in input) (any, error) {
		if err := in.checkNames(append([]string{"instance"}, params...)...); err != nil {
			return nil, err
		}
		if err := in.checkValues(); err != nil {
			return nil, err
		}
		request := &gateway.Request{Prometheus: a.Client, Now: a.Now(), Instances: in["instance"]}
		var err error
		if request.Limit, err = in.number("limit", 1, gateway.MaxItems, gateway.DefaultItems); err != nil {
			return nil, err
		}
		if request.Days, err = in.number("days", 1, gateway.MaxDays, gateway.DefaultDays); err != nil {
			return nil, err
		}
		if a.Broken != nil {
			return nil, a.Broken
		}
		// The PromQL is that of package gateway, so the policy's limits on PromQL don't apply to it.
		ctx := access.WithTarget(r.Context(), access.Target{Action: access.TargetOf(r.Context()).Action, Metric: "Lango gateway"})
		answer, err := compute(request, a.Budget.Begin(ctx, a.MaxBytes))
		if err != nil && fault.As(err).Kind == fault.BadQuery && len(request.Instances) > 0 {
			return nil, &detailed{err, details{"parameter": "instance", "value": fault.ClipName(request.Instances[0])}}
		}
		return answer, err
	}
}
