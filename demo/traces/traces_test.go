package traces

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
)

const id = "4bf92f3577b34da6a3ce929d0e0e4736"

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("%s has the content security policy %q", address, policy)
	}
	return resp.StatusCode, string(text)
}

func TestPages(t *testing.T) {
	answer := `{"status": "success", "data": [{"seriesLabels": {"__name__": "inference_latency_seconds_bucket", "model": "<b>", "le": "1"},
		"exemplars": [{"labels": {"trace_id": "` + id + `"}, "value": "0.25", "timestamp": 1767225600.5}]}]}`
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, answer) }))
	defer upstream.Close()
	server, err := Serve(t.Context(), upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()

	status, body := get(t, server.URL+Path+id)
	for _, want := range []string{"Trace " + id, "A request of 250 ms at 2026-01-01 00:00:00.500 UTC", "run the request", "inference_latency_seconds_bucket", "&lt;b&gt;", "The spans are simulated"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("status %d, the page lacks %q:\n%s", status, want, body)
		}
	}
	if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "<td>le</td>") {
		t.Errorf("the page has an invalid style or a bucket:\n%s", body)
	}
	if status, body := get(t, server.URL+Path+strings.Repeat("0", 32)); status != http.StatusNotFound || !strings.Contains(body, "no exemplar with this trace id") {
		t.Errorf("an unknown trace: %d %s", status, body)
	}
	if status, body := get(t, server.URL+Path+"x%3Cscript%3E"); status != http.StatusNotFound || !strings.Contains(body, "32 hexadecimal digits") || strings.Contains(body, "<script>") {
		t.Errorf("an invalid id: %d %s", status, body)
	}
	answer = `{"status": "error", "error": "too busy"}`
	if status, body := get(t, server.URL+Path+id); status != http.StatusBadGateway || !strings.Contains(body, "too busy") {
		t.Errorf("an error of Prometheus: %d %s", status, body)
	}
}

func TestSpansFillRequest(t *testing.T) {
	p := newPage(exemplar{id: id, seconds: 2})
	sum := 0.0
	for _, s := range p.Spans[1:] {
		if math.Abs(s.Begin-sum) > 0.01 {
			t.Errorf("%s begins at %g, want %g", s.Name, s.Begin, sum)
		}
		sum += s.Width
	}
	if math.Abs(sum-100) > 0.01 || p.Spans[0].Duration != "2 s" {
		t.Errorf("the spans take %g percent of %s", sum, p.Spans[0].Duration)
	}
}

// TestFleetsExemplarsHavePages opens the page of an exemplar that Prometheus has scraped from
// the fleet.
func TestFleetsExemplarsHavePages(t *testing.T) {
	platforms, err := fleet.New(fleet.Options{History: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	if err := prometheus.WriteHistory(t.Context(), data, platforms, nil); err != nil {
		t.Fatal(err)
	}
	upstream, err := prometheus.Start(t.Context(), prometheus.Options{Dir: data, Listen: ":0", Fleet: platforms, ScrapeInterval: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer upstream.Close()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		body, err := readExemplars(t.Context(), upstream.URL(), time.Now())
		if err == nil && len(body.Data) > 0 {
			found := body.Data[0].Exemplars[0].Labels["trace_id"]
			pages := httptest.NewServer(handler(upstream.URL()))
			defer pages.Close()
			if status, body := get(t, pages.URL+Path+found); status != http.StatusOK || !strings.Contains(body, "Trace "+found) {
				t.Errorf("%d %s", status, body)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the fleet has no exemplars: %v", err)
		}
	}
}
