package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// recorder is a server that records requests. The results of queries are empty.
type recorder struct {
	*httptest.Server
	victoria bool // identifies itself as VictoriaMetrics

	mu    sync.Mutex
	forms []url.Values // of query requests
	paths []string     // of other requests
}

func record(t *testing.T, victoria bool) *recorder {
	t.Helper()
	r := &recorder{victoria: victoria}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.victoria {
		w.Header().Set("X-Server-Hostname", "vm")
	}
	if !strings.HasPrefix(req.URL.Path, "/api/v1/query") {
		r.paths = append(r.paths, req.URL.Path)
		return
	}
	_ = req.ParseForm()
	r.forms = append(r.forms, req.Form)
	kind := "vector"
	if strings.HasSuffix(req.URL.Path, "_range") {
		kind = "matrix"
	}
	_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"`+kind+`","result":[]}}`)
}

// queriesWith returns four queries with the same expression: a range query, an instant query,
// an annotation query, and the query of a variable. rest contains further keys of each query.
func queriesWith(expr, rest string) []string {
	return []string{
		`{"expr":"` + expr + `","range":true` + rest + `}`,
		`{"expr":"` + expr + `","instant":true` + rest + `}`,
		`{"expr":"` + expr + `","queryType":"annotation"` + rest + `}`,
		`{"expr":"` + expr + `","queryType":"queryResult"` + rest + `}`,
	}
}

func TestForeignExpressionIsSentAsWritten(t *testing.T) {
	for _, expr := range []string{`xrate(a[5m])`, `a default 0`, `WITH (x = a) x`, `sum by by (a)`} {
		server := record(t, false)
		for refID, answer := range runQueries(t, instance(t, server.URL, `{}`), nil, queriesWith(expr, "")...) {
			if answer.Error != nil {
				t.Errorf("%s %s: %v", expr, refID, answer.Error)
			}
		}
		if len(server.forms) != 4 || slices.ContainsFunc(server.forms, func(f url.Values) bool { return f.Get("query") != expr }) {
			t.Errorf("%s was sent as %v", expr, server.forms)
		}
		if len(server.paths) > 0 {
			t.Errorf("%s: other requests %q", expr, server.paths)
		}
	}
}

func TestErrorOfServerIsShown(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"status":"error","errorType":"execution","error":"no function nosuch on this server"}`)
	}))
	defer server.Close()
	for refID, answer := range runQueries(t, instance(t, server.URL, `{}`), nil, queriesWith(`nosuch(a)`, "")...) {
		if answer.Error == nil || answer.Status != 422 || !strings.Contains(answer.Error.Error(), "no function nosuch on this server") {
			t.Errorf("%s: %v, status %d", refID, answer.Error, answer.Status)
		}
	}
}

func TestEmptyQueryIsNotSent(t *testing.T) {
	server := record(t, false)
	for refID, answer := range runQueries(t, instance(t, server.URL, `{}`), nil, queriesWith(` \n`, "")...) {
		if answer.Error == nil || answer.Status != 400 || !strings.Contains(answer.Error.Error(), "The query is empty") {
			t.Errorf("%s: %v, status %d", refID, answer.Error, answer.Status)
		}
	}
	if len(server.forms) > 0 {
		t.Errorf("%v was sent", server.forms)
	}
}

const jobIsAPI = `,"adhocFilters":[{"key":"job","operator":"=","value":"api"}]`

func TestFiltersOfForeignExpressionAreRejected(t *testing.T) {
	server := record(t, false)
	for refID, answer := range runQueries(t, instance(t, server.URL, `{}`), nil, queriesWith(`up default 0`, jobIsAPI)...) {
		const want = "The ad-hoc filters can't be added to this query. This is not valid PromQL, at line 1, column 4: unexpected identifier \"default\". Remove the filters, or write the query in PromQL. Only VictoriaMetrics accepts filters separately from the query, and the server was identified as Prometheus."
		if answer.Error == nil || answer.Status != 400 || answer.ErrorSource != backend.ErrorSourceDownstream || answer.Error.Error() != want {
			t.Errorf("%s: %v, status %d", refID, answer.Error, answer.Status)
		}
	}
	if len(server.forms) > 0 {
		t.Errorf("%v was sent", server.forms)
	}
}

// TestFiltersOfUnidentifiedServer: the error doesn't advise to change the query, because the
// query may be valid for the server.
func TestFiltersOfUnidentifiedServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	for refID, answer := range runQueries(t, instance(t, server.URL, `{}`), nil, queriesWith(`up default 0`, jobIsAPI)...) {
		const want = "the plugin doesn't know whether the server is VictoriaMetrics, because the server did not answer"
		if answer.Error == nil || answer.Status != 502 || !strings.Contains(answer.Error.Error(), want) {
			t.Errorf("%s: %v, status %d", refID, answer.Error, answer.Status)
		}
	}
}

func TestVictoriaMetricsAppliesTheFilters(t *testing.T) {
	for _, test := range []struct {
		name, url, settings, query, method string
		want                               []string
	}{
		{"one filter", "", `{}`, jobIsAPI, "", []string{`{job="api"}`}},
		{"several filters", "", `{}`, `,"adhocFilters":[{"key":"job","operator":"=|","value":"a","values":["a","b"]},{"key":"env","operator":"!=","value":"x\"y"}]`, "",
			[]string{`{env!="x\"y",job=~"a|b"}`}},
		{"label name that is not an identifier", "", `{}`, `,"adhocFilters":[{"key":"k8s.pod/name","operator":"=","value":"p"}]`, "", []string{`{k8s\.pod\/name="p"}`}},
		{"with filters of the settings", "", `{"customQueryParameters":"extra_filters[]={team=\"a\"}&extra_filters[]={team=\"b\",env=\"x\"}"}`, jobIsAPI, "",
			[]string{`{job="api",team="a"}`, `{env="x",job="api",team="b"}`}},
		{"with filters without brackets", "", `{"customQueryParameters":"extra_filters={team!=\"a\"}"}`, jobIsAPI, "", []string{`{job="api",team!="a"}`}},
		{"with filters of the settings and the URL", "?extra_filters[]=%7Bteam%3D%22a%22%7D", `{"customQueryParameters":"extra_filters={env=\"x\"}"}`, jobIsAPI, "",
			[]string{`{job="api",team="a"}`, `{env="x",job="api"}`}},
		{"with GET", "?extra_filters[]=%7Bteam%3D%22a%22%7D", `{"httpMethod":"GET","customQueryParameters":"extra_filters={env=\"x\"}"}`, jobIsAPI, "",
			[]string{`{env="x",job="api"}`, `{job="api",team="a"}`}},
		{"with filters of the query", "", `{}`, jobIsAPI + `,"customQueryParameters":"extra_filters[]={env=\"x\"}"`, "", []string{`{env="x",job="api"}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := record(t, true)
			for refID, answer := range runQueries(t, instance(t, server.URL+test.url, test.settings), nil, queriesWith(`up default 0`, test.query)...) {
				if answer.Error != nil {
					t.Errorf("%s: %v", refID, answer.Error)
				}
			}
			if len(server.forms) != 4 {
				t.Errorf("%d queries were sent", len(server.forms))
			}
			for _, form := range server.forms {
				if got := slices.Concat(form["extra_filters[]"], form["extra_filters"]); form.Get("query") != `up default 0` || !slices.Equal(got, test.want) {
					t.Errorf("sent %s with %q, want %q", form.Get("query"), got, test.want)
				}
			}
		})
	}
}

// TestInspectorShowsServerFilters also checks that the inspector doesn't show the selectors of
// the data source's settings, which may name other tenants.
func TestInspectorShowsServerFilters(t *testing.T) {
	server := record(t, true)
	d := instance(t, server.URL, `{"customQueryParameters":"extra_filters[]={team=\"secret\"}"}`)
	odd := `,"adhocFilters":[{"key":"my-\nlabel","operator":"=","value":"a\nb"}]`
	for text, want := range map[string]string{
		`{"expr":"up default 0"` + jobIsAPI + `}`:                          "up default 0\n# extra_filters[]={job=\"api\"}",
		`{"expr":"up default 0","instant":true` + jobIsAPI + `}`:           "up default 0\n# extra_filters[]={job=\"api\"}",
		`{"expr":"up default 0","format":"heatmap"` + jobIsAPI + `}`:       "up default 0\n# extra_filters[]={job=\"api\"}",
		`{"expr":"up default 0","queryType":"annotation"` + jobIsAPI + `}`: "up default 0\n# extra_filters[]={job=\"api\"}",
		`{"expr":"up"` + odd + `}`:                                         "up\n# extra_filters[]={my\\-\\x0alabel=\"a\\nb\"}",
		`{"expr":"up"` + jobIsAPI + `}`:                                    `up{job="api"}`,
		`{"expr":"up default 0"}`:                                          "up default 0",
	} {
		answer := runQueries(t, d, nil, text)["A"]
		if answer.Error != nil || len(answer.Frames) == 0 || answer.Frames[0].Meta.ExecutedQueryString != want {
			t.Errorf("%s: %v, %+v", text, answer.Error, answer.Frames)
		}
	}
}

// TestFiltersWithInvalidExtraFilters: the extra_filters[] of the settings may restrict the data.
// If they can't be combined with the ad-hoc filters, no query is sent.
func TestFiltersWithInvalidExtraFilters(t *testing.T) {
	for _, secret := range []string{`{team="secret" or team="b"}`, `{`, `{}`, ``} {
		server := record(t, true)
		settings := `{"customQueryParameters":"extra_filters[]=` + url.QueryEscape(secret) + `"}`
		answer := runQueries(t, instance(t, server.URL, settings), nil, `{"expr":"up default 0"`+jobIsAPI+`}`)["A"]
		if answer.Error == nil || answer.Status != 400 || !strings.Contains(answer.Error.Error(), "can't be combined with the parameter extra_filters[]") || strings.Contains(answer.Error.Error(), "secret") {
			t.Errorf("%s: %v, status %d", secret, answer.Error, answer.Status)
		}
		if len(server.forms) > 0 {
			t.Errorf("%v was sent", server.forms)
		}
	}
}

// TestFiltersOfPromQLOnVictoriaMetrics: filters are added to the expression unless a label
// name must be quoted.
func TestFiltersOfPromQLOnVictoriaMetrics(t *testing.T) {
	server := record(t, true)
	odd := `,"adhocFilters":[{"key":"my-label","operator":"=","value":"a"}]`
	answers := runQueries(t, instance(t, server.URL, `{}`), nil, `{"expr":"up","instant":true`+jobIsAPI+`}`, `{"expr":"down","instant":true`+odd+`}`)
	if answers["A"].Error != nil || answers["B"].Error != nil {
		t.Fatal(answers["A"].Error, answers["B"].Error)
	}
	sent := map[string]string{}
	for _, form := range server.forms {
		sent[form.Get("query")] = form.Get("extra_filters[]")
	}
	if filter, ok := sent[`up{job="api"}`]; !ok || filter != "" {
		t.Errorf("sent %q", sent)
	}
	if sent[`down`] != `{my\-label="a"}` {
		t.Errorf("sent %q", sent)
	}
}

// TestForeignExpressionIsNotSplit: an expression that isn't PromQL may depend on the start and
// end of the range.
func TestForeignExpressionIsNotSplit(t *testing.T) {
	server := record(t, true)
	d := instance(t, server.URL, `{}`)
	q := backend.DataQuery{RefID: "A", MaxDataPoints: 100, JSON: []byte(`{"expr":"range_avg(up)","interval":"1d","timezone":"Europe/Berlin"}`)}
	q.TimeRange = backend.TimeRange{From: time.Date(2026, 3, 27, 13, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 31, 14, 0, 0, 0, time.UTC)}
	resp, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{q}})
	if err != nil || resp.Responses["A"].Error != nil {
		t.Fatal(err, resp.Responses["A"].Error)
	}
	if len(server.forms) != 1 || server.forms[0].Get("start") != "1774566000" || server.forms[0].Get("end") != "1774911600" {
		t.Errorf("sent %v", server.forms)
	}
}

func TestInstantQueryIsNotEvaluatedInTheFuture(t *testing.T) {
	server := record(t, false)
	d := instance(t, server.URL, `{}`)
	d.now = func() time.Time { return time.Unix(400, 0) } // the range of runQueries ends at 600
	for refID, answer := range runQueries(t, d, nil, `{"expr":"up","instant":true,"format":"table"}`, `{"expr":"up","queryType":"queryResult"}`, `{"metric":"active_sessions","instant":true}`) {
		if answer.Error != nil {
			t.Errorf("%s: %v", refID, answer.Error)
		}
	}
	if len(server.forms) != 3 || slices.ContainsFunc(server.forms, func(f url.Values) bool { return f.Get("time") != "400" }) {
		t.Errorf("sent %v", server.forms)
	}
}
