// Package faults tests the plugin with a server that responds to each query with one fault.
// Most tests use the compiled plugin over gRPC. Tests that count goroutines, measure the
// heap or set a deadline use an instance of the data source in the test process.
package faults

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

const root = "../.."

// The plugin and the faulty server that the tests share.
var (
	compiled *host.Host
	server   *upstream.Server
	stderr   = &process.Output{}
)

// TestMain raises the number of parallel tests above the number of processors,
// because the tests mostly wait for timeouts and pauses.
func TestMain(m *testing.M) {
	flag.Parse()
	err := flag.Set("test.parallel", "200")
	code := 1
	if err == nil {
		code, err = withPlugin(m)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func withPlugin(m *testing.M) (code int, err error) {
	if _, err := os.Stat(host.Binary(root)); err != nil {
		return 1, fmt.Errorf("the compiled plugin is missing: run go tool mage plugin (%w)", err)
	}
	server = upstream.Start(false)
	defer server.Close()
	compiled, err = host.Start(context.Background(), host.Options{Binary: host.Binary(root), Log: stderr, DataSource: source("http", server.Host(), nil)})
	if err != nil {
		return 1, err
	}
	defer compiled.Close()
	// The first request starts all goroutines of the host. Tests that count goroutines start
	// later, so they don't report these.
	if _, err := compiled.CheckHealth(context.Background()); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// Secrets of the data sources in these tests. No error and no log of the plugin may
// contain any of them.
const (
	urlPassword   = "password-in-the-url"
	basicPassword = "password-in-basic-auth"
	tokenHeader   = "token-in-a-header"
	tokenParam    = "token-in-a-parameter"
)

var secrets = []string{urlPassword, basicPassword, tokenHeader, tokenParam}

// headerValue2 is a key of Settings. The function source moves its value to the encrypted
// settings.
const headerValue2 = "httpHeaderValue2"

// Settings are a data source's jsonData.
type Settings map[string]any

var ids atomic.Int64

// source returns a new data source, so that tests don't share connections. The parameter
// address is a host and port.
func source(scheme, address string, settings Settings) backend.DataSourceInstanceSettings {
	all := Settings{
		"queryTimeout":          "60s",
		"httpHeaderName1":       "X-Token",
		"customQueryParameters": "token=" + tokenParam,
	}
	maps.Copy(all, settings)
	secure := map[string]string{"basicAuthPassword": basicPassword, "httpHeaderValue1": tokenHeader}
	if value, ok := all[headerValue2].(string); ok {
		secure[headerValue2] = value
		delete(all, headerValue2)
	}
	text, err := json.Marshal(all)
	if err != nil {
		text = []byte(err.Error()) // the plugin rejects it and shows this text
	}
	id := ids.Add(1)
	return backend.DataSourceInstanceSettings{
		ID: id, UID: fmt.Sprintf("faults-%d", id), Type: host.PluginID, Name: "Faults",
		URL:              scheme + "://reader:" + urlPassword + "@" + address,
		BasicAuthEnabled: true, BasicAuthUser: "reader",
		JSONData: text, Updated: time.Now(),
		DecryptedSecureJSONData: secure,
	}
}

// at is the end of the time range of all queries.
var at = time.Unix(1_700_000_000, 0).UTC()

// panel returns a query for a graph over an hour. alert returns a query of an alert rule.
func panel(refID string, fault upstream.Fault) backend.DataQuery {
	return query(refID, fmt.Sprintf(`{"refId":%q,"expr":%q,"range":true}`, refID, fault.Expr()))
}

func alert(fault upstream.Fault) backend.DataQuery {
	return query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"instant":true}`, fault.Expr()))
}

func query(refID, text string) backend.DataQuery {
	return backend.DataQuery{
		RefID: refID, JSON: []byte(text), Interval: 15 * time.Second, MaxDataPoints: 240,
		TimeRange: backend.TimeRange{From: at.Add(-time.Hour), To: at},
	}
}

var fromAlert = map[string]string{host.FromAlert: "true"}

// values returns a query for the values of a variable. For such a query, the plugin uses an
// endpoint of the API and a decoder that it doesn't use for panels.
func values(refID string, fault upstream.Fault) backend.DataQuery {
	text, _ := json.Marshal(map[string]any{"refId": refID, "queryType": "labelValues", "label": "id", "metric": "fault", "params": fault})
	return query(refID, string(text))
}

// runQuery sends one query to the compiled plugin.
func runQuery(t *testing.T, from backend.DataSourceInstanceSettings, q backend.DataQuery, headers map[string]string) backend.DataResponse {
	t.Helper()
	responses, err := compiled.WithDataSource(from).QueryData(t.Context(), []backend.DataQuery{q}, headers)
	if err != nil {
		t.Fatal(err)
	}
	return responses.Responses[q.RefID]
}

// get calls a resource route of the data source and returns the body, or the message
// of an error.
func get(t *testing.T, from backend.DataSourceInstanceSettings, path, param, value string) (status int, body string) {
	t.Helper()
	req := &backend.CallResourceRequest{Method: http.MethodGet, Path: path, URL: path}
	if param != "" {
		req.URL += "?" + url.Values{param: {value}}.Encode()
	}
	err := compiled.WithDataSource(from).CallResource(t.Context(), req, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
		if part.Status > 0 {
			status = part.Status
		}
		body += string(part.Body)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	var failure struct {
		Error   string `json:"error"`   // a code if there is a message
		Message string `json:"message"` // absent in the routes of Prometheus's API
	}
	if json.Unmarshal([]byte(body), &failure) == nil {
		body = cmp.Or(failure.Message, failure.Error, body)
	}
	return status, body
}

// errorText returns the text of a response's error, or an empty string.
func errorText(response backend.DataResponse) string {
	if response.Error == nil {
		return ""
	}
	return response.Error.Error()
}

// waitUntil waits until the function met returns true. The test fails after ten seconds.
func waitUntil(t *testing.T, condition string, met func() bool) {
	t.Helper()
	const limit = 10 * time.Second
	for deadline := time.Now().Add(limit); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("not after %v: %s", limit, condition)
			return
		}
	}
}
