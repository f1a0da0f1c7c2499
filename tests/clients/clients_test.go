// Package clients checks that standard clients of the Prometheus HTTP API work with the routes of
// the compiled plugin, and that they get the same answers as from the server itself.
package clients

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
)

// servers are the URLs of a Prometheus and of the plugin's routes, with the same data.
type servers struct{ prometheus, plugin, token string }

var now = time.Now().Truncate(time.Minute)

func start(t *testing.T) servers {
	t.Helper()
	dir := t.TempDir()
	write(t, dir)
	server, err := prometheus.Start(t.Context(), prometheus.Options{Dir: dir, Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	plugin := plugintest.Start(t, plugintest.Source(t, server.URL(), nil))
	routes, err := host.ServeAPI(t.Context(), plugin, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = routes.Close() })
	return servers{server.URL(), routes.URL + "/api/datasources/uid/" + plugin.DataSourceUID() + "/resources", routes.Token}
}

// write writes an hour of a few series, some of whose names aren't identifiers.
func write(t *testing.T, dir string) {
	t.Helper()
	db, err := tsdb.Open(dir, nil, nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	app := db.Appender(t.Context())
	for at := now.Add(-time.Hour); !at.After(now); at = at.Add(15 * time.Second) {
		for i, job := range []string{"api", "web <1>", "日本"} {
			for _, name := range []string{"requests_total", "k8s.pod/restarts"} {
				series := labels.FromStrings("__name__", name, "job", job, "k8s.io/zone", fmt.Sprintf("zone/%d", i))
				if _, err := app.Append(0, series, at.UnixMilli(), at.Sub(now.Add(-time.Hour)).Seconds()*(float64(i)+0.1)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// bearer adds a token to requests.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// calls are calls of client_golang's API, which also mcp-grafana uses.
var calls = map[string]func(ctx context.Context, c v1.API) (any, error){
	"instant query": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Query(ctx, `sum by (job) (rate(requests_total[5m]))`, now))
	},
	"instant query with options": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Query(ctx, `requests_total`, now, v1.WithLimit(2), v1.WithLookbackDelta(time.Minute), v1.WithTimeout(5*time.Second)))
	},
	"names that aren't identifiers": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Query(ctx, `{"k8s.pod/restarts","k8s.io/zone"="zone/1"}`, now))
	},
	"range query": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.QueryRange(ctx, `requests_total`, v1.Range{Start: now.Add(-30 * time.Minute), End: now, Step: 90 * time.Second}))
	},
	"query with an info": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Query(ctx, `rate(ups[5m]) or rate({"k8s.pod/restarts"}[5m])`, now))
	},
	"scalar": func(ctx context.Context, c v1.API) (any, error) { return withWarnings(c.Query(ctx, `1/3`, now)) },
	"string": func(ctx context.Context, c v1.API) (any, error) { return withWarnings(c.Query(ctx, `"<text>"`, now)) },
	"syntax error": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Query(ctx, `sum(`, now))
	},
	"error of the evaluation": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Query(ctx, `requests_total * on () requests_total`, now))
	},
	"too many points": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.QueryRange(ctx, `1`, v1.Range{Start: now.Add(-24 * time.Hour), End: now, Step: time.Second}))
	},
	"zero step": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.QueryRange(ctx, `1`, v1.Range{Start: now, End: now}))
	},
	"end before start": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.QueryRange(ctx, `1`, v1.Range{Start: now, End: now.Add(-time.Minute), Step: time.Minute}))
	},
	"label names": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.LabelNames(ctx, []string{"requests_total"}, now.Add(-time.Hour), now))
	},
	"label names without selectors": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.LabelNames(ctx, nil, time.Time{}, time.Time{}))
	},
	"limited label names": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.LabelNames(ctx, nil, time.Time{}, time.Time{}, v1.WithLimit(1)))
	},
	"label values": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.LabelValues(ctx, "job", nil, now.Add(-time.Hour), now))
	},
	"values of a label with a slash": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.LabelValues(ctx, "U__k8s_2e_io_2f_zone", nil, now.Add(-time.Hour), now))
	},
	"series": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Series(ctx, []string{`{job=~"api|日本"}`, `{"k8s.pod/restarts"}`}, now.Add(-time.Hour), now))
	},
	"series without selectors": func(ctx context.Context, c v1.API) (any, error) {
		return withWarnings(c.Series(ctx, nil, now.Add(-time.Hour), now))
	},
	"exemplars": func(ctx context.Context, c v1.API) (any, error) {
		return c.QueryExemplars(ctx, `requests_total`, now.Add(-time.Hour), now)
	},
	"build information": func(ctx context.Context, c v1.API) (any, error) { return c.Buildinfo(ctx) },
	"rules":             func(ctx context.Context, c v1.API) (any, error) { return c.Rules(ctx, nil) },
	"alerts":            func(ctx context.Context, c v1.API) (any, error) { return c.Alerts(ctx) },
}

func withWarnings[T any](result T, warnings v1.Warnings, err error) (any, error) {
	return []any{result, warnings}, err
}

func TestClientGolang(t *testing.T) {
	s := start(t)
	clients := map[string]v1.API{}
	for name, config := range map[string]api.Config{"prometheus": {Address: s.prometheus}, "plugin": {Address: s.plugin, RoundTripper: bearer(s.token)}} {
		client, err := api.NewClient(config)
		if err != nil {
			t.Fatal(err)
		}
		clients[name] = v1.NewAPI(client)
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			answers := map[string]string{}
			for server, client := range clients {
				result, err := call(t.Context(), client)
				answers[server] = fmt.Sprintf("%+v, error %v", result, err)
			}
			if diff := cmp.Diff(answers["prometheus"], answers["plugin"]); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("metadata", func(t *testing.T) {
		// This server has no targets and so no metadata. The plugin adds that of the packs.
		metadata, err := clients["plugin"].Metadata(t.Context(), "total_invocations", "")
		if err != nil || len(metadata["total_invocations"]) != 1 || metadata["total_invocations"][0].Type != v1.MetricTypeCounter {
			t.Errorf("%v, %v", metadata, err)
		}
	})
}

// TestPromtool runs promtool's queries against both servers and compares the outputs.
func TestPromtool(t *testing.T) {
	promtool := filepath.Join("..", ".bin", "promtool")
	if _, err := os.Stat(promtool); err != nil {
		t.Fatalf("promtool is missing: run go tool mage rules (%v)", err)
	}
	s := start(t)
	config := filepath.Join(t.TempDir(), "http.yml")
	if err := os.WriteFile(config, []byte("authorization:\n  credentials: "+s.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	from, to := fmt.Sprint(now.Add(-10*time.Minute).Unix()), fmt.Sprint(now.Unix())
	for _, args := range [][]string{
		{"instant", "--time=" + to, "", `sum by (job) (rate(requests_total[5m]))`},
		{"instant", "--time=" + to, "", `sum(`},
		{"range", "--start=" + from, "--end=" + to, "--step=1m", "", `requests_total{job="api"}`},
		{"series", "--start=" + from, "--end=" + to, `--match=requests_total`, ""},
		{"labels", "--start=" + from, "--end=" + to, "", "job"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			outputs := map[string]string{}
			for _, server := range []string{s.prometheus, s.plugin} {
				all := append([]string{"query"}, args...)
				for i, arg := range all {
					if arg == "" {
						all[i] = server
					}
				}
				if server == s.plugin {
					all = append(all, "--http.config.file="+config)
				}
				output, err := exec.CommandContext(t.Context(), promtool, all...).CombinedOutput()
				outputs[server] = fmt.Sprintf("%s\n%v", output, err)
			}
			if diff := cmp.Diff(outputs[s.prometheus], outputs[s.plugin]); diff != "" {
				t.Error(diff)
			}
		})
	}
}
