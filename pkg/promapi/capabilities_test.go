package promapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCapabilities(t *testing.T) {
	for _, test := range []struct {
		name, marked                  string // marked is the header that VictoriaMetrics has
		refusesPost, missing, failing bool   // missing and failing are the exemplars
		labels                        string // the answer to a request for labels
		want                          Capabilities
	}{
		{name: "a Prometheus", want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST", Exemplars: true}},
		{name: "behind a proxy that lets GET through", refusesPost: true, want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "GET", Exemplars: true}},
		{name: "an old one", missing: true, want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST"}},
		{name: "one that fails", failing: true, want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST"}},
		{
			name: "a Thanos without one of its stores", labels: `{"status":"success","data":["job"],"warnings":["store is down","results truncated due to limit"]}`,
			want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST", Exemplars: true, Warnings: []string{"store is down"}},
		},
		{
			name: "a Prometheus with more labels than one", labels: `{"status":"success","data":["job"],"warnings":["results truncated due to limit"]}`,
			want: Capabilities{Server: Server{"Prometheus", "3.5.0"}, Method: "POST", Exemplars: true, Warnings: []string{}},
		},
		{name: "a VictoriaMetrics", marked: "vm", want: Capabilities{Server: Server{Name: "VictoriaMetrics"}, MetricsQL: true, Method: "POST"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				if test.marked != "" {
					w.Header().Set("X-Server-Hostname", test.marked)
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

// TestACallerWhoLeavesDoesNotNameTheServer: the next one finds out which it is.
func TestACallerWhoLeavesDoesNotNameTheServer(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() == nil {
			leave()
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

// TestAServerThatIsDownIsIdentifiedOnceItIsBack, and not a minute later: until then
// queries in MetricsQL with filters would fail.
func TestAServerThatIsDownIsIdentifiedOnceItIsBack(t *testing.T) {
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
		kept         time.Duration
	}{
		{"a cut connection", aborts, aborts, Server{}, unansweredTTL},
		{"a proxy whose server is down", status(502), status(502), Server{}, unansweredTTL},
		{"a server that starts", status(503), status(503), Server{}, unansweredTTL},
		{"a proxy that waits for its server", status(504), status(504), Server{}, unansweredTTL},
		{"too many requests", status(429), status(429), Server{}, unansweredTTL},
		{"down in the middle", version, aborts, Server{"Prometheus", "3.5.0"}, unansweredTTL},
		{"back in the middle", aborts, status(404), Server{Name: "Prometheus"}, unansweredTTL},
		{"one without these pages", status(404), status(404), Server{Name: "Prometheus"}, unnamedTTL},
		{"one that refuses these pages", status(403), status(403), Server{Name: "Prometheus"}, unnamedTTL},
		{"a Prometheus", version, status(404), Server{"Prometheus", "3.5.0"}, serverTTL},
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
			if kept := time.Until(c.state.expires); kept > test.kept || kept <= unansweredTTL && test.kept > unansweredTTL {
				t.Errorf("kept for %s, want %s", kept, test.kept)
			}
		})
	}
}
