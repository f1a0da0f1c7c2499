package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

const (
	token  = "a token"
	prefix = "/api/datasources/uid/modelmetrics/resources/"
)

// get requests a resource route through the plugin host's HTTP API, as a client of
// Grafana does.
func get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	api := httptest.NewServer(host.Handler(plugin, token))
	defer api.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.URL+prefix+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// metricResponse is the response for a metric. See docs/contracts/tango.md#answers.
type metricResponse struct {
	Metric string `json:"metric"`
	Query  string `json:"query"`
	Data   struct {
		ResultType string `json:"resultType"`
		Result     []struct {
			Metric map[string]string `json:"metric"`
			Value  [2]any            `json:"value"`
			Values [][2]any          `json:"values"`
		} `json:"result"`
	} `json:"data"`
}

func lookUp(t *testing.T, path string) (r metricResponse, body string) {
	t.Helper()
	status, body := get(t, path)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return r, body
}

const failureRate = `sum(total_invocations{status="ERROR",model_code="customer-churn-predictor"}) / sum(total_invocations{model_code="customer-churn-predictor"}) * 100`

func TestMetricsAPIInstant(t *testing.T) {
	a, _ := lookUp(t, "api/metrics/invocation_failure_rate?model_code=customer-churn-predictor")
	if a.Metric != "invocation_failure_rate" || a.Query != failureRate || a.Data.ResultType != "vector" || len(a.Data.Result) != 1 {
		t.Errorf("got %+v", a)
	}
}

// TestMetricsAPIRange runs the example of docs/contracts/tango.md#answers with each
// time format of docs/contracts/tango.md#parameters. The data must equal the data in
// Prometheus's response.
func TestMetricsAPIRange(t *testing.T) {
	start, end := now.Add(-2*time.Hour).UTC(), now.UTC()
	var first string
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339, "unix"} {
		write := func(t time.Time) string {
			if layout == "unix" {
				return fmt.Sprint(t.Unix())
			}
			return t.Format(layout)
		}
		a, body := lookUp(t, "api/metrics/invocation_failure_rate?model_code=customer-churn-predictor&start="+url.QueryEscape(write(start))+"&end="+url.QueryEscape(write(end))+"&step=5m")
		if a.Query != failureRate || a.Data.ResultType != "matrix" || len(a.Data.Result) != 1 || len(a.Data.Result[0].Values) != 25 {
			t.Errorf("%s: got %s", layout, body)
		}
		if first == "" {
			first = body
		} else if body != first {
			t.Errorf("%s differs", layout)
		}
	}

	resp, err := http.Get(server.url() + "/api/v1/query_range?" + url.Values{ //nolint:noctx // loopback
		"query": {failureRate}, "start": {fmt.Sprint(start.Unix())}, "end": {fmt.Sprint(end.Unix())}, "step": {"300"},
	}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var want, got struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(first), &got); err != nil {
		t.Fatal(err)
	}
	if string(want.Data) != string(got.Data) {
		t.Errorf("got data\n%s\nwant\n%s", got.Data, want.Data)
	}
}

func TestMetricsAPIRepeatedParameter(t *testing.T) {
	a, _ := lookUp(t, "api/metrics/total_invocations?status=ERROR&status=SUCCESS")
	if want := `sum(total_invocations{status=~"ERROR|SUCCESS"})`; a.Query != want || len(a.Data.Result) != 1 {
		t.Errorf("got %+v, want %s", a, want)
	}
}

func TestParameterValuesDependOnOtherParameters(t *testing.T) {
	values := func(path string) []string {
		t.Helper()
		status, body := get(t, path)
		var got struct{ Values []string }
		if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		return got.Values
	}
	tenants := values("catalog/tessallite_model_query_rate/values/tenant")
	all := values("catalog/tessallite_model_query_rate/values/project")
	some := values("catalog/tessallite_model_query_rate/values/project?tenant=" + url.QueryEscape(tenants[0]))
	if len(tenants) < 2 || len(some) == 0 || len(some) >= len(all) {
		t.Errorf("tenants %v, projects %v, of the first %v", tenants, all, some)
	}
}

func TestVariableQueriesReturnTexts(t *testing.T) {
	for _, test := range []struct {
		name, query string
		want        func([]string) bool
	}{
		{"label values", `{"refId":"v","queryType":"labelValues","label":"model_name","metric":"tessallite_model_queries_total","params":{"tenant":["$__all"]}}`, func(v []string) bool { return len(v) > 5 }},
		{"label values of an unknown metric", `{"refId":"v","queryType":"labelValues","label":"model_name","metric":"no_such_metric"}`, func(v []string) bool { return len(v) == 0 }},
		{"label names", `{"refId":"v","queryType":"labelNames","metric":"executor_inflight"}`, func(v []string) bool {
			return strings.Join(v, " ") == "__name__ device instance job"
		}},
		{"metric names", `{"refId":"v","queryType":"metricNames"}`, func(v []string) bool { return len(v) > 20 }},
		{"label names of matching metrics", `{"refId":"v","queryType":"labelNames","regex":"utor_infl"}`, func(v []string) bool {
			return strings.Join(v, " ") == "__name__ device instance job"
		}},
		{"label values with a selector", `{"refId":"v","queryType":"labelValues","label":"job","match":"up{job=~\"tan.*\", job!=\"\"}"}`, func(v []string) bool {
			return strings.Join(v, " ") == "tango"
		}},
		{"matching metric names", `{"refId":"v","queryType":"metricNames","regex":"^executor_(inflight|none)$"}`, func(v []string) bool {
			return strings.Join(v, " ") == "executor_inflight"
		}},
		{"series", `{"refId":"v","queryType":"series","match":"up{job=\"tango\"}"}`, func(v []string) bool {
			return len(v) == 1 && strings.HasPrefix(v[0], `up{instance="`) && strings.HasSuffix(v[0], `",job="tango"}`)
		}},
		{"catalog metrics", `{"refId":"v","queryType":"catalogMetrics"}`, func(v []string) bool { return len(v) > 20 }},
		{"parameter values", `{"refId":"v","queryType":"paramValues","metric":"inference_error_ratio","param":"model"}`, func(v []string) bool { return len(v) > 1 }},
		{"query result", `{"refId":"v","queryType":"queryResult","expr":"count(up{job=\"tango\"})"}`, func(v []string) bool {
			return len(v) == 1 && strings.HasPrefix(v[0], "{} 1 ")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, _, err := host.DataQuery([]byte(test.query), backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.Defaults{MaxDataPoints: 100})
			if err != nil {
				t.Fatal(err)
			}
			response, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := response.Responses["v"]
			if got.Error != nil || len(got.Frames) != 1 || len(got.Frames[0].Fields) != 1 || got.Frames[0].Fields[0].Name != "text" {
				t.Fatalf("got %+v", got)
			}
			texts := make([]string, got.Frames[0].Rows())
			for i := range texts {
				texts[i], _ = got.Frames[0].Fields[0].At(i).(string)
			}
			if !test.want(texts) {
				t.Errorf("got %q", texts)
			}
		})
	}
}

func TestHealthReportsServer(t *testing.T) {
	health, err := plugin.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusOk || !strings.HasPrefix(health.Message, "Connected to Prometheus 3.") {
		t.Errorf("got %+v, %v", health, err)
	}
}

func TestAPIRequiresToken(t *testing.T) {
	api := httptest.NewServer(host.Handler(plugin, token))
	defer api.Close()
	resp, err := http.Get(api.URL + prefix + "api/metrics") //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d", resp.StatusCode)
	}
}
