package rest

import (
	"net/http"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/labelname"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// prometheusResponse is a response in Prometheus's format.
type prometheusResponse struct {
	Status   string   `json:"status"`
	Data     any      `json:"data"`
	Warnings []string `json:"warnings,omitempty"`
	Infos    []string `json:"infos,omitempty"`
}

// listResponse returns the response with a list, which is empty if Prometheus returned null.
func listResponse[T any](list promapi.Answer[[]T]) prometheusResponse {
	return prometheusResponse{Status: "success", Data: orEmpty(list.Data), Warnings: list.Warnings, Infos: list.Infos}
}

// labelSet contains the labels of a series. Its JSON is an object, as in Prometheus.
type labelSet series.Labels

func (l labelSet) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, label := range l {
		if i > 0 {
			text = append(text, ',')
		}
		name, err := marshal(label.Name)
		if err != nil {
			return nil, err
		}
		value, err := marshal(label.Value)
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, name...), ':'), value...)
	}
	return append(text, '}'), nil
}

// splitTruncated returns the warnings without TruncatedWarning, and whether warnings contains
// TruncatedWarning.
func splitTruncated(warnings []string) (others []string, truncated bool) {
	others = slices.DeleteFunc(slices.Clone(warnings), func(text string) bool { return text == promapi.TruncatedWarning })
	return others, len(others) < len(warnings)
}

// prometheusError is an error in Prometheus's format.
type prometheusError struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Error     string `json:"error"`
}

// prometheusErrorResponse returns the response to an error. The response has Prometheus's
// format. An error that Prometheus returned with status 400 keeps this status. All other
// errors of Prometheus become status 502.
func prometheusErrorResponse(err error) (status int, body any) {
	f := fault.As(err)
	respond := func(status int, kind string) (int, any) { return status, prometheusError{"error", kind, f.Text} }
	switch f.Kind {
	case fault.BadQuery, fault.BadPromQL:
		return respond(http.StatusBadRequest, "bad_data")
	case fault.NotFound:
		return respond(http.StatusNotFound, "not_found")
	case fault.Forbidden:
		return respond(http.StatusForbidden, "forbidden")
	case fault.Overloaded:
		return respond(http.StatusTooManyRequests, "unavailable")
	case fault.Internal:
		return respond(http.StatusInternalServerError, "internal")
	case fault.Rejected:
		if f.Status == http.StatusBadRequest {
			return respond(f.Status, "bad_data")
		}
		return respond(http.StatusBadGateway, "execution")
	case fault.Timeout:
		return respond(http.StatusBadGateway, "timeout")
	case fault.Canceled:
		return respond(http.StatusBadGateway, "canceled")
	default:
		return respond(http.StatusBadGateway, "unavailable")
	}
}

// labelNames serves GET api/v1/labels.
func (a api) labelNames(r *http.Request, in input) (any, error) {
	s, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	names, err := a.Client.LabelNames(r.Context(), s)
	return listResponse(names), err
}

// labelValues serves GET api/v1/label/{label}/values. As in Prometheus, a name that begins with
// U__ is an escaped name.
func (a api) labelValues(r *http.Request, in input) (any, error) {
	s, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	values, err := a.Client.LabelValues(r.Context(), labelname.Unescape(r.PathValue("label")), s)
	return listResponse(values), err
}

// series serves GET api/v1/series.
func (a api) series(r *http.Request, in input) (any, error) {
	if len(in["match[]"]) == 0 {
		return nil, badParameter("match[]", "", "no match[] parameter provided. Select the series to list, such as with match[]=up.")
	}
	s, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	found, err := a.Client.Series(r.Context(), s)
	sets := promapi.Answer[[]labelSet]{Notes: found.Notes}
	for _, labels := range found.Data {
		sets.Data = append(sets.Data, labelSet(labels))
	}
	return listResponse(sets), err
}

// selection parses the parameters of the routes for labels and series. If they are valid, the
// error is Options.Broken, which is nil unless the data source's settings are invalid.
func (a api) selection(in input) (s promapi.Selection, err error) {
	if s, err = in.span(); err != nil {
		return s, err
	}
	if s.Limit, err = in.prometheusLimit("limit"); err != nil {
		return s, err
	}
	s.Match = in["match[]"]
	return s, a.Broken
}

// prometheusLimit returns the value of a parameter for a limit. If the parameter is missing or
// 0, prometheusLimit returns maxItems. In Prometheus, 0 means no limit.
func (in input) prometheusLimit(name string) (int, error) {
	limit, err := in.number(name, 0, maxItems, maxItems)
	if limit == 0 {
		limit = maxItems
	}
	return limit, err
}

// metadata serves GET api/v1/metadata. Prometheus returns only the metadata of its current
// targets, so the metadata of other families is taken from the packs.
func (a api) metadata(r *http.Request, in input) (any, error) {
	limit, err := in.prometheusLimit("limit")
	if err != nil {
		return nil, err
	}
	s := promapi.MetadataSelection{Limit: limit}
	if s.PerLimit, err = in.prometheusLimit("limit_per_metric"); err != nil {
		return nil, err
	}
	if s.Metric, err = in.text("metric"); err != nil {
		return nil, err
	}
	if a.Broken != nil {
		return nil, a.Broken
	}
	s.Known = a.families(s.Metric)
	metadata, err := a.Client.Metadata(r.Context(), s)
	return prometheusResponse{Status: "success", Data: metadata.Data, Warnings: metadata.Warnings, Infos: metadata.Infos}, err
}

// families returns the descriptions of the families in the packs: of all of them if the
// parameter named only is "", or else of the family with this name. The descriptions have no
// units, because packs have units of Grafana, and Prometheus names units differently.
func (a api) families(only string) map[string]promapi.Metadata {
	known := map[string]promapi.Metadata{}
	for _, pack := range a.Catalog.Packs() {
		for _, f := range pack.Families {
			if _, ok := known[f.Name]; !ok && (only == "" || only == f.Name) {
				known[f.Name] = promapi.Metadata{Type: f.Type, Help: f.Help}
			}
		}
	}
	return known
}
