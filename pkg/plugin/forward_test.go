package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/useragent"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/featuretoggles"
)

// Callers of requests.
var (
	viewer      = callerOf(&backend.User{Login: "ada", Email: "ada@example.com", Role: "Viewer"})
	alertEngine = callerOf(&backend.User{Login: "grafana_scheduler", Role: "Admin"})
	namesake    = callerOf(&backend.User{Login: "grafana_scheduler", Email: "grafana_scheduler", Role: "Admin"})
	anonymous   = callerOf(nil)
)

func callerOf(user *backend.User) backend.PluginContext {
	return backend.PluginContext{OrgID: 2, User: user} //nolint:staticcheck // Grafana names an organization by number in its header
}

// in returns a copy of a caller, with the given version and feature toggles of Grafana.
func in(t *testing.T, caller backend.PluginContext, version, toggles string) backend.PluginContext {
	t.Helper()
	agent, err := useragent.New(version, "linux", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	caller.UserAgent = agent
	caller.GrafanaConfig = config.NewGrafanaCfg(map[string]string{featuretoggles.EnabledFeatures: toggles})
	return caller
}

// headerRecorder is a server that records the headers of the last request to each path.
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

// sdkHandler returns a data source with the middleware of the SDK that adds the header
// FromAlert to requests to the server.
func sdkHandler(t *testing.T, d *DataSource) *backend.MiddlewareHandler {
	t.Helper()
	handler, err := backend.HandlerFromMiddlewares(struct {
		backend.QueryDataHandler
		backend.QueryChunkedDataHandler
		backend.CheckHealthHandler
		backend.CallResourceHandler
		backend.CollectMetricsHandler
		backend.StreamHandler
		backend.AdmissionHandler
		backend.ConversionHandler
	}{QueryDataHandler: d, QueryChunkedDataHandler: d, CheckHealthHandler: d, CallResourceHandler: d}, backend.NewAlertForwarderMiddleware())
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// sendHeaders sends headers with queries, a resource request and a health check, and returns
// the headers that reached the server, by path.
func sendHeaders(t *testing.T, settings string, caller backend.PluginContext, sent map[string]string) map[string]http.Header {
	t.Helper()
	server := newHeaderRecorder(t)
	handler := sdkHandler(t, instance(t, server.URL, settings))
	prefixed, many := map[string]string{"FromAlert": sent["Fromalert"]}, map[string][]string{}
	for name, value := range sent {
		prefixed["http_"+name], many[name] = value, []string{value}
	}
	request := queriesOf(caller, prefixed, `{"expr":"up"}`, `{"expr":"up","instant":true}`, `{"queryType":"labelNames"}`, `{"queryType":"labelValues","label":"job"}`)
	if _, err := handler.QueryData(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	if _, err := handler.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: caller, Headers: prefixed}); err != nil {
		t.Fatal(err)
	}
	err := handler.CallResource(t.Context(), &backend.CallResourceRequest{
		PluginContext: caller, Method: "GET", Path: "api/v1/label/a/values", URL: "api/v1/label/a/values", Headers: many,
	}, backend.CallResourceResponseSenderFunc(func(*backend.CallResourceResponse) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]http.Header{}
	for _, path := range []string{"query", "query_range", "labels", "label/job/values", "label/a/values", "status/buildinfo"} {
		if reached[path] = server.headers["/api/v1/"+path]; reached[path] == nil {
			t.Fatalf("no request to %s", path)
		}
	}
	return reached
}

// TestForwardedHeaders: queries, resource requests and the health check forward the same
// headers. A browser can set all headers below, so the ones that identify the caller are
// forwarded only if they can't be forged.
func TestForwardedHeaders(t *testing.T) {
	browser := map[string]string{
		"Authorization": "Bearer token", "X-Grafana-Id": "signed", "X-Dashboard-Uid": "board", "X-Panel-Id": "7", "X-Panel-Title": "a\nb",
		"X-Id-Token": "id", "X-Grafana-User": "grace", "X-Grafana-Org-Id": "1", "X-Grafana-Role": "Admin", "X-Grafana-Device-Id": "x",
		"Fromalert": "true", "X-Rule-Uid": "rule", "X-Rule-Name": "Rule",
		"Accept-Encoding": "br", "Range": "bytes=0-1", "If-None-Match": "x", "X-Forwarded-For": "10.0.0.1", "X-Scope-Orgid": "other",
	}
	own := map[string]string{"X-Grafana-User": "ada", "X-Grafana-Org-Id": "2"}
	alert := map[string]string{"Fromalert": "true", "X-Rule-Uid": "rule", "X-Grafana-Org-Id": "2"}
	signed, unsigned := map[string]string{"X-Grafana-Id": "signed"}, map[string]string{"X-Grafana-Id": ""}
	idToken, accessToken := map[string]string{"X-Id-Token": "id"}, map[string]string{"X-Id-Token": "id", "Authorization": "Bearer access"}
	for _, test := range []struct {
		name, settings string
		caller         backend.PluginContext
		sent, want     map[string]string // "" in want: the header must not be forwarded
	}{
		{"headers of a browser", `{}`, viewer, browser, map[string]string{
			"Authorization": "Bearer token", "X-Grafana-Id": "", "X-Dashboard-Uid": "board", "X-Panel-Id": "7", "X-Panel-Title": "",
			"X-Id-Token": "", "X-Grafana-User": "", "X-Grafana-Org-Id": "", "X-Grafana-Role": "", "X-Grafana-Device-Id": "",
			"Fromalert": "", "X-Rule-Uid": "", "X-Rule-Name": "",
			"Accept-Encoding": "gzip", "Range": "", "If-None-Match": "", "X-Forwarded-For": "", "X-Scope-Orgid": "",
		}},
		{"identity of the caller", `{}`, viewer, own, own},
		{"identity of an anonymous caller", `{}`, anonymous, own, map[string]string{"X-Grafana-User": "", "X-Grafana-Org-Id": "2"}},
		{"OAuth token, enabled", `{"oauthPassThru":true}`, viewer, accessToken, accessToken},
		{"OAuth token, disabled", `{}`, viewer, accessToken, map[string]string{"X-Id-Token": ""}},
		{"ID token without OAuth session", `{"oauthPassThru":true}`, viewer, idToken, map[string]string{"X-Id-Token": ""}},
		{"X-Grafana-Id in Grafana 12", `{}`, in(t, viewer, "12.4.0", ""), signed, signed},
		{"X-Grafana-Id in Grafana 11.3", `{}`, in(t, viewer, "11.3.0", ""), signed, signed},
		{"X-Grafana-Id in Grafana 11.2", `{}`, in(t, viewer, "11.2.9", "other"), signed, unsigned},
		{"X-Grafana-Id in Grafana 11.0 with feature toggle", `{}`, in(t, viewer, "11.0.0", "other,idForwarding"), signed, signed},
		{"headers of the alert engine", `{}`, alertEngine, alert, alert},
		{"headers of a person with the alert engine's login", `{}`, namesake, alert, map[string]string{"Fromalert": "", "X-Rule-Uid": "", "X-Grafana-Org-Id": "2"}},
		{"FromAlert in the settings", `{"httpHeaderName1":"FromAlert"}`, viewer, map[string]string{"Fromalert": "true"}, map[string]string{"Fromalert": headerValue1}},
		{"FromAlert of the alert engine and in the settings", `{"httpHeaderName1":"FromAlert"}`, alertEngine, alert, map[string]string{"Fromalert": headerValue1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for path, header := range sendHeaders(t, test.settings, test.caller, test.sent) {
				for name, want := range test.want {
					if got := header.Get(name); got != want {
						t.Errorf("%s: %s is %q, want %q", path, name, got, want)
					}
				}
			}
		})
	}
}

// TestHeadersWithoutPrefix: if an alert rule runs a query, Grafana passes on headers whose
// names don't have the prefix http_. Up to version 11.0, it passes on all headers of the rule.
func TestHeadersWithoutPrefix(t *testing.T) {
	unprefixed := map[string]string{"FromAlert": "true", "X-Rule-Uid": "rule", "X-Grafana-Org-Id": "2", "X-Cache-Skip": "true"}
	for _, test := range []struct {
		name   string
		caller backend.PluginContext
		want   map[string]string // "": the header must not be forwarded
	}{
		{"headers of the alert engine", alertEngine, map[string]string{"Fromalert": "true", "X-Rule-Uid": "rule", "X-Grafana-Org-Id": "2", "X-Cache-Skip": ""}},
		{"headers of a viewer", viewer, map[string]string{"Fromalert": "", "X-Rule-Uid": "", "X-Grafana-Org-Id": "2", "X-Cache-Skip": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newHeaderRecorder(t)
			handler := sdkHandler(t, instance(t, server.URL, `{}`))
			if _, err := handler.QueryData(t.Context(), queriesOf(test.caller, unprefixed, `{"expr":"up","instant":true}`)); err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if got := server.headers["/api/v1/query"].Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestForgedIDToken: Grafana 11 sets X-ID-Token and doesn't remove the browser's X-Id-Token,
// although both names mean the same header. Neither value is forwarded.
func TestForgedIDToken(t *testing.T) {
	server := newHeaderRecorder(t)
	d := instance(t, server.URL, `{"oauthPassThru":true}`)
	err := d.CallResource(t.Context(), &backend.CallResourceRequest{
		PluginContext: viewer, Method: "GET", Path: "api/v1/labels", URL: "api/v1/labels",
		Headers: map[string][]string{"Authorization": {"Bearer access"}, "X-ID-Token": {"Grafana's"}, "X-Id-Token": {"forged"}},
	}, backend.CallResourceResponseSenderFunc(func(*backend.CallResourceResponse) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	header := server.headers["/api/v1/labels"]
	if got := header["X-Id-Token"]; header.Get("Authorization") != "Bearer access" || len(got) > 0 {
		t.Errorf("got ID tokens %q and credentials %q", got, header.Get("Authorization"))
	}
}
