package promapi

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// reservedParams are parameters that the plugin sets in its requests. Custom parameters
// can't replace them.
var reservedParams = []string{"end", "match[]", "query", "start", "stats", "step", "time", "timeout"}

// extraFilters is the parameter of VictoriaMetrics that restricts a query to the series
// that match a selector. VictoriaMetrics also accepts the name without brackets.
const extraFilters = "extra_filters[]"

// ParseParams parses custom parameters in the form of a URL's query string, such as
// dedup=false&max_source_resolution=5m. Its errors are fault.BadQuery. They don't contain
// the values, since a value may be a token.
func ParseParams(text string) (url.Values, error) {
	params, err := parseQueryString(text)
	if err != nil {
		return nil, err
	}
	return params, checkParamNames(params)
}

func parseQueryString(text string) (url.Values, error) {
	switch {
	case len(text) > maxParamBytes:
		return nil, fault.New(fault.BadQuery, "The custom query parameters have %d bytes, and the limit is %d. Shorten them.", len(text), maxParamBytes)
	case strings.Count(text, "&") >= maxParams:
		return nil, fault.New(fault.BadQuery, "There are more than %d custom query parameters. Remove some.", maxParams)
	}
	params, err := url.ParseQuery(strings.TrimLeft(strings.TrimSpace(text), "?&"))
	if err != nil {
		return nil, fault.New(fault.BadQuery, "The custom query parameters are not a valid query string. Write them as in a URL, such as dedup=false&max_source_resolution=5m.")
	}
	return params, nil
}

func checkParamNames(params url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		switch {
		case name == "":
			return fault.New(fault.BadQuery, "A custom query parameter has no name. Write name=value, or remove it.")
		case slices.Contains(reservedParams, name):
			return fault.New(fault.BadQuery, "The custom query parameter %s is reserved: the plugin sets %s. Remove it.", name, strings.Join(reservedParams, ", "))
		}
	}
	return nil
}

// SettingsParams parses the custom parameters of a data source like ParseParams, but drops
// reserved parameters and returns their names as unused. Of the reserved parameters, only
// match[] is an error, because dropping it would lift a restriction.
func SettingsParams(text string) (params url.Values, unused []string, err error) {
	params, err = parseQueryString(text)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range reservedParams {
		if name != "match[]" && params.Has(name) {
			params.Del(name)
			unused = append(unused, name)
		}
	}
	return params, unused, checkParamNames(params)
}

// QueryParams parses the custom parameters of a query. It returns fault.BadQuery for a
// parameter that the settings or the URL of the data source contain, because such a
// parameter may separate tenants.
func (c *Client) QueryParams(text string) (url.Values, error) {
	params, err := ParseParams(text)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if hasParam(c.opts.Params, name) || hasParam(c.base.Query(), name) {
			return nil, fault.New(fault.BadQuery, "The custom query parameter %s is set by the data source, and a query can't change it. Remove it.", name)
		}
	}
	return params, nil
}

// ExtraFilters returns the extra filters of a query on VictoriaMetrics: those of the
// data source, of its URL and of the query's parameters. A series has to match at least
// one of them. If the field ExtraFilters of a Range or an Instant is not nil, it replaces
// these filters. The replacement must not select more series; see promql.ExtraFilters.
func (c *Client) ExtraFilters(params url.Values) []string {
	var filters []string
	query, form := c.parameters(c.instantCall(Instant{Params: params}))
	for _, sent := range []url.Values{query, form} {
		for _, name := range slices.Sorted(maps.Keys(sent)) {
			if isExtraFilters(name, nil) {
				filters = append(filters, sent[name]...)
			}
		}
	}
	return filters
}

func isExtraFilters(name string, _ []string) bool { return isSameParam(name, extraFilters) }

// hasParam reports whether params contain a name, with or without brackets.
func hasParam(params url.Values, name string) bool {
	for param := range params {
		if isSameParam(param, name) {
			return true
		}
	}
	return false
}

// isSameParam reports whether two names are equal without brackets. For VictoriaMetrics,
// extra_filters and extra_filters[] are the same parameter, and a series has to match at least
// one of its values.
func isSameParam(name, other string) bool {
	return strings.TrimSuffix(name, "[]") == strings.TrimSuffix(other, "[]")
}
