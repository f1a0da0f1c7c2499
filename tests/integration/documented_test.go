package integration

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMetricsAPIListsWhatIsDocumented: the seven metrics of docs/contracts/tango.md#metrics,
// with these texts, in the format of docs/contracts/tango.md#definitions.
func TestMetricsAPIListsWhatIsDocumented(t *testing.T) {
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
		// Keys in the documented order, and no others.
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body, string(text)) {
			t.Errorf("the list has not\n%s\nbut\n%s", text, regexp.MustCompile(`\{"name":"`+want.Name+`".*?\}\s*[,\]]`).FindString(body))
		}
	}
}

// TestMetricsAPIErrorsAreDocumented: the statuses of docs/contracts/tango.md#errors, 400 for
// parameters and times and 404 for a name, each with JSON that says what to do.
func TestMetricsAPIErrorsAreDocumented(t *testing.T) {
	for _, c := range []struct {
		name, path string
		status     int
		says       []string
	}{
		{"a required parameter left out", "last_model_invocation_duration_seconds?model_code=customer-churn-predictor", 400, []string{"model_version"}},
		{"one of three times", "active_sessions?start=1724756400", 400, []string{"end", "step"}},
		{"two of three times", "active_sessions?start=1724756400&end=1724756700", 400, []string{"step"}},
		{"a time that is none", "active_sessions?start=yesterday&end=1724756700&step=5m", 400, []string{"start", "yesterday"}},
		{"a step that is none", "active_sessions?start=1724756400&end=1724756700&step=often", 400, []string{"step", "often"}},
		{"an unknown parameter", "active_sessions?model=x", 400, []string{"model", "model_code"}},
		{"an unknown metric", "invocation_failure_rat", 404, []string{"invocation_failure_rate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := get(t, "api/metrics/"+c.path)
			var said struct{ Error, Message string }
			if err := json.Unmarshal([]byte(body), &said); err != nil || status != c.status || said.Error == "" {
				t.Fatalf("%d %s", status, body)
			}
			if missing := slices.IndexFunc(c.says, func(word string) bool { return !strings.Contains(said.Message, word) }); missing >= 0 {
				t.Errorf("%q doesn't say %q", said.Message, c.says[missing])
			}
		})
	}
}
