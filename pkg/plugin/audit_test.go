package plugin

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

func asUser(login, email, role string) backend.PluginContext {
	return backend.PluginContext{User: &backend.User{Login: login, Email: email, Role: role}}
}

// recordEvents records three events of an actor, two of them within the range of runQueries.
func recordEvents(d *DataSource, actor string) {
	for _, seconds := range []int64{100, 200, 700} {
		d.audit.Record(audit.Event{
			Time: time.Unix(seconds, 0), Actor: actor, Org: 1, Role: "Viewer", Action: "query", Target: fmt.Sprint("up", seconds),
			Verdict: audit.Block, Reason: "promql_not_allowed",
		})
	}
}

func TestAuditQuery(t *testing.T) {
	d := instance(t, prometheus(t), `{}`)
	defer d.Dispose()
	recordEvents(d, "query-test")
	admin := asUser("root", "root@localhost", "Admin")
	answer := runQueriesAs(t, d, admin, nil, `{"queryType":"audit","actor":"query-test"}`)["A"]
	if answer.Error != nil || len(answer.Frames) != 1 {
		t.Fatalf("%d frames, %v", len(answer.Frames), answer.Error)
	}
	frame := answer.Frames[0]
	if frame.Meta.Type != data.FrameTypeLogLines || frame.Rows() != 2 || len(frame.Meta.Notices) != 0 {
		t.Errorf("%d rows, %+v", frame.Rows(), frame.Meta)
	}
	if got, want := frame.Fields[1].At(0), "block query of query-test (org 1, Viewer): up200: promql_not_allowed"; got != want {
		t.Errorf("newest event %q", got)
	}
	answer = runQueriesAs(t, d, admin, nil, `{"queryType":"audit","actor":"query-test","limit":1,"verdict":"block","reason":"promql_not_allowed"}`)["A"]
	if answer.Error != nil || answer.Frames[0].Rows() != 1 || !strings.Contains(answer.Frames[0].Meta.Notices[0].Text, "Only the newest 1 events") {
		t.Errorf("%v, %+v", answer.Error, answer.Frames)
	}
	answer = runQueriesAs(t, d, admin, nil, `{"queryType":"audit","actor":"query-test","limit":2}`)["A"]
	if answer.Error != nil || answer.Frames[0].Rows() != 2 || len(answer.Frames[0].Meta.Notices) > 0 {
		t.Errorf("exactly as many events as the limit: %v, %+v", answer.Error, answer.Frames[0].Meta.Notices)
	}
	for query, want := range map[string]string{
		`{"queryType":"audit","limit":10001}`:    "The limit 10001 of the audit query is not a whole number from 1 to 10000.",
		`{"queryType":"audit","limit":1.5}`:      "The limit 1.5 of",
		`{"queryType":"audit","limit":-1}`:       "The limit -1 of",
		`{"queryType":"audit","verdict":"deny"}`: `The verdict "deny" is unknown. Use one of allow, observe, block.`,
	} {
		answer := runQueriesAs(t, d, admin, nil, query)["A"]
		if answer.Status != http.StatusBadRequest || answer.Error == nil || !strings.Contains(answer.Error.Error(), want) {
			t.Errorf("%s: %d %v", query, answer.Status, answer.Error)
		}
	}
}

// TestAuditQueryRequiresAdmin: the alert engine has the role Admin, but not everybody who sees
// an alert is an administrator. The headers below prove nothing: a browser can send them, too.
func TestAuditQueryRequiresAdmin(t *testing.T) {
	d := instance(t, prometheus(t), `{}`)
	defer d.Dispose()
	recordEvents(d, "role-test")
	headers := map[string]string{"http_X-Grafana-User": "root", "FromAlert": "true"}
	for name, caller := range map[string]backend.PluginContext{
		"viewer": asUser("vera", "vera@localhost", "Viewer"), "editor": asUser("ed", "ed@localhost", "Editor"),
		"no role": asUser("nora", "nora@localhost", ""), "no user": {}, "alert engine": asUser(alertUser, "", "Admin"),
	} {
		const query = `{"queryType":"audit","actor":"role-test"}`
		answer := runQueriesAs(t, d, caller, headers, query)["A"]
		if answer.Status != http.StatusForbidden || answer.Error == nil || len(answer.Frames) > 0 {
			t.Errorf("%s: %d %v", name, answer.Status, answer.Error)
		}
		w := &countedChunks{}
		req := &backend.QueryChunkedDataRequest{PluginContext: caller, Headers: headers, Queries: queriesOf(caller, nil, query).Queries}
		if err := d.QueryChunkedData(t.Context(), req, w); err != nil || w.frames > 0 || w.status != backend.StatusForbidden {
			t.Errorf("%s, chunked: %v, %+v", name, err, w)
		}
	}
}

// countedChunks counts the frames of a chunked response, and keeps the status of an error.
type countedChunks struct {
	frames int
	status backend.Status
}

func (c *countedChunks) WriteFrame(context.Context, string, string, *data.Frame) error {
	c.frames++
	return nil
}

func (c *countedChunks) WriteError(_ context.Context, _ string, status backend.Status, _ error) error {
	c.status = status
	return nil
}

// audited creates a data source with an OTLP endpoint, or without one if endpoint is empty.
func audited(t *testing.T, endpoint, token string) *DataSource {
	t.Helper()
	made, err := NewInstance(t.Context(), backend.DataSourceInstanceSettings{
		UID: t.Name(), Type: ID, URL: prometheus(t), JSONData: []byte(`{"auditOtlpUrl":"` + endpoint + `"}`),
		DecryptedSecureJSONData: map[string]string{"auditOtlpToken": token, "basicAuthPassword": "correct-horse-battery"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := made.(*DataSource)
	t.Cleanup(d.Dispose)
	return d
}

func TestHealthTestsExportOfAuditEvents(t *testing.T) {
	var status atomic.Int64
	status.Store(http.StatusOK)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken-of-collector" {
			t.Errorf("headers %v", r.Header)
		}
		w.WriteHeader(int(status.Load()))
		_, _ = fmt.Fprint(w, "t0ken-of-collector is refused")
	}))
	defer collector.Close()
	host := strings.TrimPrefix(collector.URL, "http://")
	d := audited(t, collector.URL, " t0ken-of-collector ")
	admin := asUser("root", "root@localhost", "Admin")
	viewer := asUser("vera", "vera@localhost", "Viewer")
	if _, _, details := checkAs(t, d, viewer); details.Audit != (audit.Health{Enabled: true}) || !strings.Contains(details.Verbose, "Audit events: 0 exported, 0 waiting, 0 dropped") {
		t.Errorf("as a viewer: %+v", details)
	}
	result, message, details := checkAs(t, d, admin)
	if result != backend.HealthStatusOk || details.Audit.Exported != 1 || !strings.Contains(details.Verbose, "Audit events: 1 exported to "+host+", 0 waiting, 0 dropped") {
		t.Errorf("%s: %s, %+v", result, message, details.Audit)
	}
	status.Store(http.StatusUnauthorized)
	result, message, details = checkAs(t, d, admin)
	want := "Audit events can't be exported to " + host + ": the endpoint responded with status 401 Unauthorized. Check the URL and the token of the OTLP endpoint."
	if result != backend.HealthStatusError || message != want || details.Audit.Dropped != 1 || strings.Contains(details.Verbose, "t0ken") {
		t.Errorf("%s: %s, %+v", result, message, details.Audit)
	}
	result, message, details = checkAs(t, d, viewer)
	if want := "Audit events can't be exported. To see the problem, an administrator of the organization can choose Save & test in the data source's settings."; result != backend.HealthStatusError || message != want {
		t.Errorf("as a viewer: %s: %s", result, message)
	}
	if details.Audit != (audit.Health{Enabled: true, Exported: 1, Dropped: 1}) || strings.Contains(details.Verbose, host) || strings.Contains(details.Verbose, "401") {
		t.Errorf("as a viewer: %+v", details)
	}
	if page := d.audit.Page(audit.Filter{}); len(page.Events) > 0 {
		t.Errorf("health checks are in the audit log: %+v", page.Events)
	}
}

func TestInvalidAuditTokenIsReported(t *testing.T) {
	d := audited(t, "http://localhost:1", "a\nb")
	result, message, details := check(t, d)
	if result != backend.HealthStatusError || !strings.Contains(message, "The data source's token for audit events (auditOtlpToken) is invalid. The token contains a character") || details.Audit.Endpoint != "" {
		t.Errorf("%s: %s, %+v", result, message, details.Audit)
	}
	if answer := runQueries(t, d, nil, `{"expr":"vector(1)","instant":true}`)["A"]; answer.Error != nil {
		t.Error(answer.Error)
	}
}

func TestSecretsAreMaskedInAuditEvents(t *testing.T) {
	d := audited(t, "", "t0ken-of-collector")
	d.audit.Record(audit.Event{
		Target: `up{a="correct-horse-battery"}`, Message: "t0ken-of-collector", Matchers: `b="correct%2Dhorse-battery"`, Verdict: audit.Observe,
	})
	event := d.audit.Page(audit.Filter{}).Events[0]
	if text := fmt.Sprint(event); strings.Contains(text, "battery") || strings.Contains(text, "t0ken") || !strings.Contains(event.Target, `up{a="`) {
		t.Errorf("a secret remains: %s", text)
	}
}

func TestPolicyDecisionsAreLogged(t *testing.T) {
	lines := recordLog(t)
	d := audited(t, "", "")
	d.audit.Record(audit.Event{
		Actor: "ada", Org: 3, Role: "Viewer", Action: "query", Target: strings.Repeat("x", 5000), Verdict: audit.Block, Reason: "promql_not_allowed", Message: "No.", Matchers: `tenant="acme"`,
	})
	line := lineWith(t, lines(), "Policy decision")
	for _, want := range []string{"ada", "Viewer", "query", "block", "promql_not_allowed", "No.", "tenant"} {
		if !strings.Contains(line, want) {
			t.Errorf("no %s in %s", want, line)
		}
	}
	if len(line) > 1000 {
		t.Errorf("%d bytes: %.300s", len(line), line)
	}
}
