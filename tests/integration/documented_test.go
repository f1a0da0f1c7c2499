package integration

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The response of api/metrics contains the seven metrics of docs/contracts/tango.md#metrics
// in the format of docs/contracts/tango.md#definitions.
func TestMetricsAPIListsDocumentedMetrics(t *testing.T) {
	status, body := get(t, "api/metrics?pack=tango")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	sessions := []string{"model_code", "model_version", "user_id", "workspace"}
	type definition struct {
		Name            string   `json:"name"`
		Description     string   `json:"description"`
		PrometheusQuery string   `json:"prometheus_query"`
		RequiredParams  []string `json:"required_params"`
		OptionalParams  []string `json:"optional_params"`
	}
	for _, want := range []definition{
		{"active_sessions", "Number of active TANGO sessions", "sum(active_sessions{__PARAMS__})", []string{}, sessions},
		{"closed_sessions", "Number of closed TANGO sessions", "sum(closed_sessions{__PARAMS__})", []string{}, sessions},
		{"total_invocations", "Total number of invocations in TANGO", "sum(total_invocations{__PARAMS__})", []string{}, []string{"model_code", "model_version", "status", "type"}},
		{"total_deployments", "Total number of deployments in TANGO", "sum(total_deployments{__PARAMS__})", []string{}, []string{"workspace", "proxy_class", "connector_class"}},
		{"total_models", "Total number of models in TANGO", "sum(total_models{__PARAMS__})", []string{}, []string{"workspace", "model_code", "model_version"}},
		{
			"invocation_failure_rate", "Rate of failed invocations in TANGO in percentage",
			`sum(total_invocations{status="ERROR",__PARAMS__}) / sum(total_invocations{__PARAMS__}) * 100`, []string{}, []string{"model_code", "model_version"},
		},
		{
			"last_model_invocation_duration_seconds", "Last model invocation duration in seconds", "model_invocation_duration_seconds_sum{__PARAMS__}",
			[]string{"model_code", "model_version"}, []string{"success"},
		},
	} {
		// The definition in the response has exactly the keys of want, in the same order.
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body, string(text)) {
			t.Errorf("the list lacks\n%s\nit has\n%s", text, regexp.MustCompile(`\{"name":"`+want.Name+`".*?\}\s*[,\]]`).FindString(body))
		}
	}
}

// TestMetricsAPIErrorsAreDocumented checks the statuses of docs/contracts/tango.md#errors:
// 400 for invalid parameters and times, 404 for unknown metrics. The message must contain
// the given words.
func TestMetricsAPIErrorsAreDocumented(t *testing.T) {
	for _, c := range []struct {
		name, path string
		status     int
		words      []string
	}{
		{"missing required parameter", "last_model_invocation_duration_seconds?model_code=customer-churn-predictor", 400, []string{"model_version"}},
		{"start without end and step", "active_sessions?start=1724756400", 400, []string{"end", "step"}},
		{"start and end without step", "active_sessions?start=1724756400&end=1724756700", 400, []string{"step"}},
		{"invalid time", "active_sessions?start=yesterday&end=1724756700&step=5m", 400, []string{"start", "yesterday"}},
		{"invalid step", "active_sessions?start=1724756400&end=1724756700&step=often", 400, []string{"step", "often"}},
		{"unknown parameter", "active_sessions?model=x", 400, []string{"model", "model_code"}},
		{"unknown metric", "invocation_failure_rat", 404, []string{"invocation_failure_rate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := get(t, "api/metrics/"+c.path)
			var got struct{ Error, Message string }
			if err := json.Unmarshal([]byte(body), &got); err != nil || status != c.status || got.Error == "" {
				t.Fatalf("%d %s", status, body)
			}
			if missing := slices.IndexFunc(c.words, func(word string) bool { return !strings.Contains(got.Message, word) }); missing >= 0 {
				t.Errorf("%q lacks %q", got.Message, c.words[missing])
			}
		})
	}
}
