package integration

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// reportQuery returns the JSON of a report query.
func reportQuery(t *testing.T, refID, section string, endpoints []string, more map[string]any) []byte {
	t.Helper()
	fields := map[string]any{"refId": refID, "queryType": "report", "section": section, "endpointIds": endpoints}
	maps.Copy(fields, more)
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// queryReports sends queries in one request, as a panel does.
func queryReports(t *testing.T, texts ...[]byte) backend.Responses {
	t.Helper()
	var queries []backend.DataQuery
	for _, text := range texts {
		q, _, err := host.DataQuery(text, backend.TimeRange{From: now.Add(-6 * time.Hour), To: now}, host.PanelDefaults)
		if err != nil {
			t.Fatal(err)
		}
		queries = append(queries, q)
	}
	responses, err := plugin.QueryData(t.Context(), queries, nil)
	if err != nil {
		t.Fatal(err)
	}
	return responses.Responses
}

// TestEverySectionOfAReport queries all sections for several endpoints in one request.
func TestEverySectionOfAReport(t *testing.T) {
	var texts [][]byte
	for i, s := range section.All() {
		texts = append(texts, reportQuery(t, fmt.Sprint("R", i), s.Path, reported, nil))
	}
	responses := queryReports(t, texts...)
	filled := 0
	for i, s := range section.All() {
		response := responses[fmt.Sprint("R", i)]
		if response.Error != nil {
			t.Errorf("%s: %v", s.Path, response.Error)
			continue
		}
		if len(response.Frames) == 0 || response.Frames[0].Meta.Type == "" {
			t.Errorf("%s has no typed frame", s.Path)
		}
		if len(response.Frames[0].Fields) > 0 {
			filled++
		}
	}
	if filled < len(section.All())*9/10 {
		t.Errorf("only %d of %d sections have data", filled, len(section.All()))
	}
}

// numberIn returns an endpoint's number from the response to a query for a number. It
// returns false if the endpoint has no number.
func numberIn(t *testing.T, response backend.DataResponse, endpoint string) (float64, bool) {
	t.Helper()
	if response.Error != nil {
		t.Fatal(response.Error)
	}
	for _, frame := range response.Frames {
		if frame.Meta.Type != data.FrameTypeNumericMulti || len(frame.Fields) > 1 {
			t.Fatalf("%v is not a number", frame.Meta.Type)
		}
		if len(frame.Fields) == 1 && frame.Fields[0].Labels["endpoint_id"] == endpoint {
			v, err := frame.Fields[0].FloatAt(0)
			if err != nil {
				t.Fatal(err)
			}
			return v, true
		}
	}
	return 0, false
}

// TestPanelAlertAndRESTReportTheSameNumbers compares the numbers that a panel, an alert
// rule and the REST API return.
func TestPanelAlertAndRESTReportTheSameNumbers(t *testing.T) {
	for path, metrics := range map[string]string{
		"summary.successRate":                 "performance",
		"summary.averageLatency":              "performance",
		"costs.trends.daily.changePercent":    "costs",
		"costs.budgetAnalysis.projectedTotal": "costs",
		"coldStarts.rate":                     "performance",
	} {
		t.Run(path, func(t *testing.T) {
			// All requests get a report with the same end, unless an hour begins between
			// them.
			at := time.Now()
			text := reportQuery(t, "A", path, reported, map[string]any{"granularity": "1h"})
			q, _, err := host.DataQuery(text, backend.TimeRange{From: at.Add(-time.Hour), To: at}, host.PanelDefaults)
			if err != nil {
				t.Fatal(err)
			}
			panel, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
			if err != nil {
				t.Fatal(err)
			}
			alert, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, map[string]string{host.FromAlert: "true"})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range reported {
				_, body := get(t, "v2/endpoints/"+id+"/metrics?granularity=1h&metrics="+metrics)
				var tree any
				if err := json.Unmarshal([]byte(body), &tree); err != nil {
					t.Fatal(err)
				}
				for name := range strings.SplitSeq(path, ".") {
					members, _ := tree.(map[string]any)
					tree = members[name]
				}
				want, present := tree.(float64)
				if !present && !strings.Contains(body, path) {
					t.Fatalf("%s is absent without a note: %.300s", path, body)
				}
				if got, found := numberIn(t, panel.Responses["A"], id); got != want || found != present {
					t.Errorf("%s: the panel has %v, REST has %v", id, got, want)
				}
				if got, found := numberIn(t, alert.Responses["A"], id); got != want || found != present {
					t.Errorf("%s: the alert has %v, REST has %v", id, got, want)
				}
			}
		})
	}
}

// TestQueriesOfAPanelShareAReport checks, by counting the requests to Prometheus, that queries
// of a panel with the same parameters share a report.
func TestQueriesOfAPanelShareAReport(t *testing.T) {
	provisioned, _ := set.DataSourceOfType(host.PluginID)
	settings, err := host.Settings(provisioned)
	if err != nil {
		t.Fatal(err)
	}
	settings.UID = "reports"
	source := plugin.WithDataSource(settings)
	counted := 0.0
	requests := func(texts ...[]byte) float64 {
		t.Helper()
		var queries []backend.DataQuery
		for _, text := range texts {
			q, _, err := host.DataQuery(text, backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.PanelDefaults)
			if err != nil {
				t.Fatal(err)
			}
			queries = append(queries, q)
		}
		responses, err := source.QueryData(t.Context(), queries, nil)
		if err != nil {
			t.Fatal(err)
		}
		for refID, response := range responses.Responses {
			if response.Error != nil || len(response.Frames[0].Fields) == 0 {
				t.Errorf("%s: %v", refID, response.Error)
			}
		}
		before := counted
		counted = sum(pluginMetrics(t, source)["modelmetrics_prometheus_requests_total"], nil)
		return counted - before
	}
	rate := func(refID string, endpoints ...string) []byte {
		return reportQuery(t, refID, "summary.successRate", endpoints, nil)
	}
	// The first query also requests the names of the endpoints.
	if n := requests(rate("A", reported[0])); n != 3 {
		t.Errorf("a number of the summary took %v requests", n)
	}
	if n := requests(rate("A", reported...), rate("B", reported[0]), reportQuery(t, "C", "summary", reported[1:], nil)); n != 2 {
		t.Errorf("three queries with the same parameters took %v requests", n)
	}
	if n := requests(rate("A", reported...), reportQuery(t, "B", "summary", reported, map[string]any{"timeframe": "6h"})); n != 4 {
		t.Errorf("queries with two timeframes took %v requests", n)
	}
	everything := requests(reportQuery(t, "A", "insights", reported, nil), reportQuery(t, "B", "costs.budgetAnalysis", reported, nil), reportQuery(t, "C", "resources", reported, nil))
	if everything < 3 || everything > 12 {
		t.Errorf("all sections took %v requests", everything)
	}
}

func TestReportQueryErrors(t *testing.T) {
	for name, test := range map[string]struct {
		section   string
		endpoints []string
		more      map[string]any
		status    backend.Status
		want      string
	}{
		"unknown section":     {"costs.breakdwn", reported, nil, 400, "Did you mean costs.breakdown"},
		"no section":          {"", reported, nil, 400, "no section"},
		"no endpoint":         {"summary", nil, nil, 400, "no endpoint"},
		"unknown endpoint":    {"summary", []string{"ep_1234567890abcdeg"}, nil, 404, "Did you mean ep_1234567890abcdef"},
		"unknown timeframe":   {"summary", reported, map[string]any{"timeframe": "2h"}, 400, "It must be 1h, 6h, 24h, 7d or 30d"},
		"granularity of 30d":  {"summary", reported, map[string]any{"timeframe": "30d", "granularity": "1m"}, 400, "granularity is"},
		"unknown aggregation": {"summary", reported, map[string]any{"aggregation": "median"}, 400, "aggregation is"},
		"a list as section":   {"summary", reported, map[string]any{"section": []string{"summary"}}, 400, "section can't be a JSON array"},
	} {
		t.Run(name, func(t *testing.T) {
			response := queryReports(t, reportQuery(t, "A", test.section, test.endpoints, test.more))["A"]
			if response.Error == nil || !strings.Contains(response.Error.Error(), test.want) || response.Status != test.status || response.ErrorSource != backend.ErrorSourceDownstream {
				t.Errorf("%v, status %d, source %s", response.Error, response.Status, response.ErrorSource)
			}
		})
	}
}

func TestUnknownEndpointAmongOthersIsANotice(t *testing.T) {
	endpoints := []string{reported[0], "ep_1234567890abcdeg"}
	response := queryReports(t, reportQuery(t, "A", "summary.successRate", endpoints, nil))["A"]
	if _, found := numberIn(t, response, reported[0]); !found {
		t.Error("the known endpoint has no number")
	}
	notices := response.Frames[0].Meta.Notices
	if len(notices) != 1 || notices[0].Severity != data.NoticeSeverityWarning || !strings.Contains(notices[0].Text, "Did you mean "+reported[0]) {
		t.Errorf("%v", notices)
	}
}

// TestExecutedReportQueryNamesItsRequests checks the executed query of a report query.
func TestExecutedReportQueryNamesItsRequests(t *testing.T) {
	response := queryReports(t, reportQuery(t, "A", "summary.successRate", reported[:1], map[string]any{"timeframe": "auto"}))["A"]
	if response.Error != nil {
		t.Fatal(response.Error)
	}
	text := response.Frames[0].Meta.ExecutedQueryString
	for _, want := range []string{"# Section summary.successRate of the report of " + reported[0], "Timeframe 6h until ", "increase(tensorone_endpoint_requests_total{endpoint_id=\"" + reported[0] + "\"}[6h])"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
	if n := strings.Count(text, "\n# Instant query") + strings.Count(text, "\n# Range query"); n != 2 {
		t.Errorf("a number of the summary needs 2 requests, the text has %d:\n%s", n, text)
	}
}
