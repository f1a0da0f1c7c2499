package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// resources is the URL of the data source's API in Grafana.
const resources = "$GRAFANA/api/datasources/uid/" + datasourceUID + "/resources/"

// panelQuery is the query JSON of a panel.
type panelQuery struct {
	RefID     string         `json:"refId"`
	QueryType string         `json:"queryType"`
	Metric    string         `json:"metric"`
	Params    catalog.Params `json:"params,omitempty"`
	Range     bool           `json:"range"`
	Format    string         `json:"format,omitempty"`
}

// example writes an HTTP request for the metric, the query of a panel, and the PromQL
// of both. Readers replace the values in capitals.
func example(m *markdown, metric *catalog.Metric) error {
	names := metric.RequiredParams
	if len(names) == 0 && len(metric.OptionalParams) > 0 {
		names = metric.OptionalParams[:1]
	}
	values, variables, search := catalog.Params{}, catalog.Params{}, url.Values{}
	for _, name := range names {
		value := strings.ToUpper(name)
		values[name] = catalog.Param{Values: []string{value}}
		variables[name] = catalog.Param{Values: []string{"$" + name}}
		search.Set(name, value)
	}
	address := url.URL{Path: "api/metrics/" + metric.Name, RawQuery: search.Encode()}
	rendered, err := metric.Render(values, nil)
	if err != nil {
		return err
	}
	query := panelQuery{RefID: "A", QueryType: "catalog", Metric: metric.Name, Params: variables, Range: true}
	if metric.Type == "histogram" {
		query.Format = "heatmap"
	}
	var queryJSON bytes.Buffer
	encoder := json.NewEncoder(&queryJSON)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(query); err != nil {
		return err
	}

	m.block("<details><summary>Example</summary>")
	m.fence("sh", `curl -H "Authorization: Bearer $TOKEN" "`+resources+address.String()+`"`)
	m.fence("json", queryJSON.String())
	m.fence("promql", rendered)
	m.block("</details>")
	return nil
}
