package promapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// governor is a Governor for tests. It permits only requests with a context of withMatchers.
type governor struct {
	blocks    bool // Query refuses every expression
	maxSeries int  // 0 for no limit

	mu       sync.Mutex
	queries  []Expression
	finished []error  // of finish
	targets  []string // of NotConfinable
}

type tenantKey struct{}

var errDenied = fault.New(fault.Forbidden, "denied")

func withMatchers(ctx context.Context, matchers ...*labels.Matcher) context.Context {
	return context.WithValue(ctx, tenantKey{}, matchers)
}

func (g *governor) Matchers(ctx context.Context) ([]*labels.Matcher, error) {
	matchers, ok := ctx.Value(tenantKey{}).([]*labels.Matcher)
	if !ok {
		return nil, errDenied
	}
	return matchers, nil
}

func (g *governor) Query(_ context.Context, q Expression) (Finish, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.queries = append(g.queries, q)
	if g.blocks {
		return nil, fault.New(fault.Forbidden, "blocked")
	}
	return g.finish, nil
}

func (g *governor) finish(n int, failure error) ([]string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.finished = append(g.finished, failure)
	if failure == nil && g.maxSeries > 0 && n > g.maxSeries {
		return nil, fault.New(fault.Forbidden, "%d series", n)
	}
	return []string{"counted"}, failure
}

func (g *governor) LimitsSeries(context.Context) bool { return g.maxSeries > 0 }

func (g *governor) NotConfinable(_ context.Context, target string, cause error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.targets = append(g.targets, target)
	return fault.New(fault.Forbidden, "not confinable: %s", cause.Error()).Because(cause)
}

func tenant(value string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchEqual, "tenant", value)
}

// upstream records the requests for data that reach a server. It answers like Prometheus.
type upstream struct {
	hostname      string // X-Server-Hostname, which identifies VictoriaMetrics
	ignoresMatch  bool   // ignores match[] in requests for labels
	ignoresExtras bool   // ignores extra_filters[]
	answers       map[string]string

	mu    sync.Mutex
	forms []url.Values
	paths []string
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if u.hostname != "" {
		w.Header().Set("X-Server-Hostname", u.hostname)
	}
	_, api, _ := strings.Cut(r.URL.Path, "/api/v1/")
	if strings.HasPrefix(api, "status") || strings.HasPrefix(api, "stores") || api == "" {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{}}`)
		return
	}
	if api == "labels" || strings.HasPrefix(api, "label/") {
		if u.answersProbe(w, r.Form) {
			return
		}
	}
	u.mu.Lock()
	u.forms, u.paths = append(u.forms, r.Form), append(u.paths, api)
	u.mu.Unlock()
	_, _ = fmt.Fprint(w, u.answers[api])
}

// answersProbe answers the requests with which a client finds out whether the server applies
// filters to labels. It returns false for any other request, which it doesn't answer.
func (u *upstream) answersProbe(w http.ResponseWriter, form url.Values) bool {
	selects := slices.Contains(form["match[]"], noSeries) && !u.ignoresMatch || slices.Contains(form[extraFilters], noSeries) && !u.ignoresExtras
	switch {
	case selects:
		_, _ = fmt.Fprint(w, `{"status":"success","data":["__name__"]}`)
	case !form.Has("match[]"), slices.Contains(form["match[]"], noSeries):
		_, _ = fmt.Fprint(w, `{"status":"success","data":["__name__","a"]}`)
	default:
		return false
	}
	return true
}

func newUpstream() *upstream {
	return &upstream{answers: map[string]string{
		"query":                 one,
		"query_range":           `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1,"1"]]},{"metric":{"a":"2"},"values":[[1,"1"]]}]}}`,
		"query_exemplars":       `{"status":"success","data":[]}`,
		"labels":                `{"status":"success","data":["__name__"]}`,
		"label/__name__/values": `{"status":"success","data":["up","latency_seconds_bucket","sent_total"]}`,
		"label/job/values":      `{"status":"success","data":["a"]}`,
		"series":                `{"status":"success","data":[{"a":"1"}]}`,
		"metadata":              `{"status":"success","data":{}}`,
		"rules":                 `{"status":"success","data":{"groups":[]}}`,
		"alerts":                `{"status":"success","data":{"alerts":[]}}`,
	}}
}

// requests are the methods of Client that request data, each with the path of its first
// request under matchers. Those that evaluate an expression return the warnings of the answer.
var requests = map[string]struct {
	path string
	send func(context.Context, *Client) ([]string, error)
}{
	"Query": {"query", func(ctx context.Context, c *Client) ([]string, error) {
		return warnings(c.Query(ctx, Instant{Expr: "up"}))
	}},
	"RawQuery": {"query", func(ctx context.Context, c *Client) ([]string, error) {
		raw, err := c.RawQuery(ctx, Instant{Expr: "up"})
		return raw.Warnings, err
	}},
	"QueryRange": {"query_range", func(ctx context.Context, c *Client) ([]string, error) {
		return warnings(c.QueryRange(ctx, rangeOfUp(0)))
	}},
	"QueryRanges": {"query_range", func(ctx context.Context, c *Client) ([]string, error) {
		return warnings(c.QueryRanges(ctx, []Range{rangeOfUp(0), rangeOfUp(1)}))
	}},
	"RawRange": {"query_range", func(ctx context.Context, c *Client) ([]string, error) {
		raw, err := c.RawRange(ctx, rangeOfUp(0))
		return raw.Warnings, err
	}},
	"StreamRange": {"query_range", func(ctx context.Context, c *Client) ([]string, error) {
		return warnings(c.StreamRange(ctx, rangeOfUp(0), func(series.Series) error { return nil }))
	}},
	"Exemplars": {"query_exemplars", func(ctx context.Context, c *Client) ([]string, error) {
		_, err := c.Exemplars(ctx, "up", time.Unix(0, 0), time.Unix(60, 0))
		return nil, err
	}},
	"LabelNames": {"labels", func(ctx context.Context, c *Client) ([]string, error) {
		_, err := c.LabelNames(ctx, Selection{Match: []string{"up"}})
		return nil, err
	}},
	"LabelValues": {"label/job/values", func(ctx context.Context, c *Client) ([]string, error) {
		_, err := c.LabelValues(ctx, "job", Selection{Match: []string{"up"}})
		return nil, err
	}},
	"Series": {"series", func(ctx context.Context, c *Client) ([]string, error) {
		_, err := c.Series(ctx, Selection{Match: []string{"up"}})
		return nil, err
	}},
	"Metadata": {"label/__name__/values", func(ctx context.Context, c *Client) ([]string, error) {
		_, err := c.Metadata(ctx, MetadataSelection{})
		return nil, err
	}},
}

// harmless are the methods of Client that return no data of the server.
var harmless = []string{"BuildInfo", "CacheKey", "Capabilities", "ExtraFilters", "Host", "QueryParams", "Server", "TestQuery"}

func rangeOfUp(minute int64) Range {
	return Range{Expr: "up", Start: time.Unix(minute*60, 0), End: time.Unix(minute*60+30, 0), Step: 30 * time.Second}
}

func warnings(result *series.Result, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	return result.Warnings, nil
}

func governed(t *testing.T, g *governor, u *upstream, opts Options) *Client {
	t.Helper()
	opts.Governor = g
	opts.Limits = promjson.Limits{Series: 100, Samples: 1000}
	c, _ := client(t, opts, u.ServeHTTP)
	return c
}

// TestMethodsAreGoverned fails for a new method of Client that isn't in one of the tables.
func TestMethodsAreGoverned(t *testing.T) {
	for method := range reflect.TypeFor[*Client]().Methods() {
		name := method.Name
		_, confined := requests[name]
		_, refused := unconfinable[name]
		if !confined && !refused && !slices.Contains(harmless, name) {
			t.Errorf("the method %s is not in a table of this test", name)
		}
	}
}

func TestRequestsWithoutDecisionAreNotSent(t *testing.T) {
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			u := newUpstream()
			c := governed(t, &governor{}, u, Options{})
			if _, err := request.send(t.Context(), c); !errors.Is(err, errDenied) {
				t.Errorf("got %v", err)
			}
			if len(u.paths) > 0 {
				t.Errorf("sent %s", u.paths)
			}
		})
	}
}

func TestRequestsHaveMatchers(t *testing.T) {
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			u := newUpstream()
			g := &governor{}
			c := governed(t, g, u, Options{})
			notes, err := request.send(withMatchers(t.Context(), tenant("acme")), c)
			if err != nil {
				t.Fatal(err)
			}
			if len(u.paths) == 0 || u.paths[0] != request.path {
				t.Fatalf("sent %s", u.paths)
			}
			for i, form := range u.forms {
				switch {
				case u.paths[i] == "metadata":
				case form.Get(extraFilters) != `{tenant="acme"}`:
					t.Errorf("%s has extra filters %s", u.paths[i], form[extraFilters])
				case form.Has("query") && form.Get("query") != `up{tenant="acme"}`:
					t.Errorf("%s has the query %s", u.paths[i], form.Get("query"))
				case !form.Has("query") && !strings.Contains(form.Get("match[]"), `tenant="acme"`):
					t.Errorf("%s has the selectors %s", u.paths[i], form["match[]"])
				}
			}
			if strings.Contains(name, "Query") || strings.Contains(name, "Range") {
				if len(g.queries) != 1 || g.queries[0].Expr != "up" {
					t.Errorf("decided about %v", g.queries)
				}
				if !slices.Contains(notes, "counted") {
					t.Errorf("warnings %q", notes)
				}
			}
		})
	}
}

func TestUnrestrictedRequestsAreUnchanged(t *testing.T) {
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			restricted, plain := newUpstream(), newUpstream()
			c, _ := client(t, Options{}, plain.ServeHTTP)
			_, err := request.send(t.Context(), c)
			_, errGoverned := request.send(withMatchers(t.Context()), governed(t, &governor{}, restricted, Options{}))
			if err != nil || errGoverned != nil || len(plain.forms) == 0 || !reflect.DeepEqual(plain.paths, restricted.paths) {
				t.Errorf("%v, %v, %s, %s", err, errGoverned, plain.paths, restricted.paths)
			}
			for i, form := range restricted.forms {
				if got, want := form.Encode(), plain.forms[i].Encode(); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
}

func TestBlockedExpressionsAreNotSent(t *testing.T) {
	for name, request := range requests {
		if !strings.HasPrefix(request.path, "query") || name == "Exemplars" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			u := newUpstream()
			_, err := request.send(withMatchers(t.Context()), governed(t, &governor{blocks: true}, u, Options{}))
			if err == nil || err.Error() != "blocked" || len(u.paths) > 0 {
				t.Errorf("%v, sent %s", err, u.paths)
			}
		})
	}
}

func TestRangesAreDecidedTogether(t *testing.T) {
	g := &governor{}
	c := governed(t, g, newUpstream(), Options{})
	if _, err := c.QueryRanges(withMatchers(t.Context()), []Range{rangeOfUp(0), rangeOfUp(1)}); err != nil {
		t.Fatal(err)
	}
	want := []Expression{{"up", time.Unix(0, 0), time.Unix(90, 0), 30 * time.Second, 0}}
	if !reflect.DeepEqual(g.queries, want) {
		t.Errorf("decided about %v", g.queries)
	}
}

// TestPermitsAreFinished checks that each permitted expression is finished once, with the error of
// the request.
func TestPermitsAreFinished(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		params url.Values
		fails  bool
	}{
		{"success", 200, nil, false},
		{"error of the server", 422, nil, true},
		{"not confinable", 200, url.Values{"extra_label": {"a=b"}}, true},
	} {
		for name := range requests {
			g := &governor{}
			c, _ := client(t, Options{Governor: g, Params: test.params}, func(w http.ResponseWriter, r *http.Request) {
				if test.status != 200 {
					w.WriteHeader(test.status)
				}
				newUpstream().ServeHTTP(w, r)
			})
			_, err := requests[name].send(withMatchers(t.Context(), tenant("acme")), c)
			if len(g.finished) != len(g.queries) {
				t.Errorf("%s, %s: %d permitted, %d finished", test.name, name, len(g.queries), len(g.finished))
			}
			for _, failure := range g.finished {
				if (failure != nil) != test.fails || test.fails && err == nil {
					t.Errorf("%s, %s: finished with %v, returned %v", test.name, name, failure, err)
				}
			}
		}
	}
}

func TestTooManySeriesAreNotReturned(t *testing.T) {
	for _, name := range []string{"QueryRange", "QueryRanges", "RawRange", "StreamRange"} {
		_, err := requests[name].send(withMatchers(t.Context()), governed(t, &governor{maxSeries: 1}, newUpstream(), Options{}))
		if err == nil || !strings.HasSuffix(err.Error(), " series") {
			t.Errorf("%s: %v", name, err)
		}
	}
	yielded := 0
	count := func(series.Series) error { yielded++; return nil }
	for maxSeries, want := range map[int]int{0: 2, 1: 0, 2: 2} {
		yielded = 0
		_, _ = governed(t, &governor{maxSeries: maxSeries}, newUpstream(), Options{}).StreamRange(withMatchers(t.Context()), rangeOfUp(0), count)
		if yielded != want {
			t.Errorf("at most %d series: yielded %d, want %d", maxSeries, yielded, want)
		}
	}
}

// TestErrorsOfProbesAreNotRefusals: a message of the server about a request without matchers may
// be shown neither to the caller nor in the audit log, which contains refusals.
func TestErrorsOfProbesAreNotRefusals(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError} {
		g := &governor{}
		c, _ := client(t, Options{Governor: g}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, `{"status":"error","errorType":"execution","error":"globex has too many series"}`)
		})
		if _, err := c.LabelNames(withMatchers(t.Context(), tenant("acme")), Selection{}); err == nil || strings.Contains(err.Error(), "globex") || len(g.targets) > 0 {
			t.Errorf("%d: %v, refused %q", status, err, g.targets)
		}
	}
}
