package integration

import (
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// A panel, an alert rule and an API client get the same series with the same values for the
// same metric at the same time. The test covers every metric of every pack with its default
// grouping, and many metrics with other groupings.
func TestPanelAlertAndAPIReturnSameValues(t *testing.T) {
	all, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range all.Packs() {
		for _, metric := range pack.Metrics {
			t.Run(pack.Name+"/"+metric.Name, func(t *testing.T) {
				q := metricQuery{Metric: metric.Name, Params: requiredParams(t, metric)}
				if strings.Contains(metric.Query, "$__range") {
					q.Window = "1h" // an instant request of the API has no time range
				}
				compareAll(t, q)
				if params := metric.Params(); metric.Groupable() && len(params) > 0 {
					q.GroupBy = &params
					compareAll(t, q)
					q.GroupBy = &[]string{}
					compareAll(t, q)
				}
			})
		}
	}
}

// metricQuery is a catalog query. Its JSON contains the fields that a panel and an alert rule
// use.
type metricQuery struct {
	Metric  string              `json:"metric"`
	Params  map[string][]string `json:"params"`
	GroupBy *[]string           `json:"groupBy,omitempty"`
	Window  string              `json:"window,omitempty"`
}

// requiredParams returns a current value for each required parameter.
func requiredParams(t *testing.T, metric *catalog.Metric) map[string][]string {
	t.Helper()
	params := map[string][]string{}
	for _, name := range metric.RequiredParams {
		status, body := get(t, "catalog/"+metric.Name+"/values/"+name+"?"+url.Values(params).Encode())
		var options struct{ Values []string }
		if err := json.Unmarshal([]byte(body), &options); err != nil || len(options.Values) == 0 {
			t.Fatalf("values of %s: %d %s", name, status, body)
		}
		params[name] = options.Values[:1]
	}
	return params
}

func compareAll(t *testing.T, q metricQuery) {
	t.Helper()
	panel := q.run(t, host.PanelDefaults, nil, now.Add(-6*time.Hour))
	alert := q.run(t, host.AlertDefaults, map[string]string{host.FromAlert: "true"}, now.Add(-10*time.Minute))
	api := q.fromAPI(t)
	if panel.Samples() == 0 {
		t.Errorf("%+v: no data", q)
	}
	if problem := results.Difference(alert, panel); problem != "" {
		t.Errorf("%+v: the alert's result differs from the panel's: %s", q, problem)
	}
	if problem := results.Difference(api, panel); problem != "" {
		t.Errorf("%+v: the API's result differs from the panel's: %s", q, problem)
	}
}

// run returns the result of the query in a panel or an alert rule. The query's time range
// begins at from and ends now.
func (q metricQuery) run(t *testing.T, defaults host.Defaults, headers map[string]string, from time.Time) results.Result {
	t.Helper()
	text, err := json.Marshal(struct {
		RefID     string `json:"refId"`
		QueryType string `json:"queryType"`
		Instant   bool   `json:"instant"`
		metricQuery
	}{"A", "catalog", true, q})
	if err != nil {
		t.Fatal(err)
	}
	query, _, err := host.DataQuery(text, backend.TimeRange{From: from, To: now}, defaults)
	if err != nil {
		t.Fatal(err)
	}
	responses, err := plugin.QueryData(t.Context(), []backend.DataQuery{query}, headers)
	if err != nil {
		t.Fatal(err)
	}
	response := responses.Responses["A"]
	if response.Error != nil {
		t.Fatalf("%s: %v", text, response.Error)
	}
	answer, err := results.FromFrames(response.Frames, now)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (q metricQuery) fromAPI(t *testing.T) results.Result {
	t.Helper()
	form := url.Values{"time": {strconv.FormatInt(now.Unix(), 10)}}
	maps.Copy(form, q.Params)
	if q.Window != "" {
		form.Set("window", q.Window)
	}
	if q.GroupBy != nil {
		form["group_by"] = append([]string{""}, *q.GroupBy...)
	}
	status, body := get(t, "api/metrics/"+q.Metric+"?"+form.Encode())
	if status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	answer, err := results.FromAPI([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
