package rules

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

func TestWriteAndReadRoundTrip(t *testing.T) {
	written := File{APIVersion: 1, Groups: []Group{{
		OrgID: 1, Name: "inference", Folder: "Model platforms", Interval: "1m",
		Rules: []Rule{{
			UID: "inference-slow", Title: "InferenceSlow", Condition: "C", For: "5m", NoDataState: "OK", ExecErrState: "Error", IsPaused: true,
			Annotations: map[string]string{"summary": "Slow."},
			Labels:      map[string]string{"severity": "warning"},
			Data: []Query{{
				RefID: "A", RelativeTimeRange: RelativeTimeRange{From: 300}, DatasourceUID: "modelmetrics",
				Model: Model{
					RefID: "A", QueryType: "catalog", Metric: "inference_latency_p99", GroupBy: Grouping{}, Instant: true,
					Params: catalog.Params{
						"model":  {Values: []string{"churn"}},
						"tenant": {Op: "!=", Values: []string{"test"}},
					},
				},
			}},
		}},
	}}}
	var text bytes.Buffer
	if err := written.Write(&text); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*read, written) {
		t.Errorf("wrote %+v\nread  %+v", written, *read)
	}
}

// The JSON is what Grafana sends to the plugin. Its keys are those of the YAML.
func TestModelJSON(t *testing.T) {
	for _, c := range []struct {
		name  string
		model Model
		want  string
	}{
		{"catalog query", Model{
			RefID: "A", Datasource: Datasource{Type: "ours", UID: "metrics"}, QueryType: "catalog", Metric: "m",
			Params:  catalog.Params{"tenant": {Op: "!=", Values: []string{"test"}}},
			GroupBy: Grouping{"model"}, Window: "5m", Instant: true, IntervalMs: 60000, MaxDataPoints: 100,
		}, `{"refId":"A","datasource":{"type":"ours","uid":"metrics"},"queryType":"catalog","metric":"m",` +
			`"params":{"tenant":{"op":"!=","values":["test"]}},"groupBy":["model"],"window":"5m","instant":true,"intervalMs":60000,"maxDataPoints":100}`},
		{"no grouping", Model{RefID: "A"}, `{"refId":"A","datasource":{"type":"","uid":""}}`},
		{"empty grouping", Model{RefID: "A", GroupBy: Grouping{}}, `{"refId":"A","datasource":{"type":"","uid":""},"groupBy":[]}`},
		{"threshold", Model{
			RefID: "C", Type: "threshold", Expression: "A", Conditions: []Condition{{Evaluator{Type: "gt", Params: []float64{5}}}},
		}, `{"refId":"C","datasource":{"type":"","uid":""},"type":"threshold","expression":"A","conditions":[{"evaluator":{"type":"gt","params":[5]}}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Marshal(c.model)
			if err != nil || string(got) != c.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

// Grafana's own sample misspells execErrState, and Grafana silently uses the
// default.
func TestReadRejectsUnknownKey(t *testing.T) {
	_, err := Read(strings.NewReader("apiVersion: 1\ngroups:\n  - rules:\n      - executionErrorState: Error\n"))
	if err == nil || !strings.Contains(err.Error(), "executionErrorState") {
		t.Errorf("got %v", err)
	}
}
