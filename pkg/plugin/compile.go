package plugin

import (
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// compile compiles a query for the server. An expression that isn't PromQL remains as written,
// apart from its macros, because the server may support it. If the ad-hoc filters can't be
// added to the expression, VictoriaMetrics applies them. For other servers the query fails,
// because the result without the filters would contain too many series. VictoriaMetrics also
// applies filters on label names that must be quoted, because its older versions don't support
// quoted names in the expression.
func (d *DataSource) compile(ctx context.Context, r *request, instant bool) (compiled query.Compiled, err error) {
	defer func() { r.executed.Store(&compiled.Expr) }()
	err = d.budget.Parse(ctx, r.size, func() error {
		compiled, err = r.Compile(r.metric, instant)
		return err
	})
	if err != nil || !compiled.ServerFilters() {
		return compiled, err
	}
	server := d.client.Server(ctx)
	switch {
	case server.SpeaksMetricsQL():
		compiled.Expr = compiled.Unfiltered
		compiled.ExtraFilters, err = promql.ExtraFilters(d.client.ExtraFilters(r.params), compiled.Matchers)
		return compiled, err
	case compiled.NotPromQL != nil && server == promapi.Server{}:
		return compiled, fault.New(fault.Unreachable, "The ad-hoc filters can't be added to this query. %s VictoriaMetrics accepts filters separately from the query, but the plugin doesn't know whether the server is VictoriaMetrics, because the server did not answer. Try again when the server answers.",
			fault.As(compiled.NotPromQL).Text).Because(compiled.NotPromQL)
	case compiled.NotPromQL != nil:
		return compiled, fault.New(fault.BadPromQL, "The ad-hoc filters can't be added to this query. %s Remove the filters, or write the query in PromQL. "+
			"Only VictoriaMetrics accepts filters separately from the query, and the server was identified as %s.",
			fault.As(compiled.NotPromQL).Text, server).Because(compiled.NotPromQL)
	default:
		return compiled, nil
	}
}
