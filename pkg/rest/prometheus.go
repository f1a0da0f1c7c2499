package rest

import (
	"maps"
	"net/http"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// success is an answer in Prometheus's own shape.
type success struct {
	Status   string   `json:"status"`
	Data     any      `json:"data"`
	Warnings []string `json:"warnings,omitempty"`
	Infos    []string `json:"infos,omitempty"`
}

// listed makes an answer of a list.
func listed[T any](list promapi.Answer[[]T]) success {
	return success{Status: "success", Data: orEmpty(list.Data), Warnings: list.Warnings, Infos: list.Infos}
}

// labelSet are the labels of a series as Prometheus writes them: an object.
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

// splitTruncated takes TruncatedWarning out of a list of warnings and reports whether
// it was there.
func splitTruncated(warnings []string) (others []string, truncated bool) {
	others = slices.DeleteFunc(slices.Clone(warnings), func(text string) bool { return text == promapi.TruncatedWarning })
	return others, len(others) < len(warnings)
}

// apiFailure is an error in Prometheus's own shape.
type apiFailure struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Error     string `json:"error"`
}

// tellAsPrometheus answers with an error to who expects Prometheus's. A refusal of
// Prometheus's own goes on as it is; any other failure to answer is 502.
func tellAsPrometheus(err error) (status int, body any) {
	f := fault.As(err)
	told := func(status int, kind string) (int, any) { return status, apiFailure{"error", kind, f.Text} }
	switch f.Kind {
	case fault.BadQuery, fault.BadPromQL:
		return told(http.StatusBadRequest, "bad_data")
	case fault.NotFound:
		return told(http.StatusNotFound, "not_found")
	case fault.Overloaded:
		return told(http.StatusTooManyRequests, "unavailable")
	case fault.Internal:
		return told(http.StatusInternalServerError, "internal")
	case fault.Rejected:
		if f.Status == http.StatusBadRequest {
			return told(f.Status, "bad_data")
		}
		return told(http.StatusBadGateway, "execution")
	case fault.Timeout:
		return told(http.StatusBadGateway, "timeout")
	case fault.Canceled:
		return told(http.StatusBadGateway, "canceled")
	default:
		return told(http.StatusBadGateway, "unavailable")
	}
}

// labelNames answers GET api/v1/labels.
func (a api) labelNames(r *http.Request, in input) (any, error) {
	s, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	names, err := a.Client.LabelNames(r.Context(), s)
	return listed(names), err
}

// labelValues answers GET api/v1/label/{label}/values. As in Prometheus, a name that
// begins with U__ is escaped.
func (a api) labelValues(r *http.Request, in input) (any, error) {
	s, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	values, err := a.Client.LabelValues(r.Context(), promapi.UnescapeName(r.PathValue("label")), s)
	return listed(values), err
}

// series answers GET api/v1/series.
func (a api) series(r *http.Request, in input) (any, error) {
	if len(in["match[]"]) == 0 {
		return nil, badParameter("match[]", "", "no match[] parameter provided: name the series to list, such as match[]=up.")
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
	return listed(sets), err
}

// selection reads what the routes of labels and series take.
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

// prometheusLimit reads a limit as Prometheus has it: 0 is no limit, but for ours.
func (in input) prometheusLimit(name string) (int, error) {
	limit, err := in.number(name, 0, maxItems, maxItems)
	if limit == 0 {
		limit = maxItems
	}
	return limit, err
}

// metadata answers GET api/v1/metadata. Prometheus knows what its targets tell it
// now; of families that it knows nothing of, the packs tell.
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
	answer, err := a.Client.Metadata(r.Context(), s)
	if err != nil {
		return nil, err
	}
	known := answer.Data
	if known == nil {
		known = map[string][]promapi.Metadata{}
	}
	a.addFamilies(known, s.Metric)
	if names := slices.Sorted(maps.Keys(known)); len(names) > limit {
		for _, name := range names[limit:] {
			delete(known, name)
		}
		answer.Truncate()
	}
	return success{Status: "success", Data: known, Warnings: answer.Warnings, Infos: answer.Infos}, nil
}

// addFamilies adds the packs' families, or the one that is asked for. Their units
// are Grafana's, and Prometheus has words of its own for them, so they are left
// out.
func (a api) addFamilies(known map[string][]promapi.Metadata, only string) {
	for _, pack := range a.Catalog.Packs() {
		for _, f := range pack.Families {
			if _, told := known[f.Name]; !told && (only == "" || only == f.Name) {
				known[f.Name] = []promapi.Metadata{{Type: f.Type, Help: f.Help}}
			}
		}
	}
}
