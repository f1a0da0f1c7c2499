package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// resources is where Grafana offers the data source's own API.
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

// example shows the metric asked for over HTTP and by a panel, and what
// Prometheus is asked then. Values in capitals are the reader's to fill in.
func example(m *markdown, metric *catalog.Metric) error {
	names := metric.RequiredParams
	if len(names) == 0 && len(metric.OptionalParams) > 0 {
		names = metric.OptionalParams[:1]
	}
	given, variables, search := catalog.Params{}, catalog.Params{}, url.Values{}
	for _, name := range names {
		value := strings.ToUpper(name)
		given[name] = catalog.Param{Values: []string{value}}
		variables[name] = catalog.Param{Values: []string{"$" + name}}
		search.Set(name, value)
	}
	address := url.URL{Path: "api/metrics/" + metric.Name, RawQuery: search.Encode()}
	rendered, err := metric.Render(given, nil)
	if err != nil {
		return err
	}
	query := panelQuery{RefID: "A", QueryType: "catalog", Metric: metric.Name, Params: variables, Range: true}
	if metric.Type == "histogram" {
		query.Format = "heatmap"
	}
	var inPanel bytes.Buffer
	encoder := json.NewEncoder(&inPanel)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(query); err != nil {
		return err
	}

	m.block("<details><summary>Example</summary>")
	m.fence("sh", `curl -H "Authorization: Bearer $TOKEN" "`+resources+address.String()+`"`)
	m.fence("json", inPanel.String())
	m.fence("promql", rendered)
	m.block("</details>")
	return nil
}
