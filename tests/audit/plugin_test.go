package audit

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

// access contains one rule, and a policy that blocks PromQL and only observes long ranges.
const access = `
rules:
  - name: acme
    when: {org: 1}
    matchers: ['tenant="acme"']
policy:
  promql: block
  range: {max: 1h, verdict: observe}
`

const token = "t0ken-of-the-collector"

// buffer is a log that is safe for concurrent use.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// startPlugin starts the plugin for a Prometheus with one series.
func startPlugin(t *testing.T, c *collector, log *buffer) *host.Host {
	t.Helper()
	data := teststorage.New(t)
	appender := data.Appender(t.Context())
	if _, err := appender.Append(0, labels.FromStrings("__name__", "total_models", "tenant", "acme"), time.Now().UnixMilli(), 1); err != nil {
		t.Fatal(err)
	}
	if err := appender.Commit(); err != nil {
		t.Fatal(err)
	}
	prometheus := promserver.Serve(t, promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery), data)
	source := plugintest.Source(t, prometheus, map[string]any{"access": access, "auditOtlpUrl": c.url})
	source.DecryptedSecureJSONData = map[string]string{"auditOtlpToken": token}
	plugin, err := plugintest.StartLogged(t, source, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plugin
}

// run runs a query over some hours as an administrator.
func run(t *testing.T, plugin *host.Host, query string, hours time.Duration) backend.DataResponse {
	t.Helper()
	now := time.Now()
	q := backend.DataQuery{RefID: "A", JSON: []byte(query), Interval: time.Minute, MaxDataPoints: 100, TimeRange: backend.TimeRange{From: now.Add(-hours * time.Hour), To: now}}
	response, err := plugin.QueryData(t.Context(), []backend.DataQuery{q}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return response.Responses["A"]
}

// get requests a route.
func get(t *testing.T, plugin *host.Host, path string, into any) (status int) {
	t.Helper()
	err := plugin.CallResource(t.Context(), &backend.CallResourceRequest{Method: http.MethodGet, Path: strings.Split(path, "?")[0], URL: path}, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		status = r.Status
		return json.Unmarshal(r.Body, into)
	}))
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func TestDecisionsOfThePlugin(t *testing.T) {
	c, log := startCollector(t), &buffer{}
	plugin := startPlugin(t, c, log)
	if answer := run(t, plugin, `{"expr":"count(up{job=\"`+token+`\"})"}`, 1); answer.Status != backend.StatusForbidden || answer.Error == nil || !strings.Contains(answer.Error.Error(), "promql_not_allowed") {
		t.Fatalf("%d %v", answer.Status, answer.Error)
	}
	if answer := run(t, plugin, `{"queryType":"catalog","metric":"total_models","range":true}`, 1); answer.Error != nil {
		t.Fatal(answer.Error)
	}
	if answer := run(t, plugin, `{"queryType":"catalog","metric":"total_models","range":true}`, 3); answer.Error != nil {
		t.Fatal(answer.Error)
	}

	var page audit.Page
	if status := get(t, plugin, "audit", &page); status != http.StatusOK || len(page.Events) != 2 {
		t.Fatalf("%d %+v", status, page)
	}
	observed, blocked := page.Events[0], page.Events[1]
	if observed.Verdict != audit.Observe || observed.Reason != "range_too_long" || observed.Target != "total_models" || observed.Matchers != `tenant="acme"` {
		t.Errorf("observed %+v", observed)
	}
	if blocked.Verdict != audit.Block || blocked.Reason != "promql_not_allowed" || blocked.Role != "Admin" || blocked.Org != 1 || blocked.Actor == "" || !strings.HasPrefix(blocked.Target, "count(up{job=") {
		t.Errorf("blocked %+v", blocked)
	}
	var counts audit.Counts
	if get(t, plugin, "policy", &counts); counts.Blocks != 1 || counts.Observes != 1 || counts.ByReason["range_too_long"] != 1 {
		t.Errorf("counts %+v", counts)
	}
	if answer := run(t, plugin, `{"queryType":"audit","verdict":"block"}`, 1); answer.Error != nil || answer.Frames[0].Rows() != 1 {
		t.Errorf("audit query: %v", answer.Error)
	}
	viewer := plugin.WithUser(backend.User{Login: "vera", Email: "vera@localhost", Role: "Viewer"})
	for _, path := range []string{"audit", "policy"} {
		if status := get(t, viewer, path, &map[string]any{}); status != http.StatusForbidden {
			t.Errorf("%s as a viewer: status %d", path, status)
		}
	}
	for _, want := range []string{`modelmetrics_policy_decisions_total{datasource="modelmetrics",org_id="1",reason="promql_not_allowed",verdict="block"} 1`, `reason="too_many_series",verdict="block"} 0`} {
		if text, err := plugin.CollectMetrics(t.Context()); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%v, no %s", err, want)
		}
	}

	// The health check exports the waiting events.
	if health, err := plugin.CheckHealth(t.Context()); err != nil || health.Status != backend.HealthStatusOk {
		t.Fatalf("%v, %+v", err, health)
	}
	verdicts := map[any]int{}
	for _, r := range c.received() {
		verdicts[r.attributes["verdict"]]++
	}
	if verdicts["block"] != 1 || verdicts["observe"] != 1 || verdicts["allow"] != 1 {
		t.Errorf("received %v", verdicts)
	}

	// Grafana stops the plugin in the same way.
	run(t, plugin, `{"expr":"last_query"}`, 1)
	plugin.Close()
	received := c.received()
	if last := received[len(received)-1]; last.attributes["target"] != "last_query" {
		t.Errorf("the event of the last query is lost: %+v", last)
	}
	logged := 0
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "Policy decision") {
			logged++
			if strings.Contains(line, token) {
				t.Errorf("the token is in the log: %s", line)
			}
		}
	}
	if logged != 3 {
		t.Errorf("%d events in the log", logged)
	}
	for _, r := range received {
		if strings.Contains(r.body, token) || len(r.authorization) != 1 || r.authorization[0] != "Bearer "+token {
			t.Errorf("received %+v", r)
		}
	}
}

// TestDeadCollectorDoesNotDelayQueries: the collector accepts connections and doesn't respond.
// The queries don't wait for it, and their events remain in the queue.
func TestDeadCollectorDoesNotDelayQueries(t *testing.T) {
	listener := freeListener(t)
	c := &collector{url: "http://" + listener.Addr().String()}
	plugin := startPlugin(t, c, &buffer{})
	const queries = 200
	for range queries {
		if answer := run(t, plugin, `{"queryType":"catalog","metric":"total_models","range":true}`, 3); answer.Error != nil {
			t.Fatal(answer.Error)
		}
	}
	var counts audit.Counts
	if get(t, plugin, "policy", &counts); counts.Observes != queries {
		t.Errorf("counts %+v", counts)
	}
	health, err := plugin.CheckHealth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var details struct{ Audit audit.Health }
	if err := json.Unmarshal(health.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	if details.Audit.Exported != 0 || details.Audit.Queued != queries+1 {
		t.Errorf("%s, %+v", health.Message, details.Audit)
	}
}
