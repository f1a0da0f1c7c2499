package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestHeadersAreTheSameOnEveryPath: queries, resources and the health check send
// on who asks and for what, and nothing of the browser's.
func TestHeadersAreTheSameOnEveryPath(t *testing.T) {
	var mu sync.Mutex
	got := map[string]http.Header{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got[r.URL.Path] = r.Header
		mu.Unlock()
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/v1/label"):
			_, _ = io.WriteString(w, `{"status":"success","data":[]}`)
		case r.URL.Path == "/api/v1/query_range":
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
		default:
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}`)
		}
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	sent := map[string]string{
		"Authorization": "Bearer token", "X-Id-Token": "id", "X-Grafana-User": "ada", "X-Dashboard-Uid": "board", "X-Panel-Id": "7",
		"X-Rule-Name": "a\nb", "Accept-Encoding": "br", "Range": "bytes=0-1", "If-None-Match": "x", "X-Forwarded-For": "10.0.0.1",
	}
	prefixed, many := map[string]string{"FromAlert": "false"}, map[string][]string{}
	for name, value := range sent {
		prefixed["http_"+name], many[name] = value, []string{value}
	}
	ask(t, d, prefixed, `{"expr":"up"}`, `{"expr":"up","instant":true}`, `{"queryType":"labelNames"}`, `{"queryType":"labelValues","label":"job"}`)
	if _, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{Headers: prefixed}); err != nil {
		t.Fatal(err)
	}
	err := d.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: "api/v1/label/a/values", URL: "api/v1/label/a/values", Headers: many},
		backend.CallResourceResponseSenderFunc(func(*backend.CallResourceResponse) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"query", "query_range", "labels", "label/job/values", "label/a/values", "status/buildinfo"} {
		header := got["/api/v1/"+path]
		for name, want := range map[string]string{
			"Authorization": "Bearer token", "X-Id-Token": "id", "X-Grafana-User": "ada", "X-Dashboard-Uid": "board", "X-Panel-Id": "7",
			"X-Rule-Name": "", "Accept-Encoding": "gzip", "Range": "", "If-None-Match": "", "X-Forwarded-For": "",
		} {
			if header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, header.Get(name), want)
			}
		}
	}
}
