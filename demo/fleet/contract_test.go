package fleet_test

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// contract returns the metric families that the catalog's packs declare, by name, except
// those that Prometheus adds itself.
func contract(t *testing.T) map[string]catalog.Family {
	t.Helper()
	builtin, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	families := map[string]catalog.Family{}
	for _, pack := range builtin.Packs() {
		for _, family := range pack.Families {
			if !family.Synthetic {
				families[family.Name] = family
			}
		}
	}
	return families
}

func TestExportersFollowMetricsContract(t *testing.T) {
	declared, exported := contract(t), map[string]bool{}
	for job, families := range exposition(t) {
		for name, got := range families {
			exported[name] = true
			want, ok := declared[name]
			if !ok {
				t.Errorf("%s exports %s, which no pack declares", job, name)
				continue
			}
			if kind := strings.ToLower(got.GetType().String()); kind != want.Type {
				t.Errorf("%s of %s is a %s, want a %s", name, job, kind, want.Type)
			}
			if got.GetHelp() != want.Help {
				t.Errorf("%s of %s has the help %q, want %q", name, job, got.GetHelp(), want.Help)
			}
			for _, m := range got.GetMetric() {
				if names := labelNames(m); !slices.Equal(names, slices.Sorted(slices.Values(want.Labels))) {
					t.Errorf("%s of %s has labels %v, want %v", name, job, names, want.Labels)
					break
				}
				if bounds := bucketBounds(m); !slices.Equal(bounds, want.Buckets) {
					t.Errorf("%s of %s has buckets %v, want %v", name, job, bounds, want.Buckets)
					break
				}
			}
		}
	}
	for name := range declared {
		if !exported[name] {
			t.Errorf("a pack declares %s, which no target exports", name)
		}
	}
}

func TestServicesExportTheirFamilies(t *testing.T) {
	exported := exposition(t)
	for _, c := range []struct{ job, family string }{
		{"gateway", "tessallite_http_requests_total"},
		{"model-service", "tessallite_http_requests_total"},
		{"optimizer", "tessallite_http_requests_total"},
		{"agent-service", "tessallite_http_requests_total"},
		{"query-router", "tessallite_model_queries_total"},
		{"scheduler", "tessallite_refresh_runs_total"},
		{"frontend", "nginx_up"},
		{"inference", "inference_requests_total"},
		{"tango", "total_invocations"},
		{"tensorone", "tensorone_endpoint_requests_total"},
		{"lango", "lango_requests_total"},
	} {
		if exported[c.job][c.family] == nil {
			t.Errorf("%s does not export %s, only %v", c.job, c.family, slices.Sorted(maps.Keys(exported[c.job])))
		}
	}
}

// exposition returns the families that each job's exporter exposes.
func exposition(t *testing.T) map[string]map[string]*dto.MetricFamily {
	t.Helper()
	f := newFleet(t, fleet.Options{History: 10 * time.Minute})
	exporters, err := f.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = exporters.Close() }()
	exposed := map[string]map[string]*dto.MetricFamily{}
	for _, target := range f.Targets() {
		address, ok := exporters.Address(target)
		if !ok {
			t.Fatalf("%s has no exporter", target.Job)
		}
		status, body := get(t, address)
		if status != http.StatusOK {
			t.Fatalf("%s responds with %d: %s", target.Job, status, body)
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", target.Job, err)
		}
		exposed[target.Job] = families
	}
	return exposed
}

func labelNames(m *dto.Metric) []string {
	var names []string
	for _, l := range m.GetLabel() {
		names = append(names, l.GetName())
	}
	slices.Sort(names)
	return names
}

// bucketBounds returns the upper bounds of the buckets, +Inf excluded.
func bucketBounds(m *dto.Metric) []float64 {
	var bounds []float64
	for _, b := range m.GetHistogram().GetBucket() {
		bounds = append(bounds, b.GetUpperBound())
	}
	return bounds[:max(0, len(bounds)-1)]
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+simulation.MetricsPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true // leave no idle connection behind
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
