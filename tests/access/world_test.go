// Package access tests that access rules isolate the tenants of one Prometheus. It sends each
// request twice: to a data source whose Prometheus contains the series of all tenants, and to a
// data source whose Prometheus contains only the series of the caller's tenant. The access rules
// are the same. The responses must be equal: no sample, label value, name, count or error of
// another tenant may influence a response.
package access

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

// rules are the access rules of the data sources, except for the demo's data source.
const rules = `
rules:
  - {name: acme, when: {user: alice}, matchers: ['tenant="acme"']}
  - {name: globex, when: {user: [gina]}, matchers: ['tenant=~"globex"', 'tenant!="acme"']}
  - {name: alerts, when: {org: 1, alert: true}, matchers: ['tenant="acme"']}
  - {name: operators, when: {role: Admin}, unrestricted: true}
  - {deny: true}
`

var (
	alice = &backend.User{Login: "alice", Email: "alice@acme.com", Role: "Admin"}
	gina  = &backend.User{Login: "gina", Email: "gina@globex.com", Role: "Editor"}
	root  = &backend.User{Login: "root", Email: "root@localhost", Role: "Admin"}
	eve   = &backend.User{Login: "eve", Email: "eve@localhost", Role: "Editor"}

	// scheduler is the user of Grafana's alert engine.
	scheduler = &backend.User{Login: "grafana_scheduler", Role: "Admin"}
)

// tenants maps each tenant to the factor of its sample values. The factors differ, so that a
// test recognizes sums over several tenants.
var tenants = map[string]float64{"acme": 1, "globex": 1000}

// world is a data source and its Prometheus.
type world struct {
	source *plugin.DataSource
	stored backend.DataSourceInstanceSettings
	host   string // of the server
	start  time.Time
	names  *strings.Replacer // replaces the names in requests by those of the world; nil keeps them
}

// descriptions are the answer of a server to a request for metadata: types and help texts by
// family.
type descriptions map[string][]map[string]string

// newTenantWorld starts a Prometheus with the series of the named tenants, and a data source.
// If shared is true, Prometheus also has a series without a tenant.
func newTenantWorld(t *testing.T, start time.Time, shared bool, names ...string) *world {
	t.Helper()
	data := teststorage.New(t)
	descriptions := descriptions{}
	if shared {
		write(t, data, start, labels.FromStrings("__name__", "shared_secret", "job", "app", "instance", "app:1"), 7, false)
		descriptions["shared_secret"] = []map[string]string{{"type": "gauge", "help": "Shared."}}
	}
	for _, name := range names {
		addTenant(t, data, descriptions, start, name)
	}
	settings, err := json.Marshal(map[string]any{"access": rules, "report": map[string]any{"requestsPerHour": 100_000}})
	if err != nil {
		t.Fatal(err)
	}
	stored := backend.DataSourceInstanceSettings{ID: 1, UID: "modelmetrics", Type: plugin.ID, JSONData: settings, Updated: start}
	return newWorld(t, start, stored, data, descriptions)
}

// newWorld starts a Prometheus with the given data, and a data source with the given settings.
// The time ranges of the requests are relative to the parameter start.
func newWorld(t *testing.T, start time.Time, stored backend.DataSourceInstanceSettings, data *teststorage.TestStorage, metadata descriptions) *world {
	t.Helper()
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	server := serveMetadata(t, promserver.Serve(t, engine, data), metadata)
	stored.URL = server
	w := &world{start: start, host: strings.TrimPrefix(server, "http://"), stored: stored}
	instance, err := plugin.NewInstance(backend.WithPluginContext(t.Context(), w.pluginContext(root)), w.stored)
	if err != nil {
		t.Fatal(err)
	}
	source, is := instance.(*plugin.DataSource)
	if !is {
		t.Fatalf("%T", instance)
	}
	t.Cleanup(source.Dispose)
	w.source = source
	return w
}

func (w *world) pluginContext(user *backend.User) backend.PluginContext {
	return backend.PluginContext{OrgID: 1, PluginID: plugin.ID, User: user, DataSourceInstanceSettings: &w.stored} //nolint:staticcheck // Grafana numbers organizations
}

// serveMetadata serves the API of a server, but responds to requests for metadata with the
// given descriptions. The server itself has no targets and therefore no metadata.
func serveMetadata(t *testing.T, server string, all descriptions) string {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/metadata" {
			proxy.ServeHTTP(w, r)
			return
		}
		selected := all
		if name := r.FormValue("metric"); name != "" {
			selected = descriptions{}
			if all[name] != nil {
				selected[name] = all[name]
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": selected})
	}))
	t.Cleanup(front.Close)
	return front.URL
}

// addTenant writes the series of a tenant: those of all families of the catalog, and others.
// Some of these have a family or a label that no other tenant has. All tenants have the same
// job and instance, so that the PromQL function info() could mix their series.
func addTenant(t *testing.T, data *teststorage.TestStorage, all descriptions, start time.Time, tenant string) {
	t.Helper()
	packs, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	describe := func(name, kind string) {
		text := map[string]string{"type": kind, "help": "Of a family."}
		if !slices.ContainsFunc(all[name], func(d map[string]string) bool { return d["type"] == kind }) {
			all[name] = append(all[name], text)
		}
	}
	add := func(name, kind string, with ...string) {
		set := append([]string{"__name__", name, "tenant", tenant, "job", "app", "instance", "app:1"}, with...)
		write(t, data, start, labels.FromStrings(set...), tenants[tenant], kind == "counter")
	}
	for _, pack := range packs.Packs() {
		for _, f := range pack.Families {
			var with []string
			for _, name := range f.Labels {
				if value := common[name]; value != "" {
					with = append(with, name, value)
				} else if !slices.Contains([]string{"tenant", "job", "instance"}, name) {
					with = append(with, name, tenant+"-"+name)
				}
			}
			describe(f.Name, f.Type)
			if f.Type != "histogram" {
				add(f.Name, f.Type, with...)
				continue
			}
			for _, le := range []string{"0.5", "1", "+Inf"} {
				add(f.Name+"_bucket", "counter", append(slices.Clip(with), "le", le)...)
			}
			add(f.Name+"_count", "counter", with...)
			add(f.Name+"_sum", "counter", with...)
		}
	}
	// All tenants have the endpoint ep_1, with other names.
	add("tensorone_endpoint_info", "gauge", "endpoint_id", "ep_1", "name", tenant+"-endpoint")
	add("tensorone_endpoint_cpu_utilization", "gauge", "endpoint_id", "ep_1")
	describe(tenant+"_secret_total", "counter")
	describe("target_info", "gauge")
	add(tenant+"_secret_total", "counter", tenant+"_label", tenant+"-value", "name", `"} or {tenant=~".+"`)
	add(tenant+".größe", "gauge", "a label", tenant+"-größe")
	add("target_info", "gauge", "k8s_cluster", tenant+"-cluster")
	add("both", "gauge", "code", "200")
	add("both", "gauge", "code", "500", tenant+"_code", "1")
}

// common maps label names to values that all tenants share. These values are documented, and
// the routes of Lango's gateway count only series with documented values.
var common = map[string]string{"verdict": "block", "status": "success", "type": "input"}

const (
	interval = 30 * time.Second
	history  = 70 * time.Minute
	future   = 10 * time.Minute
)

// write adds samples of a series. A counter also gets an exemplar.
func write(t *testing.T, data *teststorage.TestStorage, start time.Time, series labels.Labels, factor float64, isCounter bool) {
	t.Helper()
	app := data.Appender(t.Context())
	value := factor
	var ref storage.SeriesRef
	for at := start.Add(-history); at.Before(start.Add(future)); at = at.Add(interval) {
		if isCounter {
			value += factor * interval.Seconds()
		}
		var err error
		if ref, err = app.Append(ref, series, at.UnixMilli(), value); err != nil {
			t.Fatal(err)
		}
	}
	if isCounter {
		trace := exemplar.Exemplar{Labels: labels.FromStrings("trace_id", series.Get("tenant")+"-trace"), Value: factor, Ts: start.Add(-10 * time.Minute).UnixMilli(), HasTs: true}
		if _, err := app.AppendExemplar(ref, series, trace); err != nil {
			t.Fatal(err)
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
}

// forged are headers that a browser can send. They must not have any effect.
var forged = map[string]string{
	"FromAlert": "true", "http_FromAlert": "true", "http_X-Grafana-User": "root", "http_X-Grafana-Org-Id": "1", "http_X-Id-Token": "a.b.c", "http_X-Rule-Uid": "rule",
	"http_X-Scope-OrgID": "globex", "http_X-Grafana-Role": "Admin", "http_X-Webauth-User": "root",
}

// query runs a query and returns the frames and errors as text. If chunked is true, it
// requests a chunked response.
func (w *world) query(ctx context.Context, user *backend.User, fields map[string]any, chunked bool) string {
	text, err := json.Marshal(fields)
	if err != nil {
		return err.Error()
	}
	q := backend.DataQuery{RefID: "A", JSON: []byte(w.rename(string(text))), Interval: time.Minute, MaxDataPoints: 30, TimeRange: backend.TimeRange{From: w.start.Add(-20 * time.Minute), To: w.start.Add(-time.Minute)}}
	var out answer
	if chunked {
		err = w.source.QueryChunkedData(ctx, &backend.QueryChunkedDataRequest{PluginContext: w.pluginContext(user), Headers: forged, Queries: []backend.DataQuery{q}}, &out)
	} else {
		var responses *backend.QueryDataResponse
		responses, err = w.source.QueryData(ctx, &backend.QueryDataRequest{PluginContext: w.pluginContext(user), Headers: forged, Queries: []backend.DataQuery{q}})
		if err == nil {
			response := responses.Responses["A"]
			for _, frame := range response.Frames {
				_ = out.WriteFrame(ctx, "A", "", frame)
			}
			if response.Error != nil {
				_ = out.WriteError(ctx, "A", response.Status, response.Error)
			}
		}
	}
	if err != nil {
		return "failed: " + err.Error()
	}
	return w.neutral(out.String())
}

// call calls a resource route and returns the status and the body.
func (w *world) call(ctx context.Context, user *backend.User, method, path string, params url.Values, body any) string {
	headers := map[string][]string{}
	var text []byte
	if form, is := body.(url.Values); is {
		for _, values := range form {
			for i := range values {
				values[i] = w.rename(values[i])
			}
		}
		text, headers["Content-Type"] = []byte(form.Encode()), []string{"application/x-www-form-urlencoded"}
	} else if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err.Error()
		}
		text = []byte(w.rename(string(text)))
	}
	for name, value := range forged {
		headers[strings.TrimPrefix(name, "http_")] = []string{value}
	}
	path = w.rename(path)
	for _, values := range params {
		for i := range values {
			values[i] = w.rename(values[i])
		}
	}
	req := &backend.CallResourceRequest{
		PluginContext: w.pluginContext(user), Method: method, Path: path, URL: (&url.URL{Path: path, RawQuery: params.Encode()}).String(),
		Body: text, Headers: headers,
	}
	out := ""
	err := w.source.CallResource(backend.WithPluginContext(ctx, req.PluginContext), req, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		out += fmt.Sprintf("%d %s", r.Status, r.Body)
		return nil
	}))
	if err != nil {
		return "failed: " + err.Error()
	}
	return w.neutral(out)
}

// rename replaces the names in a text of a request by those of the world.
func (w *world) rename(text string) string {
	if w.names == nil {
		return text
	}
	return w.names.Replace(text)
}
