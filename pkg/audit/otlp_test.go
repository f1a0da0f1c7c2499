package audit

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	"google.golang.org/protobuf/proto"
)

// receiver keeps what an OTLP endpoint receives. Each test creates its own endpoint, with the
// responses for this test. The tests in tests/audit use the OpenTelemetry collector instead.
type receiver struct {
	mu      sync.Mutex
	headers []http.Header
	records []*logs.LogRecord
	sources []string
}

// receive decodes a request, keeps its contents and returns its number of records.
func (r *receiver) receive(t *testing.T, req *http.Request) int {
	t.Helper()
	body, err := gzip.NewReader(req.Body)
	if err != nil {
		t.Error(err)
		return 0
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	var decoded collector.ExportLogsServiceRequest
	if err := proto.Unmarshal(text, &decoded); err != nil {
		t.Error(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.headers = append(r.headers, req.Header.Clone())
	n := 0
	for _, resource := range decoded.GetResourceLogs() {
		r.sources = append(r.sources, fmt.Sprint(resource.GetResource().GetAttributes()))
		for _, scope := range resource.GetScopeLogs() {
			r.records = append(r.records, scope.GetLogRecords()...)
			n += len(scope.GetLogRecords())
		}
	}
	return n
}

func serve(t *testing.T, handler http.HandlerFunc) Endpoint {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	endpoint, err := ParseEndpoint(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return endpoint
}

func TestExport(t *testing.T) {
	// The SDK would read the first three variables if the plugin left the options unset. The
	// other ones add attributes to the resource, but don't replace those of the plugin.
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://elsewhere:4318")
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "X-Other=1,Authorization=other")
	t.Setenv("OTEL_BLRP_MAX_QUEUE_SIZE", "1")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=eu-west,service.name=grafana,modelmetrics.datasource=other")
	t.Setenv("OTEL_SERVICE_NAME", "grafana")
	r := &receiver{}
	path := ""
	endpoint := serve(t, func(_ http.ResponseWriter, req *http.Request) {
		path = req.URL.Path
		r.receive(t, req)
	})
	endpoint.Token = "t0ken"
	l := openLog(t, Options{Endpoint: endpoint, Source: Source{Org: sources.Add(1), UID: "eu"}})
	for i := range 3 {
		l.Record(event(i))
	}
	l.Record(Event{Actor: "alert:r1\xff", Action: "labels", Verdict: Observe, Matchers: `a="b"`})
	l.Close()
	if len(r.records) != 4 || path != "/v1/logs" || r.headers[0].Get("Authorization") != "Bearer t0ken" || r.headers[0].Get("X-Other") != "" {
		t.Fatalf("%d records, path %s, headers %v", len(r.records), path, r.headers)
	}
	first := r.records[0]
	attributes := map[string]string{}
	for _, a := range first.GetAttributes() {
		attributes[a.GetKey()] = strings.TrimSpace(fmt.Sprint(a.GetValue().GetStringValue(), a.GetValue().GetIntValue()))
	}
	for name, want := range map[string]string{"actor": "ada0", "org": "1", "role": "Viewer0", "action": "query0", "target": "metric_00", "verdict": "block0", "reason": "promql_not_allowed0"} {
		if attributes[name] != want {
			t.Errorf("%s is %q, want %q", name, attributes[name], want)
		}
	}
	if first.GetSeverityText() != "WARN" || first.GetEventName() != "modelmetrics.policy_decision" || first.GetBody().GetStringValue() != event(0).Text() {
		t.Errorf("record %v", first)
	}
	if !strings.Contains(r.sources[0], `"eu-west"`) || strings.Contains(r.sources[0], `"grafana"`) || strings.Contains(r.sources[0], `"other"`) {
		t.Errorf("attributes of the environment are missing, or replace those of the plugin: %s", r.sources[0])
	}
	if !strings.Contains(r.sources[0], "modelmetrics-catalog-datasource") || !strings.Contains(r.sources[0], `"eu"`) {
		t.Errorf("resource %s", r.sources[0])
	}
	if h := l.Health(); h.Exported != 4 || h.Dropped != 0 || h.Queued != 0 || h.Problem != "" {
		t.Errorf("health %+v", h)
	}
}

// TestDeadEndpointDropsEvents: the endpoint accepts connections and doesn't respond. If Record
// waited for it, the test would not end.
func TestDeadEndpointDropsEvents(t *testing.T) {
	end := make(chan struct{})
	endpoint := serve(t, func(_ http.ResponseWriter, req *http.Request) {
		select {
		case <-end:
		case <-req.Context().Done():
		}
	})
	counted := &decisions{reasons: map[string]int{}}
	l := openLog(t, Options{Endpoint: endpoint, Observer: counted})
	defer close(end)
	const excess = 100
	for i := range maxQueued + excess {
		l.Record(event(i))
	}
	if h := l.Health(); h.Queued != maxQueued || h.Dropped != excess || counted.dropped.Load() != excess {
		t.Errorf("%+v, %d counted", h, counted.dropped.Load())
	}
	if n := len(l.Page(Filter{}).Events); n != maxQueued+excess {
		t.Errorf("%d events in memory", n)
	}
	l.Close()
	l.Record(event(0))
	if h := l.Health(); h.Queued != 0 || h.Exported != 0 || h.Dropped != maxQueued+excess+1 || counted.dropped.Load() != h.Dropped {
		t.Errorf("after Close: %+v, %d counted", h, counted.dropped.Load())
	}
}

// TestQueueIsBoundedInBytes records maxQueued events with texts of the maximum length. The
// queue reaches its limit in bytes before it contains all of them.
func TestQueueIsBoundedInBytes(t *testing.T) {
	end := make(chan struct{})
	endpoint := serve(t, func(_ http.ResponseWriter, req *http.Request) {
		select {
		case <-end:
		case <-req.Context().Done():
		}
	})
	l := openLog(t, Options{Endpoint: endpoint})
	defer close(end)
	for range maxQueued {
		l.Record(Event{Target: strings.Repeat("x", maxText), Message: strings.Repeat("y", maxText), Matchers: strings.Repeat("z", maxText)})
	}
	if h := l.Health(); h.Dropped == 0 || h.Queued == 0 || l.exporter.queuedBytes > maxBytes {
		t.Errorf("%+v, %d bytes", h, l.exporter.queuedBytes)
	}
	l.Close()
	if l.exporter.queuedBytes != 0 {
		t.Errorf("%d bytes after Close", l.exporter.queuedBytes)
	}
}

func TestFailedExports(t *testing.T) {
	for _, test := range []struct {
		name, problem string
		handler       func(w http.ResponseWriter, events int)
		exported      int64 // of 3
	}{
		{"refused token", "the endpoint responded with status 401 Unauthorized", func(w http.ResponseWriter, _ int) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte("bad token t0ken"))
		}, 0},
		{"page", "the endpoint responded with an HTML page, so the URL doesn't lead to an OTLP endpoint", func(w http.ResponseWriter, _ int) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<html>"))
		}, 0},
		{"redirect", "the endpoint responded with status 307 Temporary Redirect", func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, 0},
		{"rejected events", "the endpoint rejected 2 events of a request", func(w http.ResponseWriter, _ int) {
			answer(t, w, &collector.ExportLogsServiceResponse{PartialSuccess: &collector.ExportLogsPartialSuccess{RejectedLogRecords: 2, ErrorMessage: "t0ken is too old"}})
		}, 1},
		{"a warning", "", func(w http.ResponseWriter, _ int) {
			answer(t, w, &collector.ExportLogsServiceResponse{PartialSuccess: &collector.ExportLogsPartialSuccess{ErrorMessage: "use TLS"}})
		}, 3},
		{"broken protobuf", "the endpoint's response is not valid protobuf", func(w http.ResponseWriter, _ int) {
			w.Header().Set("Content-Type", "application/x-protobuf")
			_, _ = w.Write([]byte("\xff\xff\xff"))
		}, 0},
		{"no content", "", func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusNoContent) }, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &receiver{}
			var paths []string
			endpoint := serve(t, func(w http.ResponseWriter, req *http.Request) {
				paths = append(paths, req.URL.Path)
				test.handler(w, r.receive(t, req))
			})
			endpoint.Token = "t0ken"
			var reported []string
			counted := &decisions{reasons: map[string]int{}}
			l := openLog(t, Options{Endpoint: endpoint, Observer: counted, Report: func(problem string) { reported = append(reported, problem) }})
			for i := range 3 {
				l.Record(event(i))
			}
			l.Close()
			h := l.Health()
			if h.Problem != test.problem || h.Exported != test.exported || h.Dropped != 3-test.exported || counted.dropped.Load() != h.Dropped {
				t.Errorf("%+v", h)
			}
			if test.problem != "" && (len(reported) != 1 || reported[0] != test.problem) || test.problem == "" && len(reported) > 0 {
				t.Errorf("reported %q", reported)
			}
			if len(paths) != 1 || paths[0] != "/v1/logs" {
				t.Errorf("requests %v", paths)
			}
		})
	}
}

func answer(t *testing.T, w http.ResponseWriter, message proto.Message) {
	t.Helper()
	body, err := proto.Marshal(message)
	if err != nil {
		t.Error(err)
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(body)
}

// TestUnavailableEndpointIsRetried: a collector that restarts responds with 503 at first.
func TestUnavailableEndpointIsRetried(t *testing.T) {
	r := &receiver{}
	calls := 0
	endpoint := serve(t, func(w http.ResponseWriter, req *http.Request) {
		if calls++; calls == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.receive(t, req)
	})
	l := openLog(t, Options{Endpoint: endpoint})
	if h := l.Check(t.Context(), "ada", 1); h.Exported != 1 || h.Problem != "" || calls != 2 {
		t.Errorf("%+v after %d requests", h, calls)
	}
	if len(r.records) != 1 || !strings.HasPrefix(r.records[0].GetBody().GetStringValue(), "allow check of ada (org 1)") {
		t.Errorf("records %v", r.records)
	}
	if n := len(l.Page(Filter{}).Events); n != 0 {
		t.Errorf("%d events in memory", n)
	}
}

func TestRefusedConnectionIsRetried(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	failed := make(chan string, 10)
	l := openLog(t, Options{
		Endpoint: Endpoint{URL: "http://" + address + "/v1/logs"},
		Report:   func(problem string) { failed <- problem },
	})
	l.Record(event(1))
	if problem := <-failed; problem != "connection refused" {
		t.Errorf("problem %q", problem)
	}
	if h := l.Health(); h.Problem != "connection refused" || h.Dropped != 0 || h.Queued != 1 {
		t.Errorf("while the endpoint is down: %+v", h)
	}
	r := &receiver{}
	restarted, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("another process uses the port: ", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { r.receive(t, req) })}
	go func() { _ = server.Serve(restarted) }()
	defer server.Close()
	l.exporter.flush(t.Context())
	if h := l.Health(); h.Exported != 1 || h.Dropped != 0 || h.Problem != "" || len(r.records) != 1 {
		t.Errorf("%+v, records %v", h, r.records)
	}
}

func TestCloseAll(t *testing.T) {
	r := &receiver{}
	endpoint := serve(t, func(_ http.ResponseWriter, req *http.Request) { r.receive(t, req) })
	for range 3 {
		openLog(t, Options{Endpoint: endpoint}).Record(event(1))
	}
	CloseAll()
	if len(r.records) != 3 {
		t.Errorf("%d records", len(r.records))
	}
}

func TestParseEndpoint(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{" http://collector:4318 ", "http://collector:4318/v1/logs"},
		{"https://loki/otlp/v1/logs", "https://loki/otlp/v1/logs"},
		{"http://[::1]:4318/", "http://[::1]:4318/v1/logs"},
		{"collector:4318", "must be complete"},
		{"/v1/logs", "must be complete"},
		{"ftp://collector", "must be complete"},
		{"http:///v1/logs", "must be complete"},
		{"http://a:secret@collector", "must not contain a user"},
		{"http://collector?key=secret", "must not contain ?"},
		{"http://collector/%zz", "must be complete"},
		{"http://" + strings.Repeat("a", maxEndpoint), "The limit is 4096"},
	} {
		endpoint, err := ParseEndpoint(test.text)
		if err != nil && (!strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret")) || err == nil && endpoint.URL != test.want {
			t.Errorf("%.60s: %s, %v, want %s", test.text, endpoint.URL, err, test.want)
		}
	}
	if token, err := ParseToken(" t0ken\n"); token != "t0ken" || err != nil {
		t.Errorf("token %q, %v", token, err)
	}
	for _, text := range []string{"a\nb", strings.Repeat("x", maxToken+1)} {
		if _, err := ParseToken(text); err == nil {
			t.Errorf("%.20q is accepted", text)
		}
	}
}
