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

// TestOneNumberThreeWays: a panel, an alert rule and an API client that name the
// same metric at the same time have the same series with the same values, for
// every metric of every pack, in its own grouping and in another.
func TestOneNumberThreeWays(t *testing.T) {
	all, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range all.Packs() {
		for _, metric := range pack.Metrics {
			t.Run(pack.Name+"/"+metric.Name, func(t *testing.T) {
				q := question{Metric: metric.Name, Params: chosen(t, metric)}
				if strings.Contains(metric.Query, "$__range") {
					q.Window = "1h" // a panel's range is no API client's
				}
				threeWays(t, q)
				if params := metric.Params(); metric.Groupable() && len(params) > 0 {
					q.GroupBy = &params
					threeWays(t, q)
					q.GroupBy = &[]string{}
					threeWays(t, q)
				}
			})
		}
	}
}

// question is a catalog query as all three write it.
type question struct {
	Metric  string              `json:"metric"`
	Params  map[string][]string `json:"params"`
	GroupBy *[]string           `json:"groupBy,omitempty"`
	Window  string              `json:"window,omitempty"`
}

// chosen gives each required parameter a value that it has now.
func chosen(t *testing.T, metric *catalog.Metric) map[string][]string {
	t.Helper()
	params := map[string][]string{}
	for _, name := range metric.RequiredParams {
		status, body := get(t, "catalog/"+metric.Name+"/values/"+name+"?"+url.Values(params).Encode())
		var has struct{ Values []string }
		if err := json.Unmarshal([]byte(body), &has); err != nil || len(has.Values) == 0 {
			t.Fatalf("values of %s: %d %s", name, status, body)
		}
		params[name] = has.Values[:1]
	}
	return params
}

func threeWays(t *testing.T, q question) {
	t.Helper()
	panel := q.asked(t, host.PanelDefaults, nil, now.Add(-6*time.Hour))
	alert := q.asked(t, host.AlertDefaults, map[string]string{host.FromAlert: "true"}, now.Add(-10*time.Minute))
	api := q.lookedUp(t)
	if panel.Samples() == 0 {
		t.Errorf("%+v: no data", q)
	}
	if problem := results.Difference(alert, panel); problem != "" {
		t.Errorf("%+v: the alert's frame is not the panel's: %s", q, problem)
	}
	if problem := results.Difference(api, panel); problem != "" {
		t.Errorf("%+v: the API's data are not the panel's: %s", q, problem)
	}
}

// asked is the frame that a panel or a rule with its own time range gets.
func (q question) asked(t *testing.T, defaults host.Defaults, headers map[string]string, from time.Time) results.Result {
	t.Helper()
	text, err := json.Marshal(struct {
		RefID     string `json:"refId"`
		QueryType string `json:"queryType"`
		Instant   bool   `json:"instant"`
		question
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

func (q question) lookedUp(t *testing.T) results.Result {
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
