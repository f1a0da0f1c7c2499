package rest

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
)

const (
	reportPath = "/v2/endpoints/ep_a/metrics"
	batchPath  = "/v2/endpoints/metrics/batch"
)

// caller sends a request of the given user, with the given headers.
func caller(user *backend.User, handler http.Handler, method, target, body string, headers map[string]string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	handler.ServeHTTP(w, r.WithContext(backend.WithPluginContext(r.Context(), backend.PluginContext{User: user})))
	return w
}

var ada = &backend.User{Login: "ada", Role: "Editor"}

func TestReportFormats(t *testing.T) {
	handler, _ := endpointServer(t)
	types := map[string]string{"json": "application/json", "csv": "text/csv; charset=utf-8; header=present", "prometheus": "text/plain; version=0.0.4; charset=utf-8"}
	for _, test := range []struct{ format, accept, want string }{
		{"", "", "json"},
		{"", "*/*", "json"},
		{"json", "text/csv", "json"},
		{"csv", "application/json", "csv"},
		{"prometheus", "text/plain", "prometheus"},
		{"csv", "image/png", "csv"},
		{"", "text/csv", "csv"},
		{"", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "prometheus"},
	} {
		for _, isBatch := range []bool{false, true} {
			headers := map[string]string{}
			if test.accept != "" {
				headers["Accept"] = test.accept
			}
			var w *httptest.ResponseRecorder
			if isBatch {
				w = caller(ada, handler, http.MethodPost, batchPath, fmt.Sprintf(`{"endpointIds":["ep_a","ep_b"],"format":%q}`, test.format), headers)
			} else {
				query := ""
				if test.format != "" {
					query = "?format=" + test.format
				}
				w = caller(ada, handler, http.MethodGet, reportPath+query, "", headers)
			}
			if w.Code != 200 || w.Header().Get("Content-Type") != types[test.want] || w.Header().Get("Vary") != "Accept" || !isFormat(t, test.want, w.Body.Bytes()) {
				t.Errorf("%+v, batch %t: %d %s %.200s", test, isBatch, w.Code, w.Header(), w.Body)
			}
		}
	}
}

// isFormat reports whether a body has the format. Except for JSON, it must contain ep_a.
func isFormat(t *testing.T, format string, body []byte) bool {
	t.Helper()
	switch format {
	case "csv":
		rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
		return err == nil && len(rows) > 3 && rows[0][0] == "endpointId" && rows[1][0] == "ep_a"
	case "prometheus":
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(string(body)))
		return err == nil && families["tensorone_endpoint_generated_timestamp_seconds"] != nil
	}
	return json.Valid(body)
}

func TestUnacceptableFormat(t *testing.T) {
	handler, u := endpointServer(t)
	for _, accept := range []string{"image/png", "application/json;q=0", "text/plain;version=1.0.0", "garbage", "\xff"} {
		for _, w := range []*httptest.ResponseRecorder{
			caller(ada, handler, http.MethodGet, reportPath, "", map[string]string{"Accept": accept}),
			caller(ada, handler, http.MethodPost, batchPath, `{"endpointIds":["ep_a"]}`, map[string]string{"Accept": accept}),
		} {
			if body := w.Body.String(); w.Code != 406 || !json.Valid(w.Body.Bytes()) || !strings.Contains(body, `"error":"NOT_ACCEPTABLE"`) || !strings.Contains(body, `"allowedValues":["application/json","text/csv","text/plain; version=0.0.4"]`) {
				t.Errorf("%q: %d %s", accept, w.Code, w.Body)
			}
		}
	}
	w := caller(ada, handler, http.MethodGet, reportPath, "", map[string]string{"Accept": strings.Repeat("a/b,", 1<<20)})
	if w.Code != 400 || !strings.Contains(w.Body.String(), "The header Accept has") {
		t.Errorf("a long header: %d %s", w.Code, w.Body)
	}
	if len(u.requests) > 0 {
		t.Errorf("%d requests were sent", len(u.requests))
	}
}

func TestReportsOfAUserAreLimited(t *testing.T) {
	o, u := endpointOptions(t)
	o.Report.RequestsPerHour = 3
	at := now
	o.Now = func() time.Time { return at }
	handler := New(o)
	send := func(user *backend.User, n int) *httptest.ResponseRecorder {
		// A header of the client doesn't change the user.
		return caller(user, handler, http.MethodGet, reportPath, "", map[string]string{"X-Grafana-User": fmt.Sprint(n)})
	}
	for i := range 2 {
		if w := send(ada, i); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	for _, invalid := range []string{"?timeframe=2y", "?format=xml"} { // invalid requests don't count
		if w := get(handler, reportPath+invalid); w.Code != 400 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	at = at.Add(55 * time.Minute)
	if w := call(handler, http.MethodPost, batchPath, `{"endpointIds":["ep_a"]}`); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	sent := len(u.requests)
	for i := range 3 {
		w := send(ada, 10+i)
		want := `{"error":"RATE_LIMIT_EXCEEDED","message":"Too many requests for reports: a user may send 3 an hour. Try again in 300 seconds, or request several endpoints with one batch request.","details":{"limit":3,"retryAfter":300,"suggestion":"Use the batch route or increase the polling interval.","window":"1h"}}`
		if w.Code != 429 || w.Header().Get("Retry-After") != "300" || w.Body.String() != want {
			t.Errorf("%d %s %s", w.Code, w.Header(), w.Body)
		}
	}
	if w := call(handler, http.MethodPost, batchPath, `{"endpointIds":["ep_a"]}`); w.Code != 429 {
		t.Errorf("a batch: %d %s", w.Code, w.Body)
	}
	if len(u.requests) != sent {
		t.Error("a refused request is sent to Prometheus")
	}
	for _, other := range []*backend.User{{Login: "bob", Role: "Viewer"}, nil} {
		if w := send(other, 1); w.Code != 200 {
			t.Errorf("another user: %d %s", w.Code, w.Body)
		}
	}
	if w := get(handler, "/catalog/packs"); w.Code != 200 {
		t.Errorf("another route: %d %s", w.Code, w.Body)
	}
	at = at.Add(5 * time.Minute)
	if w := send(ada, 20); w.Code != 200 {
		t.Errorf("an hour later: %d %s", w.Code, w.Body)
	}
}

func TestReportsAreKept(t *testing.T) {
	o, u := endpointOptions(t)
	at := now
	o.Now = func() time.Time { return at }
	handler, other := New(o), New(o)
	generated := func(w *httptest.ResponseRecorder) string {
		var body struct{ GeneratedAt string }
		if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &body) != nil || body.GeneratedAt == "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return body.GeneratedAt
	}
	send := func(handler http.Handler, user *backend.User, target string, headers map[string]string) (isKept bool) {
		before := len(u.requests)
		w := caller(user, handler, http.MethodGet, target, "", headers)
		if w.Header().Get("Content-Type") == "application/json" {
			generated(w)
		}
		return len(u.requests) == before
	}
	first := generated(caller(ada, handler, http.MethodGet, reportPath, "", nil))
	at = at.Add(4 * time.Minute)
	if !send(handler, ada, reportPath, nil) {
		t.Error("an equal request is sent to Prometheus")
	}
	if again := generated(caller(ada, handler, http.MethodGet, reportPath, "", nil)); again != first {
		t.Errorf("the cached answer has the time %s, want %s", again, first)
	}
	for _, test := range []struct {
		name    string
		handler http.Handler
		user    *backend.User
		target  string
		headers map[string]string
	}{
		{"another data source", other, ada, reportPath, nil},
		{"another user", handler, &backend.User{Login: "bob", Role: "Editor"}, reportPath, nil},
		{"another role", handler, &backend.User{Login: "ada", Role: "Viewer"}, reportPath, nil},
		{"no user", handler, nil, reportPath, nil},
		{"other credentials", handler, ada, reportPath, map[string]string{"Authorization": "Bearer b"}},
		{"another cookie", handler, ada, reportPath, map[string]string{"Cookie": "a=b"}},
		{"another timeframe", handler, ada, reportPath + "?timeframe=7d", nil},
		{"another granularity", handler, ada, reportPath + "?granularity=1h", nil},
		{"another aggregation", handler, ada, reportPath + "?aggregation=max", nil},
		{"other sections", handler, ada, reportPath + "?metrics=usage", nil},
		{"all sections by name", handler, ada, reportPath + "?metrics=performance,usage,costs,resources,errors", nil},
		{"another format", handler, ada, reportPath + "?format=csv", nil},
	} {
		if send(test.handler, test.user, test.target, test.headers) {
			t.Errorf("%s: the answer of another request is returned", test.name)
		}
		if !send(test.handler, test.user, test.target, test.headers) {
			t.Errorf("%s: the answer isn't kept", test.name)
		}
	}
	for _, granularity := range []string{"1m", "5m"} {
		target := reportPath + "?timeframe=1h&granularity=" + granularity
		if send(handler, ada, target, nil); send(handler, ada, target, nil) {
			t.Errorf("an answer with the granularity %s is kept", granularity)
		}
	}
	at = at.Add(time.Minute)
	if send(handler, ada, reportPath, nil) {
		t.Error("an answer is kept for more than 5 minutes")
	}
}

func TestUnknownEndpointIsNotKept(t *testing.T) {
	handler, u := endpointServer(t)
	for range 2 {
		before := len(u.requests)
		if w := get(handler, "/v2/endpoints/ep_b/metrics?format=csv"); w.Code != 404 || !json.Valid(w.Body.Bytes()) || len(u.requests) == before {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// slowTransport answers when release is closed.
type slowTransport struct {
	release  chan struct{}
	requests atomic.Int64
	next     http.RoundTripper
}

func (s *slowTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s.requests.Add(1)
	select {
	case <-s.release:
		return s.next.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// TestConcurrentReportsShareAComputation checks that concurrent equal requests for a report
// share the requests to Prometheus, and that the other clients receive the report if the first
// client disconnects.
func TestConcurrentReportsShareAComputation(t *testing.T) {
	slow := &slowTransport{release: make(chan struct{}), next: endpointTransport{&upstream{status: http.StatusOK}}}
	o := optionsOf(t, slow)
	handler := New(o)
	ctx, disconnect := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 5)
	for i := range answers {
		r := httptest.NewRequest(http.MethodGet, reportPath, nil)
		if i == 0 {
			r = r.WithContext(ctx)
		}
		answers[i] = httptest.NewRecorder()
		wg.Go(func() { handler.ServeHTTP(answers[i], r) })
		for i == 0 && slow.requests.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	disconnect()
	close(slow.release)
	wg.Wait()
	for i, w := range answers[1:] {
		if w.Code != 200 || w.Body.String() != answers[1].Body.String() {
			t.Errorf("%d: %d %s", i, w.Code, w.Body)
		}
	}
	alone := &slowTransport{release: make(chan struct{}), next: slow.next}
	close(alone.release)
	get(New(optionsOf(t, alone)), reportPath)
	if n, one := slow.requests.Load(), alone.requests.Load(); n > 2*one {
		t.Errorf("%d requests to Prometheus for 5 equal reports, %d for one", n, one)
	}
}

func TestReservedSectionsAreForbidden(t *testing.T) {
	o, u := endpointOptions(t)
	o.Report.Roles = map[report.Section]string{report.Costs: "Admin"}
	handler := New(o)
	w := get(handler, reportPath+"?metrics=usage,costs")
	want := `{"error":"INSUFFICIENT_PERMISSIONS","message":"The section costs of the report is reserved for the role Admin. Your role is Editor. Request other sections, or ask an administrator of the data source.","details":{"currentPermissions":["Editor"],"requiredPermission":"Admin","section":"costs"}}`
	if w.Code != 403 || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(u.requests) > 0 {
		t.Errorf("%d requests were sent", len(u.requests))
	}
	w = get(handler, reportPath)
	if body := w.Body.String(); w.Code != 200 || strings.Contains(body, `"costs":`) || !strings.Contains(body, `{"field":"costs","reason":"The section costs is reserved for the role Admin."}`) {
		t.Errorf("%d %s", w.Code, body)
	}
	if w = callAs(&backend.User{Login: "root", Role: "Admin"}, handler, http.MethodGet, reportPath, ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"costs":`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	// An administrator's answer isn't returned to others.
	if body := get(handler, reportPath).Body.String(); strings.Contains(body, `"costs":`) {
		t.Errorf("got %s", body)
	}
}
