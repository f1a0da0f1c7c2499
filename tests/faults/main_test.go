// Package faults asks the data source for what goes wrong: a server that does
// precisely one fault to each query, behind the compiled plugin over gRPC, and
// behind an instance in this process where goroutines and memory are counted.
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

// What every test asks: one plugin, one server that goes wrong.
var (
	compiled *host.Host
	server   *upstream.Server
	stderr   = &process.Output{}
)

// TestMain lets more tests run at once than there are processors: they wait for
// timeouts and pauses of real seconds, and compute little.
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
		return 1, fmt.Errorf("these tests ask the compiled plugin: build it with go tool mage plugin (%w)", err)
	}
	server = upstream.Start(false)
	defer server.Close()
	compiled, err = host.Start(context.Background(), host.Options{Binary: host.Binary(root), Log: stderr, DataSource: source("http", server.Host(), nil)})
	if err != nil {
		return 1, err
	}
	defer compiled.Close()
	// With one answer all of the host's goroutines run; the storm counts its own.
	if _, err := compiled.CheckHealth(context.Background()); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// Secrets of every data source here. No text that a person reads holds one, nor
// does the plugin's log.
const (
	urlPassword   = "password-in-the-url"
	basicPassword = "password-in-basic-auth"
	tokenHeader   = "token-in-a-header"
	tokenParam    = "token-in-a-parameter"
)

var secrets = []string{urlPassword, basicPassword, tokenHeader, tokenParam}

// headerValue2 is the one encrypted setting among a test's Settings.
const headerValue2 = "httpHeaderValue2"

// Settings are a data source's jsonData.
type Settings map[string]any

var ids atomic.Int64

// source makes a data source of its own, so that no test meets the connections
// of another. address is a host and port.
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
		text = []byte(err.Error()) // which the plugin refuses, with this text
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

// at is when everything is asked.
var at = time.Unix(1_700_000_000, 0).UTC()

// panel and alert are the two kinds of callers: a graph over an hour, and a rule
// that needs a value.
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

// values asks for a variable's values, which is another endpoint of the API and
// another decoder.
func values(refID string, fault upstream.Fault) backend.DataQuery {
	text, _ := json.Marshal(map[string]any{"refId": refID, "queryType": "labelValues", "label": "id", "metric": "fault", "params": fault})
	return query(refID, string(text))
}

// ask sends one query to the compiled plugin.
func ask(t *testing.T, from backend.DataSourceInstanceSettings, q backend.DataQuery, headers map[string]string) backend.DataResponse {
	t.Helper()
	answer, err := compiled.WithDataSource(from).QueryData(t.Context(), []backend.DataQuery{q}, headers)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Responses[q.RefID]
}

// get calls one of the data source's resource routes, and returns the text of an error.
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
	var said struct {
		Error   string `json:"error"`   // a code where there is a message
		Message string `json:"message"` // of routes that aren't Prometheus's
	}
	if json.Unmarshal([]byte(body), &said) == nil {
		body = cmp.Or(said.Message, said.Error, body)
	}
	return status, body
}

// says is the text of an answer's error, "" where it has none.
func says(answer backend.DataResponse) string {
	if answer.Error == nil {
		return ""
	}
	return answer.Error.Error()
}

// until waits for something that is about to happen.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	const patience = 10 * time.Second
	for deadline := time.Now().Add(patience); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("after %v, still not: %s", patience, what)
			return
		}
	}
}
