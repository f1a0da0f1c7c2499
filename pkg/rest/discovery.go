package rest

import (
	"net/http"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// mostValues bounds a list of names or values; nobody chooses from more.
const mostValues = 1000

// entry is a metric as the editors show it.
type entry struct {
	Name           string   `json:"name"`
	Title          string   `json:"title"`
	Description    string   `json:"description"`
	Unit           string   `json:"unit"`
	Type           string   `json:"type"`
	Pack           string   `json:"pack"`
	Tags           []string `json:"tags"`
	RequiredParams []string `json:"required_params"`
	OptionalParams []string `json:"optional_params"`
	GroupBy        []string `json:"group_by"`
	Groupable      bool     `json:"groupable"` // a query may choose its own grouping
	Legend         string   `json:"legend"`
	Window         string   `json:"window"`
}

type packEntry struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Owner string `json:"owner"`
}

// definitions answers GET catalog: every metric and pack, for the editors.
func (a api) definitions(w http.ResponseWriter, _ *http.Request) {
	metrics, packs := []entry{}, []packEntry{}
	for _, pack := range a.Catalog.Packs() {
		packs = append(packs, packEntry{pack.Name, pack.Title, pack.Owner})
		for _, m := range pack.Metrics {
			metrics = append(metrics, entry{
				m.Name, m.Title, m.Description, m.Unit, m.Type, pack.Name, orEmpty(m.Tags),
				orEmpty(m.RequiredParams), orEmpty(m.OptionalParams), orEmpty(m.GroupBy), m.Groupable(), m.Legend, m.Window,
			})
		}
	}
	send(w, http.StatusOK, map[string]any{"metrics": metrics, "packs": packs})
}

// paramValues answers GET catalog/{name}/values/{param}: the values that a
// parameter has now, under the other parameters given in the query.
func (a api) paramValues(w http.ResponseWriter, r *http.Request) {
	metric, err := a.Catalog.Metric(r.PathValue("name"))
	if err != nil {
		fail(w, r, fault.New(fault.NotFound, "%s", fault.As(err).Text))
		return
	}
	param := r.PathValue("param")
	match, err := metric.ValueSelectors(param, params(r.URL.Query()))
	if err == nil {
		err = a.Broken
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	values, err := a.Client.LabelValues(r.Context(), param, promapi.Selection{Match: match, Limit: mostValues + 1})
	if err != nil {
		fail(w, r, err)
		return
	}
	truncated := len(values) > mostValues
	send(w, http.StatusOK, map[string]any{"values": orEmpty(values[:min(len(values), mostValues)]), "truncated": truncated})
}

// labelNames and labelValues answer in Prometheus's own shape.
func (a api) labelNames(w http.ResponseWriter, r *http.Request) {
	a.prometheus(w, r, func(s promapi.Selection) ([]string, error) { return a.Client.LabelNames(r.Context(), s) })
}

func (a api) labelValues(w http.ResponseWriter, r *http.Request) {
	a.prometheus(w, r, func(s promapi.Selection) ([]string, error) {
		return a.Client.LabelValues(r.Context(), r.PathValue("label"), s)
	})
}

func (a api) prometheus(w http.ResponseWriter, r *http.Request, ask func(promapi.Selection) ([]string, error)) {
	selection, err := selectionOf(r)
	if err == nil {
		err = a.Broken
	}
	var values []string
	if err == nil {
		values, err = ask(selection)
	}
	if err != nil {
		f := fault.As(err)
		send(w, f.Status, map[string]any{"status": "error", "errorType": "bad_data", "error": f.Text})
		return
	}
	body := map[string]any{"status": "success", "data": orEmpty(values[:min(len(values), selection.Limit)])}
	if len(values) > selection.Limit {
		body["warnings"] = []string{"results truncated due to limit"}
	}
	send(w, http.StatusOK, body)
}

func selectionOf(r *http.Request) (s promapi.Selection, err error) {
	values := r.URL.Query()
	s = promapi.Selection{Match: values["match[]"], Limit: mostValues}
	if text := values.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 0 {
			return s, fault.New(fault.BadQuery, "limit is %q: write a number.", text)
		}
		if limit > 0 { // 0 is no limit, as in Prometheus, but for our own
			s.Limit = min(limit, mostValues)
		}
	}
	if text := values.Get("start"); text != "" {
		if s.Start, err = timeOf("start", text); err != nil {
			return s, err
		}
	}
	if text := values.Get("end"); text != "" {
		s.End, err = timeOf("end", text)
	}
	return s, err
}
