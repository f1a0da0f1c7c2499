package host_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

const token = "open-sesame"

// call sends a request without cleaning its path.
func call(t *testing.T, handler http.Handler, method, target, auth, body string) (code int, response string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	req.Header.Set("X-Test", "kept")
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestAPIRequiresToken(t *testing.T) {
	h, _ := start(t)
	api := host.Handler(h, token)
	for _, target := range []string{"/api/ds/query", "/api/datasources/uid/echo/health", "/api/datasources/uid/echo/resources/x", "/nowhere"} {
		for name, auth := range map[string]string{"none": "", "another": "Bearer close-sesame", "empty": "Bearer ", "no bearer": token} {
			t.Run(target+" "+name, func(t *testing.T) {
				code, body := call(t, api, http.MethodGet, target, auth, "")
				if code != http.StatusUnauthorized || body != `{"message":"Unauthorized"}` {
					t.Errorf("%d %s", code, body)
				}
			})
		}
	}
}

func TestAPIRespondsLikeGrafana(t *testing.T) {
	h, _ := start(t)
	unhealthy := source
	unhealthy.URL, unhealthy.Updated = "", source.Updated.Add(time.Second)
	const echo = `{"refId":"A","datasource":{"uid":"echo"},"do":"echo","intervalMs":2000}`
	for _, c := range []struct {
		name, method, target, body string
		code                       int
		want                       string
		host                       *host.Host
	}{
		{name: "a query", method: "POST", target: "/api/ds/query", body: `{"queries":[` + echo + `],"from":"now-6h","to":"now"}`, code: 200, want: `"values":[["http://first admin 2s 100 6h0m0s"]]`},
		{name: "epoch milliseconds", method: "POST", target: "/api/ds/query", body: `{"queries":[` + echo + `],"from":"1700000000000","to":"1700000060000"}`, code: 200, want: "100 1m0s"},
		{name: "one failed query of two", method: "POST", target: "/api/ds/query", body: `{"queries":[` + echo + `,{"refId":"B","datasource":{"uid":"echo"},"do":"fail"}],"from":"now-1h","to":"now"}`, code: 400,
			want: `"B":{"error":"not for you","errorSource":"downstream","status":403,"frames":[]}`},
		{name: "invalid time", method: "POST", target: "/api/ds/query", body: `{"queries":[` + echo + `],"from":"yesterday","to":"now"}`, code: 400, want: `from: \"yesterday\" is not a time`},
		{name: "no queries", method: "POST", target: "/api/ds/query", body: `{"queries":[],"from":"now-1h","to":"now"}`, code: 400, want: "no queries found"},
		{name: "another data source", method: "POST", target: "/api/ds/query", body: `{"queries":[{"datasource":{"uid":"x"}}],"from":"now-1h","to":"now"}`, code: 404, want: `no data source has the uid \"x\"`},
		{name: "no data source", method: "POST", target: "/api/ds/query", body: `{"queries":[{"refId":"Z"}],"from":"now-1h","to":"now"}`, code: 400, want: "query Z has no data source"},
		{name: "invalid JSON", method: "POST", target: "/api/ds/query", body: `{`, code: 400, want: "not a query request"},
		{name: "body too large", method: "POST", target: "/api/ds/query", body: strings.Repeat(" ", 11<<20), code: 413, want: "larger than 10485760 bytes"},
		{name: "query with GET", method: "GET", target: "/api/ds/query", code: 405, want: "Method not allowed"},
		{name: "health", method: "GET", target: "/api/datasources/uid/echo/health", code: 200, want: `{"message":"healthy","status":"OK","details":{"server":"echo"}}`},
		{name: "failed health check", method: "GET", target: "/api/datasources/uid/echo/health", code: 400, want: `{"message":"no URL","status":"ERROR"}`, host: h.WithDataSource(unhealthy)},
		{name: "resource request without the token", method: "PUT", target: "/api/datasources/uid/echo/resources/a/b?c=d&c=e", body: "hello", code: 418, want: `PUT /a/b?c=d&c=e x=kept auth="" hello`},
		{name: "resource path is cleaned", method: "GET", target: "/api/datasources/uid/echo/resources//a/../../../b/./c", code: 418, want: "GET /b/c?"},
		{name: "streamed resource", method: "GET", target: "/api/datasources/uid/echo/resources/parts", code: 200, want: "one two"},
		{name: "resource of another data source", method: "GET", target: "/api/datasources/uid/x/resources/a", code: 404, want: "Data source not found"},
		{name: "unknown route", method: "GET", target: "/api/datasources/uid/echo/elsewhere", code: 404, want: "Not found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.host == nil {
				c.host = h
			}
			code, body := call(t, host.Handler(c.host, token), c.method, c.target, "Bearer "+token, c.body)
			if code != c.code || !strings.Contains(body, c.want) {
				t.Errorf("got %d %s\nwant %d %s", code, body, c.code, c.want)
			}
		})
	}
}

func TestAPIReportsExitedPlugin(t *testing.T) {
	h, _ := start(t)
	api := host.Handler(h, token)
	h.Close()
	code, body := call(t, api, http.MethodGet, "/api/datasources/uid/echo/health", "Bearer "+token, "")
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "the plugin's process has exited") {
		t.Errorf("%d %s", code, body)
	}
}

func TestResourceSetsNoCookies(t *testing.T) {
	h, _ := start(t)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/datasources/uid/echo/resources/a", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	host.Handler(h, token).ServeHTTP(w, req)
	if w.Code != http.StatusTeapot || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Content-Security-Policy") != "sandbox" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestServeAPI(t *testing.T) {
	h, _ := start(t)
	api, err := host.ServeAPI(t.Context(), h, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(api.URL, "http://127.0.0.1:") || len(api.Token) < 20 {
		t.Errorf("URL %s, a token of %d characters", api.URL, len(api.Token))
	}
	get := func() (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.URL+"/api/datasources/uid/echo/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+api.Token)
		return http.DefaultClient.Do(req)
	}
	resp, err := get()
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	if err := api.Close(); err != nil {
		t.Error(err)
	}
	if resp, err := get(); err == nil {
		_ = resp.Body.Close()
		t.Error("the API still responds after Close")
	}
}
