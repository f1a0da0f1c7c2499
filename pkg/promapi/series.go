package promapi

import "context"

// Series lists the label sets of series, the metric's name among the labels.
// (Prometheus HTTP API, finding series by label matchers.) Selection.Match must
// not be empty: servers refuse to list everything.
func (c *Client) Series(ctx context.Context, s Selection) (Answer[[]map[string]string], error) {
	return ask(ctx, c, call{api: "series", path: "api/v1/series", form: s.form()}, decodeData[[]map[string]string])
}
