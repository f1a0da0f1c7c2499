package promapi

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCapabilities(t *testing.T) {
	for _, test := range []struct {
		name, hostname                string // hostname is the header X-Server-Hostname, which VictoriaMetrics sends
		refusesPost, missing, failing bool   // missing and failing apply to exemplars
		labels                        string // the answer to a request for labels
		want                          Capabilities
	}{
		{name: "Prometheus", want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST", Exemplars: true}},
		{name: "proxy that allows only GET", refusesPost: true, want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "GET", Exemplars: true}},
		{name: "no exemplars API", missing: true, want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST"}},
		{name: "failing exemplars API", failing: true, want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST"}},
		{
			name: "Thanos with an unavailable store", labels: `{"status":"success","data":["job"],"warnings":["store is down","results truncated due to limit"]}`,
			want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST", Exemplars: true, Warnings: []string{"store is down"}},
		},
		{
			name: "more than one label", labels: `{"status":"success","data":["job"],"warnings":["results truncated due to limit"]}`,
			want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST", Exemplars: true, Warnings: []string{}},
		},
		{name: "VictoriaMetrics", hostname: "vm", want: Capabilities{Server: Server{Name: "VictoriaMetrics"}, MetricsQL: true, Method: "POST"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				if test.hostname != "" {
					w.Header().Set("X-Server-Hostname", test.hostname)
				}
				switch exemplars := strings.HasSuffix(r.URL.Path, "/query_exemplars"); {
				case test.refusesPost && r.Method == http.MethodPost:
					w.WriteHeader(http.StatusMethodNotAllowed)
				case exemplars && test.missing:
					w.WriteHeader(http.StatusNotFound)
				case exemplars && test.failing:
					w.WriteHeader(http.StatusBadRequest)
				case exemplars:
					_, _ = fmt.Fprint(w, `{"status":"success","data":[]}`)
				case strings.HasSuffix(r.URL.Path, "/query"):
					_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
				case strings.HasSuffix(r.URL.Path, "/labels") && test.labels != "":
					_, _ = fmt.Fprint(w, test.labels)
				case strings.HasSuffix(r.URL.Path, "/buildinfo"):
					_, _ = fmt.Fprint(w, `{"status":"success","data":{"version":"3.5.0"}}`)
				default:
					w.WriteHeader(http.StatusNotFound)
				}
			})
			if _, err := c.Query(t.Context(), Instant{Expr: "1", At: time.Now()}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.Capabilities(t.Context())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// After a canceled identification, the next caller identifies the server again.
func TestCanceledIdentificationIsNotCached(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() == nil {
			cancel()
			<-r.Context().Done()
		}
		w.Header().Set("X-Server-Hostname", "vm")
		_, _ = fmt.Fprint(w, `{"status":"success","data":{}}`)
	})
	c.Server(ctx)
	if got := c.Server(t.Context()); !got.SpeaksMetricsQL() {
		t.Errorf("got %s", got)
	}
}

// An unavailable server is identified again within seconds. Until then, queries in MetricsQL
// with ad-hoc filters fail, because only VictoriaMetrics can apply the filters.
func TestServerCacheTTL(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	aborts := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	version := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"version":"3.5.0"}}`)
	}
	for _, test := range []struct {
		name         string
		info, stores http.HandlerFunc
		want         Server
		ttl          time.Duration
	}{
		{"closed connection", aborts, aborts, Server{}, unansweredTTL},
		{"HTTP 502", status(502), status(502), Server{}, unansweredTTL},
		{"HTTP 503", status(503), status(503), Server{}, unansweredTTL},
		{"HTTP 504", status(504), status(504), Server{}, unansweredTTL},
		{"HTTP 429", status(429), status(429), Server{}, unansweredTTL},
		{"only build information answers", version, aborts, Server{"Prometheus", "3.5.0"}, unansweredTTL},
		{"only stores answer", aborts, status(404), Server{Name: "Prometheus"}, unansweredTTL},
		{"HTTP 404", status(404), status(404), Server{Name: "Prometheus"}, unnamedTTL},
		{"HTTP 403", status(403), status(403), Server{Name: "Prometheus"}, unnamedTTL},
		{"Prometheus", version, status(404), Server{"Prometheus", "3.5.0"}, serverTTL},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/stores") {
					test.stores(w, r)
				} else {
					test.info(w, r)
				}
			})
			if got := c.Server(t.Context()); got != test.want {
				t.Errorf("got %q", got)
			}
			if ttl := time.Until(c.state.expires); ttl > test.ttl || ttl <= unansweredTTL && test.ttl > unansweredTTL {
				t.Errorf("cached for %s, want %s", ttl, test.ttl)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	routes := func(pages map[string]string, headers http.Header) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), headers)
			page, ok := pages[r.URL.Path]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, page)
		}
	}
	const build = "/api/v1/status/buildinfo"
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"Prometheus", routes(map[string]string{build: `{"status":"success","data":{"version":"3.5.0"}}`}, nil), "Prometheus 3.5.0"},
		{"Mimir", routes(map[string]string{build: `{"status":"success","data":{"application":"Grafana Mimir","version":"2.14.0"}}`}, nil), "Grafana Mimir 2.14.0"},
		{"Thanos", routes(map[string]string{build: `{"status":"success","data":{"version":"0.36.1"}}`, "/api/v1/stores": `{"status":"success","data":{}}`}, nil), "Thanos 0.36.1"},
		{"VictoriaMetrics", routes(map[string]string{build: `{"status":"success","data":{"version":"2.24.0"}}`, "/metrics": `vm_app_version{version="victoria-metrics-x", short_version="v1.79.5"} 1`}, http.Header{"X-Server-Hostname": {"vm"}}), "VictoriaMetrics v1.79.5"},
		{"unknown server", routes(nil, nil), "Prometheus"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, test.handler)
			if got, complete := c.identify(t.Context()); got.String() != test.want || !complete {
				t.Errorf("got %q, complete %t, want %q", got, complete, test.want)
			}
		})
	}
}

func TestServerIsCached(t *testing.T) {
	requests := 0
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/status/buildinfo" {
			http.NotFound(w, r)
			return
		}
		requests++
		_, _ = io.WriteString(w, `{"status":"success","data":{"version":"3.15.0"}}`)
	})
	for range 3 {
		if got := c.Server(t.Context()); got.String() != "Prometheus 3.15.0" {
			t.Errorf("got %s", got)
		}
	}
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

// While one caller identifies the server, others wait for the result. All wait for at most
// identifyTimeout, or until their context ends.
func TestServerTimesOut(t *testing.T) {
	done := make(chan struct{})
	c, _ := client(t, Options{}, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
	defer close(done)
	first := make(chan Server)
	go func() { first <- c.Server(t.Context()) }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := c.Server(ctx); got != (Server{}) {
		t.Errorf("got %s", got)
	}
	if got := <-first; got != (Server{}) {
		t.Errorf("got %s", got)
	}
}

func TestServerIsIdentifiedAgain(t *testing.T) {
	up := false
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if !up {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"status":"success","data":{"version":"3.15.0"}}`)
	})
	if got := c.Server(t.Context()); got.Version != "" {
		t.Errorf("got %s", got)
	}
	up, c.state.expires = true, time.Time{} // the cached result expires
	if got := c.Server(t.Context()); got.String() != "Prometheus 3.15.0" {
		t.Errorf("got %s", got)
	}
}
