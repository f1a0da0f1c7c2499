package rest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// endpointA is the response of a server to any query. It makes ep_a a known endpoint.
const endpointA = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"endpoint_id":"ep_a","field":"known","tier":"premium"},"value":[1756295999,"1"]}]}}`

// endpointTransport answers each query with endpointA, and other requests as upstream does.
type endpointTransport struct{ *upstream }

func (e endpointTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w, err := e.upstream.RoundTrip(r)
	if err == nil && strings.HasPrefix(r.URL.Path, "/api/v1/query") {
		w.Body = io.NopCloser(strings.NewReader(endpointA))
		w.ContentLength = int64(len(endpointA))
	}
	return w, err
}

// endpointOptions returns options with a Prometheus server that knows the endpoint ep_a.
func endpointOptions(t *testing.T) (Options, *upstream) {
	t.Helper()
	u := &upstream{status: http.StatusOK}
	return optionsOf(t, endpointTransport{u}), u
}

// optionsOf returns options with a transport that replaces Prometheus.
func optionsOf(t *testing.T, transport http.RoundTripper) Options {
	t.Helper()
	o := options(t, &upstream{status: http.StatusOK})
	var err error
	o.Client, err = promapi.New(&http.Client{Transport: transport}, promapi.Options{URL: "http://prometheus:9090", Timeout: 2 * time.Second, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func endpointServer(t *testing.T) (http.Handler, *upstream) {
	t.Helper()
	o, u := endpointOptions(t)
	return New(o), u
}

func TestInvalidReportParametersAreRejected(t *testing.T) {
	handler, u := endpointServer(t)
	for _, test := range []struct {
		query, parameter, value string
		allowed                 []any
	}{
		{"timeframe=2y", "timeframe", "2y", []any{"1h", "6h", "24h", "7d", "30d"}},
		{"timeframe=24H", "timeframe", "24H", []any{"1h", "6h", "24h", "7d", "30d"}},
		{"granularity=1m", "granularity", "1m", []any{"5m", "15m", "1h", "1d"}},
		{"timeframe=1h&granularity=1d", "granularity", "1d", []any{"1m", "5m", "15m", "1h"}},
		{"timeframe=30d&granularity=15m", "granularity", "15m", []any{"1h", "1d"}},
		{"granularity=2m", "granularity", "2m", []any{"5m", "15m", "1h", "1d"}},
		{"metrics=performance,cost", "metrics", "cost", []any{"performance", "usage", "costs", "resources", "errors"}},
		{"metrics=", "metrics", "", []any{"performance", "usage", "costs", "resources", "errors"}},
		{"metrics=costs,", "metrics", "", []any{"performance", "usage", "costs", "resources", "errors"}},
		{"format=xml", "format", "xml", []any{"json", "csv", "prometheus"}},
		{"aggregation=median", "aggregation", "median", []any{"avg", "sum", "min", "max", "p95", "p99"}},
	} {
		t.Run(test.query, func(t *testing.T) {
			w := get(handler, "/v2/endpoints/ep_a/metrics?"+test.query)
			var body struct {
				Error, Message string
				Details        map[string]any
			}
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			allowed, _ := body.Details["allowedValues"].([]any)
			if w.Code != 400 || body.Error != "INVALID_PARAMETERS" || body.Message == "" || body.Details["parameter"] != test.parameter ||
				body.Details["value"] != test.value || !slices.Equal(allowed, test.allowed) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	if len(u.requests) > 0 {
		t.Errorf("%d requests were sent", len(u.requests))
	}
}

func TestUnknownEndpointHasNearestIDs(t *testing.T) {
	handler, u := server(t, "")
	w := get(handler, "/v2/endpoints/a%22%7D%20or%20up%7Bx=%22/metrics")
	if w.Code != 404 || !strings.Contains(w.Body.String(), `"nearest":[`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(u.requests) != 2 { // the endpoint's info, and the list of ids
		t.Errorf("%d requests", len(u.requests))
	}
}

// hostileIDs are endpoint ids that resemble PromQL, regular expressions and paths.
func hostileIDs() []string {
	ids := []string{
		`"`, `\`, `\"`, "`", `'`, `"}`, `"} or up{a="`, `",endpoint_id=~".*`, `.*`, `.+`, `ep_.*`, `(`, `[`, `|`, `ep_a|ep_b`, `^`, `$`, `$1`, `${1}`, `\Q`, `\E`, `a{1000}`,
		"SELECTOR", "WINDOW", "{SELECTOR}", "__PARAMS__", "$__range", "a\nb", "a\x00b", "\u2028", "\ufffd", "\U0001f600", "%", "%s", "%22", "a b", "#", "a#b", "?", "a?b", "&", ";", "é",
		"ep_A", " ep_a", "ep_a ", "metrics", "batch", "..a", "null", "true", "0", "-1", "NaN", "<script>", "=cmd|'/c calc'!A0", strings.Repeat("a", 200), strings.Repeat(`"`, 200),
	}
	for i := range 150 {
		ids = append(ids, string(rune(i+1))+`"`+strconv.Itoa(i))
	}
	return ids
}

// TestHostileEndpointIDsAreData checks that the queries for an id select only its series.
func TestHostileEndpointIDsAreData(t *testing.T) {
	handler, u := endpointServer(t)
	for _, id := range hostileIDs() {
		u.requests = nil
		w := getRaw(handler, "/v2/endpoints/"+id+"/metrics", "")
		if w.Code != 404 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%q: %d %s", id, w.Code, w.Body)
		}
		if !strings.Contains(id, "/") { // a slash ends the segment of the path
			selects(t, u.requests, id)
		}
		body, err := json.Marshal(map[string]any{"endpointIds": []string{id, "ep_b"}})
		if err != nil {
			t.Fatal(err)
		}
		u.requests = nil
		w = call(handler, http.MethodPost, "/v2/endpoints/metrics/batch", string(body))
		if w.Code != 200 || strings.Contains(w.Body.String(), `"metrics"`+":") {
			t.Errorf("%q: %d %s", id, w.Code, w.Body)
		}
		selects(t, u.requests, id, "ep_b")
	}
}

// selects checks that at least one query was sent, and checks every selector of the queries. A
// selector must have a matcher of endpoint_id. The matcher must match all ids in the parameter
// ids, and none of a few other ids.
func selects(t *testing.T, sent []sentRequest, ids ...string) {
	t.Helper()
	queries := 0
	for _, request := range sent {
		query := request.form.Get("query")
		if query == "" {
			continue
		}
		queries++
		tree, err := promql.Parse(query)
		if err != nil {
			t.Fatalf("%q: %v in %s", ids, err, query)
		}
		parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
			selector, is := node.(*parser.VectorSelector)
			if !is {
				return nil
			}
			at := slices.IndexFunc(selector.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == "endpoint_id" })
			if at < 0 {
				t.Errorf("%s has no matcher of the endpoint", selector)
				return nil
			}
			for _, other := range []string{"ep_a", "ep_c", "", "x"} {
				if selector.LabelMatchers[at].Matches(other) && !slices.Contains(ids, other) {
					t.Errorf("%s matches %q", selector, other)
				}
			}
			for _, id := range ids {
				if !selector.LabelMatchers[at].Matches(id) {
					t.Errorf("%s doesn't match %q", selector, id)
				}
			}
			return nil
		})
	}
	if queries == 0 {
		t.Errorf("%q: no query was sent", ids)
	}
}

func TestInvalidBatchBodiesAreRejected(t *testing.T) {
	handler, u := endpointServer(t)
	many, err := json.Marshal(map[string]any{"endpointIds": strings.Fields(strings.Repeat("a ", 51))})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		``, `null`, `[]`, `"a"`, `1`, `{`, `{}`, `{"endpointIds":null}`, `{"endpointIds":[]}`, `{"endpointIds":"ep_a"}`, `{"endpointIds":[1]}`, `{"endpointIds":[null]}`, `{"endpointIds":[["ep_a"]]}`,
		`{"endpointIds":[""]}`, `{"endpointIds":["ep_a",""]}`, `{"endpointIds":["ep_a"],"timeframe":"2y"}`, `{"endpointIds":["ep_a"],"timeframe":24}`, `{"endpointIds":["ep_a"],"metrics":"costs"}`,
		`{"endpointIds":["ep_a"],"metrics":[""]}`, `{"endpointIds":["ep_a"],"metrics":["all"]}`, `{"endpointIds":["ep_a"],"aggregation":"mean"}`, `{"endpointIds":["ep_a"],"granularity":"1s"}`,
		`{"endpointIds":["ep_a"],"format":"pdf"}`, `{"endpointIds":["ep_a"],"limit":1}`, `{"endpointIds":["ep_a"]} {}`, `{"endpointIds":["` + strings.Repeat("a", 201) + `"]}`, string(many),
		`{"endpointIds":["` + strings.Repeat("a", 1<<20) + `"]}`,
	} {
		w := call(handler, http.MethodPost, "/v2/endpoints/metrics/batch", body)
		if w.Code != 400 || !strings.Contains(w.Body.String(), `"error":"INVALID_PARAMETERS"`) {
			t.Errorf("%.100s: %d %s", body, w.Code, w.Body)
		}
	}
	if len(u.requests) > 0 {
		t.Errorf("%d requests were sent", len(u.requests))
	}
}

func TestHostileReportQueryStrings(t *testing.T) {
	handler, _ := endpointServer(t)
	values := append(hostileIDs(), "", "1H", "24h ", "25h", "1h,6h", "1e9", "292y", strings.Repeat("1h", 1000))
	for _, name := range []string{"timeframe", "granularity", "metrics", "format", "aggregation", "section", "endpointId"} {
		for _, value := range values {
			w := getRaw(handler, "/v2/endpoints/ep_a/metrics", name+"="+url.QueryEscape(value))
			if w.Code != 400 || !strings.Contains(w.Body.String(), `"error":"INVALID_PARAMETERS"`) {
				t.Errorf("%s=%q: %d %s", name, value, w.Code, w.Body)
			}
		}
	}
}

func TestBatchAnswersEachEndpointByItself(t *testing.T) {
	handler, _ := endpointServer(t)
	w := call(handler, http.MethodPost, "/v2/endpoints/metrics/batch", `{"endpointIds":["ep_b","ep_a","ep_b"],"metrics":["costs"]}`)
	answer := read[struct {
		Results []struct {
			EndpointID string
			Status     int
			Metrics    struct{ EndpointID string }
			Error      struct{ Error string }
		}
	}](t, w)
	var got []string
	for _, r := range answer.Results {
		got = append(got, r.EndpointID, strconv.Itoa(r.Status), r.Metrics.EndpointID, r.Error.Error)
	}
	if want := []string{"ep_b", "404", "", "NOT_FOUND", "ep_a", "200", "ep_a", "", "ep_b", "404", "", "NOT_FOUND"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
