package rest

import (
	"net/http"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// A route answers one method at one path. What it answers with is written as
// JSON; its errors are told in the shape that its clients read.
type route struct {
	method string
	path   string // as ServeMux writes it, and OpenAPI
	answer func(*http.Request, input) (any, error)
	tell   func(error) (status int, body any)
}

// name is what ServeMux and telemetry call the route.
func (rt route) name() string { return rt.method + " " + rt.path }

// routes are all there are. GET answers HEAD too.
func (a api) routes() []route {
	document := a.document()
	return []route{
		{http.MethodGet, "/api/metrics", a.listMetrics, tell},
		{http.MethodGet, "/api/metrics/{name}", a.lookUp, tell},
		{http.MethodGet, "/api/metrics/{name}/explain", a.explain, tell},
		{http.MethodGet, "/api/openapi.json", document, tell},
		{http.MethodGet, "/catalog", a.definitions, tell},
		{http.MethodGet, "/catalog/search", a.search, tell},
		{http.MethodGet, "/catalog/packs", a.packs, tell},
		{http.MethodGet, "/catalog/schema", schema, tell},
		{http.MethodPost, "/catalog/check", forEditors(a.check), tell},
		{http.MethodPost, "/catalog/preview", a.preview, tell},
		{http.MethodGet, "/catalog/{name}/explain", a.explain, tell},
		{http.MethodGet, "/catalog/{name}/values/{param}", a.paramValues, tell},
		{http.MethodPost, "/catalog/{name}/values/{param}", a.paramValuesBeside, tell},
		{http.MethodGet, "/api/v1/labels", a.labelNames, tellAsPrometheus},
		{http.MethodGet, "/api/v1/label/{label}/values", a.labelValues, tellAsPrometheus},
		{http.MethodGet, "/api/v1/series", a.series, tellAsPrometheus},
		{http.MethodGet, "/api/v1/metadata", a.metadata, tellAsPrometheus},
		{http.MethodGet, "/v2/endpoints/{id}/metrics", a.endpointMetrics, tell},
		{http.MethodPost, "/v2/endpoints/metrics/batch", a.batchMetrics, tell},
	}
}

// counted is the route as a handler that tells telemetry of every request.
func counted(rt route, to *telemetry.Source) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		status := rt.serve(w, r)
		to.Resource(rt.name(), status, time.Since(begun))
	})
}

// serve answers a request, and says with which status.
func (rt route) serve(w http.ResponseWriter, r *http.Request) int {
	var body any
	err := fault.Catch(func() error {
		in, err := inputOf(r)
		if err == nil {
			body, err = rt.answer(r, in)
		}
		return err
	})
	if err != nil {
		logBug(r, err)
		status, said := rt.tell(err)
		return send(w, status, said)
	}
	return send(w, http.StatusOK, body)
}
