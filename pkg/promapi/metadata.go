package promapi

import (
	"context"
	"io"
	"math"
	"net/url"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

// Metadata is what targets report about a metric family that they export.
type Metadata = promjson.Metadata

// MetadataSelection narrows a request for metadata.
type MetadataSelection struct {
	Metric   string // "" means every family
	Limit    int    // of families, at most MaxListed; 0 is MaxListed
	PerLimit int    // of what different targets report about one family; 0 is no limit
}

// Metadata lists what is known of metric families, by name. Targets may say
// different things of one. (Prometheus HTTP API, querying metric metadata.)
func (c *Client) Metadata(ctx context.Context, s MetadataSelection) (Answer[map[string][]Metadata], error) {
	form := url.Values{}
	if s.Metric != "" {
		form.Set("metric", s.Metric)
	}
	form.Set("limit", askedLimit(s.Limit))
	perFamily := math.MaxInt
	if s.PerLimit > 0 {
		perFamily = s.PerLimit
		form.Set("limit_per_metric", strconv.Itoa(s.PerLimit))
	}
	read := func(r io.Reader, limit int) (promjson.List[map[string][]Metadata], error) {
		return promjson.Families(r, limit, perFamily)
	}
	return ask(ctx, c, call{api: "metadata", path: "api/v1/metadata", form: form, readOnly: true, maxBytes: maxListBytes}, decodeList(read, listed(s.Limit)))
}
