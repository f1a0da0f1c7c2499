package promapi

import (
	"context"
	"net/url"
	"strconv"
)

// Metadata is what targets say of a metric family they export.
type Metadata struct {
	Type string `json:"type"` // counter, gauge, histogram, summary or unknown, among others
	Help string `json:"help"`
	Unit string `json:"unit"` // mostly "": few targets tell it
}

// MetadataSelection narrows a request for metadata.
type MetadataSelection struct {
	Metric   string // "" means every family
	Limit    int    // of families; 0 is the server's own
	PerLimit int    // of what different targets say of one family; 0 is the server's own
}

// Metadata lists what is known of metric families, by name. Targets may say
// different things of one. (Prometheus HTTP API, querying metric metadata.)
func (c *Client) Metadata(ctx context.Context, s MetadataSelection) (Answer[map[string][]Metadata], error) {
	form := url.Values{}
	if s.Metric != "" {
		form.Set("metric", s.Metric)
	}
	if s.Limit > 0 {
		form.Set("limit", strconv.Itoa(s.Limit))
	}
	if s.PerLimit > 0 {
		form.Set("limit_per_metric", strconv.Itoa(s.PerLimit))
	}
	return ask(ctx, c, call{api: "metadata", path: "api/v1/metadata", form: form, readOnly: true}, decodeData[map[string][]Metadata])
}
