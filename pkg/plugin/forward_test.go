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

// The callers that requests come from in Grafana.
var (
	viewer      = backend.PluginContext{OrgID: 2, User: &backend.User{Login: "ada", Role: "Viewer"}}              //nolint:staticcheck // Grafana names an organisation by number in its header
	alertEngine = backend.PluginContext{OrgID: 2, User: &backend.User{Login: "grafana_scheduler", Role: "Admin"}} //nolint:staticcheck // likewise
	anonymous   = backend.PluginContext{OrgID: 2}                                                                 //nolint:staticcheck // likewise
)

// headerRecorder is a server that keeps the headers of the last request to each path.
type headerRecorder struct {
	*httptest.Server
	mu      sync.Mutex
	headers map[string]http.Header
}

func newHeaderRecorder(t *testing.T) *headerRecorder {
	t.Helper()
	r := &headerRecorder{headers: map[string]http.Header{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (rec *headerRecorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec.mu.Lock()
	rec.headers[r.URL.Path] = r.Header
	rec.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/v1/label"):
		_, _ = io.WriteString(w, `{"status":"success","data":[]}`)
	case r.URL.Path == "/api/v1/query_range":
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
	default:
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}`)
	}
}

// onEveryPath sends headers with queries, a resource call and a health check, and
// returns what reached the server, by path.
func onEveryPath(t *testing.T, settings string, caller backend.PluginContext, sent map[string]string) map[string]http.Header {
	t.Helper()
	server := newHeaderRecorder(t)
	d := instance(t, server.URL, settings)
	prefixed, many := map[string]string{"FromAlert": sent["Fromalert"]}, map[string][]string{}
	for name, value := range sent {
		prefixed["http_"+name], many[name] = value, []string{value}
	}
	askAs(t, d, caller, prefixed, `{"expr":"up"}`, `{"expr":"up","instant":true}`, `{"queryType":"labelNames"}`, `{"queryType":"labelValues","label":"job"}`)
	if _, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: caller, Headers: prefixed}); err != nil {
		t.Fatal(err)
	}
	err := d.CallResource(t.Context(), &backend.CallResourceRequest{
		PluginContext: caller, Method: "GET", Path: "api/v1/label/a/values", URL: "api/v1/label/a/values", Headers: many,
	}, backend.CallResourceResponseSenderFunc(func(*backend.CallResourceResponse) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]http.Header{}
	for _, path := range []string{"query", "query_range", "labels", "label/job/values", "label/a/values", "status/buildinfo"} {
		if reached[path] = server.headers["/api/v1/"+path]; reached[path] == nil {
			t.Fatalf("nothing reached %s", path)
		}
	}
	return reached
}

// TestHeadersThatReachTheServer: queries, resource calls and the health check pass
// on the same headers. A browser can write any of those below, so the ones that
// say who is asking have to agree with the plugin context.
func TestHeadersThatReachTheServer(t *testing.T) {
	browser := map[string]string{
		"Authorization": "Bearer token", "X-Grafana-Id": "signed", "X-Dashboard-Uid": "board", "X-Panel-Id": "7", "X-Panel-Title": "a\nb",
		"X-Id-Token": "id", "X-Grafana-User": "grace", "X-Grafana-Org-Id": "1", "X-Grafana-Role": "Admin", "X-Grafana-Device-Id": "x",
		"Fromalert": "true", "X-Rule-Uid": "rule", "X-Rule-Name": "Rule",
		"Accept-Encoding": "br", "Range": "bytes=0-1", "If-None-Match": "x", "X-Forwarded-For": "10.0.0.1", "X-Scope-Orgid": "other",
	}
	own := map[string]string{"X-Grafana-User": "ada", "X-Grafana-Org-Id": "2"}
	for _, test := range []struct {
		name, settings string
		caller         backend.PluginContext
		sent, want     map[string]string // "" in want: the header must not arrive
	}{
		{"a browser's", `{}`, viewer, browser, map[string]string{
			"Authorization": "Bearer token", "X-Grafana-Id": "signed", "X-Dashboard-Uid": "board", "X-Panel-Id": "7", "X-Panel-Title": "",
			"X-Id-Token": "", "X-Grafana-User": "", "X-Grafana-Org-Id": "", "X-Grafana-Role": "", "X-Grafana-Device-Id": "",
			"Fromalert": "", "X-Rule-Uid": "", "X-Rule-Name": "",
			"Accept-Encoding": "gzip", "Range": "", "If-None-Match": "", "X-Forwarded-For": "", "X-Scope-Orgid": "",
		}},
		{"the caller's own identity", `{}`, viewer, own, own},
		{"an identity, anonymously", `{}`, anonymous, own, map[string]string{"X-Grafana-User": "", "X-Grafana-Org-Id": "2"}},
		{"an OAuth token that the settings ask for", `{"oauthPassThru":true}`, viewer, map[string]string{"X-Id-Token": "id"}, map[string]string{"X-Id-Token": "id"}},
		{"the alert engine's", `{}`, alertEngine, map[string]string{"Fromalert": "true", "X-Rule-Uid": "rule", "X-Grafana-Org-Id": "2"},
			map[string]string{"Fromalert": "true", "X-Rule-Uid": "rule", "X-Grafana-Org-Id": "2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for path, header := range onEveryPath(t, test.settings, test.caller, test.sent) {
				for name, want := range test.want {
					if got := header.Get(name); got != want {
						t.Errorf("%s: %s is %q, want %q", path, name, got, want)
					}
				}
			}
		})
	}
}
