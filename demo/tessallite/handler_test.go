package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func get(t *testing.T, handler http.Handler, url string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil))
	return w
}

// TestHandler requests the metrics of each service as Prometheus does.
func TestHandler(t *testing.T) {
	handler, err := newHandler()
	if err != nil {
		t.Fatal(err)
	}
	for address, family := range map[string]string{
		"model-service:8001": "tessallite_http_requests_total",
		"query-router:8000":  "tessallite_model_queries_total",
		"optimizer:8000":     "tessallite_http_requests_total",
		"scheduler:8000":     "tessallite_refresh_runs_total",
		"agent-service:8000": "tessallite_http_requests_total",
		"gateway:8080":       "tessallite_http_request_duration_seconds",
	} {
		response := get(t, handler, "http://"+address+"/metrics")
		if response.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", address, response.Code, response.Body)
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if families[family] == nil {
			t.Errorf("%s doesn't export %s", address, family)
		}
		service, _, _ := strings.Cut(address, ":")
		for _, label := range families["tessallite_http_requests_total"].GetMetric()[0].GetLabel() {
			if label.GetName() == "service" && label.GetValue() != service {
				t.Errorf("%s exports the metrics of %s", address, label.GetValue())
			}
		}
	}
	if response := get(t, handler, "http://elsewhere:8000/metrics"); response.Code != http.StatusNotFound {
		t.Errorf("an unknown service: %d", response.Code)
	}
	if response := get(t, handler, "http://127.0.0.1"+healthPath); response.Code != http.StatusOK {
		t.Errorf("%s: %d", healthPath, response.Code)
	}
	status := get(t, handler, "http://frontend/stub_status").Body.String()
	if !strings.HasPrefix(status, "Active connections: ") || !strings.Contains(status, "\nserver accepts handled requests\n ") {
		t.Errorf("stub_status: %q", status)
	}
}
