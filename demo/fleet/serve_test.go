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
	"go.uber.org/goleak"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

// families are those of the platforms' documents, with the target that
// exports them.
var families = []struct {
	job, name string
	kind      dto.MetricType
	labels    []string
	buckets   []float64 // where the document gives them
}{
	{"gateway", "tessallite_http_requests_total", dto.MetricType_COUNTER, []string{"service", "method", "path", "status"}, nil},
	{"model-service", "tessallite_http_requests_total", dto.MetricType_COUNTER, []string{"service", "method", "path", "status"}, nil},
	{"optimizer", "tessallite_http_requests_total", dto.MetricType_COUNTER, []string{"service", "method", "path", "status"}, nil},
	{"agent-service", "tessallite_http_requests_total", dto.MetricType_COUNTER, []string{"service", "method", "path", "status"}, nil},
	{"gateway", "tessallite_http_request_duration_seconds", dto.MetricType_HISTOGRAM, []string{"service", "method", "path"}, nil},
	{"query-router", "tessallite_model_queries_total", dto.MetricType_COUNTER, []string{"tenant", "project", "model_name", "protocol", "route_type"}, nil},
	{"query-router", "tessallite_model_query_errors_total", dto.MetricType_COUNTER, []string{"tenant", "project", "model_name", "error_type"}, nil},
	{"query-router", "tessallite_model_query_duration_seconds", dto.MetricType_HISTOGRAM, []string{"tenant", "project", "model_name"}, nil},
	{"query-router", "tessallite_model_bytes_processed_total", dto.MetricType_COUNTER, []string{"tenant", "project", "model_name"}, nil},
	{"query-router", "tessallite_model_rows_returned_total", dto.MetricType_COUNTER, []string{"tenant", "project", "model_name"}, nil},
	{"scheduler", "tessallite_refresh_runs_total", dto.MetricType_COUNTER, []string{"status"}, nil},
	{"scheduler", "tessallite_refresh_run_duration_seconds", dto.MetricType_HISTOGRAM, []string{"mode"}, nil},
	{"frontend", "nginx_up", dto.MetricType_GAUGE, nil, nil},
	{"frontend", "nginx_http_requests_total", dto.MetricType_COUNTER, nil, nil},
	{"frontend", "nginx_connections_active", dto.MetricType_GAUGE, nil, nil},
	{"inference", "inference_requests_total", dto.MetricType_COUNTER, []string{"model", "version", "tenant"}, nil},
	{"inference", "inference_errors_total", dto.MetricType_COUNTER, []string{"model", "version", "error_type", "tenant"}, nil},
	{
		"inference", "inference_latency_seconds", dto.MetricType_HISTOGRAM, []string{"model", "version", "tenant"},
		[]float64{0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10},
	},
	{"inference", "executor_inflight", dto.MetricType_GAUGE, []string{"device"}, nil},
	{"inference", "executor_timeouts_total", dto.MetricType_COUNTER, []string{"device"}, nil},
	{"inference", "job_queue_depth", dto.MetricType_GAUGE, []string{"model", "version"}, nil},
	{"tango", "active_sessions", dto.MetricType_GAUGE, []string{"model_code", "model_version", "user_id", "workspace"}, nil},
	{"tango", "closed_sessions", dto.MetricType_COUNTER, []string{"model_code", "model_version", "user_id", "workspace"}, nil},
	{"tango", "total_invocations", dto.MetricType_COUNTER, []string{"model_code", "model_version", "status", "type"}, nil},
	{"tango", "total_deployments", dto.MetricType_GAUGE, []string{"workspace", "proxy_class", "connector_class"}, nil},
	{"tango", "total_models", dto.MetricType_GAUGE, []string{"workspace", "model_code", "model_version"}, nil},
	{"tango", "model_invocation_duration_seconds", dto.MetricType_SUMMARY, []string{"model_code", "model_version", "success"}, nil},
}

func TestExportersShowTheFamiliesOfTheDocuments(t *testing.T) {
	f := newFleet(t, fleet.Options{History: 10 * time.Minute})
	exporters := serve(t, f)
	answers := map[string]map[string]*dto.MetricFamily{}
	for _, target := range f.Targets() {
		address, ok := exporters.Address(target)
		if !ok {
			t.Fatalf("%s has no exporter", target.Job)
		}
		status, body := get(t, address)
		if status != http.StatusOK {
			t.Fatalf("%s answers %d: %s", target.Job, status, body)
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		parsed, err := parser.TextToMetricFamilies(strings.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", target.Job, err)
		}
		answers[target.Job] = parsed
	}
	for _, want := range families {
		got, ok := answers[want.job][want.name]
		if !ok {
			t.Errorf("%s does not export %s, only %v", want.job, want.name, slices.Sorted(maps.Keys(answers[want.job])))
			continue
		}
		if got.GetType() != want.kind || got.GetHelp() == "" {
			t.Errorf("%s: type %s, help %q; want type %s and a help text", want.name, got.GetType(), got.GetHelp(), want.kind)
		}
		for _, m := range got.GetMetric() {
			if names := labelNames(m); !slices.Equal(names, slices.Sorted(slices.Values(want.labels))) {
				t.Errorf("%s has labels %v, want %v", want.name, names, want.labels)
				break
			}
			if bounds := bucketBounds(m); want.buckets != nil && !slices.Equal(bounds, want.buckets) {
				t.Errorf("%s has buckets %v, want %v", want.name, bounds, want.buckets)
				break
			}
		}
	}
}

func labelNames(m *dto.Metric) []string {
	var names []string
	for _, l := range m.GetLabel() {
		names = append(names, l.GetName())
	}
	slices.Sort(names)
	return names
}

// bucketBounds leaves +Inf out.
func bucketBounds(m *dto.Metric) []float64 {
	var bounds []float64
	for _, b := range m.GetHistogram().GetBucket() {
		bounds = append(bounds, b.GetUpperBound())
	}
	return bounds[:max(0, len(bounds)-1)]
}

func TestLiveCountersContinueFromTheHistory(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: time.Now().Add(-time.Minute), History: time.Hour})
	play(f, func() {})
	before := requestsServed(f)
	exporters := serve(t, f)
	for _, target := range f.Targets() {
		address, _ := exporters.Address(target)
		get(t, address)
	}
	if err := exporters.Close(); err != nil {
		t.Fatal(err)
	}
	if behind := time.Since(f.Now()); behind > 2*fleet.Interval {
		t.Errorf("the fleet is %s behind the wall clock after a scrape", behind)
	}
	if after := requestsServed(f); after <= before || after > before*1.1 {
		t.Errorf("a minute takes the inference requests from %g to %g", before, after)
	}
}

func requestsServed(f *fleet.Fleet) float64 {
	sum := 0.0
	for _, target := range f.Targets() {
		values := target.Values(nil)
		for i, series := range target.Series() {
			if series.Get("__name__") == "inference_requests_total" {
				sum += values[i]
			}
		}
	}
	return sum
}

func TestAFleetThatSleptSkipsTheTime(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: time.Now().AddDate(-1, 0, 0)})
	started := time.Now()
	serve(t, f)
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("catching up with a year took %s", took)
	}
	if behind := time.Since(f.Now()); behind > 2*fleet.Interval {
		t.Errorf("the fleet is %s behind the wall clock", behind)
	}
}

func TestIncidentsOfATargetReachItsExporter(t *testing.T) {
	t.Run("outage", func(t *testing.T) {
		f := newFleet(t, fleet.Options{Incident: "outage", History: 10 * time.Minute})
		exporters := serve(t, f)
		address, _ := exporters.Address(targetOf(t, f, "agent-service"))
		if status, _ := get(t, address); status != http.StatusServiceUnavailable {
			t.Errorf("agent-service answers %d", status)
		}
	})
	t.Run("vanished", func(t *testing.T) {
		f := newFleet(t, fleet.Options{Incident: "vanished", History: 10 * time.Minute})
		if address, ok := serve(t, f).Address(targetOf(t, f, "optimizer")); ok {
			t.Errorf("optimizer is served at %s", address)
		}
	})
	t.Run("slow-scrape", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t, fleet.Options{Incident: "slow-scrape", History: 10 * time.Minute})
		address, _ := serve(t, f).Address(targetOf(t, f, "model-service"))
		started := time.Now()
		status, _ := get(t, address)
		if took := time.Since(started); status != http.StatusOK || took < 5*time.Second || took > 9*time.Second {
			t.Errorf("model-service answers %d after %s, want 200 after 6 s", status, took)
		}
	})
}

func TestUnknownIncidentListsTheKnownOnes(t *testing.T) {
	_, err := fleet.New(fleet.Options{Incident: "latncy"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, incident := range fleet.Incidents {
		if !strings.Contains(err.Error(), incident.Name) {
			t.Errorf("%q does not name %s", err, incident.Name)
		}
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, f *fleet.Fleet) *fleet.Exporters {
	t.Helper()
	exporters, err := f.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exporters.Close(); err != nil {
			t.Error(err)
		}
	})
	return exporters
}

func targetOf(t *testing.T, f *fleet.Fleet, job string) *fleet.Target {
	t.Helper()
	i := slices.IndexFunc(f.Targets(), func(target *fleet.Target) bool { return target.Job == job })
	if i < 0 {
		t.Fatalf("no target %s", job)
	}
	return f.Targets()[i]
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
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
