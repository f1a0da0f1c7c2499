package promapi

import (
	"context"
	"io"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/confine"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Metadata is a description of a metric family by the targets that export it.
type Metadata = promjson.Metadata

// MetadataSelection restricts a request for metadata.
type MetadataSelection struct {
	Metric   string // "" selects all metric families
	Limit    int    // maximum number of families; MaxListed unless it is 1 to MaxListed
	PerLimit int    // maximum number of descriptions of each family; 0 is no limit

	// Known are descriptions of families, by name. They are added to the answer for families
	// that the server doesn't describe.
	Known map[string]Metadata
}

// Metadata returns the descriptions of metric families; the keys are the names of the
// families. A family has several descriptions if targets describe it differently. (Prometheus
// HTTP API, querying metric metadata.)
//
// The API has no parameter for matchers. If the Governor has matchers, the answer contains only
// families of which the matchers select series. A family then has a single description without
// the help texts that the server returns. Each of these texts can come from a target of
// another tenant, because the server doesn't report which series a text describes.
func (c *Client) Metadata(ctx context.Context, s MetadataSelection) (answer Answer[map[string][]Metadata], err error) {
	matchers, err := c.matchers(ctx)
	if err != nil {
		return answer, err
	}
	requested, selected := s, Answer[[]string]{}
	if len(matchers) > 0 {
		if selected, err = c.selectedNames(ctx, s.Metric); err != nil {
			return answer, err
		}
		requested.Limit, requested.PerLimit = 0, 0 // they would apply to families that aren't selected, too
	}
	if answer, err = c.allMetadata(ctx, requested); err != nil {
		return answer, confine.MetadataError(matchers, c.base.Host, err)
	}
	if answer.Data == nil {
		answer.Data = map[string][]Metadata{}
	}
	if len(matchers) > 0 {
		answer.Data = confine.Families(answer.Data, s.Known, selected.Data)
		answer.Notes = confine.MetadataNotes(answer.Notes, TruncatedWarning)
		if slices.Contains(selected.Warnings, TruncatedWarning) {
			answer.Truncate()
		}
	}
	for name, known := range s.Known {
		if _, described := answer.Data[name]; !described && (len(matchers) == 0 || confine.IsSelected(name, known, selected.Data)) {
			answer.Data[name] = []Metadata{known}
		}
	}
	if names, limit := slices.Sorted(maps.Keys(answer.Data)), listLimit(s.Limit); len(names) > limit {
		for _, name := range names[limit:] {
			delete(answer.Data, name)
		}
		answer.Truncate()
	}
	return answer, nil
}

// allMetadata returns the server's answer to a request for metadata. It ignores the matchers.
func (c *Client) allMetadata(ctx context.Context, s MetadataSelection) (Answer[map[string][]Metadata], error) {
	form := url.Values{}
	if s.Metric != "" {
		form.Set("metric", s.Metric)
	}
	form.Set("limit", requestLimit(s.Limit))
	perFamily := math.MaxInt
	if s.PerLimit > 0 {
		perFamily = s.PerLimit
		form.Set("limit_per_metric", strconv.Itoa(s.PerLimit))
	}
	read := func(r io.Reader, limit int) (promjson.List[map[string][]Metadata], error) {
		return promjson.Families(r, limit, perFamily)
	}
	call := apiCall{api: "metadata", path: "api/v1/metadata", form: form, getOnly: true, maxBytes: maxListBytes, governed: true}
	return fetch(ctx, c, call, listDecoder(read, s.Limit))
}

// selectedNames returns the sorted names of the series that the Governor's matchers select. If
// family isn't empty, it returns only names of the family. It considers only recent series,
// because the server's metadata describes only current targets.
func (c *Client) selectedNames(ctx context.Context, family string) (Answer[[]string], error) {
	const recent = time.Hour
	now := time.Now()
	s := Selection{Start: now.Add(-recent), End: now}
	if family != "" {
		name, err := labels.NewMatcher(labels.MatchRegexp, series.MetricName, regexp.QuoteMeta(family)+"(?:_bucket|_count|_sum|_total|_info)?")
		if err != nil {
			return Answer[[]string]{}, err
		}
		s.Match = []string{"{" + promql.MatcherText(name) + "}"}
	}
	names, err := c.LabelValues(ctx, series.MetricName, s)
	slices.Sort(names.Data)
	return names, err
}
