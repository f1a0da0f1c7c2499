package rest

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/prometheusapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// prometheusFunc serves a route of Prometheus's API. The form contains the parameters of the
// request.
type prometheusFunc func(a prometheusapi.API, ctx context.Context, form url.Values) (json.RawMessage, error)

// prometheusRoutes returns the routes of Prometheus's API. As in Prometheus, a request with
// POST has its parameters in the body.
func (a api) prometheusRoutes() []route {
	serve := a.prometheusRoute
	get := func(path string, f serveFunc) route {
		return route{http.MethodGet, path, f, prometheusapi.ErrorResponse}
	}
	post := func(path string, f serveFunc) route {
		return route{http.MethodPost, path, f, prometheusapi.ErrorResponse}
	}
	instant := a.countQuery(serve(prometheusapi.API.Query))
	ranged := a.countQuery(serve(prometheusapi.API.QueryRange))
	exemplars := serve(prometheusapi.API.Exemplars)
	labels := serve(prometheusapi.API.LabelNames)
	series := serve(prometheusapi.API.Series)
	return []route{
		get("/api/v1/query", instant), post("/api/v1/query", instant),
		get("/api/v1/query_range", ranged), post("/api/v1/query_range", ranged),
		get("/api/v1/query_exemplars", exemplars), post("/api/v1/query_exemplars", exemplars),
		get("/api/v1/labels", labels), post("/api/v1/labels", labels),
		get("/api/v1/series", series), post("/api/v1/series", series),
		get("/api/v1/label/{label}/values", a.labelValues),
		get("/api/v1/metadata", serve(prometheusapi.API.Metadata)),
		get("/api/v1/rules", serve(prometheusapi.API.Rules)),
		get("/api/v1/alerts", serve(prometheusapi.API.Alerts)),
		get("/api/v1/status/buildinfo", serve(prometheusapi.API.BuildInfo)),
	}
}

// prometheusRoute returns the function of a route that f serves.
func (a api) prometheusRoute(f prometheusFunc) serveFunc {
	return func(r *http.Request, in input) (any, error) {
		form, err := formOf(r, in)
		switch {
		case err != nil:
			return nil, err
		case a.Broken != nil:
			return nil, a.Broken
		}
		return f(prometheusapi.API{Client: a.Client, Now: a.Now, Families: a.families}, r.Context(), form)
	}
}

// labelValues serves GET api/v1/label/{label}/values.
func (a api) labelValues(r *http.Request, in input) (any, error) {
	f := func(p prometheusapi.API, ctx context.Context, form url.Values) (json.RawMessage, error) {
		return p.LabelValues(ctx, r.PathValue("label"), form)
	}
	return a.prometheusRoute(f)(r, in)
}

// countQuery returns a function that calls serve and counts the call as a query of the API.
func (a api) countQuery(serve serveFunc) serveFunc {
	return func(r *http.Request, in input) (body any, err error) {
		counted := a.Telemetry.Query(telemetry.API)
		counted.SetType(string(query.PromQL))
		err = fault.Catch(func() error {
			body, err = serve(r, in)
			return err
		})
		counted.End(err)
		return body, err
	}
}

// formOf returns the parameters in the body and in the query string of a request. If a
// parameter is in both, the values in the body come first, as in Prometheus.
func formOf(r *http.Request, in input) (url.Values, error) {
	if r.Method != http.MethodPost {
		return url.Values(in), nil
	}
	body, err := readBody(r, maxFormBytes)
	if err != nil || len(body) == 0 {
		return url.Values(in), err
	}
	const formType = "application/x-www-form-urlencoded"
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != formType {
		return nil, fault.New(fault.BadQuery, "The body has the content type %q. It must be %s.", fault.ClipName(r.Header.Get("Content-Type")), formType)
	}
	form, err := parseParams("body", string(body))
	if err != nil {
		return nil, err
	}
	for name, values := range in {
		form[name] = append(form[name], values...)
	}
	return url.Values(form), nil
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
