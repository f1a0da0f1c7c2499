package promapi

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/confine"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// noSeries is a selector that selects no series.
const noSeries = `{__name__="modelmetrics:no_such_metric"}`

// checkSelecting returns an error if the server ignores match[] in requests for label names or
// label values, as Prometheus before 2.24 and Thanos before 0.18 do.
func (c *Client) checkSelecting(ctx context.Context) error {
	return c.checkFilter(ctx, "match[]", &c.state.selects, fault.New(fault.BadQuery, "%s ignores the parameter match[] in requests for labels, so the access rules can't be applied to them. Upgrade the server: Prometheus 2.24 and Thanos 0.18 support the parameter.", c.base.Host))
}

// checkExtraFilters returns an error if the server ignores extra_filters[], as VictoriaMetrics
// before 1.72 does.
func (c *Client) checkExtraFilters(ctx context.Context) error {
	return c.checkFilter(ctx, extraFilters, &c.state.filters, fault.New(fault.BadPromQL, "The access rules can only be added to valid PromQL, because %s ignores the parameter %s. Upgrade VictoriaMetrics, or write the query in PromQL.", c.base.Host, extraFilters))
}

// checkFilter checks whether the server applies a parameter, such as match[]. It requests
// labels with a value of the parameter that selects no series. If the server lists any labels,
// it ignores the parameter, and checkFilter returns the error in the parameter ignored.
//
// The first requests select recent series. A server without recent series lists nothing in any
// case, so further requests then select the series of all times. If the server has series and
// applies the parameter, checkFilter sets the flag in the parameter applied. While the flag is
// set, checkFilter sends no requests.
func (c *Client) checkFilter(ctx context.Context, parameter string, applied *expiringFlag, ignored *fault.Error) error {
	if applied.isSet() {
		return nil
	}
	filter := url.Values{parameter: {noSeries}}
	for _, start := range []time.Time{time.Now().Add(-time.Hour), time.Unix(0, 0)} {
		filtered, all, err := c.probeFilter(ctx, start, filter)
		switch {
		case err != nil:
			return confine.ProbeError(c.base.Host, parameter, err)
		case filtered > 0:
			return ignored
		case all > 0:
			applied.set()
			return nil
		}
	}
	return nil
}

// probeFilter returns two numbers for the series since the time start: how many label names
// and metric names the server lists with the filter, and how many label names without it.
func (c *Client) probeFilter(ctx context.Context, start time.Time, filter url.Values) (filtered, all int, err error) {
	for _, path := range []string{"api/v1/labels", "api/v1/label/__name__/values"} {
		listed, err := c.probe(ctx, path, start, filter)
		if err != nil {
			return 0, 0, err
		}
		filtered += listed
	}
	all, err = c.probe(ctx, "api/v1/labels", start, nil)
	return filtered, all, err
}

// probe requests, with a filter, the label names or values of the series since the time start.
// It returns how many the server lists, at most 2, except for __name__, which VictoriaMetrics
// always lists. It returns no names or values, so the request needs no permission.
func (c *Client) probe(ctx context.Context, path string, start time.Time, filter url.Values) (int, error) {
	const limit = 2
	form := Selection{Start: start, End: time.Now(), Limit: limit}.form()
	maps.Copy(form, filter)
	call := apiCall{api: "identify", path: path, form: form, getOnly: true, maxBytes: maxListBytes, governed: true}
	list, err := fetch(ctx, c, call, listDecoder(promjson.Strings, limit))
	others := slices.DeleteFunc(list.Data, func(name string) bool { return name == series.MetricName })
	return len(others), err
}
