// Package servers compares the results of the compiled plugin with the results of real
// servers of the Prometheus API. Debian's Prometheus 2 and VictoriaMetrics run as
// separate processes with the simulated fleet's history. Prometheus 3 runs in the process
// of the tests.
package servers

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/external"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
)

// server is a running server with a plugin that queries it.
type server struct {
	url    string
	plugin *host.Host
}

func TestPrometheus(t *testing.T) {
	folder := t.TempDir()
	data, config := filepath.Join(folder, "data"), filepath.Join(folder, "prometheus.yml")
	if err := os.CopyFS(data, os.DirFS(history)); err != nil {
		t.Fatal(err)
	}
	scrapes := fmt.Sprintf("scrape_configs: [{job_name: probes, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{targets: [%q]}]}]\n", exporter(t))
	if err := os.WriteFile(config, []byte(scrapes), 0o600); err != nil {
		t.Fatal(err)
	}
	address := external.FreeAddress(t)
	external.Start(t, external.Command(t, "prometheus",
		"--config.file="+config, "--storage.tsdb.path="+data, "--web.listen-address="+address,
		"--enable-feature=exemplar-storage,native-histograms", "--log.level=warn"), "http://"+address+"/-/ready")
	s := newServer(t, "http://"+address)

	t.Run("health", func(t *testing.T) { s.health(t, "Prometheus 2.") })
	t.Run("unknown path", func(t *testing.T) {
		s.missing(t, 404, "There is no Prometheus API at this URL (HTTP 404 from HOST): 404 page not found. Check the data source's URL")
	})
	s.common(t)
	t.Run("access rules", func(t *testing.T) { s.confined(t, false) })
	t.Run("native histograms", s.nativeHistograms)
	t.Run("exemplars", s.exemplar)
	t.Run("labels whose names aren't identifiers", s.rejectsNames)
	t.Run("an expression that isn't PromQL", func(t *testing.T) {
		s.rejects(t, "up default 0", `unexpected identifier "default"`)
	})
	t.Run("ad-hoc filters on an expression that isn't PromQL", func(t *testing.T) {
		response := runQuery(t, s.plugin, map[string]any{"expr": "up default 0", "adhocFilters": filter("job", "=", "tango")})
		if response.Error == nil || response.Status != http.StatusBadRequest || !strings.Contains(response.Error.Error(), "The ad-hoc filters can't be added to this query. This is not valid PromQL, at line 1, column 4") {
			t.Errorf("status %d, error %v", response.Status, response.Error)
		}
	})
}

func TestVictoriaMetrics(t *testing.T) {
	address := external.FreeAddress(t)
	victoria := external.Command(t, "victoria-metrics",
		"-httpListenAddr="+address, "-storageDataPath="+t.TempDir(), "-search.disableCache", "-search.latencyOffset=0s", "-loggerLevel=WARN")
	// VictoriaMetrics' threads sum series in random order. Its results are only reproducible with
	// a single thread.
	victoria.Env = append(victoria.Environ(), "GOMAXPROCS=1")
	external.Start(t, victoria, "http://"+address+"/health")
	importHistory(t, "http://"+address)
	s := newServer(t, "http://"+address)

	t.Run("health", func(t *testing.T) { s.health(t, "VictoriaMetrics") }) // Debian's build has no version
	t.Run("unknown path", func(t *testing.T) {
		s.missing(t, 400, `unsupported path requested: "/nowhere/api/v1/query_range". Check that the data source's URL`)
	})
	s.common(t)
	for _, expr := range []string{
		`up default 0`,
		`WITH (ok = up{job="tango"}) ok * 2`,
		`sum(rate(tessallite_http_requests_total)) by (service)`,
		`median_over_time(up[10m])`,
		`range_avg(sum(up))`,
		`rate(tessallite_http_requests_total[$__rate_interval]) keep_metric_names`,
	} {
		t.Run("MetricsQL/"+expr, func(t *testing.T) { s.compare(t, s.plugin, expr) })
	}
	t.Run("access rules", func(t *testing.T) { s.confined(t, true) })
	t.Run("ad-hoc filters", s.filters)
	t.Run("ad-hoc filters with unusual labels and values", s.oddFilters)
	t.Run("ad-hoc filters with the data source's filters", s.filtersWithin)
	t.Run("labels whose names aren't identifiers", func(t *testing.T) {
		importNames(t, s.url)
		s.values(t)
		s.filtered(t)
	})
	t.Run("an expression that isn't MetricsQL either", func(t *testing.T) {
		s.rejects(t, "sum by by (job) (up)", "refused the query")
	})
}

func newServer(t *testing.T, url string) *server {
	t.Helper()
	return &server{url, plugintest.Start(t, plugintest.Source(t, url, nil))}
}

// common runs the tests that apply to every server with the fleet's history.
func (s *server) common(t *testing.T) {
	t.Helper()
	t.Run("panels", s.panels)
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) { s.method(t, method) })
	}
	t.Run("classic histogram", s.classicHistogram)
	t.Run("no exemplars", s.noExemplars)
	t.Run("label names", s.labelNames)
	t.Run("label values", s.labelValues)
	t.Run("an expression that can't be evaluated", func(t *testing.T) {
		s.rejects(t, `up * on(job) {__name__=~"up|scrape_.*"}`, "refused the query")
	})
}
