package integration

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/reportschema"
)

// reporting returns a host of the plugin for a data source with settings for reports. The
// data source uses the Prometheus of all tests of this package.
func reporting(t *testing.T, uid string, settings map[string]any) *host.Host {
	t.Helper()
	source := plugintest.Source(t, server.url(), map[string]any{"timeInterval": "15s", "report": settings})
	source.UID, source.ID = uid, int64(len(uid)+100)
	return plugin.WithDataSource(source)
}

// answer is the response of a resource route.
type answer struct {
	status int
	header http.Header
	body   string
}

// send calls a resource route. Like Grafana, it passes the path unescaped to the plugin.
func send(t *testing.T, h *host.Host, method, path, query, body string, headers map[string]string) (a answer) {
	t.Helper()
	address := url.URL{Path: path, RawQuery: query}
	request := &backend.CallResourceRequest{Method: method, Path: path, URL: address.String(), Headers: map[string][]string{}, Body: []byte(body)}
	for name, value := range headers {
		request.Headers[name] = []string{value}
	}
	err := h.CallResource(context.WithoutCancel(t.Context()), request, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
		if a.header == nil {
			a.status, a.header = part.Status, part.Headers
		}
		a.body += string(part.Body)
		return nil
	}))
	if err != nil {
		t.Fatalf("%s %q?%q: %v", method, path, query, err)
	}
	return a
}

const (
	documentedID = "ep_1234567890abcdef"
	batchRoute   = "v2/endpoints/metrics/batch"
)

func metricsOf(id string) string { return "v2/endpoints/" + id + "/metrics" }

// TestDocumentedRequests sends the example requests of TensorOne's documentation and checks
// the responses.
func TestDocumentedRequests(t *testing.T) {
	h := reporting(t, "documented", map[string]any{"requestsPerHour": 1000})
	curl := map[string]string{"Accept": "*/*", "Content-Type": "application/json", "User-Agent": "curl/8.5.0"}
	withCosts := []string{"performance", "costs", "coldStarts", "insights"}
	for _, test := range []struct {
		name, method, path, query, body string
		isCosts                         bool
		sections                        []string
	}{
		{name: "basic performance metrics", method: "GET", path: metricsOf(documentedID)},
		{name: "detailed metrics with a custom timeframe", method: "GET", path: metricsOf(documentedID), query: "timeframe=7d&granularity=1h&metrics=performance,usage,costs,resources"},
		{name: "cost analysis with breakdown", method: "GET", path: metricsOf(documentedID), query: "timeframe=30d&metrics=costs&format=json", isCosts: true},
		{name: "cost analysis of the example answer", method: "GET", path: metricsOf("ep_cost_analysis"), query: "timeframe=30d&metrics=costs", isCosts: true},
		{
			name: "batch metrics for multiple endpoints", method: "POST", path: batchRoute, sections: withCosts,
			body: `{
    "endpointIds": [
      "ep_1234567890abcdef",
      "ep_2345678901bcdefg",
      "ep_3456789012cdefgh"
    ],
    "timeframe": "24h",
    "metrics": ["performance", "costs"],
    "aggregation": "avg"
  }`,
		},
		{name: "SDK: metrics of a timeframe", method: "GET", path: metricsOf(documentedID), query: "timeframe=24h&metrics=performance,usage,costs,resources"},
		{name: "SDK: performance trends", method: "GET", path: metricsOf(documentedID), query: "timeframe=7d&granularity=1h&metrics=performance", sections: []string{"performance", "coldStarts", "insights"}},
		{name: "SDK: resource utilization", method: "GET", path: metricsOf(documentedID), query: "timeframe=24h&granularity=15m&metrics=resources", sections: []string{"resources"}},
		{name: "SDK: cold starts", method: "GET", path: metricsOf(documentedID), query: "timeframe=7d&metrics=performance", sections: []string{"performance", "coldStarts", "insights"}},
		{name: "SDK: real-time dashboard", method: "GET", path: metricsOf(documentedID), query: "timeframe=1h&granularity=5m&metrics=performance,costs,resources", sections: append([]string{"resources"}, withCosts...)},
		{name: "SDK: alerts", method: "GET", path: metricsOf(documentedID), query: "timeframe=1h&metrics=performance,costs", sections: withCosts},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := send(t, h, test.method, test.path, test.query, test.body, curl)
			var body map[string]any
			if err := json.Unmarshal([]byte(a.body), &body); err != nil || a.status != 200 {
				t.Fatalf("%d %v %.500s", a.status, err, a.body)
			}
			reports := []any{body}
			if results, isBatch := body["results"].([]any); isBatch {
				reports = nil
				for _, result := range results {
					r, _ := result.(map[string]any)
					reports = append(reports, r["metrics"])
				}
				if len(reports) != 3 {
					t.Errorf("%d results", len(reports))
				}
			}
			for _, one := range reports {
				report, _ := one.(map[string]any)
				if err := reportschema.Validate(report, test.isCosts, test.sections); err != nil {
					t.Error(err)
				}
			}
		})
	}
	t.Run("Prometheus format for monitoring integration", func(t *testing.T) {
		a := send(t, h, "GET", metricsOf(documentedID), "format=prometheus", "", map[string]string{"Accept": "text/plain"})
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(a.body))
		if err != nil || a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain; version=0.0.4") {
			t.Fatalf("%d %s %v %.500s", a.status, a.header, err, a.body)
		}
		for name, series := range map[string]int{"requests_total": 2, "latency_seconds": 1, "gpu_utilization": 1, "cost_total": 4} {
			if f := families["tensorone_endpoint_"+name]; len(f.GetMetric()) != series {
				t.Errorf("%s has %d series, want %d", name, len(f.GetMetric()), series)
			}
		}
	})
	t.Run("CSV", func(t *testing.T) {
		a := send(t, h, "GET", metricsOf(documentedID), "format=csv", "", nil)
		rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		if err != nil || a.status != 200 || len(rows) < 100 {
			t.Errorf("%d %v with %d rows", a.status, err, len(rows))
		}
	})
	t.Run("an invalid timeframe", func(t *testing.T) {
		a := send(t, h, "GET", metricsOf(documentedID), "timeframe=2y", "", curl)
		want := `"details":{"allowedValues":["1h","6h","24h","7d","30d"],"parameter":"timeframe","value":"2y"}}`
		if a.status != 400 || !strings.HasPrefix(a.body, `{"error":"INVALID_PARAMETERS"`) || !strings.HasSuffix(a.body, want) {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

// TestReportSettingsApply checks the settings for reports: the limit of requests per user, the
// roles, and the budgets and prices. These don't replace exported budgets and costs.
func TestReportSettingsApply(t *testing.T) {
	limited := reporting(t, "limited", map[string]any{"requestsPerHour": 2})
	for i, want := range []int{200, 200, 429} {
		a := send(t, limited, "GET", metricsOf(documentedID), fmt.Sprintf("metrics=errors&timeframe=%dh", []int{1, 6, 24}[i]), "", nil)
		if a.status != want || want == 429 && (a.header.Get("Retry-After") != "3600" && a.header.Get("Retry-After") != "3599" || !strings.Contains(a.body, `"limit":2`)) {
			t.Errorf("request %d: %d %s %.300s", i, a.status, a.header, a.body)
		}
	}
	if a := send(t, limited.WithUser(backend.User{Login: "ada", Role: "Viewer"}), "GET", metricsOf(documentedID), "metrics=errors", "", nil); a.status != 200 {
		t.Errorf("another user: %d %.300s", a.status, a.body)
	}
	reserved := reporting(t, "reserved", map[string]any{"roles": map[string]string{"costs": "Admin"}})
	viewer := reserved.WithUser(backend.User{Login: "ada", Role: "Viewer"})
	a := send(t, viewer, "GET", metricsOf(documentedID), "metrics=costs", "", nil)
	if want := `"details":{"currentPermissions":["Viewer"],"requiredPermission":"Admin","section":"costs"}}`; a.status != 403 || !strings.HasSuffix(a.body, want) {
		t.Errorf("%d %s", a.status, a.body)
	}
	a = send(t, viewer, "GET", metricsOf(documentedID), "", "", nil)
	if a.status != 200 || strings.Contains(a.body, `"totalCost"`) || strings.Contains(a.body, `"costs":{`) || strings.Contains(a.body, `"costIncrease"`) || !strings.Contains(a.body, `"p95Latency"`) {
		t.Errorf("%d %.300s", a.status, a.body)
	}
	if a = send(t, reserved, "GET", metricsOf(documentedID), "metrics=costs", "", nil); a.status != 200 {
		t.Errorf("an administrator: %d %.300s", a.status, a.body)
	}
	budgeted := reporting(t, "budgeted", map[string]any{"budgets": map[string]any{"*": 77}, "prices": map[string]any{"compute": map[string]any{"*": 1}}})
	if a = send(t, budgeted, "GET", metricsOf(documentedID), "metrics=costs", "", nil); a.status != 200 || !strings.Contains(a.body, `"source":"platform"`) || strings.Contains(a.body, `"monthlyBudget":77`) {
		t.Errorf("costs and budget of the platform: %d %.300s", a.status, a.body)
	}
}

// hostileTexts contains texts that resemble PromQL, regular expressions, paths, formulas
// or other syntax.
var hostileTexts = []string{
	`"`, `\`, `\"`, "`", `'`, `"}`, `"} or up{a="`, `",endpoint_id=~".*`, `.*`, `.+`, `ep_.*`, `(`, `[`, `|`, documentedID + `|ep_cost_analysis`, `^`, `$`, `$1`, `${1}`, `\Q`, `\E`,
	`a{1000}`, "SELECTOR", "WINDOW", "{SELECTOR}", "__PARAMS__", "$__range", "a\nb", "a\x00b", "\u2028", "\ufffd", "\U0001f600", "%", "%s", "%22", "%2F", "a b", "#", "a#b", "?", "a?b",
	"&", ";", "é", "EP_1234567890ABCDEF", " " + documentedID, documentedID + " ", documentedID + "\n", "metrics", "batch", "..", "../..", "..a", "a/b", "//", "null", "true", "0", "-1", "NaN",
	"<script>", "=cmd|'/c calc'!A0", "@SUM(1)", strings.Repeat("a", 201), strings.Repeat(`"`, 200), strings.Repeat("é", 5000), "\xff", "ep_\xc3\x28", "1e9", "292y", "24h ", "24H", "1h,6h", "-24h",
	"summary.totalCost", "costs.breakdown", "performance.latency", "all", "*", "[]", "{}", "[costs]", "costs;usage", "COSTS", "json,csv", "pdf", "application/json", "text/csv",
}

// TestHostileReportRequests checks that hostile requests are rejected with an error in the
// documented format. A request with a hostile text in the header Accept may succeed, because
// some of the texts are valid there. A batch with a hostile id may succeed without a report.
func TestHostileReportRequests(t *testing.T) {
	h := reporting(t, "hostile", map[string]any{"requestsPerHour": 100_000})
	count := 0
	refused := func(what string, a answer, statuses ...int) {
		t.Helper()
		count++
		var body struct {
			Error, Message string
			Details        map[string]any
		}
		decoder := json.NewDecoder(strings.NewReader(a.body))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&body)
		isExpected := false
		for _, status := range statuses {
			isExpected = isExpected || a.status == status
		}
		if !isExpected || err != nil || body.Error == "" || body.Message == "" || body.Details == nil || len(a.body) > 20_000 {
			t.Errorf("%.200s: %d %v %.500s", what, a.status, err, a.body)
		}
	}
	for _, text := range hostileTexts {
		isUTF8 := utf8.ValidString(text) // gRPC can't send texts that aren't UTF-8
		if isUTF8 {
			refused(fmt.Sprintf("id %q", text), send(t, h, "GET", metricsOf(text), "", "", nil), 400, 404)
		}
		for _, name := range []string{"timeframe", "granularity", "metrics", "aggregation", "format", "section"} {
			if name == "format" && text == "json" {
				continue
			}
			refused(fmt.Sprintf("%s=%q", name, text), send(t, h, "GET", metricsOf(documentedID), name+"="+url.QueryEscape(text), "", nil), 400)
		}
		if isUTF8 {
			if a := send(t, h, "GET", metricsOf(documentedID), "metrics=errors&timeframe=1h", "", map[string]string{"Accept": text}); a.status != 200 {
				refused(fmt.Sprintf("Accept %q", text), a, 400, 406)
			}
		}
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"timeframe", "granularity", "aggregation", "format"} {
			refused(fmt.Sprintf("batch with %s %q", field, text), send(t, h, "POST", batchRoute, "", fmt.Sprintf(`{"endpointIds":[%q],%q:%s}`, documentedID, field, encoded), nil), 400)
		}
		refused(fmt.Sprintf("batch with metrics %q", text), send(t, h, "POST", batchRoute, "", fmt.Sprintf(`{"endpointIds":[%q],"metrics":[%s]}`, documentedID, encoded), nil), 400)
		refused(fmt.Sprintf("body %q", text), send(t, h, "POST", batchRoute, "", text, nil), 400)
		// A batch with a hostile id is rejected, or its only result has the status 404 and no
		// report.
		a := send(t, h, "POST", batchRoute, "", fmt.Sprintf(`{"endpointIds":[%s],"metrics":["errors"],"timeframe":"1h"}`, encoded), nil)
		if a.status == 400 {
			refused(fmt.Sprintf("batch of %q", text), a, 400)
		} else if a.status != 200 || strings.Count(a.body, `"status":404`) != 1 || strings.Contains(a.body, `"summary"`) {
			t.Errorf("batch of %q: %d %.500s", text, a.status, a.body)
		}
	}
	for _, body := range []string{
		``, `null`, `[]`, `1`, `{`, `{}`, `{"endpointIds":null}`, `{"endpointIds":[]}`, `{"endpointIds":{}}`, `{"endpointIds":"ep"}`, `{"endpointIds":[1]}`, `{"endpointIds":[null]}`, `{"endpointIds":[[]]}`,
		`{"endpointIds":[""]}`, `{"endpointids":[]}`, `{"endpointIds":["a"],"x":1}`, `{"endpointIds":["a"]} {}`, `{"endpointIds":["a"],"metrics":{}}`, `{"endpointIds":["a"],"timeframe":24}`,
		`{"endpointIds":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, strings.Repeat("[", 100_000), `{"endpointIds":["` + strings.Repeat("a", 1<<20) + `"]}`,
	} {
		refused(fmt.Sprintf("body %.100s", body), send(t, h, "POST", batchRoute, "", body, nil), 400)
	}
	refused("a query of a batch", send(t, h, "POST", batchRoute, "timeframe=1h", `{"endpointIds":["a"]}`, nil), 400)
	refused("another method", send(t, h, "DELETE", metricsOf(documentedID), "", "", nil), 405)
	refused("a repeated parameter", send(t, h, "GET", metricsOf(documentedID), "timeframe=1h&timeframe=6h", "", nil), 400)
	if count < 200 {
		t.Errorf("%d requests", count)
	}
}
