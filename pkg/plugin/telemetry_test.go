package plugin

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	client "github.com/prometheus/client_golang/prometheus"
)

func TestMetricsAreLabeledByOrganization(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"vector","result":[]}}`))
	}))
	defer server.Close()
	for org, queries := range map[int64]int{1: 1, 2: 3} {
		ctx := backend.WithPluginContext(t.Context(), backend.PluginContext{OrgID: org}) //nolint:staticcheck // Grafana numbers organizations
		d, err := NewInstance(ctx, backend.DataSourceInstanceSettings{UID: "same", Type: ID, URL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		defer d.(*DataSource).Dispose()
		for range queries {
			runQueries(t, d.(*DataSource), nil, `{"expr":"up","instant":true}`)
		}
	}
	gathered, err := client.DefaultGatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range gathered {
		for _, m := range family.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if family.GetName() == "modelmetrics_prometheus_requests_total" && labels["datasource"] == "same" {
				got[labels["org_id"]] += m.GetCounter().GetValue()
			}
		}
	}
	if want := map[string]float64{"1": 1, "2": 3}; !maps.Equal(got, want) {
		t.Errorf("requests by organization: %v, want %v", got, want)
	}
}
