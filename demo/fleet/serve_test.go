package fleet_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

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
