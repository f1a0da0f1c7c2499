package promapi

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// reserved are the parameters that a request is made of.
var reserved = []string{"end", "match[]", "query", "start", "stats", "step", "time", "timeout"}

// ParseParams reads custom parameters written as in a URL,
// dedup=false&max_source_resolution=5m. Its error is a fault.BadQuery, which doesn't
// repeat the text: one may be a token.
func ParseParams(text string) (url.Values, error) {
	params, err := parseQuery(text)
	if err != nil {
		return nil, err
	}
	return params, checkNames(params)
}

func parseQuery(text string) (url.Values, error) {
	switch {
	case len(text) > maxParamBytes:
		return nil, fault.New(fault.BadQuery, "The custom query parameters have %d bytes: they may have %d. Shorten them.", len(text), maxParamBytes)
	case strings.Count(text, "&") >= maxParams:
		return nil, fault.New(fault.BadQuery, "The custom query parameters are more than %d. Remove some.", maxParams)
	}
	params, err := url.ParseQuery(strings.TrimLeft(strings.TrimSpace(text), "?&"))
	if err != nil {
		return nil, fault.New(fault.BadQuery, "The custom query parameters can't be read: write them as in a URL, such as dedup=false&max_source_resolution=5m.")
	}
	return params, nil
}

func checkNames(params url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		switch {
		case name == "":
			return fault.New(fault.BadQuery, "The custom query parameters hold one without a name.")
		case slices.Contains(reserved, name):
			return fault.New(fault.BadQuery, "The custom query parameter %s is not free: the query itself sets %s.", name, strings.Join(reserved, ", "))
		}
	}
	return nil
}

// SettingsParams reads the custom parameters of a data source. Those that each
// request sets itself have no effect, and are returned as unused: no restriction
// gets lost with them. The error is that of ParseParams.
func SettingsParams(text string) (params url.Values, unused []string, err error) {
	params, err = parseQuery(text)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range reserved {
		if name != "match[]" && params.Has(name) {
			params.Del(name)
			unused = append(unused, name)
		}
	}
	return params, unused, checkNames(params)
}

// isSet reports whether params hold a name, spelled as a list or not: to
// VictoriaMetrics extra_filters and extra_filters[] are one, and either widens
// what the other lets through.
func isSet(params url.Values, name string) bool {
	for has := range params {
		if isSame(has, name) {
			return true
		}
	}
	return false
}

func isSame(name, other string) bool {
	return strings.TrimSuffix(name, "[]") == strings.TrimSuffix(other, "[]")
}

// QueryParams reads the custom parameters of one query. It can't have a word in
// those of the data source and of its URL, which may be what keeps tenants apart.
func (c *Client) QueryParams(text string) (url.Values, error) {
	params, err := ParseParams(text)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if isSet(c.opts.Params, name) || isSet(c.base.Query(), name) {
			return nil, fault.New(fault.BadQuery, "The custom query parameter %s is set by the data source: a query can't change it.", name)
		}
	}
	return params, nil
}
