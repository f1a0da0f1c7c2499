package plugin

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// variable answers a query for a dashboard variable's values.
func (d *DataSource) variable(ctx context.Context, q *asked) (data.Frames, error) {
	values, err := d.values(ctx, q)
	if err != nil {
		return nil, err
	}
	return frames.Texts(values.Data, values.Notes), nil
}

// values lists a variable's values, with the notes of the answer that they come from.
func (d *DataSource) values(ctx context.Context, q *asked) (values promapi.Answer[[]string], err error) {
	switch q.Type {
	case query.CatalogMetrics:
		values.Data = d.catalog.Names()
		return values, nil
	case query.ParamValues:
		metric, err := d.catalog.Metric(q.Metric)
		if err != nil {
			return values, err
		}
		var match []string
		err = d.budget.Parse(ctx, q.size, func() error {
			match, err = metric.ValueSelectors(q.Param, q.Params)
			return err
		})
		if err != nil {
			return values, err
		}
		return d.client.LabelValues(ctx, q.Param, within(q, match...))
	case query.QueryResult:
		return d.resultTexts(ctx, q)
	}

	var match []string
	err = d.budget.Parse(ctx, q.size, func() error {
		match, err = selectors(q)
		return err
	})
	if err != nil {
		return values, err
	}
	switch {
	case q.Type == query.Series:
		return d.seriesTexts(ctx, q, match)
	case q.Type == query.LabelNames:
		return d.client.LabelNames(ctx, within(q, match...))
	case q.Type == query.MetricNames:
		return d.client.LabelValues(ctx, series.MetricName, within(q, match...))
	case q.Label == "":
		return values, fault.New(fault.BadQuery, "The variable names no label: choose the label whose values it lists.")
	default:
		return d.client.LabelValues(ctx, q.Label, within(q, match...))
	}
}

// selectors are those of the series whose labels a variable lists; none for all.
func selectors(q *asked) ([]string, error) {
	if q.Match != "" {
		return []string{q.Match}, nil
	}
	matchers, err := catalog.LabelMatchers(q.Params)
	if err != nil {
		return nil, err
	}
	if q.Regex != "" {
		part, err := partOfName(q.Regex)
		if err != nil {
			return nil, err
		}
		matchers = append(matchers, part)
	}
	if text := catalog.SelectorText(q.Metric, matchers); text != "" {
		return []string{text}, nil
	}
	return nil, nil
}

// partOfName returns a matcher of the metrics in whose names a regular expression
// finds a match.
func partOfName(expr string) (*labels.Matcher, error) {
	var budget promql.RegexpBudget
	subject := fmt.Sprintf("The metric name filter %.60q", expr)
	if err := budget.Check(expr, subject); err != nil {
		return nil, err
	}
	return budget.Matcher(labels.MatchRegexp, series.MetricName, ".*(?:"+expr+").*", subject)
}

func within(q *asked, match ...string) promapi.Selection {
	return promapi.Selection{Match: match, Start: q.From, End: q.To}
}

// seriesTexts lists series by name and labels.
func (d *DataSource) seriesTexts(ctx context.Context, q *asked, match []string) (texts promapi.Answer[[]string], err error) {
	if len(match) == 0 {
		return texts, fault.New(fault.BadQuery, `The variable selects no series: write a selector such as up{job="api"}.`)
	}
	found, err := d.client.Series(ctx, within(q, match...))
	if err != nil {
		return texts, err
	}
	texts.Notes = found.Notes
	for _, labels := range found.Data {
		texts.Data = append(texts.Data, described(labels))
	}
	slices.Sort(texts.Data)
	return texts, nil
}

// resultTexts lists an instant query's series as Grafana's query_result() does:
// name and labels, value, time in milliseconds; a scalar or a text is its value alone.
func (d *DataSource) resultTexts(ctx context.Context, q *asked) (texts promapi.Answer[[]string], err error) {
	compiled, err := d.compile(ctx, q, true)
	if err != nil {
		return texts, err
	}
	result, err := d.client.Query(ctx, q.instant(compiled))
	if err != nil {
		return texts, err
	}
	texts.Notes = result.Notes
	if result.Kind == series.String {
		texts.Data = []string{result.Text}
		return texts, nil
	}
	bytes := 0
	for _, s := range result.Series {
		name := ""
		if result.Kind != series.Scalar {
			name = described(s.Labels)
		}
		for i, value := range s.Values {
			text := number(value)
			if result.Kind != series.Scalar {
				text = name + " " + text + " " + strconv.FormatInt(s.Times[i], 10)
			}
			if len(texts.Data) == promapi.MaxListed {
				texts.Truncate()
				return texts, nil
			}
			if bytes += len(text); bytes > maxVariableBytes {
				return texts, fault.New(fault.TooLarge, "The variable's values are larger than %d MiB, which is the limit. Use a query whose series have fewer or shorter labels, such as with sum by.", maxVariableBytes>>20)
			}
			texts.Data = append(texts.Data, text)
		}
	}
	return texts, nil
}

// described is a series as Grafana's Prometheus data source lists it for a variable,
// whose regular expression looks there for a label's value: written as it is, whatever
// is in it.
func described(l series.Labels) string {
	parts := make([]string, 0, len(l))
	for _, label := range l {
		if label.Name != series.MetricName {
			parts = append(parts, label.Name+`="`+label.Value+`"`)
		}
	}
	return l.Get(series.MetricName) + "{" + strings.Join(parts, ",") + "}"
}

// number writes a value as Prometheus does: 1700000000, not 1.7e+09.
func number(value float64) string {
	const small, large = 1e-6, 1e21
	format := byte('f')
	if abs := math.Abs(value); abs != 0 && (abs < small || abs >= large) {
		format = 'e'
	}
	return strconv.FormatFloat(value, format, -1, 64)
}
