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

// variable runs a query for the values of a dashboard variable.
func (d *DataSource) variable(ctx context.Context, r *request) (data.Frames, error) {
	values, err := d.values(ctx, r)
	if err != nil {
		return nil, err
	}
	return frames.Texts(values.Data, d.valueNames(ctx, r), values.Notes), nil
}

// values returns the values of a variable, with the notes of the server.
func (d *DataSource) values(ctx context.Context, r *request) (values promapi.Answer[[]string], err error) {
	switch r.Type {
	case query.CatalogMetrics:
		values.Data = d.catalog.Names()
		return values, nil
	case query.ParamValues:
		var match []string
		err = d.budget.Parse(ctx, r.size, func() error {
			match, err = r.metric.ValueSelectors(r.Param, r.Params)
			return err
		})
		if err != nil {
			return values, err
		}
		return d.client.LabelValues(ctx, r.Param, within(r, match...))
	case query.QueryResult:
		return d.resultTexts(ctx, r)
	}

	var match []string
	err = d.budget.Parse(ctx, r.size, func() error {
		match, err = selectors(r)
		return err
	})
	if err != nil {
		return values, err
	}
	switch {
	case r.Type == query.Series:
		return d.seriesTexts(ctx, r, match)
	case r.Type == query.LabelNames:
		return d.client.LabelNames(ctx, within(r, match...))
	case r.Type == query.MetricNames:
		return d.client.LabelValues(ctx, series.MetricName, within(r, match...))
	case r.Label == "":
		return values, fault.New(fault.BadQuery, "The variable has no label. Choose the label whose values the variable lists.")
	default:
		return d.client.LabelValues(ctx, r.Label, within(r, match...))
	}
}

// selectors returns the selectors of the series whose labels a variable lists. It returns nil
// if the variable lists the labels of all series.
func selectors(r *request) ([]string, error) {
	if r.Match != "" {
		return []string{r.Match}, nil
	}
	matchers, err := catalog.LabelMatchers(r.Params)
	if err != nil {
		return nil, err
	}
	if r.Regex != "" {
		part, err := partOfName(r.Regex)
		if err != nil {
			return nil, err
		}
		matchers = append(matchers, part)
	}
	if text := catalog.SelectorText(r.Metric, matchers); text != "" {
		return []string{text}, nil
	}
	return nil, nil
}

// partOfName returns a matcher that selects metrics whose names contain a match of a regular
// expression.
func partOfName(expr string) (*labels.Matcher, error) {
	var budget promql.RegexpBudget
	subject := fmt.Sprintf("The metric name filter %.60q", expr)
	if err := budget.Check(expr, subject); err != nil {
		return nil, err
	}
	return budget.Matcher(labels.MatchRegexp, series.MetricName, ".*(?:"+expr+").*", subject)
}

func within(r *request, match ...string) promapi.Selection {
	return promapi.Selection{Match: match, Start: r.From, End: r.To}
}

// seriesTexts returns the selected series, each as metric name and labels.
func (d *DataSource) seriesTexts(ctx context.Context, r *request, match []string) (texts promapi.Answer[[]string], err error) {
	if len(match) == 0 {
		return texts, fault.New(fault.BadQuery, `The variable has no selector. Write one such as up{job="api"}.`)
	}
	found, err := d.client.Series(ctx, within(r, match...))
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

// resultTexts returns the samples of an instant query as query_result() of Grafana does:
// metric name and labels, value, timestamp in milliseconds. For a scalar or a string it
// returns only the value.
func (d *DataSource) resultTexts(ctx context.Context, r *request) (texts promapi.Answer[[]string], err error) {
	compiled, err := d.compile(ctx, r, true)
	if err != nil {
		return texts, err
	}
	result, err := d.client.Query(ctx, r.instant(compiled))
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
				return texts, fault.New(fault.TooLarge, "Together, the variable's values are larger than %d MiB, which is the limit. Aggregate the query, such as with sum by, so that the series have fewer labels.", maxVariableBytes>>20)
			}
			texts.Data = append(texts.Data, text)
		}
	}
	return texts, nil
}

// described formats a series as Grafana's Prometheus data source does for a variable.
// Label values are not escaped, because the variable's regular expression is matched against
// them.
func described(l series.Labels) string {
	parts := make([]string, 0, len(l))
	for _, label := range l {
		if label.Name != series.MetricName {
			parts = append(parts, label.Name+`="`+label.Value+`"`)
		}
	}
	return l.Get(series.MetricName) + "{" + strings.Join(parts, ",") + "}"
}

// number formats a value as Prometheus does: 1700000000, not 1.7e+09.
func number(value float64) string {
	const small, large = 1e-6, 1e21
	format := byte('f')
	if abs := math.Abs(value); abs != 0 && (abs < small || abs >= large) {
		format = 'e'
	}
	return strconv.FormatFloat(value, format, -1, 64)
}
