package access

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// path is a way in which a caller can request data.
type path struct {
	covers  string // query type, or method and path of a route
	isFixed bool   // the request doesn't contain the input
	request func(ctx context.Context, w *world, user *backend.User, input string) string
}

// metric is a metric of the catalog with the parameters tenant and model.
const metric = "inference_error_ratio"

// named is a metric whose label endpoint_id has names. All tenants have the endpoint
// ep_1, with other names.
const named = "tensorone_cpu_utilization"

// panel returns the path of a query, for example a panel's. The parameter fields is a function
// that returns the query's fields for an input.
func panel(kind query.Type, fields func(input string) map[string]any) path {
	return path{covers: string(kind), request: func(ctx context.Context, w *world, user *backend.User, input string) string {
		all := fields(input)
		all["refId"], all["queryType"] = "A", string(kind)
		return w.query(ctx, user, all, false)
	}}
}

// chunked is like panel, but the returned path requests a chunked response.
func chunked(kind query.Type, fields func(input string) map[string]any) path {
	return path{covers: string(kind), request: func(ctx context.Context, w *world, user *backend.User, input string) string {
		all := fields(input)
		all["refId"], all["queryType"] = "A", string(kind)
		return w.query(ctx, user, all, true)
	}}
}

// get returns the path of a GET request. The parameter at is the URL path, in which the input
// replaces an asterisk. The parameter params is a function that returns the URL parameters for
// an input. It is nil for a request without URL parameters.
func get(route, at string, params func(input string) url.Values) path {
	isFixed := params == nil && !strings.Contains(at, "*")
	return path{covers: "GET /" + route, isFixed: isFixed, request: func(ctx context.Context, w *world, user *backend.User, input string) string {
		var values url.Values
		if params != nil {
			values = params(input)
		}
		setTimes(w, values)
		return w.call(ctx, user, http.MethodGet, strings.Replace(at, "*", input, 1), values, nil)
	}}
}

func post(route, at string, body func(input string) any) path {
	return path{covers: "POST /" + route, request: func(ctx context.Context, w *world, user *backend.User, input string) string {
		return w.call(ctx, user, http.MethodPost, at, nil, body(input))
	}}
}

// form returns the paths of a route of Prometheus: a GET request with the parameters in the URL,
// and a POST request with the parameters in the body.
func form(route string, params func(input string) url.Values) (inURL, inBody path) {
	inURL = get(route, route, params)
	inBody = path{covers: "POST /" + route, request: func(ctx context.Context, w *world, user *backend.User, input string) string {
		values := params(input)
		setTimes(w, values)
		return w.call(ctx, user, http.MethodPost, route, nil, values)
	}}
	return inURL, inBody
}

// setTimes replaces the values of time, start and end by fixed times.
func setTimes(w *world, values url.Values) {
	for name, at := range map[string]time.Time{
		"time": w.start.Add(-time.Minute), "start": w.start.Add(-20 * time.Minute), "end": w.start.Add(-time.Minute),
	} {
		if values.Has(name) {
			values.Set(name, stamp(at))
		}
	}
}

func stamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

type fields = map[string]any

func expr(more fields) func(string) fields {
	return func(input string) fields {
		all := fields{"expr": input, "range": true}
		maps.Copy(all, more)
		return all
	}
}

func param(name string) func(string) url.Values {
	return func(input string) url.Values { return url.Values{name: {input}} }
}

func timed(name string, more ...string) func(string) url.Values {
	return func(input string) url.Values {
		values := url.Values{name: {input}}
		for _, other := range more {
			values.Set(other, "15")
		}
		return values
	}
}

func filter(key, operator, value string) []fields {
	return []fields{{"key": key, "operator": operator, "value": value}}
}

// The paths of Prometheus's routes whose parameters can be in the body of a request.
var (
	instantURL, instantBody     = form("api/v1/query", timed("query", "time"))
	rangeURL, rangeBody         = form("api/v1/query_range", timed("query", "start", "end", "step"))
	exemplarsURL, exemplarsBody = form("api/v1/query_exemplars", timed("query", "start", "end"))
	_, labelsBody               = form("api/v1/labels", param("match[]"))
	_, seriesBody               = form("api/v1/series", param("match[]"))
)

// paths are ways in which a caller can request data, by name. TestEveryPathIsInTheTable
// fails if a query type or a route is in no path and isn't exempt.
var paths = map[string]path{
	"panel":         panel(query.PromQL, expr(nil)),
	"chunked panel": chunked(query.PromQL, expr(nil)),
	"chunked table": chunked(query.PromQL, expr(fields{"format": "table"})),
	"wide panel":    panel(query.PromQL, expr(fields{"format": "time_series_wide"})),
	"table":         panel(query.PromQL, expr(fields{"instant": true, "range": false, "format": "table"})),
	"heatmap":       panel(query.PromQL, expr(fields{"format": "heatmap"})),
	"exemplars":     panel(query.PromQL, expr(fields{"exemplar": true})),
	"legend": panel(query.PromQL, func(input string) fields {
		return fields{"expr": "both", "legendFormat": "{{" + input + "}} {{tenant}}"}
	}),
	"custom parameters": panel(query.PromQL, func(input string) fields { return fields{"expr": "both", "customQueryParameters": input} }),
	"custom parameter": panel(query.PromQL, func(input string) fields {
		return fields{"expr": "both", "customQueryParameters": "dedup=" + url.QueryEscape(input)}
	}),
	"ad-hoc filter": panel(query.PromQL, func(input string) fields {
		return fields{"expr": "both", "adhocFilters": filter("tenant", "=~", input)}
	}),
	"ad-hoc filter's key": panel(query.PromQL, func(input string) fields { return fields{"expr": "both", "adhocFilters": filter(input, "!=", "x")} }),
	"ad-hoc filter of other text": panel(query.PromQL, func(input string) fields {
		return fields{"expr": input, "adhocFilters": filter("tenant", "=", "globex")}
	}),
	"catalog query": panel(query.Catalog, func(input string) fields {
		return fields{"metric": metric, "params": fields{"tenant": []string{input}}}
	}),
	"catalog query, negated": panel(query.Catalog, func(input string) fields {
		return fields{"metric": metric, "params": fields{"tenant": fields{"op": "!=", "values": []string{input}}}}
	}),
	"catalog query, regexp": panel(query.Catalog, func(input string) fields {
		return fields{"metric": metric, "params": fields{"tenant": fields{"op": "=~", "values": []string{input}}}}
	}),
	"catalog query's grouping": panel(query.Catalog, func(input string) fields { return fields{"metric": metric, "groupBy": []string{input, "tenant"}} }),
	"catalog query with names": panel(query.Catalog, func(input string) fields {
		return fields{"metric": named, "legendFormat": "{{endpoint_id}}", "params": fields{"endpoint_id": fields{"op": "!=", "values": []string{input}}}}
	}),
	"catalog query with names in a table": panel(query.Catalog, func(input string) fields {
		return fields{"metric": named, "format": "table", "params": fields{"endpoint_id": fields{"op": "!=", "values": []string{input}}}}
	}),
	"catalog query with names as a label": panel(query.Catalog, func(input string) fields {
		return fields{"metric": named, "displayNames": "label", "params": fields{"endpoint_id": fields{"op": "!=", "values": []string{input}}}}
	}),
	"chunked catalog query with names": chunked(query.Catalog, func(input string) fields {
		return fields{"metric": named, "legendFormat": "{{endpoint_id}}", "params": fields{"endpoint_id": fields{"op": "!=", "values": []string{input}}}}
	}),
	"variable with names": panel(query.ParamValues, func(input string) fields {
		return fields{"metric": named, "param": "endpoint_id", "params": fields{"endpoint_id": fields{"op": "!=", "values": []string{input}}}}
	}),
	"catalog query's name": panel(query.Catalog, func(input string) fields { return fields{"metric": input} }),
	"report":               panel(query.Report, func(input string) fields { return fields{"endpointIds": []string{input}, "section": "summary"} }),
	"annotation":           panel(query.Annotation, expr(fields{"title": "{{tenant}}", "text": "{{globex_code}}"})),
	"annotation of the catalog": panel(query.Annotation, func(input string) fields {
		return fields{"metric": metric, "params": fields{"tenant": []string{input}}, "title": "{{tenant}}"}
	}),
	"variable: label names":       panel(query.LabelNames, func(input string) fields { return fields{"match": input} }),
	"variable: labels of a name":  panel(query.LabelNames, func(input string) fields { return fields{"metric": input} }),
	"variable: labels by regexp":  panel(query.LabelNames, func(input string) fields { return fields{"regex": input} }),
	"variable: values of a label": panel(query.LabelValues, func(input string) fields { return fields{"label": input} }),
	"variable: values by match":   panel(query.LabelValues, func(input string) fields { return fields{"label": "tenant", "match": input} }),
	"variable: values by filter": panel(query.LabelValues, func(input string) fields {
		return fields{"label": "tenant", "metric": "both", "params": fields{input: fields{"op": "!=", "values": []string{"x"}}}}
	}),
	"variable: metric names":   panel(query.MetricNames, func(input string) fields { return fields{"regex": input} }),
	"variable: names by match": panel(query.MetricNames, func(input string) fields { return fields{"match": input} }),
	"variable: catalog":        panel(query.CatalogMetrics, func(string) fields { return fields{} }),
	"variable: parameter values": panel(query.ParamValues, func(input string) fields {
		return fields{"metric": metric, "param": "tenant", "params": fields{"model": fields{"op": "!=", "values": []string{input}}}}
	}),
	"variable: series":       panel(query.Series, func(input string) fields { return fields{"match": input} }),
	"variable: query result": panel(query.QueryResult, func(input string) fields { return fields{"expr": input} }),

	"metrics API: list":        get("api/metrics", "api/metrics", nil),
	"metrics API: time":        get("api/metrics/{name}", "api/metrics/"+metric, timed("tenant", "time")),
	"metrics API: range":       get("api/metrics/{name}", "api/metrics/"+metric, timed("model", "start", "end", "step")),
	"metrics API: grouping":    get("api/metrics/{name}", "api/metrics/"+metric, timed("group_by", "time")),
	"metrics API: name":        get("api/metrics/{name}", "api/metrics/*", func(string) url.Values { return url.Values{"time": {""}} }),
	"metrics API: explain":     get("api/metrics/{name}/explain", "api/metrics/"+metric+"/explain", param("model")),
	"metrics API: description": get("api/openapi.json", "api/openapi.json", nil),
	"catalog":                  get("catalog", "catalog", nil),
	"catalog: search":          get("catalog/search", "catalog/search", param("q")),
	"catalog: packs":           get("catalog/packs", "catalog/packs", nil),
	"catalog: schema":          get("catalog/schema", "catalog/schema", nil),
	"catalog: report":          get("catalog/report", "catalog/report", nil),
	"catalog: check":           post("catalog/check", "catalog/check", func(input string) any { return fields{"packs": input} }),
	"catalog: preview":         post("catalog/preview", "catalog/preview", func(input string) any { return fields{"metric": metric, "params": fields{"tenant": input}} }),
	"catalog: explain":         get("catalog/{name}/explain", "catalog/"+metric+"/explain", param("tenant")),
	"catalog: values":          get("catalog/{name}/values/{param}", "catalog/"+metric+"/values/tenant", param("model")),
	"catalog: search values":   get("catalog/{name}/values/{param}", "catalog/"+metric+"/values/tenant", param("search")),
	"catalog: values of":       get("catalog/{name}/values/{param}", "catalog/"+metric+"/values/*", nil),
	"catalog: values by operator": post("catalog/{name}/values/{param}", "catalog/"+metric+"/values/tenant", func(input string) any {
		return fields{"params": fields{"model": fields{"op": "!=", "values": []string{input}}}}
	}),
	"label names":               get("api/v1/labels", "api/v1/labels", nil),
	"label names by match":      get("api/v1/labels", "api/v1/labels", param("match[]")),
	"label values":              get("api/v1/label/{label}/values", "api/v1/label/*/values", nil),
	"label values by match":     get("api/v1/label/{label}/values", "api/v1/label/tenant/values", param("match[]")),
	"label values with a limit": get("api/v1/label/{label}/values", "api/v1/label/tenant/values", func(string) url.Values { return url.Values{"limit": {"1"}} }),
	"series":                    get("api/v1/series", "api/v1/series", param("match[]")),
	"series of two selectors":   get("api/v1/series", "api/v1/series", func(input string) url.Values { return url.Values{"match[]": {"both", input}} }),
	"metadata":                  get("api/v1/metadata", "api/v1/metadata", nil),
	"metadata of a family":      get("api/v1/metadata", "api/v1/metadata", param("metric")),
	"metadata with a limit":     get("api/v1/metadata", "api/v1/metadata", func(string) url.Values { return url.Values{"limit": {"20"}, "limit_per_metric": {"1"}} }),
	"Prometheus: query":         instantURL,
	"Prometheus: posted query":  instantBody,
	"Prometheus: parameters of a query": get("api/v1/query", "api/v1/query", func(input string) url.Values {
		return url.Values{"query": {"both"}, "time": {""}, "lookback_delta": {input}, "timeout": {"5s"}}
	}),
	"Prometheus: range":            rangeURL,
	"Prometheus: posted range":     rangeBody,
	"Prometheus: exemplars":        exemplarsURL,
	"Prometheus: posted exemplars": exemplarsBody,
	"Prometheus: posted labels":    labelsBody,
	"Prometheus: posted series":    seriesBody,
	"Prometheus: rules":            get("api/v1/rules", "api/v1/rules", nil),
	"Prometheus: alerts":           get("api/v1/alerts", "api/v1/alerts", nil),
	"Prometheus: build":            get("api/v1/status/buildinfo", "api/v1/status/buildinfo", nil),
	"endpoint report":              get("v2/endpoints/{id}/metrics", "v2/endpoints/*/metrics", func(string) url.Values { return url.Values{"timeframe": {"1h"}} }),
	"endpoint reports": post("v2/endpoints/metrics/batch", "v2/endpoints/metrics/batch", func(input string) any {
		return fields{"endpointIds": []string{input, "globex-endpoint_id"}, "timeframe": "1h"}
	}),

	"access":            get("access", "access", nil),
	"access: schema":    get("access/schema", "access/schema", nil),
	"access: check":     post("access/check", "access/check", func(input string) any { return fields{"access": input} }),
	"access: explain":   post("access/explain", "access/explain", func(input string) any { return fields{"login": input, "org": 1} }),
	"gateway: metrics":  get("metrics", "metrics", nil),
	"gateway: sessions": get("metrics/sessions", "metrics/sessions", nil),
	"gateway: tools":    get("metrics/tools", "metrics/tools", nil),
	"gateway: agents":   get("metrics/agents", "metrics/agents", nil),
	"gateway: policy":   get("metrics/policy", "metrics/policy", nil),
	"gateway: history":  get("metrics/history", "metrics/history", param("days")),
	"gateway: health":   get("health/detailed", "health/detailed", nil),
	"gateway: instance": get("metrics/tools", "metrics/tools", func(input string) url.Values { return url.Values{"instance": {"app:1", input}} }),
}

// exempt are the query types and routes that return what the data source itself has recorded.
// Each is mapped to the reason why it needs no isolation of tenants.
var exempt = map[string]string{
	"audit":       "only administrators of the organization may read the audit log",
	"GET /audit":  "only administrators of the organization may read the audit log",
	"GET /policy": "only administrators of the organization may read the number of decisions",
}
