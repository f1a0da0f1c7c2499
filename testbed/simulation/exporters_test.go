package simulation_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/internal/testfleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestExportersContinueHistory(t *testing.T) {
	f := testfleet.New(testfleet.Options{Now: time.Now().Add(-time.Minute), History: time.Hour})
	play(f, func() {})
	web := targetOf(t, f, "web")
	before := web.Values(nil)[0]
	exporters := serve(t, f)
	for _, target := range f.Targets() {
		address, _ := exporters.Address(target)
		if status, body := get(t, address); status != http.StatusOK {
			t.Fatalf("%s responds with %d: %s", target.Job, status, body)
		}
	}
	if err := exporters.Close(); err != nil {
		t.Fatal(err)
	}
	if behind := time.Since(f.Now()); behind > 2*simulation.Interval {
		t.Errorf("the fleet is %s behind the wall clock after a scrape", behind)
	}
	if after := web.Values(nil)[0]; after <= before || after > before*1.1 {
		t.Errorf("in a minute requests_total goes from %g to %g", before, after)
	}
}

func TestExporterExposesMetricsOfEveryKind(t *testing.T) {
	f := testfleet.New(testfleet.Options{History: time.Minute})
	exporters := serve(t, f)
	for job, lines := range map[string][]string{
		"web":    {"# TYPE requests_total counter", `requests_total{status="200"} `, "# TYPE latency_seconds histogram", `latency_seconds_bucket{le="0.1"} `},
		"worker": {"# HELP queue_depth Jobs that wait.", "# TYPE queue_depth gauge", "# TYPE run_seconds summary", "run_seconds_sum "},
	} {
		address, _ := exporters.Address(targetOf(t, f, job))
		_, body := get(t, address)
		for _, line := range lines {
			if !strings.Contains(body, line) {
				t.Errorf("%s lacks %q:\n%s", job, line, body)
			}
		}
	}
}

func TestFleetSkipsLongPause(t *testing.T) {
	f := testfleet.New(testfleet.Options{Now: time.Now().AddDate(-20, 0, 0), History: time.Hour})
	steps := 0
	play(f, func() { steps++ })
	serve(t, f)
	if behind := time.Since(f.Now()); behind > 2*simulation.Interval {
		t.Errorf("the fleet is %s behind the wall clock", behind)
	}
	// The fleet skips the twenty years. The steps of twenty years would add more than 5e8
	// requests, but the fleet simulates only a step or two, each with at most about 20.
	if requests := targetOf(t, f, "web").Values(nil)[0]; requests > 30*float64(steps) {
		t.Errorf("%g requests after %d steps of about 20", requests, steps)
	}
}

func TestIncidentAffectsExporter(t *testing.T) {
	t.Run("outage", func(t *testing.T) {
		f := testfleet.New(testfleet.Options{Incident: testfleet.Outage, History: 10 * time.Minute})
		address, _ := serve(t, f).Address(targetOf(t, f, "worker"))
		if status, _ := get(t, address); status != http.StatusServiceUnavailable {
			t.Errorf("worker responds with %d", status)
		}
	})
	t.Run("vanished", func(t *testing.T) {
		f := testfleet.New(testfleet.Options{Incident: testfleet.Vanished, History: 10 * time.Minute})
		if address, ok := serve(t, f).Address(targetOf(t, f, "worker")); ok {
			t.Errorf("worker is served at %s", address)
		}
	})
	t.Run("slow scrape", func(t *testing.T) {
		t.Parallel()
		f := testfleet.New(testfleet.Options{Incident: testfleet.SlowPages, History: 10 * time.Minute})
		address, _ := serve(t, f).Address(targetOf(t, f, "web"))
		started := time.Now()
		status, _ := get(t, address)
		if took := time.Since(started); status != http.StatusOK || took < 5*time.Second {
			t.Errorf("web responds with %d after %s, want 200 after 6 s", status, took)
		}
	})
}

func serve(t *testing.T, f *simulation.Fleet) *simulation.Exporters {
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
