package plugin

import (
	"context"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// variable answers a query for a dashboard variable's values.
func (d *DataSource) variable(ctx context.Context, q *asked) (data.Frames, error) {
	values, err := d.values(ctx, q)
	if err != nil {
		return nil, err
	}
	return frames.Texts(values), nil
}

func (d *DataSource) values(ctx context.Context, q *asked) ([]string, error) {
	switch q.Type {
	case query.CatalogMetrics:
		return d.catalog.Names(), nil
	case query.ParamValues:
		metric, err := d.catalog.Metric(q.Metric)
		if err != nil {
			return nil, err
		}
		match, err := metric.ValueSelectors(q.Param, q.Params)
		if err != nil {
			return nil, err
		}
		return d.client.LabelValues(ctx, q.Param, within(q, match...))
	case query.QueryResult:
		return d.resultTexts(ctx, q)
	}

	matchers, err := catalog.LabelMatchers(q.Params)
	if err != nil {
		return nil, err
	}
	var match []string
	if text := catalog.SelectorText(q.Metric, matchers); text != "" {
		match = append(match, text)
	}
	switch {
	case q.Type == query.LabelNames:
		return d.client.LabelNames(ctx, within(q, match...))
	case q.Type == query.MetricNames:
		return d.client.LabelValues(ctx, series.MetricName, within(q, match...))
	case q.Label == "":
		return nil, fault.New(fault.BadQuery, "The variable names no label: choose the label whose values it lists.")
	default:
		return d.client.LabelValues(ctx, q.Label, within(q, match...))
	}
}

func within(q *asked, match ...string) promapi.Selection {
	return promapi.Selection{Match: match, Start: q.From, End: q.To}
}

// resultTexts lists an instant query's series as Grafana's query_result() does:
// name and labels, value, time in milliseconds.
func (d *DataSource) resultTexts(ctx context.Context, q *asked) ([]string, error) {
	compiled, err := d.compile(ctx, q, true)
	if err != nil {
		return nil, err
	}
	result, err := d.client.Query(ctx, promapi.Instant{Expr: compiled.Expr, At: q.To, Params: q.params})
	if err != nil {
		return nil, err
	}
	if result.Kind == series.String {
		return []string{result.Text}, nil
	}
	var texts []string
	for _, s := range result.Series {
		for i, value := range s.Values {
			number := strconv.FormatFloat(value, 'g', -1, 64)
			at := strconv.FormatInt(s.Times[i], 10)
			texts = append(texts, s.Labels.String()+" "+number+" "+at)
		}
	}
	return texts, nil
}
