package promapi

import (
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Series lists the label sets of series, the metric's name among the labels.
// (Prometheus HTTP API, finding series by label matchers.) Selection.Match must
// not be empty: servers refuse to list everything.
func (c *Client) Series(ctx context.Context, s Selection) (Answer[[]series.Labels], error) {
	return ask(ctx, c, call{api: "series", path: "api/v1/series", form: s.form(), maxBytes: maxListBytes}, decodeList(promjson.LabelSets, listed(s.Limit)))
}
