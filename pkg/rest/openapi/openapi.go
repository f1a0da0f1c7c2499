// Package openapi contains the OpenAPI description of the HTTP API, which consists of a data
// source's resource routes. The YAML files in this folder are the description: openapi.yaml
// contains general information and most routes, and each other file contains a group of routes
// and their schemas. rest serves the description, and rest's tests compare it with the routes.
package openapi

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

//go:embed *.yaml
var files embed.FS

const mainFile = "openapi.yaml"

// object is a JSON object.
type object = map[string]any

// document contains the parts of a file.
type document struct {
	Fields     object                       `yaml:",inline"`
	Paths      map[string]map[string]object `yaml:"paths"`
	Components map[string]map[string]object `yaml:"components"`
}

// Describe returns the OpenAPI 3.1 document of the API. It contains the metrics of a catalog and
// their parameters.
func Describe(c *catalog.Catalog) (map[string]any, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := read(mainFile)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == mainFile {
			continue
		}
		group, err := read(name)
		if err != nil {
			return nil, err
		}
		maps.Copy(doc.Paths, group.Paths)
		maps.Copy(doc.Components["schemas"], group.Components["schemas"])
	}
	doc.Components["schemas"]["MetricName"]["enum"] = c.Names()
	params := catalogParams(c)
	for _, path := range []string{"/api/metrics/{name}", "/api/metrics/{name}/explain", "/catalog/{name}/explain", "/catalog/{name}/values/{param}"} {
		operation := doc.Paths[path]["get"]
		list, _ := operation["parameters"].([]any)
		operation["parameters"] = append(list, params...)
	}
	out := maps.Clone(doc.Fields)
	out["paths"], out["components"] = doc.Paths, doc.Components
	return out, nil
}

func read(name string) (doc document, err error) {
	text, err := files.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(text, &doc)
	}
	if err != nil {
		return doc, fmt.Errorf("%s: %w", name, err)
	}
	return doc, nil
}

// catalogParams returns descriptions of the parameters of all valid metrics, ordered by name.
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
