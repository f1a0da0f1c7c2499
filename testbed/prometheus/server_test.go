package prometheus

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"go.uber.org/goleak"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/internal/testfleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServerContinuesHistory(t *testing.T) {
	f := testfleet.New(testfleet.Options{History: time.Hour})
	dir := writeHistory(t, f)
	known := knownSeries(f)
	written := f.Now()
	s := start(t, Options{Dir: dir, Listen: ":0", Fleet: f, ScrapeInterval: time.Second})
	awaitScrapes(t, s, written)

	var stored []map[string]string
	call(t, s, "/api/v1/series", url.Values{"match[]": {`{job=~".+"}`}, "start": {"0"}}, &stored)
	for _, series := range stored {
		if name := labels.FromMap(series).String(); !known[name] {
			t.Errorf("a scrape adds a series that the history doesn't have: %s", name)
		}
	}
	if len(stored) != len(known) {
		t.Errorf("%d series are stored, want %d", len(stored), len(known))
	}
	for _, series := range samples(t, s, `{__name__=~".+_(total|count|bucket)"}[10m]`) {
		for i := 1; i < len(series.values); i++ {
			if series.values[i] < series.values[i-1] {
				t.Errorf("%v decreases from %g to %g", series.labels, series.values[i-1], series.values[i])
			}
		}
	}
	for _, series := range samples(t, s, `up[10m]`) {
		for i := 1; i < len(series.times); i++ {
			if gap := series.times[i] - series.times[i-1]; gap > 60 {
				t.Errorf("%v: a gap of %g s", series.labels, gap)
			}
		}
	}

	var exemplars []struct {
		SeriesLabels map[string]string
		Exemplars    []struct{ Labels map[string]string }
	}
	call(t, s, "/api/v1/query_exemplars", url.Values{"query": {"latency_seconds_bucket"}, "start": {"0"}, "end": {fmt.Sprint(time.Now().Unix() + 1)}}, &exemplars)
	if len(exemplars) == 0 || len(exemplars[0].Exemplars[0].Labels["trace_id"]) != 32 {
		t.Errorf("no exemplar has a trace id: %+v", exemplars)
	}

	var metadata map[string][]struct{ Type, Help string }
	call(t, s, "/api/v1/metadata", url.Values{"metric": {"requests_total"}}, &metadata)
	if m := metadata["requests_total"]; len(m) != 1 || m[0].Type != "counter" || m[0].Help == "" {
		t.Errorf("metadata of a counter: %+v", metadata)
	}
}

func TestServerRestartsWithSameDirectoryAndPort(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	f := testfleet.New(testfleet.Options{History: 30 * time.Minute})
	options := Options{Dir: writeHistory(t, f), Listen: "127.0.0.1:0", Fleet: f, ScrapeInterval: time.Second}
	for round := range 3 {
		started := time.Now()
		s, err := Start(t.Context(), options)
		if err != nil {
			t.Fatalf("start %d: %v", round+1, err)
		}
		awaitScrapes(t, s, started)
		if span := query(t, s, `count(count_over_time(up[30m]) > 100)`); len(span) != 1 {
			t.Errorf("start %d: the history is missing", round+1)
		}
		options.Listen = strings.TrimPrefix(s.URL(), "http://")
		if err := s.Close(); err != nil {
			t.Fatalf("close %d: %v", round+1, err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("closing twice: %v", err)
		}
		if conn, err := net.Dial("tcp", options.Listen); err == nil {
			conn.Close()
			t.Fatalf("%s still accepts connections after close %d", options.Listen, round+1)
		}
	}
}

// Browsers open connections in advance, without sending a request. Close closes them, too.
func TestCloseClosesIdleConnections(t *testing.T) {
	f := testfleet.New(testfleet.Options{History: time.Minute})
	s := start(t, Options{Dir: writeHistory(t, f), Listen: ":0", Fleet: f})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	query(t, s, "up") // its connection is newer, so the server has now accepted conn
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
}

func TestStartReportsPortInUse(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	_, port, err := net.SplitHostPort(other.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f := testfleet.New(testfleet.Options{History: time.Minute})
	_, err = Start(t.Context(), Options{Dir: t.TempDir(), Listen: ":" + port, Fleet: f})
	if err == nil || !strings.Contains(err.Error(), "port "+port+" is in use") {
		t.Errorf("error %v, want one with port %s", err, port)
	}
}

func TestStartRejectsAddressWithoutPort(t *testing.T) {
	f := testfleet.New(testfleet.Options{History: time.Minute})
	_, err := Start(t.Context(), Options{Dir: t.TempDir(), Listen: "localhost", Fleet: f})
	if err == nil || !strings.Contains(err.Error(), `"localhost"`) {
		t.Errorf("error %v, want one with the address", err)
	}
}

func TestIncidentsContinueAfterHistory(t *testing.T) {
	for _, c := range []struct {
		incident, expr string
		met            bool
	}{
		{testfleet.Outage, `up{job="worker"} == 0`, true},
		{testfleet.Vanished, `up{job="worker"}`, false},
		{testfleet.Vanished, `up{job="web"} == 1`, true},
		{testfleet.Backlog, `queue_depth > 100`, true},
	} {
		t.Run(c.incident+" "+c.expr, func(t *testing.T) {
			f := testfleet.New(testfleet.Options{Incident: c.incident, History: 30 * time.Minute})
			dir, written := writeHistory(t, f), f.Now()
			s := start(t, Options{Dir: dir, Listen: ":0", Fleet: f, ScrapeInterval: time.Second})
			awaitScrapes(t, s, written)
			if met := len(query(t, s, c.expr)) > 0; met != c.met {
				t.Errorf("%s is met: %t, want %t", c.expr, met, c.met)
			}
		})
	}
}

// knownSeries returns all series in the history of a fleet that has no passing counters.
func knownSeries(f *simulation.Fleet) map[string]bool {
	known := map[string]bool{}
	for _, target := range f.Targets() {
		r := newRecorder(target)
		for _, series := range slices.Concat(r.series, r.reports) {
			known[series.String()] = true
		}
	}
	return known
}

func writeHistory(t *testing.T, f *simulation.Fleet) string {
	t.Helper()
	dir := t.TempDir()
	if err := WriteHistory(t.Context(), dir, f, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// awaitScrapes waits until each of the server's targets has been scraped twice since a time.
// After 30 seconds, the test fails.
func awaitScrapes(t *testing.T, s *Server, since time.Time) {
	t.Helper()
	var targets struct{ ActiveTargets []struct{} }
	call(t, s, "/api/v1/targets", nil, &targets)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		seconds := max(1, int(time.Since(since).Seconds()))
		scraped := query(t, s, fmt.Sprintf(`count_over_time(scrape_duration_seconds[%ds]) >= 2`, seconds))
		if len(scraped) > 0 && len(scraped) == len(targets.ActiveTargets) {
			return
		}
	}
	t.Fatal("the targets were not scraped within 30 s")
}

// query returns the label sets of an instant query's result.
func query(t *testing.T, s *Server, expr string) []map[string]string {
	t.Helper()
	var result struct {
		Result []struct{ Metric map[string]string }
	}
	call(t, s, "/api/v1/query", url.Values{"query": {expr}}, &result)
	var sets []map[string]string
	for _, r := range result.Result {
		sets = append(sets, r.Metric)
	}
	return sets
}

// sampled is one series of a range vector. Its times are in seconds.
type sampled struct {
	labels        map[string]string
	times, values []float64
}

// samples returns the result of an instant query for a range vector.
func samples(t *testing.T, s *Server, expr string) []sampled {
	t.Helper()
	var result struct {
		Result []struct {
			Metric map[string]string
			Values []model.SamplePair
		}
	}
	call(t, s, "/api/v1/query", url.Values{"query": {expr}}, &result)
	if len(result.Result) == 0 {
		t.Fatalf("%s has no result", expr)
	}
	var all []sampled
	for _, r := range result.Result {
		series := sampled{labels: r.Metric}
		for _, v := range r.Values {
			series.times = append(series.times, float64(v.Timestamp)/1000)
			series.values = append(series.values, float64(v.Value))
		}
		all = append(all, series)
	}
	return all
}

// call sends a GET request and decodes the data in the response.
func call(t *testing.T, s *Server, path string, form url.Values, data any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path+"?"+form.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true // leave no idle connection behind
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body := struct {
		Error string
		Data  any
	}{Data: data}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, response.StatusCode, body.Error)
	}
}

func TestServerScrapesAdditionalTargets(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics/plugins/test", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "additional 7") })
	other := httptest.NewServer(mux)
	defer other.Close()
	f := testfleet.New(testfleet.Options{History: time.Minute})
	instance := strings.TrimPrefix(other.URL, "http://")
	s := start(t, Options{
		Dir: writeHistory(t, f), Listen: ":0", Fleet: f, ScrapeInterval: time.Second,
		Targets: []Target{{Job: "web", Instance: instance, Path: "/metrics/plugins/test"}},
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		additional := query(t, s, fmt.Sprintf(`additional{job="web",instance=%q} == 7`, instance))
		fleet := query(t, s, `timestamp(requests_total{job="web"}) > `+fmt.Sprint(f.End().Unix()))
		if len(additional) == 1 && len(fleet) > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d series of the additional target, %d of the fleet's target with the same job", len(additional), len(fleet))
		}
	}
}
