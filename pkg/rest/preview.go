package rest

import (
	"net/http"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// previewed is the answer of POST catalog/preview.
type previewed struct {
	Query   string   `json:"query"`          // PromQL that asks the same
	Missing []string `json:"missing_params"` // required and not given; the query holds an example
}

// preview answers POST catalog/preview: what a catalog query, written as a panel
// holds it, comes to in PromQL. An editor asks while the query is being put
// together, so a required parameter may still be open.
func (a api) preview(r *http.Request, in input) (any, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	body, err := bodyOf(r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	var answer previewed
	err = a.parse(r, func() error {
		answer, err = a.previewOf(body)
		return err
	})
	return answer, err
}

func (a api) previewOf(body []byte) (none previewed, err error) {
	now := a.Now()
	q, err := query.Parse(body, query.Source{
		QueryType: string(query.Catalog), From: now.Add(-time.Hour), To: now, ScrapeInterval: a.ScrapeInterval,
	})
	if err != nil {
		return none, err
	}
	metric, err := a.Catalog.Metric(q.Metric)
	if err != nil {
		return none, err
	}
	if _, err := catalog.LabelMatchers(q.Params); err != nil { // of all parameters together
		return none, err
	}
	missing := lookup{metric: metric, params: q.Params}.missing()
	q.Params = exemplified(q.Params, missing)
	text, err := q.Preview(metric)
	if err != nil {
		return none, err
	}
	return previewed{text, missing}, nil
}
