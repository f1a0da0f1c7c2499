package hostile

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// weight returns the value of the only sample in the series of the i-th label value. All
// sums of one or two weights differ, so that a result identifies the series.
func weight(i int) float64 { return float64(1e6*(i+1) + i*i) }

// expected returns the expected result, which is the sum of the weights of the values
// that match.
func expected(matches func(value string) bool) results.Result {
	sum := 0.0
	for i, value := range values {
		if matches(value) {
			sum += weight(i)
		}
	}
	return results.Result{Floats: map[string]map[int64]float64{"{}": {now.UnixMilli(): sum}}, Histograms: map[string]map[int64]results.Histogram{}}
}

const metric = "total_invocations"

// TestValuesSelectOnlyTheirSeries selects each value alone, and each value together with
// another one, through a panel and through the API. For each value, a panel also selects all
// other values. The result must be the sum of exactly the series of the selected values.
func TestValuesSelectOnlyTheirSeries(t *testing.T) {
	if len(values) != 200 {
		t.Fatalf("%d values", len(values))
	}
	plugin := plugintest.Start(t, plugintest.Source(t, serverURL, nil))
	api := httptest.NewServer(host.Handler(plugin, token))
	defer api.Close()
	for i, value := range values {
		other := values[(i+1)%len(values)]
		for _, c := range []struct {
			name  string
			param any
			query url.Values // nil if a query string can't express it
			want  results.Result
		}{
			{"alone", value, url.Values{"model_code": {value}}, expected(func(v string) bool { return v == value })},
			{"with another", []string{value, other}, url.Values{"model_code": {value, other}}, expected(func(v string) bool { return v == value || v == other })},
			{"negated", map[string]any{"op": "!=", "values": []string{value}}, nil, expected(func(v string) bool { return v != value })},
		} {
			name := fmt.Sprintf("%d %.20q %s", i, value, c.name)
			checkPanel(t, plugin, name, c.param, c.want)
			if c.query != nil {
				checkClient(t, api.URL, name, c.query, c.want)
			}
		}
	}
}

const token = "a token"

// queryPanel runs one panel query and returns the response.
func queryPanel(t *testing.T, plugin *host.Host, param any) backend.DataResponse {
	t.Helper()
	text, err := json.Marshal(map[string]any{"refId": "A", "queryType": "catalog", "metric": metric, "params": map[string]any{"model_code": param}, "instant": true})
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := host.DataQuery(text, backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.PanelDefaults)
	if err != nil {
		t.Fatal(err)
	}
	responses, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return responses.Responses["A"]
}

func checkPanel(t *testing.T, plugin *host.Host, name string, param any, want results.Result) {
	t.Helper()
	response := queryPanel(t, plugin, param)
	if response.Error != nil {
		t.Errorf("%s, panel: status %d, %v", name, response.Status, response.Error)
		return
	}
	got, err := results.FromFrames(response.Frames, now)
	if err != nil {
		t.Fatal(err)
	}
	if problem := results.Difference(got, want); problem != "" {
		t.Errorf("%s, panel: %s\n%s", name, problem, response.Frames[0].Meta.ExecutedQueryString)
	}
}

func checkClient(t *testing.T, api, name string, query url.Values, want results.Result) {
	t.Helper()
	query.Set("time", strconv.FormatInt(now.Unix(), 10))
	status, body := getMetric(t, api, query.Encode())
	if status != http.StatusOK {
		t.Errorf("%s, API: %d %.300s", name, status, body)
		return
	}
	got, err := results.FromAPI(body)
	if err != nil {
		t.Fatal(err)
	}
	if problem := results.Difference(got, want); problem != "" {
		t.Errorf("%s, API: %s", name, problem)
	}
}

func getMetric(t *testing.T, api, query string) (status int, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api+"/api/datasources/uid/modelmetrics/resources/api/metrics/"+metric+"?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// TestInvalidValuesAreRejected sends every value where the plugin expects something else, such
// as a regular expression, an operator, a name or a time. Values that aren't valid UTF-8 reach
// the plugin only in query strings, because json.Marshal replaces the invalid bytes. If the
// plugin returns an error, the error must be a client error.
func TestInvalidValuesAreRejected(t *testing.T) {
	plugin := plugintest.Start(t, plugintest.Source(t, serverURL, nil))
	api := httptest.NewServer(host.Handler(plugin, token))
	defer api.Close()
	for i, value := range append(values, "\xff", "a\xc3", "\xed\xa0\x80") {
		name := fmt.Sprintf("%d %.20q", i, value)
		for _, param := range []any{
			map[string]any{"op": "=~", "values": []string{value}},
			map[string]any{"op": value, "values": []string{"x"}},
			map[string]any{value: []string{"x"}},
			[]any{value, map[string]any{}},
		} {
			if response := queryPanel(t, plugin, param); response.Error != nil && (response.Status != http.StatusBadRequest || response.ErrorSource != backend.ErrorSourceDownstream) {
				t.Errorf("%s: %v: status %d, source %s, %v", name, param, response.Status, response.ErrorSource, response.Error)
			}
		}
		for _, query := range []string{
			url.Values{value: {"x"}}.Encode(), url.Values{"window": {value}}.Encode(), url.Values{"time": {value}}.Encode(), url.Values{"group_by": {value}}.Encode(),
			url.Values{"start": {value}, "end": {value}, "step": {value}}.Encode(),
		} {
			if status, body := getMetric(t, api.URL, query); status >= http.StatusInternalServerError || !json.Valid(body) {
				t.Errorf("%s: %.60q: %d %.300s", name, query, status, body)
			}
		}
	}
}
