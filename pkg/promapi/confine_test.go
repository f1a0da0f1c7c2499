package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestParametersThatMatchersExclude(t *testing.T) {
	for _, test := range []struct {
		name            string
		query, settings string
		url             string // query string of the data source's URL
		refused         string // name of the parameter; "" if the request is sent
	}{
		{name: "harmless", query: "dedup=false&max_source_resolution=5m", settings: "token=x"},
		{name: "extra_label", query: "extra_label=tenant%3Dglobex", refused: "extra_label"},
		{name: "extra_filters", query: "extra_filters=%7Btenant%3D%22globex%22%7D", refused: "extra_filters"},
		{name: "extra_filters[]", query: "extra_filters[]=%7B%7D", refused: "extra_filters[]"},
		{name: "match", query: "match=up", refused: "match"},
		{name: "Thanos' stores", query: "storeMatch[]=%7B%7D", refused: "storeMatch[]"},
		{name: "Thanos' replica labels", query: "replicaLabels[]=tenant", refused: "replicaLabels[]"},
		{name: "an unknown parameter", query: "tenant=globex", refused: "tenant"},
		{name: "another spelling", query: "DEDUP=false", refused: "DEDUP"},
		{name: "extra_label in the settings", settings: "extra_label=tenant%3Dglobex", refused: "extra_label"},
		{name: "extra_filters[] in the settings", settings: "extra_filters[]=%7B%7D", refused: "extra_filters[]"},
		{name: "another spelling in the settings", settings: "Extra_Filters=%7B%7D", refused: "Extra_Filters"},
		{name: "match[] in the URL", url: "?match[]=up", refused: "match[]"},
		{name: "extra_label in the URL", url: "?extra_label=a%3Db", refused: "extra_label"},
	} {
		t.Run(test.name, func(t *testing.T) {
			settings, err := parseQueryString(test.settings)
			if err != nil {
				t.Fatal(err)
			}
			params, err := parseQueryString(test.query)
			if err != nil {
				t.Fatal(err)
			}
			u := newUpstream()
			c := governed(t, &governor{}, u, Options{Params: settings})
			c.base.RawQuery = strings.TrimPrefix(test.url, "?")
			_, err = c.Query(withMatchers(t.Context(), tenant("acme")), Instant{Expr: "up", Params: params})
			invalid, is := errors.AsType[*ParamError](err)
			switch {
			case test.refused == "" && (err != nil || len(u.paths) != 1):
				t.Errorf("%v, sent %s", err, u.paths)
			case test.refused != "" && (!is || invalid.Name != test.refused || len(u.paths) > 0):
				t.Errorf("%v, sent %s", err, u.paths)
			}
			if is && !strings.Contains(invalid.Text, fmt.Sprintf("%q", test.refused)) {
				t.Errorf("error: %s", invalid.Text)
			}
			if _, err := c.Query(withMatchers(t.Context()), Instant{Expr: "up", Params: params}); err != nil {
				t.Errorf("without matchers: %v", err)
			}
		})
	}
}

const metricsQL = `keep_last_value(secret) default 0`

func TestMetricsQLIsConfinedByVictoriaMetrics(t *testing.T) {
	for _, test := range []struct {
		name          string
		hostname      string
		ignoresExtras bool
		down          bool
		refused       bool
		temporary     bool
	}{
		{name: "Prometheus", refused: true},
		{name: "VictoriaMetrics", hostname: "vm"},
		{name: "an old VictoriaMetrics", hostname: "vm", ignoresExtras: true, refused: true},
		{name: "a server that doesn't answer", down: true, temporary: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := newUpstream()
			u.hostname, u.ignoresExtras = test.hostname, test.ignoresExtras
			g := &governor{}
			c := governed(t, g, u, Options{Timeout: time.Second})
			if test.down {
				c.base.Host = "127.0.0.1:1"
			}
			ctx := withMatchers(t.Context(), tenant("acme"))
			for target, send := range map[string]func() error{
				metricsQL: func() error { _, err := c.Query(ctx, Instant{Expr: metricsQL}); return err },
				`{a="1" or b="2"}`: func() error {
					_, err := c.LabelValues(ctx, "job", Selection{Match: []string{`{a="1" or b="2"}`}})
					return err
				},
			} {
				u.forms, g.targets = nil, nil
				err := send()
				switch {
				case test.temporary:
					if kind := fault.As(err).Kind; kind != fault.Unreachable || len(g.targets) > 0 {
						t.Errorf("%s: %v", target, err)
					}
				case test.refused:
					if !slices.Equal(g.targets, []string{target}) || fault.As(err).Kind != fault.Forbidden || len(u.forms) > 0 {
						t.Errorf("%s: %v, sent %v", target, err, u.forms)
					}
				case err != nil || len(u.forms) != 1 || u.forms[0].Get(extraFilters) != `{tenant="acme"}` || u.forms[0].Get("query")+u.forms[0].Get("match[]") != target:
					t.Errorf("%s: %v, sent %v", target, err, u.forms)
				}
			}
		})
	}
}

func TestAdHocFiltersOfTheServerAreKept(t *testing.T) {
	u := newUpstream()
	u.hostname = "vm"
	c := governed(t, &governor{}, u, Options{})
	_, err := c.Query(withMatchers(t.Context(), tenant("acme")), Instant{Expr: metricsQL, ExtraFilters: []string{`{job="a"}`, `{tenant="globex"}`}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.forms[0][extraFilters], []string{`{job="a",tenant="acme"}`, `{tenant="acme",tenant="globex"}`}; !slices.Equal(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestServerThatIgnoresSelectorsOfLabels(t *testing.T) {
	u := newUpstream()
	u.ignoresMatch = true
	g := &governor{}
	c := governed(t, g, u, Options{})
	ctx := withMatchers(t.Context(), tenant("acme"))
	for _, name := range []string{"LabelNames", "LabelValues", "Metadata"} {
		if _, err := requests[name].send(ctx, c); fault.As(err).Kind != fault.Forbidden || !strings.Contains(err.Error(), "ignores the parameter match[]") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(u.paths) > 0 || len(g.targets) != 3 {
		t.Errorf("sent %s, refused %s", u.paths, g.targets)
	}
	if _, err := requests["Series"].send(ctx, c); err != nil {
		t.Errorf("Series: %v", err)
	}
}

// TestServerWithoutRecentSeries: without series in the last hour, the server lists nothing for
// this hour, even if it ignores match[]. Therefore the client must also check an earlier time.
func TestServerWithoutRecentSeries(t *testing.T) {
	c, _ := client(t, Options{Governor: &governor{}}, func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.ParseFloat(r.FormValue("start"), 64)
		if strings.HasSuffix(r.URL.Path, "labels") && start < float64(time.Now().Add(-24*time.Hour).Unix()) {
			_, _ = fmt.Fprint(w, `{"status":"success","data":["globex_label"]}`)
			return
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":[]}`)
	})
	names, err := c.LabelNames(withMatchers(t.Context(), tenant("acme")), Selection{Start: time.Unix(1, 0), End: time.Now()})
	if err == nil || len(names.Data) > 0 {
		t.Errorf("%v, %v", names.Data, err)
	}
}

func TestSelectors(t *testing.T) {
	for _, test := range []struct {
		match []string
		want  string // "" if the request is refused
	}{
		{nil, `{tenant="acme"}`},
		{[]string{"up", `{job="a"}`}, `{__name__="up",tenant="acme"} {job="a",tenant="acme"}`},
		{[]string{`{tenant="globex"}`}, `{tenant="acme",tenant="globex"}`},
		{[]string{""}, ""},
		{[]string{"up", "up or down"}, ""},
		{slices.Repeat([]string{`{a=~"` + strings.Repeat("(ab|b){1000}|", 50) + `"}`}, 10), ""}, // the regular expressions of all selectors together
		{[]string{strings.Repeat("a", maxSelectorBytes/2), strings.Repeat("b", maxSelectorBytes/2)}, ""},
	} {
		u := newUpstream()
		_, err := governed(t, &governor{}, u, Options{}).LabelNames(withMatchers(t.Context(), tenant("acme")), Selection{Match: test.match})
		switch {
		case test.want == "":
			if fault.As(err).Kind != fault.Forbidden || len(u.forms) > 0 {
				t.Errorf("%.60s: %v", test.match, err)
			}
		case err != nil || strings.Join(u.forms[0]["match[]"], " ") != test.want:
			t.Errorf("%s: %v, sent %v", test.match, err, u.forms)
		}
	}
}

func TestMetadataOfSelectedFamilies(t *testing.T) {
	u := newUpstream()
	u.answers["metadata"] = `{"status":"success","data":{
		"up":[{"type":"gauge","help":"Up.","unit":""},{"type":"gauge","help":"Of another tenant.","unit":""}],
		"latency_seconds":[{"type":"histogram","help":"Latency.","unit":""}],
		"sent":[{"type":"counter","help":"Sent.","unit":""}],
		"secret":[{"type":"gauge","help":"Secret.","unit":""}],
		"unequal":[{"type":"gauge","help":"","unit":"bytes"},{"type":"counter","help":"","unit":"bytes"},{"type":"gauge","help":"","unit":"seconds"}],
		"latency":[{"type":"histogram","help":"Prefix of another name.","unit":""}]}}`
	u.answers["label/__name__/values"] = `{"status":"success","data":["up","latency_seconds_bucket","sent_total","unequal"]}`
	c := governed(t, &governor{}, u, Options{})
	known := map[string]Metadata{"sent_total": {Type: "counter", Help: "Known."}, "hidden": {Type: "gauge", Help: "Of a pack."}}
	metadata := func(ctx context.Context, limit int) string {
		answer, err := c.Metadata(ctx, MetadataSelection{Known: known, Limit: limit, PerLimit: 1})
		return fmt.Sprint(answer.Data, answer.Warnings, err)
	}
	ctx := withMatchers(t.Context(), tenant("acme"))
	if got, want := metadata(ctx, 0), `map[latency_seconds:[{histogram  }] sent:[{counter  }] sent_total:[{counter Known. }] unequal:[{unknown  }] up:[{gauge  }]] [] <nil>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	last := u.forms[len(u.forms)-1]
	if last.Get("limit") != "40001" || last.Has("limit_per_metric") {
		t.Errorf("the limits of the request apply to all families: %v", last)
	}
	if got, want := metadata(ctx, 1), `map[latency_seconds:[{histogram  }]] [results truncated due to limit] <nil>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := metadata(withMatchers(t.Context()), 0); !strings.Contains(got, "secret") || !strings.Contains(got, "hidden:[{gauge Of a pack. }]") {
		t.Errorf("without matchers: %s", got)
	}
}

// TestMessagesWithoutMatchersAreNotShown: a message of the server about a request without
// matchers could describe another tenant. The plugin sends such requests to check whether the
// server applies match[], and to read metadata.
func TestMessagesWithoutMatchersAreNotShown(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		want       fault.Kind
		wantStatus int
	}{
		{"refused credentials", "globex", 401, fault.Unauthorized, 401},
		{"forbidden", "globex", 403, fault.Unauthorized, 403},
		{"no API", "globex", 404, fault.NotPrometheus, 404},
		{"web page", "<html><title>globex</title></html>", 200, fault.NotPrometheus, 502},
		{"rate limit", "globex", 429, fault.Busy, 429},
		{"unavailable", "globex", 503, fault.Busy, 503},
		{"bad gateway", "globex", 502, fault.Unreachable, 502},
		{"gateway timeout", "globex", 504, fault.Timeout, 504},
		{"timeout of the API", `{"status":"error","errorType":"timeout","error":"globex"}`, 503, fault.Timeout, 504},
		{"timeout of the API with status 200", `{"status":"error","errorType":"timeout","error":"globex"}`, 200, fault.Timeout, 504},
		{"internal error", "globex", 500, fault.BadAnswer, 502},
		{"refused query", `{"status":"error","errorType":"bad_data","error":"globex"}`, 400, fault.BadAnswer, 502},
	} {
		for _, path := range []string{"api/v1/labels", "api/v1/metadata"} {
			t.Run(test.name+" of "+path, func(t *testing.T) {
				u := newUpstream()
				c, _ := client(t, Options{Governor: &governor{}}, func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasSuffix(r.URL.Path, path) {
						u.ServeHTTP(w, r)
						return
					}
					w.WriteHeader(test.status)
					_, _ = fmt.Fprint(w, test.body)
				})
				_, err := c.Metadata(withMatchers(t.Context(), tenant("acme")), MetadataSelection{})
				f := fault.As(err)
				wantKind, wantStatus := test.want, test.wantStatus
				if path == "api/v1/metadata" && test.status == 400 {
					wantKind, wantStatus = fault.Rejected, 400
				}
				if f.Kind != wantKind || f.Status != wantStatus || strings.Contains(f.Text, "globex") || !strings.Contains(f.Text, c.base.Host) {
					t.Errorf("%s (HTTP %d): %s", f.Kind, f.Status, f.Text)
				}
			})
		}
	}
}

func TestWarningsOfMetadataAreNotShown(t *testing.T) {
	u := newUpstream()
	u.answers["metadata"] = `{"status":"success","data":{"up":[{"type":"gauge","help":"","unit":""}]},"warnings":["results truncated due to limit","no metadata of globex"],"infos":["globex"]}`
	c := governed(t, &governor{}, u, Options{})
	answer, err := c.Metadata(withMatchers(t.Context(), tenant("acme")), MetadataSelection{})
	if text := fmt.Sprint(answer.Notes); err != nil || strings.Contains(text, "globex") || !slices.Contains(answer.Warnings, TruncatedWarning) {
		t.Errorf("%s, %v", text, err)
	}
	if answer, err = c.Metadata(withMatchers(t.Context()), MetadataSelection{}); err != nil || !slices.Contains(answer.Warnings, "no metadata of globex") {
		t.Errorf("without matchers: %v, %v", answer.Notes, err)
	}
}

func TestExcludedValuesAreMasked(t *testing.T) {
	u := newUpstream()
	c, _ := client(t, Options{Governor: &governor{}}, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/query") {
			u.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = fmt.Fprintf(w, `{"status":"error","errorType":"execution","error":%q}`, "can't execute "+r.FormValue("query"))
	})
	not := labels.MustNewMatcher(labels.MatchNotEqual, "tenant", "globex")
	_, err := c.Query(withMatchers(t.Context(), not, labels.MustNewMatcher(labels.MatchNotRegexp, "tenant", "a|initech")), Instant{Expr: "up"})
	if text := fault.As(err).Text; strings.Contains(text, "globex") || strings.Contains(text, "initech") || !strings.Contains(text, `up{tenant!="***"`) {
		t.Error(text)
	}
}

func TestCacheKeyDiffersByMatchers(t *testing.T) {
	c := governed(t, &governor{}, newUpstream(), Options{})
	keys := map[string]bool{}
	for _, matchers := range [][]*labels.Matcher{nil, {tenant("acme")}, {tenant("globex")}, {tenant("acme"), tenant("globex")}, {labels.MustNewMatcher(labels.MatchRegexp, "tenant", "acme")}} {
		key, err := c.CacheKey(withMatchers(t.Context(), matchers...))
		if err != nil || keys[key] {
			t.Errorf("%s: key %q, %v", matchers, key, err)
		}
		keys[key] = true
	}
	if _, err := c.CacheKey(t.Context()); !errors.Is(err, errDenied) {
		t.Errorf("denied: %v", err)
	}
}

// If a method of Client doesn't pass an API call to govern, the call is not sent.
func TestUngovernedCallIsNotSent(t *testing.T) {
	u := newUpstream()
	c := governed(t, &governor{}, u, Options{})
	_, err := fetch(t.Context(), c, apiCall{api: "new", path: "api/v1/new", form: url.Values{}}, func(io.Reader) (int, error) { return 0, nil })
	if fault.As(err).Kind != fault.Internal || len(u.paths) > 0 {
		t.Errorf("%v, sent %s", err, u.paths)
	}
	if _, err := c.govern(withMatchers(t.Context(), tenant("acme")), apiCall{api: "new", path: "api/v1/new"}); fault.As(err).Kind != fault.Forbidden {
		t.Errorf("a call without an expression or selectors: %v", err)
	}
}
