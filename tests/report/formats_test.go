package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

func (f *fixture) text(t *testing.T, method, target, body string) string {
	t.Helper()
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// formats compares values in CSV and in Prometheus's text format with the values in JSON.
func (f *fixture) formats(t *testing.T) {
	for _, l := range lives {
		for _, query := range []string{"timeframe=24h", "timeframe=30d&metrics=costs", "timeframe=6h&metrics=usage,resources&granularity=15m"} {
			t.Run(l.id+" "+query, func(t *testing.T) {
				target := "/v2/endpoints/" + l.id + "/metrics?" + query
				_, answer := f.send(t, "GET", target, "")
				compareCSV(t, answer, f.text(t, "GET", target+"&format=csv", ""))
				f.compareText(t, l.id, answer, f.text(t, "GET", target+"&format=prometheus", ""))
			})
		}
	}
	t.Run("a batch", func(t *testing.T) {
		var ids []string
		for _, l := range lives {
			ids = append(ids, fmt.Sprintf("%q", l.id))
		}
		text := f.text(t, "POST", "/v2/endpoints/metrics/batch", `{"endpointIds":["ep_unknown",`+strings.Join(ids, ",")+`],"format":"prometheus"}`)
		checkMetrics(t, text)
		for _, l := range lives {
			if strings.Count(text, fmt.Sprintf("tensorone_endpoint_latency_seconds_count{endpoint_id=%q}", l.id)) != 1 {
				t.Errorf("no histogram of %s", l.id)
			}
		}
	})
}

// compareCSV checks that the CSV has a row for each note and each value in the JSON response,
// and no other rows. The endpoint's id and the times of values are in columns.
func compareCSV(t *testing.T, answer map[string]any, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Fatalf("%v in %.500s", err, text)
	}
	values := map[string]string{}
	for _, row := range rows[1:] {
		if row[1] == "notes" {
			continue
		}
		at := ""
		if row[3] != "" {
			at = "[" + row[3] + "]"
		}
		values[row[2]+at] = row[4]
	}
	flat := map[string]any{}
	flatten("", answer, flat)
	count := 0
	for path, want := range flat {
		if strings.HasPrefix(path, "notes") || path == "endpointId" || strings.HasSuffix(path, "].timestamp") && !strings.HasPrefix(path, "insights") || strings.HasSuffix(path, "].hour") {
			continue
		}
		count++
		key := path
		if open, end := strings.Index(path, "[2"), strings.Index(path, "]"); open >= 0 && strings.Contains(path[open:end], "T") {
			key = path[:open] + path[end+1:] + path[open:end+1]
		}
		got, exists := values[key]
		switch want := want.(type) {
		case float64:
			if v, err := strconv.ParseFloat(got, 64); err != nil || v != want {
				t.Errorf("%s is %q, want %v", path, got, want)
			}
		default:
			if strings.TrimPrefix(got, "'") != fmt.Sprint(want) {
				t.Errorf("%s is %q (%t), want %v", path, got, exists, want)
			}
		}
	}
	if notes, _ := answer["notes"].([]any); len(rows)-1-len(notes) != count || count < 5 {
		t.Errorf("%d rows with %d notes, want %d values", len(rows)-1, len(notes), count)
	}
}

// compareText compares some samples in Prometheus's text format with the values in the JSON
// response. If the timeframe is 24h, it also compares the histogram with raw samples.
func (f *fixture) compareText(t *testing.T, id string, answer map[string]any, text string) {
	t.Helper()
	samples := parseText(t, text)
	flat := map[string]any{}
	flatten("", answer, flat)
	compared := 0
	for path, series := range map[string]string{
		"summary.successfulExecutions": `requests_total{status="success"}`, "summary.failedExecutions": `requests_total{status="error"}`,
		"performance.errorRates.breakdown.4xx": `errors_total{code="4xx"}`, "usage.compute.idleTime": `compute_seconds_total{activity="idle"}`,
		"usage.data.inputBytes": `data_bytes_total{direction="input"}`, "usage.data.cacheHits": `cache_requests_total{result="hit"}`,
		"resources.gpu.utilization.average": "gpu_utilization", "resources.scaling.currentInstances": `instances{state="current"}`,
		"costs.breakdown.compute": `cost_total{category="compute"}`, "costs.breakdown.compute.amount": `cost_total{category="compute"}`,
		"costs.budgetAnalysis.monthlyBudget": "budget_monthly_usd",
	} {
		want, exists := flat[path].(float64)
		got, found := samples[id+" "+series]
		if exists && (!found || got != want) {
			t.Errorf("%s is %v (%t), want %v", series, got, found, want)
		}
		if exists {
			compared++
		}
	}
	if compared == 0 && id != "ep_unbilled" {
		t.Error("no value is compared")
	}
	if answer["timeframe"] == "24h" {
		x := f.expect(id, "24h", spans["24h"].usual, "avg")
		for _, bound := range latencyBounds {
			written := le(bound)
			if !strings.ContainsAny(written, ".I") { // Prometheus writes integer bounds as floats
				written += ".0"
			}
			series := fmt.Sprintf("latency_seconds_bucket{le=%q}", written)
			if want := x.T("latency_seconds_bucket", "le", le(bound)); math.Abs(samples[id+" "+series]-want) > 0.51 {
				t.Errorf("%s is %v, want %v", series, samples[id+" "+series], want)
			}
		}
		if got, want := samples[id+" latency_seconds_sum"], x.T("latency_seconds_sum"); math.Abs(got-want) > 0.001 {
			t.Errorf("the sum is %v, want %v", got, want)
		}
	}
	checkMetrics(t, text)
}

// parseText reads samples with Prometheus's parser. The keys of the map consist of the
// endpoint and the series.
func parseText(t *testing.T, text string) map[string]float64 {
	t.Helper()
	parser, err := textparse.New([]byte(text), "text/plain; version=0.0.4", labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string]float64{}
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return samples
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var l labels.Labels
		parser.Labels(&l)
		_, _, v := parser.Series()
		name := strings.TrimPrefix(l.Get("__name__"), "tensorone_endpoint_")
		if rest := labels.NewBuilder(l).Del("__name__", "endpoint_id").Labels(); !rest.IsEmpty() {
			name += rest.String()
		}
		samples[l.Get("endpoint_id")+" "+name] = v
	}
}

// checkMetrics runs "promtool check metrics" on the text.
func checkMetrics(t *testing.T, text string) {
	t.Helper()
	promtool := filepath.Join("..", ".bin", "promtool")
	if _, err := os.Stat(promtool); err != nil {
		t.Fatalf("promtool is missing: run go tool mage rules (%v)", err)
	}
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = bytes.NewReader([]byte(text))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool: %v %s in\n%s", err, out, text)
	}
}
