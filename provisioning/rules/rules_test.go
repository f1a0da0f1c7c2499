package rules

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	written := File{APIVersion: 1, Groups: []Group{{
		OrgID: 1, Name: "inference", Folder: "Model Metrics", Interval: "1m",
		Rules: []Rule{{
			UID: "inference-slow", Title: "InferenceSlow", Condition: "C", For: "5m", NoDataState: "OK", ExecErrState: "Error",
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

// Grafana's own sample misspells execErrState, and Grafana takes the default
// for it without a word.
func TestAMisspeltKeyIsRefused(t *testing.T) {
	_, err := Read(strings.NewReader("apiVersion: 1\ngroups:\n  - rules:\n      - executionErrorState: Error\n"))
	if err == nil || !strings.Contains(err.Error(), "executionErrorState") {
		t.Errorf("got %v", err)
	}
}
