package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// exemplars are those of a range's series, where the query wants them and a
// person is looking. A failure leaves the graph as it is: beside tells it.
func (d *DataSource) exemplars(ctx context.Context, a *asked, compiled query.Compiled, beside *series.Result) []series.ExemplarSeries {
	if !a.Exemplar || promapi.IsAlert(ctx) {
		return nil
	}
	answer, err := d.client.Exemplars(ctx, compiled.Expr, compiled.Spans[0].Start, a.To)
	if err != nil {
		beside.Warnings = append(beside.Warnings, noExemplars(err))
	}
	beside.Merge(answer.Notes)
	return answer.Series
}

// noExemplars is the warning on a graph whose exemplars are missing.
func noExemplars(err error) string { return "There are no exemplars: " + fault.As(err).Text }

// shapeExemplars makes their frames; over are those that they are drawn over.
func (d *DataSource) shapeExemplars(a *asked, expr string, all []series.ExemplarSeries, over data.Frames) (data.Frames, error) {
	return frames.Exemplars(all, frames.ExemplarOptions{
		Expr: expr, Step: a.Step, Sampler: a.Sampler, Links: d.settings.TraceLinks, Over: over,
	})
}
