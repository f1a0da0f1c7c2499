// Package report checks that endpoint reports are as described in docs/report.md. It
// computes the expected values from the raw samples of a Prometheus, without PromQL.
package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/promqltest"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

const (
	scrapeInterval = fine
	maxSamples     = 50_000_000 // per query, as in Prometheus by default
)

// counter counts the requests that reach Prometheus.
type counter struct{ n atomic.Int64 }

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return http.DefaultTransport.RoundTrip(r)
}

// fixture is the API of a data source whose Prometheus contains the history of the endpoints
// in lives and crowd.
type fixture struct {
	handler  http.Handler
	priced   http.Handler // API of a data source with prices and budgets
	requests *counter
	raw      map[string]rawEndpoint
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	data := write(t)
	url := promserver.Serve(t, promqltest.NewTestEngine(t, false, 0, maxSamples), data)
	f := &fixture{requests: &counter{}, raw: readAll(t, data)}
	client, err := promapi.New(&http.Client{Transport: f.requests}, promapi.Options{
		URL: url, Method: http.MethodPost, Timeout: time.Minute, MaxBytes: 64 << 20, Limits: promjson.Limits{Series: 10_000, Samples: 5_000_000},
	})
	if err != nil {
		t.Fatal(err)
	}
	packs, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	options := rest.Options{Catalog: packs, Builtin: packs, Client: client, ScrapeInterval: scrapeInterval, Now: func() time.Time { return now }}
	f.handler = rest.New(options)
	options.Report = policy.Settings{Prices: prices, Budgets: budgets}
	f.priced = rest.New(options)
	return f
}

func (f *fixture) send(t *testing.T, method, target, body string) (status int, answer map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Code, answer
}

// spans contains the length, the finest granularity and the default granularity of each
// timeframe.
var spans = map[string]struct {
	length, finest, usual time.Duration
}{
	"1h":  {time.Hour, time.Minute, 15 * time.Minute},
	"6h":  {6 * time.Hour, time.Minute, 15 * time.Minute},
	"24h": {day, 5 * time.Minute, 15 * time.Minute},
	"7d":  {7 * day, 15 * time.Minute, 15 * time.Minute},
	"30d": {30 * day, time.Hour, time.Hour},
}

var names = map[time.Duration]string{time.Minute: "1m", 5 * time.Minute: "5m", 15 * time.Minute: "15m", time.Hour: "1h", day: "1d"}

func (f *fixture) expect(id, timeframe string, granularity time.Duration, aggregation string) *expectation {
	span := spans[timeframe]
	x := &expectation{
		rawEndpoint: f.raw[id], id: id, timeframe: timeframe, length: span.length, point: granularity, step: granularity, finest: span.finest,
		scrape: scrapeInterval, aggregation: aggregation, end: now.Truncate(min(granularity, time.Hour)), out: map[string]any{},
	}
	if aggregation != "avg" {
		x.step = span.finest
	}
	x.text("endpointId", id)
	x.text("timeframe", timeframe)
	x.text("granularity", names[granularity])
	x.text("generatedAt", stamp(now))
	return x
}

// flatten adds the values of a response to out, with their paths as keys. Paths to list
// elements contain the time of the element or, without a time, its index.
func flatten(path string, v any, out map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			flatten(strings.TrimPrefix(path+"."+name, "."), child, out)
		}
	case []any:
		for i, child := range v {
			at := fmt.Sprint(i)
			if element, is := child.(map[string]any); is {
				for _, name := range []string{"timestamp", "hour"} {
					if text, is := element[name].(string); is {
						at = text
					}
				}
			}
			flatten(path+"["+at+"]", child, out)
		}
	default:
		out[path] = v
	}
}

// ruled are prefixes of paths. The method compare ignores the paths that begin with one of
// them. The tests in pkg/report check the values at these paths.
var ruled = []string{"insights", "notes", "costs.optimization", "usage.compute.efficiency.suggestions"}

func (x *expectation) compare(t *testing.T, answer map[string]any) {
	t.Helper()
	got := map[string]any{}
	flatten("", answer, got)
	maps.DeleteFunc(got, func(path string, _ any) bool {
		return slices.ContainsFunc(ruled, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
	})
	faults := 0
	fail := func(format string, args ...any) {
		if faults++; faults <= 10 {
			t.Errorf(format, args...)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(x.out)) {
		value, present := got[path]
		delete(got, path)
		if !present {
			fail("%s is absent, want %v", path, x.out[path])
			continue
		}
		want, isNumber := x.out[path].(number)
		if !isNumber {
			if value != x.out[path] {
				fail("%s is %v, want %v", path, value, x.out[path])
			}
			continue
		}
		n, _ := value.(float64)
		unit := math.Pow(10, -float64(want.decimals))
		if off := math.Abs(n - want.v); off > unit/2+1e-9*math.Abs(want.v)+1e-12 || math.Abs(n/unit-math.Round(n/unit)) > 1e-4 {
			fail("%s is %v, want %v to %d decimals", path, value, want.v, want.decimals)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		fail("%s is %v, want nothing", path, got[path])
	}
	if faults > 10 {
		t.Errorf("%d values differ", faults)
	}
}

func TestReportsEqualRawSamples(t *testing.T) {
	f := newFixture(t)
	for _, timeframe := range []string{"1h", "6h", "24h", "7d", "30d"} {
		t.Run(timeframe, func(t *testing.T) {
			for _, l := range lives {
				t.Run(l.id, func(t *testing.T) {
					f.requests.n.Store(0)
					status, answer := f.send(t, "GET", "/v2/endpoints/"+l.id+"/metrics?timeframe="+timeframe, "")
					if status != 200 {
						t.Fatalf("%d %v", status, answer)
					}
					if n := f.requests.n.Load(); n > 12 {
						t.Errorf("%d requests to Prometheus, want at most 12", n)
					}
					x := f.expect(l.id, timeframe, spans[timeframe].usual, "avg")
					x.summary()
					x.performance()
					x.errors()
					x.usage()
					x.costs(false)
					x.resources()
					x.compare(t, answer)

					status, answer = f.send(t, "GET", "/v2/endpoints/"+l.id+"/metrics?metrics=costs&timeframe="+timeframe, "")
					if status != 200 {
						t.Fatalf("%d %v", status, answer)
					}
					x = f.expect(l.id, timeframe, spans[timeframe].usual, "avg")
					x.costs(true)
					x.compare(t, answer)
				})
			}
		})
	}
	t.Run("granularities", func(t *testing.T) {
		for _, c := range []struct {
			timeframe   string
			granularity time.Duration
		}{{"1h", time.Minute}, {"6h", time.Minute}, {"24h", 5 * time.Minute}, {"7d", time.Hour}, {"30d", day}} {
			t.Run(c.timeframe+" "+names[c.granularity], func(t *testing.T) { f.compareSeries(t, "ep_steady", c.timeframe, c.granularity, "avg") })
		}
	})
	t.Run("aggregations", func(t *testing.T) {
		for _, aggregation := range []string{"avg", "sum", "min", "max", "p95", "p99"} {
			t.Run(aggregation, func(t *testing.T) { f.compareSeries(t, "ep_steady", "24h", time.Hour, aggregation) })
		}
	})
	t.Run("prices", f.pricedReports)
	t.Run("formats", f.formats)
	t.Run("a batch of 50", f.batchOf50)
	t.Run("a batch of 50 known endpoints", f.batchOf50Known)
	t.Run("sections", f.sections)
	t.Run("documented requests", f.documentedAnswers)
	t.Run("the description of the API", f.openAPI)
	t.Run("absent fields", f.absentFields)
	t.Run("an unknown id has similar ids", func(t *testing.T) {
		status, answer := f.send(t, "GET", "/v2/endpoints/ep_stead/metrics", "")
		details, _ := answer["details"].(map[string]any)
		if nearest, _ := details["nearest"].([]any); status != 404 || len(nearest) == 0 || nearest[0] != "ep_steady" {
			t.Errorf("%d %v", status, answer)
		}
	})
}

func (f *fixture) compareSeries(t *testing.T, id, timeframe string, granularity time.Duration, aggregation string) {
	t.Helper()
	status, answer := f.send(t, "GET", fmt.Sprintf("/v2/endpoints/%s/metrics?timeframe=%s&granularity=%s&aggregation=%s", id, timeframe, names[granularity], aggregation), "")
	if status != 200 {
		t.Fatalf("%d %v", status, answer)
	}
	x := f.expect(id, timeframe, granularity, aggregation)
	x.summary()
	x.performance()
	x.errors()
	x.usage()
	x.costs(false)
	x.resources()
	x.compare(t, answer)
}

// batchOf50 requests the reports of the endpoints in lives and of endpoints that don't exist.
func (f *fixture) batchOf50(t *testing.T) {
	var ids []string
	for i := range 50 {
		ids = append(ids, fmt.Sprintf("ep_%d", i))
		if i < len(lives) {
			ids[i] = lives[i].id
		}
	}
	body, err := json.Marshal(map[string]any{"endpointIds": ids, "timeframe": "30d", "metrics": []string{"performance", "usage", "costs", "resources"}})
	if err != nil {
		t.Fatal(err)
	}
	f.requests.n.Store(0)
	status, answer := f.send(t, "POST", "/v2/endpoints/metrics/batch", string(body))
	results, _ := answer["results"].([]any)
	if n := f.requests.n.Load(); status != 200 || len(results) != 50 || n > 15 {
		t.Fatalf("%d with %d results after %d requests, want 50 after at most 15: %.500v", status, len(results), n, answer)
	}
	for i, result := range results {
		r, _ := result.(map[string]any)
		if i >= len(lives) {
			if r["status"] != 404.0 || r["metrics"] != nil || r["endpointId"] != ids[i] {
				t.Errorf("%v", r)
			}
			continue
		}
		_, alone := f.send(t, "GET", "/v2/endpoints/"+ids[i]+"/metrics?timeframe=30d&metrics=performance,usage,costs,resources", "")
		want, err := json.Marshal(alone)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(r["metrics"])
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s: the batch has %.300s, the endpoint alone %.300s", ids[i], got, want)
		}
	}
}

// batchOf50Known requests the reports of 50 endpoints, all of which have samples.
func (f *fixture) batchOf50Known(t *testing.T) {
	var ids []string
	for _, l := range slices.Concat(lives, crowd) {
		ids = append(ids, l.id)
	}
	body, err := json.Marshal(map[string]any{"endpointIds": ids, "timeframe": "30d"})
	if err != nil {
		t.Fatal(err)
	}
	f.requests.n.Store(0)
	status, answer := f.send(t, "POST", "/v2/endpoints/metrics/batch", string(body))
	results, _ := answer["results"].([]any)
	if n := f.requests.n.Load(); status != 200 || len(results) != 50 || n > 15 {
		t.Fatalf("%d with %d results after %d requests, want 50 after at most 15: %.500v", status, len(results), n, answer)
	}
	for i, result := range results {
		r, _ := result.(map[string]any)
		metrics, _ := r["metrics"].(map[string]any)
		if r["status"] != 200.0 || r["endpointId"] != ids[i] || metrics["endpointId"] != ids[i] {
			t.Errorf("result %d is %.200v, want the report of %s", i, r, ids[i])
		}
	}
}

// sections checks the keys of responses to requests for some sections, and the number of
// requests to Prometheus.
func (f *fixture) sections(t *testing.T) {
	for _, c := range []struct {
		metrics string
		keys    []string
		most    int64
	}{
		{"performance", []string{"coldStarts", "insights", "performance", "summary"}, 6},
		{"errors", []string{"performance", "summary"}, 3},
		{"usage", []string{"insights", "summary", "usage"}, 3},
		{"costs", []string{"costs"}, 7},
		{"resources", []string{"resources", "summary"}, 4},
		{"usage,costs", []string{"costs", "insights", "summary", "usage"}, 7},
	} {
		t.Run(c.metrics, func(t *testing.T) {
			f.requests.n.Store(0)
			_, answer := f.send(t, "GET", "/v2/endpoints/ep_steady/metrics?timeframe=6h&metrics="+c.metrics, "")
			keys := slices.DeleteFunc(slices.Sorted(maps.Keys(answer)), func(key string) bool {
				return slices.Contains([]string{"endpointId", "timeframe", "granularity", "generatedAt", "notes"}, key)
			})
			if n := f.requests.n.Load(); !slices.Equal(keys, c.keys) || n > c.most {
				t.Errorf("%v after %d requests, want %v after at most %d", keys, n, c.keys, c.most)
			}
		})
	}
}
