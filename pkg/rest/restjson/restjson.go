// Package restjson defines the JSON types of the responses in which package rest describes the
// metrics of the catalog, and encodes responses as JSON.
package restjson

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"

// Explanation is the response of the routes that explain a metric: the definition of the
// metric, and the query that GET api/metrics/{name} sends for the same parameters.
type Explanation struct {
	Name        string      `json:"name"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Unit        string      `json:"unit"` // Grafana unit id
	Type        string      `json:"type"`
	Tags        []string    `json:"tags"`
	Pack        PackEntry   `json:"pack"`
	Place       string      `json:"place"`
	Line        int         `json:"line"`
	Overrides   *Overridden `json:"overrides"` // nil unless the metric is defined by a user pack and replaces a built-in one

	PrometheusQuery string    `json:"prometheus_query"` // the template
	Query           string    `json:"query"`            // rendered, with macros
	ExecutedQuery   string    `json:"executed_query"`   // with macros expanded
	Missing         []string  `json:"missing_params"`   // required parameters that don't filter; Query and ExecutedQuery contain example values of them
	Window          Window    `json:"window"`
	Grouping        Grouping  `json:"grouping"`
	Parameters      []Param   `json:"parameters"`
	Families        []*Family `json:"families"`
	ValuesError     string    `json:"values_error,omitempty"` // error of a request for LiveValues
}

// Overridden is a built-in definition that a user pack replaces.
type Overridden struct {
	Pack            string `json:"pack"`
	Place           string `json:"place"`
	Line            int    `json:"line"`
	PrometheusQuery string `json:"prometheus_query"`
}

// Window is the window of a query and its origin.
type Window struct {
	Value string `json:"value"` // such as 5m
	From  string `json:"from"`  // request, metric, step or default
}

// Grouping contains the labels by which a query groups, and those that it can group by.
type Grouping struct {
	By      []string `json:"by"`
	Default []string `json:"default"`
	Choices []string `json:"choices"` // empty if the grouping is fixed
}

// Param is a parameter of a metric.
type Param struct {
	Name       string   `json:"name"`
	Meaning    string   `json:"meaning"`
	Required   bool     `json:"required"`
	Op         string   `json:"op"`      // =, or =~ for several values
	Values     []string `json:"values"`  // in the request
	Matcher    string   `json:"matcher"` // in PromQL; "" if the parameter doesn't filter
	LiveValues []string `json:"live_values"`
	Truncated  bool     `json:"truncated"` // whether Prometheus has more values than LiveValues
	Warnings   []string `json:"warnings,omitempty"`
}

// Family is a metric family that the query of the metric reads.
type Family struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Unit   string   `json:"unit"`
	Help   string   `json:"help"`
	Labels []string `json:"labels"`
}

// Check is the response of POST catalog/check.
type Check struct {
	Problems packfile.Problems `json:"problems"`
	Metrics  []UserMetric      `json:"metrics"`
}

// UserMetric is a metric of a user pack without problems.
type UserMetric struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Pack      string `json:"pack"`
	Line      int    `json:"line"`
	Overrides bool   `json:"overrides"` // whether it replaces a built-in metric
	Query     string `json:"query"`     // the template
	Preview   string `json:"preview"`   // rendered, with an example for each required parameter
	Record    string `json:"record,omitempty"`
}

// PackEntry identifies a pack.
type PackEntry struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Owner string `json:"owner"`
}
