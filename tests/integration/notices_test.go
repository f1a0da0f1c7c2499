package integration

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// The names of TANGO's counters don't end in _total. If a query computes the rate of such a
// counter, Prometheus therefore returns an info with the result. Catalog queries omit the
// info, because the catalog declares the metrics as counters.
func TestCatalogQueriesOmitCounterInfo(t *testing.T) {
	for _, c := range []struct {
		query   string
		hasInfo bool
	}{
		{`{"refId":"A","expr":"rate(total_invocations[5m])","instant":true}`, true},
		{`{"refId":"A","metric":"invocation_failure_rate_window","instant":true}`, false},
		{`{"refId":"A","metric":"invocation_failure_rate_window","range":true}`, false},
	} {
		response := runQuery(t, plugin, c.query)
		if response.Error != nil || len(response.Frames[0].Fields) == 0 {
			t.Fatalf("%s: %v", c.query, response.Error)
		}
		infos := results.Infos(response.Frames[0])
		hasInfo := slices.ContainsFunc(infos, func(info string) bool { return strings.Contains(info, "might not be a counter") })
		if hasInfo != c.hasInfo {
			t.Errorf("%s: has the info %t, infos %v", c.query, hasInfo, infos)
		}
		if notices := response.Frames[0].Meta.Notices; len(notices) > 0 {
			t.Errorf("%s: the panel shows %v", c.query, notices)
		}
	}
}

func TestSettingShowsInfosInPanels(t *testing.T) {
	shown := plugintest.Start(t, plugintest.Source(t, server.url(), map[string]any{"showInfos": true}))
	for _, format := range []string{"time_series", "time_series_wide", "table"} {
		response := runQuery(t, shown, `{"refId":"A","expr":"rate(total_invocations[5m])","range":true,"format":"`+format+`"}`)
		if response.Error != nil {
			t.Fatal(response.Error)
		}
		if notices := response.Frames[0].Meta.Notices; len(notices) != 1 || !strings.Contains(notices[0].Text, "might not be a counter") {
			t.Errorf("%s: notices %v", format, notices)
		}
	}
}

// With a limit in the data source's query parameters, Prometheus truncates labels,
// values, series and results and returns a warning. An alert rule uses such a result
// only if the settings allow it.
func TestTruncatedResultsHaveNotice(t *testing.T) {
	const truncated = "results truncated due to limit"
	limited := plugintest.Start(t, plugintest.Source(t, server.url(), map[string]any{"customQueryParameters": "limit=1"}))
	for name, query := range map[string]string{
		"instant query":    `{"refId":"A","expr":"up","instant":true}`,
		"range query":      `{"refId":"A","expr":"up","range":true}`,
		"label names":      `{"refId":"A","queryType":"labelNames"}`,
		"label values":     `{"refId":"A","queryType":"labelValues","label":"job"}`,
		"metric names":     `{"refId":"A","queryType":"metricNames"}`,
		"series":           `{"refId":"A","queryType":"series","match":"up"}`,
		"query result":     `{"refId":"A","queryType":"queryResult","expr":"up"}`,
		"parameter values": `{"refId":"A","queryType":"paramValues","metric":"invocation_failure_rate","param":"model_code"}`,
	} {
		response := runQuery(t, limited, query)
		if response.Error != nil {
			t.Errorf("%s: %v", name, response.Error)
			continue
		}
		if notices := response.Frames[0].Meta.Notices; len(notices) != 1 || notices[0].Text != truncated {
			t.Errorf("%s: notices %v", name, notices)
		}
	}
	query, _, err := host.DataQuery([]byte(`{"refId":"A","expr":"up","instant":true}`), backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.PanelDefaults)
	if err != nil {
		t.Fatal(err)
	}
	responses, err := limited.QueryData(t.Context(), []backend.DataQuery{query}, map[string]string{host.FromAlert: "true"})
	if err != nil {
		t.Fatal(err)
	}
	if err := responses.Responses["A"].Error; err == nil || !strings.Contains(err.Error(), "returned a partial result: "+truncated+". Alert rules don't use partial results") {
		t.Errorf("alert rule: %v", err)
	}
}
