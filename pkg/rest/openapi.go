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

//go:embed openapi_access.yaml
var accessOpenAPI []byte

// document returns the handler of GET api/openapi.json: the OpenAPI 3.1 description of the
// routes with the catalog's metrics and their parameters. The document is created once, at
// the first request, because the catalog doesn't change.
func (a api) document() func(*http.Request, input) (any, error) {
	describe := sync.OnceValues(func() (json.RawMessage, error) { return describeAPI(a.Catalog) })
	return func(_ *http.Request, in input) (any, error) {
		if err := in.checkNames(); err != nil {
			return nil, err
		}
		return describe()
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
	var doc document
	if err := yaml.Unmarshal(openAPI, &doc); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	for _, text := range [][]byte{reportOpenAPI, accessOpenAPI} {
		var part document
		if err := yaml.Unmarshal(text, &part); err != nil {
			return nil, fmt.Errorf("the OpenAPI documents: %w", err)
		}
		maps.Copy(doc.Paths, part.Paths)
		maps.Copy(doc.Components["schemas"], part.Components["schemas"])
	}
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

// catalogParams returns the descriptions of the parameters of all metrics, ordered by name.
func catalogParams(c *catalog.Catalog) []any {
	metrics := map[string][]*catalog.Metric{}
	for _, name := range c.Names() {
		metric, err := c.Metric(name)
		if err != nil {
			continue // an invalid definition of a user pack
		}
		for _, param := range metric.Params() {
			metrics[param] = append(metrics[param], metric)
		}
	}
	var params []any
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		params = append(params, object{
			"name": name, "in": "query", "description": paramDescription(name, metrics[name]),
			"schema":  object{"type": "array", "items": object{"type": "string", "minLength": 1}},
			"explode": true, "style": "form",
		})
	}
	return params
}

func paramDescription(name string, metrics []*catalog.Metric) string {
	var b strings.Builder
	for _, metric := range metrics {
		if meaning := metric.Meaning(name); meaning != "" {
			b.WriteString(strings.TrimRight(meaning, ".") + ".\n\n")
			break
		}
	}
	names := make([]string, len(metrics))
	for i, metric := range metrics {
		names[i] = metric.Name
		if slices.Contains(metric.RequiredParams, name) {
			names[i] += " (required)"
		}
	}
	return b.String() + "Parameter of " + strings.Join(names, ", ") + "."
}
