package integration

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/crosscheck"
)

// TestPanelsEqualPrometheus compares the frames of every panel, except for report queries,
// with the response of Prometheus's API to the executed query at the same times.
func TestPanelsEqualPrometheus(t *testing.T) {
	crosscheck.Panels(t, plugin, set, server.url(), now)
}

// TestAlertQueriesEqualPrometheus compares the frames of every alert rule's queries with the
// response of Prometheus's API to the executed query at the same time.
func TestAlertQueriesEqualPrometheus(t *testing.T) {
	for _, group := range set.Groups {
		for _, rule := range group.Rules {
			t.Run(rule.Title, func(t *testing.T) {
				recorder := &crosscheck.Recorder{Querier: plugin}
				if result := alerting.Evaluate(t.Context(), recorder, rule, now); result.Err != nil {
					t.Fatal(result.Err)
				}
				for _, q := range recorder.Queries {
					checkResponse(t, q, recorder.Responses[q.RefID])
				}
			})
		}
	}
}

func TestFormatsHaveSameSamples(t *testing.T) {
	span := backend.TimeRange{From: now.Add(-2 * time.Hour), To: now}
	for _, format := range []string{"time_series", "time_series_wide"} {
		t.Run(format, func(t *testing.T) {
			text := fmt.Sprintf(`{"refId":"A","queryType":"promql","expr":"sum by (service, status) (rate(tessallite_http_requests_total[$__rate_interval]))","range":true,"format":%q}`, format)
			q, _, err := host.DataQuery([]byte(text), span, host.PanelDefaults)
			if err != nil {
				t.Fatal(err)
			}
			responses, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if wide := len(responses.Responses["A"].Frames) == 1; wide != strings.HasSuffix(format, "wide") {
				t.Errorf("%d frames", len(responses.Responses["A"].Frames))
			}
			checkResponse(t, q, responses.Responses["A"])
		})
	}
}

func checkResponse(t *testing.T, q backend.DataQuery, response backend.DataResponse) {
	t.Helper()
	crosscheck.Response(t, server.url(), response, q.TimeRange, crosscheck.StepOf(t, q, response.Frames))
}
