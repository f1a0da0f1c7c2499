// Package confine determines what access rules permit in requests to a server and in its
// answers: which custom parameters a request may have, which metadata a caller may read, and
// which texts of the rules a caller may not see. promapi calls it, mostly for requests that
// matchers restrict.
package confine

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ParamError is the error of a custom parameter that could widen the result of a request that
// matchers restrict.
type ParamError struct {
	Name string
	Text string // for users
}

func (e *ParamError) Error() string { return e.Text }

// harmlessParams are the custom parameters of a query that don't influence which series a
// server reads. (Thanos, query API; VictoriaMetrics, Prometheus querying API.)
var harmlessParams = []string{"dedup", "latency_offset", "limit", "lookback_delta", "max_lookback", "max_source_resolution", "nocache", "partial_response", "round_digits", "stats", "timeout"}

// selectingParams are the names of the custom parameters that select series, without the
// brackets of names such as match[]. If the settings contain such a parameter, the meaning of
// a request depends on how the server combines it with the parameters of the request.
var selectingParams = []string{"extra_filters", "extra_label", "match", "storeMatch"}

// CheckParams returns a *ParamError if a custom parameter could widen the result of a request. A
// query may have only the parameters that are known to be harmless. The settings may also have
// other parameters, such as the token of a proxy, but none that selects series.
func CheckParams(query url.Values, settings ...url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(harmlessParams, name) {
			return &ParamError{name, fmt.Sprintf("The custom query parameter %.60q can't be used together with access rules. Remove it, or use %s.", name, strings.Join(harmlessParams, ", "))}
		}
	}
	for _, params := range settings {
		for _, name := range slices.Sorted(maps.Keys(params)) {
			if slices.ContainsFunc(selectingParams, func(other string) bool { return strings.EqualFold(strings.TrimSuffix(name, "[]"), other) }) {
				return &ParamError{name, fmt.Sprintf("The parameter %.60q in the settings of the data source can't be used together with access rules. An administrator of the data source can add its filter to the matchers of the rules instead.", name)}
			}
		}
	}
	return nil
}
