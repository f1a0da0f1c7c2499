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

// TestKnownCountersAreNotDoubted: TANGO's counters don't end in _total, which
// Prometheus remarks on with every rate. The catalog knows them, so the remark is
// left to queries that don't go through it.
func TestKnownCountersAreNotDoubted(t *testing.T) {
	for _, c := range []struct {
		query   string
		doubted bool
	}{
		{`{"refId":"A","expr":"rate(total_invocations[5m])","instant":true}`, true},
		{`{"refId":"A","metric":"invocation_failure_rate_window","instant":true}`, false},
		{`{"refId":"A","metric":"invocation_failure_rate_window","range":true}`, false},
	} {
		response := askOne(t, plugin, c.query)
		if response.Error != nil || len(response.Frames[0].Fields) == 0 {
			t.Fatalf("%s: %v", c.query, response.Error)
		}
		infos := results.Infos(response.Frames[0])
		doubted := slices.ContainsFunc(infos, func(info string) bool { return strings.Contains(info, "might not be a counter") })
		if doubted != c.doubted {
			t.Errorf("%s: doubted %t, infos %v", c.query, doubted, infos)
		}
		if notices := response.Frames[0].Meta.Notices; len(notices) > 0 {
			t.Errorf("%s: the panel shows %v", c.query, notices)
		}
	}
}

// TestInfosOnPanelsByTheOption: the same info with the data source's setting.
func TestInfosOnPanelsByTheOption(t *testing.T) {
	shown := plugintest.Start(t, plugintest.Source(t, server.url(), map[string]any{"showInfos": true}))
	for _, format := range []string{"time_series", "time_series_wide", "table"} {
		response := askOne(t, shown, `{"refId":"A","expr":"rate(total_invocations[5m])","range":true,"format":"`+format+`"}`)
		if response.Error != nil {
			t.Fatal(response.Error)
		}
		if notices := response.Frames[0].Meta.Notices; len(notices) != 1 || !strings.Contains(notices[0].Text, "might not be a counter") {
			t.Errorf("%s: notices %v", format, notices)
		}
	}
}

// TestWhatPrometheusCutsIsMarked: with a limit among the parameters of the data source
// Prometheus cuts labels, values, series and results, and warns of it. An alert decides
// on such a result only where the settings allow it.
func TestWhatPrometheusCutsIsMarked(t *testing.T) {
	const truncated = "results truncated due to limit"
	limited := plugintest.Start(t, plugintest.Source(t, server.url(), map[string]any{"customQueryParameters": "limit=1"}))
	for name, query := range map[string]string{
		"an instant query":      `{"refId":"A","expr":"up","instant":true}`,
		"a range query":         `{"refId":"A","expr":"up","range":true}`,
		"a variable of labels":  `{"refId":"A","queryType":"labelNames"}`,
		"a variable of values":  `{"refId":"A","queryType":"labelValues","label":"job"}`,
		"a variable of metrics": `{"refId":"A","queryType":"metricNames"}`,
		"a variable of series":  `{"refId":"A","queryType":"series","match":"up"}`,
		"a query_result":        `{"refId":"A","queryType":"queryResult","expr":"up"}`,
		"values of a parameter": `{"refId":"A","queryType":"paramValues","metric":"invocation_failure_rate","param":"model_code"}`,
	} {
		response := askOne(t, limited, query)
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
	if refused := responses.Responses["A"].Error; refused == nil || !strings.Contains(refused.Error(), "returned a partial result: "+truncated+". An alert rule doesn't use it") {
		t.Errorf("an alert: %v", refused)
	}
}
