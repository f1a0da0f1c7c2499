package rest

import (
	"net/http"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// previewResponse is the response of POST catalog/preview.
type previewResponse struct {
	Query   string   `json:"query"`          // PromQL with the same result as the catalog query
	Missing []string `json:"missing_params"` // required parameters that don't filter; Query contains example values of them
}

// preview serves POST catalog/preview: the PromQL of a catalog query. Required parameters may
// be missing, because editors request previews of incomplete queries.
func (a api) preview(r *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	body, err := readBody(r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	var response previewResponse
	err = a.parse(r, func() error {
		response, err = a.renderPreview(body)
		return err
	})
	return response, err
}

func (a api) renderPreview(body []byte) (none previewResponse, err error) {
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
	if _, err := catalog.LabelMatchers(q.Params); err != nil { // some limits apply to all parameters together
		return none, err
	}
	missing := lookup{metric: metric, params: q.Params}.missing()
	q.Params = withExamples(q.Params, missing)
	text, err := q.Preview(metric)
	if err != nil {
		return none, err
	}
	return previewResponse{text, missing}, nil
}
