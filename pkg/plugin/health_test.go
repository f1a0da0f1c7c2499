package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

// TestStorageWarningsWithAccessRules: the request for the warnings of the server's storage has
// the matchers of the caller. For a denied caller, it isn't sent.
func TestStorageWarningsWithAccessRules(t *testing.T) {
	const warning = "store eu is unavailable"
	var mu sync.Mutex
	var selectors []string // of requests for label names
	healthy, err := url.Parse(prometheus(t))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v1/label") {
			httputil.NewSingleHostReverseProxy(healthy).ServeHTTP(w, r)
			return
		}
		mu.Lock()
		selectors = append(selectors, r.FormValue("match[]"))
		mu.Unlock()
		if strings.Contains(r.FormValue("match[]"), "no_such_metric") {
			_, _ = io.WriteString(w, `{"status":"success","data":[]}`)
			return
		}
		_, _ = io.WriteString(w, `{"status":"success","data":["a"],"warnings":["`+warning+`"]}`)
	}))
	defer server.Close()
	for _, test := range []struct {
		name, access, login, role string
		selector                  string // of the last request; "none" if there is no request
	}{
		{"no rules", "", "vera", "Viewer", ""},
		{"rules", rules, "vera", "Viewer", `{tenant="acme"}`},
		{"denied", rules, "blocked", "Editor", "none"},
		{"policy", "policy: {promql: block, series: {max: 1}}", "vera", "Viewer", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			settings := `{}`
			if test.access != "" {
				settings = withAccess(t, test.access)
			}
			d := instance(t, server.URL, settings)
			defer d.Dispose()
			selectors = []string{"none"}
			caller := callerOf(&backend.User{Login: test.login, Email: test.login + "@localhost", Role: test.role})
			status, message, _ := checkAs(t, d, caller)
			want := test.selector != "none"
			if status != backend.HealthStatusOk || strings.Contains(message, warning) != want || selectors[len(selectors)-1] != test.selector {
				t.Errorf("%s: %s, selectors %q", status, message, selectors)
			}
			if page := d.audit.Page(audit.Filter{}); len(page.Events) > 0 {
				t.Errorf("recorded %+v", page.Events)
			}
		})
	}
}

// TestHealthOfOtherServers: the message is about the server, and not an internal error.
func TestHealthOfOtherServers(t *testing.T) {
	const wrong = "The result of vector(1) is not the number 1."
	for _, test := range []struct{ name, data, want string }{
		{"other number", `{"resultType":"vector","result":[{"metric":{},"value":[0,"2"]}]}`, wrong},
		{"no series", `{"resultType":"vector","result":[]}`, wrong},
		{"two series", `{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]},{"metric":{"a":"b"},"value":[0,"1"]}]}`, wrong},
		{"series without value", `{"resultType":"vector","result":[{}]}`, ""},
		{"histogram", `{"resultType":"vector","result":[{"metric":{},"histogram":[0,{"count":"1","sum":"1","buckets":[]}]}]}`, wrong},
		{"matrix without samples", `{"resultType":"matrix","result":[{"metric":{},"values":[]}]}`, wrong},
		{"string", `{"resultType":"string","result":[0,"1"]}`, wrong},
		{"empty object", `{}`, ""},
		{"null", `null`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"status":"success","data":`+test.data+`}`)
			}))
			defer server.Close()
			d := instance(t, server.URL, `{}`)
			health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if health.Status != backend.HealthStatusError || strings.Contains(health.Message, "internal error") || !strings.Contains(health.Message, test.want) {
				t.Errorf("%s: %s", health.Status, health.Message)
			}
		})
	}
}
