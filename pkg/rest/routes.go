package rest

import (
	"net/http"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/gateway"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// route is a method and a path.
type route struct {
	method string
	path   string // in the syntax of ServeMux and OpenAPI
	serve  func(*http.Request, input) (body any, err error)
	format func(error) (status int, body any) // formats an error for the clients of the route
}

// name returns the name of the route for ServeMux and telemetry.
func (rt route) name() string { return rt.method + " " + rt.path }

// routes returns all routes. The routes with GET serve HEAD too.
func (a api) routes() []route {
	document := a.document()
	return append([]route{
		{http.MethodGet, "/api/metrics", a.listMetrics, errorResponse},
		{http.MethodGet, "/api/metrics/{name}", a.getMetric, errorResponse},
		{http.MethodGet, "/api/metrics/{name}/explain", a.explain, errorResponse},
		{http.MethodGet, "/api/openapi.json", document, errorResponse},
		{http.MethodGet, "/catalog", a.definitions, errorResponse},
		{http.MethodGet, "/catalog/search", a.search, errorResponse},
		{http.MethodGet, "/catalog/packs", a.packs, errorResponse},
		{http.MethodGet, "/catalog/schema", schema, errorResponse},
		{http.MethodGet, "/catalog/report", a.reportSections, errorResponse},
		{http.MethodPost, "/catalog/check", requireEditor(a.check), errorResponse},
		{http.MethodPost, "/catalog/preview", a.preview, errorResponse},
		{http.MethodGet, "/catalog/{name}/explain", a.explain, errorResponse},
		{http.MethodGet, "/catalog/{name}/values/{param}", a.paramValues, errorResponse},
		{http.MethodPost, "/catalog/{name}/values/{param}", a.paramValuesPost, errorResponse},
		{http.MethodGet, "/access", a.accessState, errorResponse},
		{http.MethodGet, "/access/schema", accessSchema, errorResponse},
		{http.MethodPost, "/access/check", requireEditor(a.withBody(access.CheckBody)), errorResponse},
		{http.MethodPost, "/access/explain", requireAdmin(a.withBody(a.explainAccess)), errorResponse},
		{http.MethodGet, "/audit", requireAdmin(a.auditEvents), errorResponse},
		{http.MethodGet, "/policy", requireAdmin(a.policyCounts), errorResponse},
		{http.MethodGet, "/v2/endpoints/{id}/metrics", a.endpointMetrics, errorResponse},
		{http.MethodPost, "/v2/endpoints/metrics/batch", a.batchMetrics, errorResponse},
		{http.MethodGet, "/metrics", langoRoute(a, (*gateway.Request).Snapshot, "limit"), errorResponse},
		{http.MethodGet, "/metrics/sessions", langoRoute(a, (*gateway.Request).Sessions, "limit"), errorResponse},
		{http.MethodGet, "/metrics/tools", langoRoute(a, (*gateway.Request).Tools, "limit"), errorResponse},
		{http.MethodGet, "/metrics/agents", langoRoute(a, (*gateway.Request).Agents, "limit"), errorResponse},
		{http.MethodGet, "/metrics/policy", langoRoute(a, (*gateway.Request).PolicyDecisions), errorResponse},
		{http.MethodGet, "/metrics/history", langoRoute(a, (*gateway.Request).History, "days"), errorResponse},
		{http.MethodGet, "/health/detailed", langoRoute(a, (*gateway.Request).Health), errorResponse},
	}, a.prometheusRoutes()...)
}

// Routes returns the method and the path of each route, such as GET /catalog.
func Routes() []string {
	var names []string
	for _, rt := range newAPI(Options{}).routes() {
		names = append(names, rt.name())
	}
	return names
}

// target describes a request to the route for the policy and the audit log. The parameter
// {name} of a path is the name of a catalog metric. The policy's limits on PromQL don't apply
// to a target with a metric, because the routes with such targets accept no PromQL.
func (rt route) target(r *http.Request) access.Target {
	t := access.Target{Action: rt.name(), Metric: r.PathValue("name")}
	if strings.HasPrefix(rt.path, "/v2/endpoints/") {
		t.Metric = "endpoint report"
	}
	return t
}

// handler returns the handler of the route. It counts the requests in counter.
func (rt route) handler(counter *telemetry.Source) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		status := rt.respond(w, r)
		counter.Resource(rt.name(), status, time.Since(begun))
	})
}

// respond sends the response to a request and returns its status.
func (rt route) respond(w http.ResponseWriter, r *http.Request) int {
	var body any
	err := fault.Catch(func() error {
		in, err := parseInput(r)
		r = r.WithContext(access.WithTarget(r.Context(), rt.target(r)))
		if err == nil {
			body, err = rt.serve(r, in)
		}
		return err
	})
	if err != nil {
		logInternalError(r, err)
		setRetryAfter(w, err)
		status, body := rt.format(err)
		return send(w, status, body)
	}
	return send(w, http.StatusOK, body)
}
