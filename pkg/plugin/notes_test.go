package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const tangoInfo = `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "total_invocations"`

// TestInfosOfThanos: Thanos sends infos as warnings, without their position in the query. A
// panel shows infos only if the settings enable infos. In a catalog query, an info is dropped
// if it doubts that a metric is a counter, but a pack declares that it is one.
func TestInfosOfThanos(t *testing.T) {
	server := respondWith(t, `{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["`+strings.ReplaceAll(tangoInfo, `"`, `\"`)+`"]}`)
	const promQL, catalog = `{"expr":"rate(total_invocations[5m])"}`, `{"metric":"invocation_failure_rate","params":{"model_code":["a"]}}`
	for _, test := range []struct {
		name, settings, query string
		notices               int
		infos                 bool
	}{
		{"PromQL", `{}`, promQL, 0, true},
		{"PromQL, infos enabled", `{"showInfos":true}`, promQL, 1, true},
		{"catalog", `{}`, catalog, 0, false},
		{"catalog, infos enabled", `{"showInfos":true}`, catalog, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := runQueries(t, instance(t, server, test.settings), nil, test.query)["A"]
			if answer.Error != nil {
				t.Fatal(answer.Error)
			}
			meta := answer.Frames[0].Meta
			if len(meta.Notices) != test.notices || test.notices > 0 && meta.Notices[0] != (data.Notice{Severity: data.NoticeSeverityInfo, Text: tangoInfo}) {
				t.Errorf("notices %+v", meta.Notices)
			}
			text, err := json.Marshal(meta.Custom)
			if got := strings.HasPrefix(string(text), `{"infos":["PromQL info: `); err != nil || got != test.infos {
				t.Errorf("custom metadata: %s, %v", text, err)
			}
		})
	}
}

func TestWarningsOfExemplarsAreShownInPanel(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"1"]]}]}}`
		if strings.HasSuffix(r.URL.Path, "/query_exemplars") {
			answer = `{"status":"success","data":[{"seriesLabels":{},"exemplars":[{"labels":{"id":"a"},"value":"1","timestamp":1}]}],"warnings":["a store is down"]}`
		}
		_, _ = fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	answer := runQueries(t, instance(t, server.URL, `{}`), nil, `{"expr":"up","exemplar":true}`)["A"]
	if answer.Error != nil || len(answer.Frames) != 2 || len(answer.Frames[0].Meta.Notices) != 1 || answer.Frames[0].Meta.Notices[0].Text != "a store is down" {
		t.Errorf("got %+v", answer)
	}
}

// TestHealthReportsMissingStorage: the test query alone would not show that storage is
// missing, because vector(1) doesn't read the storage.
func TestHealthReportsMissingStorage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"status":"success","isPartial":true,"data":[]}`
		if strings.HasSuffix(r.URL.Path, "/query") {
			answer = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]}]}}`
		}
		_, _ = fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	const want = "This result is partial: the server could not read all of its storage."
	status, message, details := check(t, d)
	if status != backend.HealthStatusOk || !strings.HasSuffix(message, " Warnings of the server: "+want) {
		t.Errorf("%s: %s", status, message)
	}
	if len(details.Warnings) != 1 || details.Warnings[0] != want || !strings.Contains(details.Verbose, "\nWarning: "+want+"\n") {
		t.Errorf("got %+v", details)
	}
}

// respondWith starts a server that sends the same body in response to all requests, and
// returns its URL.
func respondWith(t *testing.T, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) }))
	t.Cleanup(server.Close)
	return server.URL
}
