package prometheusapi

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Query serves GET and POST api/v1/query.
func (a API) Query(ctx context.Context, form url.Values) (json.RawMessage, error) {
	at, err := timeParam(form, "time", a.Now())
	if err != nil {
		return nil, err
	}
	raw, err := a.Client.RawQuery(ctx, promapi.Instant{Expr: form.Get("query"), At: at, Params: engineParams(form)})
	if err != nil {
		return nil, err
	}
	return encode(raw.Data, raw.Notes)
}

// QueryRange serves GET and POST api/v1/query_range.
func (a API) QueryRange(ctx context.Context, form url.Values) (json.RawMessage, error) {
	q := promapi.Range{Expr: form.Get("query"), Params: engineParams(form)}
	var err error
	if q.Start, q.End, err = span(form, true); err != nil {
		return nil, err
	}
	if q.Step, err = durationParam(form, "step"); err != nil {
		return nil, err
	}
	if q.Step <= 0 {
		return nil, invalid("step", "zero or negative query resolution step widths are not accepted. Try a positive integer")
	}
	if q.End.Sub(q.Start)/q.Step > query.MaxPoints {
		return nil, fault.New(fault.BadQuery, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")
	}
	raw, err := a.Client.RawRange(ctx, q)
	if err != nil {
		return nil, err
	}
	return encode(raw.Data, raw.Notes)
}

// engineParams returns the optional parameters of a query, which the server checks.
func engineParams(form url.Values) url.Values {
	params := url.Values{}
	for _, name := range []string{"timeout", "limit", "stats", "lookback_delta"} {
		if value := form.Get(name); value != "" {
			params.Set(name, value)
		}
	}
	return params
}

// exemplarSeries is an element of the data of api/v1/query_exemplars.
type exemplarSeries struct {
	Labels    labelSet   `json:"seriesLabels"`
	Exemplars []exemplar `json:"exemplars"`
}

type exemplar struct {
	Labels labelSet    `json:"labels"`
	Value  string      `json:"value"`
	Time   json.Number `json:"timestamp"` // UNIX seconds
}

// Exemplars serves GET and POST api/v1/query_exemplars. If the server doesn't support
// exemplars, the data is empty.
func (a API) Exemplars(ctx context.Context, form url.Values) (json.RawMessage, error) {
	start, end, err := span(form, false)
	if err != nil {
		return nil, err
	}
	if start.IsZero() {
		start = minTime
	}
	if end.IsZero() {
		end = maxTime
	}
	found, err := a.Client.Exemplars(ctx, form.Get("query"), start, end)
	if err != nil {
		return nil, err
	}
	all := make([]exemplarSeries, len(found.Series))
	for i, s := range found.Series {
		all[i] = exemplarSeries{labelSet(s.Labels), exemplarsOf(s)}
	}
	return encode(all, found.Notes)
}

func exemplarsOf(s series.ExemplarSeries) []exemplar {
	all := make([]exemplar, len(s.Exemplars))
	for i, e := range s.Exemplars {
		all[i] = exemplar{labelSet(e.Labels), model.SampleValue(e.Value).String(), json.Number(model.Time(e.Time).String())}
	}
	return all
}
