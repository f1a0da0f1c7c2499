package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// endpointServer responds to queries and lookups of TensorOne's endpoints. It counts the
// requests for names, and sends to each tenant other names for the same id.
type endpointServer struct {
	*httptest.Server
	requests atomic.Int64
	last     atomic.Pointer[url.Values] // parameters of the last request for names
	respond  atomic.Pointer[http.HandlerFunc]
}

func newEndpointServer(t *testing.T) *endpointServer {
	t.Helper()
	s := &endpointServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		const labels = `{"endpoint_id":"ep_1"}`
		data := `{"resultType":"matrix","result":[{"metric":` + labels + `,"values":[[15,"1"],[30,"2"]]}]}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/series"):
			s.requests.Add(1)
			s.last.Store(&r.Form)
			if respond := s.respond.Load(); respond != nil {
				(*respond)(w, r)
				return
			}
			name := "chat"
			if strings.Contains(r.Form.Get("match[]"), `tenant="acme"`) {
				name = "acme"
			}
			if user := r.Header.Get("X-Grafana-User"); user != "" {
				name += " of " + user
			}
			data = fmt.Sprintf(`[{"__name__":"tensorone_endpoint_info","endpoint_id":"ep_1","name":%q}]`, name)
		case strings.HasSuffix(r.URL.Path, "/values"):
			data = `["ep_1","ep_2"]`
		case strings.HasSuffix(r.URL.Path, "/query"):
			data = `{"resultType":"vector","result":[{"metric":` + labels + `,"value":[600,"1"]}]}`
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":%s}`, data)
	}))
	t.Cleanup(s.Close)
	return s
}

const (
	cpuQuery    = `{"queryType":"catalog","metric":"tensorone_cpu_utilization","legendFormat":"__auto"}`
	unnamedName = "ep_1"
)

// shown returns what a panel displays for ep_1: the name of its series, or the text in a table.
func shown(t *testing.T, answer backend.DataResponse) string {
	t.Helper()
	if answer.Error != nil || len(answer.Frames) != 1 {
		t.Fatalf("got %v, %d frames", answer.Error, len(answer.Frames))
	}
	frame := answer.Frames[0]
	for _, field := range frame.Fields {
		switch field.Name {
		case "text", "title":
			return field.At(0).(string)
		case "endpoint_id":
			if len(field.Config.Mappings) == 0 {
				return field.At(0).(string)
			}
			return field.Config.Mappings[0].(data.ValueMapper)[field.At(0).(string)].Text
		}
	}
	return frame.Name
}

func TestQueriesShowNames(t *testing.T) {
	server := newEndpointServer(t)
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	alert := map[string]string{"FromAlert": "true"}
	for _, test := range []struct {
		name, query string
		headers     map[string]string
		want        string
	}{
		{"time series", cpuQuery, nil, "chat"},
		{"legend of the catalog", `{"queryType":"catalog","metric":"tensorone_cpu_utilization"}`, nil, "chat CPU"},
		{"number", `{"queryType":"catalog","metric":"tensorone_cpu_utilization","legendFormat":"__auto","instant":true,"range":false}`, nil, "chat"},
		{"table", `{"queryType":"catalog","metric":"tensorone_cpu_utilization","instant":true,"range":false,"format":"table"}`, nil, "chat"},
		{"cells of a table", `{"queryType":"catalog","metric":"tensorone_cpu_utilization","format":"table","displayNames":"cells"}`, nil, "chat"},
		{"annotation", `{"queryType":"annotation","metric":"tensorone_cpu_utilization","title":"{{endpoint_id}}"}`, nil, "chat"},
		{"variable of a parameter", `{"queryType":"paramValues","metric":"tensorone_cpu_utilization","param":"endpoint_id"}`, nil, "chat"},
		{"variable of a label", `{"queryType":"labelValues","metric":"tensorone_endpoint_requests_total","label":"endpoint_id"}`, nil, "chat"},
		{"variable of a label of all metrics", `{"queryType":"labelValues","label":"endpoint_id"}`, nil, unnamedName},
		{"variable of another label", `{"queryType":"labelValues","metric":"tensorone_endpoint_requests_total","label":"status"}`, nil, unnamedName},
		{"PromQL", `{"expr":"sum by (endpoint_id) (x)","legendFormat":"__auto"}`, nil, unnamedName},
		{"alert rule", cpuQuery, alert, unnamedName},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := shown(t, runQueriesAs(t, d, callerOfAlert(test.headers), test.headers, test.query)["A"]); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// callerOfAlert returns the alert engine if headers are those of an alert rule.
func callerOfAlert(headers map[string]string) backend.PluginContext {
	if headers == nil {
		return backend.PluginContext{}
	}
	return alertEngine
}

// TestVariablesUseIDs: the text of an option is the name, and its value is the id.
func TestVariablesUseIDs(t *testing.T) {
	server := newEndpointServer(t)
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	frame := runQueries(t, d, nil, `{"queryType":"paramValues","metric":"tensorone_cpu_utilization","param":"endpoint_id"}`)["A"].Frames[0]
	var got []string
	for row := range frame.Rows() {
		got = append(got, fmt.Sprintf("%s=%s", frame.Fields[0].At(row), frame.Fields[1].At(row)))
	}
	if !slices.Equal(got, []string{"chat=ep_1", "ep_2=ep_2"}) {
		t.Errorf("got %v", got)
	}
}

// TestNamesAreShared: the queries of a dashboard look up the names together, and the request
// is bounded.
func TestNamesAreShared(t *testing.T) {
	server := newEndpointServer(t)
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	now := time.Now()
	d.now = func() time.Time { return now }
	runQueries(t, d, nil, cpuQuery, cpuQuery, `{"queryType":"catalog","metric":"tensorone_gpu_utilization"}`)
	runQueries(t, d, nil, cpuQuery)
	if n := server.requests.Load(); n != 1 {
		t.Errorf("%d requests for names", n)
	}
	if got := *server.last.Load(); got.Get("match[]") != `{__name__="tensorone_endpoint_info"}` || got.Get("limit") != "10001" || got.Get("start") != "0" || got.Get("end") != "900" {
		t.Errorf("the parameters are %v", got)
	}
	now = now.Add(nameAge)
	runQueries(t, d, nil, cpuQuery)
	other := instance(t, server.URL, `{}`)
	defer other.Dispose()
	runQueries(t, other, nil, cpuQuery)
	if n := server.requests.Load(); n != 3 {
		t.Errorf("%d requests for names", n)
	}
}

// TestFailedLookupsShowIDs: the query succeeds, and other queries don't look up again.
func TestFailedLookupsShowIDs(t *testing.T) {
	for name, respond := range map[string]http.HandlerFunc{
		"an error":                  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) },
		"no JSON":                   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"an endpoint without names": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"status":"success","data":[]}`)) },
		"no answer":                 func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			server := newEndpointServer(t)
			server.respond.Store(&respond)
			d := instance(t, server.URL, `{}`)
			defer d.Dispose()
			for range 2 {
				answer := runQueries(t, d, nil, cpuQuery)["A"]
				if got := shown(t, answer); got != unnamedName {
					t.Errorf("got %q", got)
				}
				if notices := answer.Frames[0].Meta.Notices; len(notices) > 0 {
					t.Errorf("got the notices %v", notices)
				}
			}
			if n := server.requests.Load(); n != 1 {
				t.Errorf("%d requests for names", n)
			}
		})
	}
}

// TestCallersDoNotShareNames: access rules and the credentials of a caller determine the names.
func TestCallersDoNotShareNames(t *testing.T) {
	server := newEndpointServer(t)
	d := instance(t, server.URL, withAccess(t, `
rules:
  - {when: {user: ada}, matchers: ['tenant="acme"']}
  - {when: {user: blocked}, deny: true}
  - {unrestricted: true}
`))
	defer d.Dispose()
	open := instance(t, server.URL, `{}`)
	defer open.Dispose()
	for _, test := range []struct {
		source *DataSource
		login  string
		send   bool // Grafana sends the header with the login
		want   string
	}{
		{d, "root", false, "chat"},
		{d, "ada", false, "acme"},
		{d, "root", false, "chat"},
		{open, "ada", true, "chat of ada"},
		{open, "root", true, "chat of root"},
	} {
		var headers map[string]string
		if test.send {
			headers = map[string]string{"http_X-Grafana-User": test.login}
		}
		if got := shown(t, runQueriesAs(t, test.source, callerOf(&backend.User{Login: test.login, Email: "x@y"}), headers, cpuQuery)["A"]); got != test.want {
			t.Errorf("%s: got %q, want %q", test.login, got, test.want)
		}
	}
}
