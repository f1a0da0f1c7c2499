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

// cut makes an answer of at most limit items, with a warning in Prometheus's words
// where there are more. It keeps the server's own warnings.
func cut[T any](list promapi.Answer[[]T], limit int) success {
	return success{
		Status:   "success",
		Data:     orEmpty(list.Data[:min(len(list.Data), limit)]),
		Warnings: warningsOf(list.Notes, len(list.Data) > limit),
		Infos:    list.Infos,
	}
}

// warningsOf are the server's warnings, and TruncatedWarning for a list that is cut
// here. A server that was asked for one item more than the limit adds it, too.
func warningsOf(notes series.Notes, isCut bool) []string {
	if isCut && !slices.Contains(notes.Warnings, promapi.TruncatedWarning) {
		return append(slices.Clone(notes.Warnings), promapi.TruncatedWarning)
	}
	return notes.Warnings
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
	s, limit, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	names, err := a.Client.LabelNames(r.Context(), s)
	return cut(names, limit), err
}

// labelValues answers GET api/v1/label/{label}/values. As in Prometheus, a name that
// begins with U__ is escaped.
func (a api) labelValues(r *http.Request, in input) (any, error) {
	s, limit, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	values, err := a.Client.LabelValues(r.Context(), promapi.UnescapeName(r.PathValue("label")), s)
	return cut(values, limit), err
}

// series answers GET api/v1/series.
func (a api) series(r *http.Request, in input) (any, error) {
	if len(in["match[]"]) == 0 {
		return nil, badParameter("match[]", "", "no match[] parameter provided: name the series to list, such as match[]=up.")
	}
	s, limit, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	found, err := a.Client.Series(r.Context(), s)
	return cut(found, limit), err
}

// selection reads what the routes of labels and series take. One item more than
// the limit is asked for, to tell whether there are more.
func (a api) selection(in input) (s promapi.Selection, limit int, err error) {
	if s, err = in.span(); err != nil {
		return s, 0, err
	}
	if limit, err = in.prometheusLimit("limit"); err != nil {
		return s, 0, err
	}
	s.Match, s.Limit = in["match[]"], limit+1
	return s, limit, a.Broken
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
	s := promapi.MetadataSelection{Limit: limit + 1}
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
	names := slices.Sorted(maps.Keys(known))
	isCut := len(names) > limit
	if isCut {
		for _, name := range names[limit:] {
			delete(known, name)
		}
	}
	return success{Status: "success", Data: known, Warnings: warningsOf(answer.Notes, isCut), Infos: answer.Infos}, nil
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
