package rest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

//go:embed openapi.yaml
var openAPI []byte

//go:embed openapi_report.yaml
var reportOpenAPI []byte

// document answers GET api/openapi.json: the OpenAPI 3.1 description of the routes,
// with the catalog's metrics and their parameters filled in. It is made when it is
// first asked for, and once: the catalog doesn't change.
func (a api) document() func(*http.Request, input) (any, error) {
	made := sync.OnceValues(func() (json.RawMessage, error) { return describeAPI(a.Catalog) })
	return func(_ *http.Request, in input) (any, error) {
		if err := in.only(); err != nil {
			return nil, err
		}
		return made()
	}
}

// object is a JSON object.
type object = map[string]any

func describeAPI(c *catalog.Catalog) (json.RawMessage, error) {
	type document struct {
		Fields     object                       `yaml:",inline"`
		Paths      map[string]map[string]object `yaml:"paths"`
		Components map[string]map[string]object `yaml:"components"`
	}
	var doc, reports document
	if err := yaml.Unmarshal(openAPI, &doc); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	if err := yaml.Unmarshal(reportOpenAPI, &reports); err != nil {
		return nil, fmt.Errorf("openapi_report.yaml: %w", err)
	}
	maps.Copy(doc.Paths, reports.Paths)
	maps.Copy(doc.Components["schemas"], reports.Components["schemas"])
	names := c.Names()
	doc.Components["schemas"]["MetricName"]["enum"] = names
	params := catalogParams(c)
	for _, path := range []string{"/api/metrics/{name}", "/api/metrics/{name}/explain", "/catalog/{name}/explain", "/catalog/{name}/values/{param}"} {
		operation := doc.Paths[path]["get"]
		list, _ := operation["parameters"].([]any)
		operation["parameters"] = append(list, params...)
	}
	out := maps.Clone(doc.Fields)
	out["paths"], out["components"] = doc.Paths, doc.Components
	return marshal(out)
}

// catalogParams describes the query parameters that metrics have, by name, each
// with what it means and which metrics take it.
func catalogParams(c *catalog.Catalog) []any {
	taken := map[string][]*catalog.Metric{}
	for _, name := range c.Names() {
		metric, err := c.Metric(name)
		if err != nil {
			continue // a user's own definition that can't be used
		}
		for _, param := range metric.Params() {
			taken[param] = append(taken[param], metric)
		}
	}
	var params []any
	for _, name := range slices.Sorted(maps.Keys(taken)) {
		params = append(params, object{
			"name": name, "in": "query", "description": paramText(name, taken[name]),
			"schema":  object{"type": "array", "items": object{"type": "string", "minLength": 1}},
			"explode": true, "style": "form",
		})
	}
	return params
}

func paramText(name string, takenBy []*catalog.Metric) string {
	var b strings.Builder
	for _, metric := range takenBy {
		if meaning := metric.Meaning(name); meaning != "" {
			b.WriteString(strings.TrimRight(meaning, ".") + ".\n\n")
			break
		}
	}
	metrics := make([]string, len(takenBy))
	for i, metric := range takenBy {
		metrics[i] = metric.Name
		if slices.Contains(metric.RequiredParams, name) {
			metrics[i] += " (required)"
		}
	}
	return b.String() + "A parameter of " + strings.Join(metrics, ", ") + "."
}
