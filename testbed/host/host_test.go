package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// TestMain serves the data source echo if a host has started the test binary as a plugin.
// The environment then contains the handshake's cookie.
func TestMain(m *testing.M) {
	if os.Getenv(grpcplugin.MagicCookieKey) == grpcplugin.MagicCookieValue {
		if err := datasource.Manage(host.PluginID, newEcho, datasource.ManageOpts{}); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// echo is a data source whose responses contain parts of the request.
type echo struct {
	backend.CallResourceHandler
	url string
}

func newEcho(_ context.Context, settings backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	return &echo{httpadapter.New(http.HandlerFunc(echoResource)), settings.URL}, nil
}

func (e *echo) QueryData(_ context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	responses := backend.NewQueryDataResponse()
	for _, q := range req.Queries {
		var query struct{ Do string }
		if err := json.Unmarshal(q.JSON, &query); err != nil {
			return nil, err
		}
		switch query.Do {
		case "panic":
			go panic("intended panic") // in a goroutine, where the SDK can't recover it
			select {}
		case "no response":
			continue
		case "fail":
			responses.Responses[q.RefID] = backend.ErrDataResponseWithSource(backend.StatusForbidden, backend.ErrorSourceDownstream, "not for you")
			continue
		}
		text := fmt.Sprintf("%s %s %s %d %s", e.url, req.PluginContext.User.Login, q.Interval, q.MaxDataPoints, q.TimeRange.Duration())
		responses.Responses[q.RefID] = backend.DataResponse{Frames: data.Frames{data.NewFrame("", data.NewField("text", nil, []string{text}))}}
	}
	return responses, nil
}

func (e *echo) CheckHealth(context.Context, *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if e.url == "" {
		return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: "no URL"}, nil
	}
	return &backend.CheckHealthResult{Status: backend.HealthStatusOk, Message: "healthy", JSONDetails: []byte(`{"server":"echo"}`)}, nil
}

func echoResource(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/parts" {
		for _, part := range []string{"one ", "two"} {
			_, _ = w.Write([]byte(part))
			w.(http.Flusher).Flush()
		}
		return
	}
	var body bytes.Buffer
	if r.Body != nil {
		_, _ = body.ReadFrom(r.Body)
	}
	w.Header().Set("Set-Cookie", "session=stolen")
	w.WriteHeader(http.StatusTeapot)
	_, _ = fmt.Fprintf(w, "%s %s?%s x=%s auth=%q %s", r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("X-Test"), r.Header.Get("Authorization"), &body)
}

var source = backend.DataSourceInstanceSettings{ID: 1, UID: "echo", Type: host.PluginID, Name: "Echo", URL: "http://first", JSONData: []byte(`{}`), Updated: time.UnixMilli(1)}

// safeBuffer is a log that the host's goroutines and the test use concurrently.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func start(t *testing.T) (*host.Host, *safeBuffer) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := &safeBuffer{}
	h, err := host.Start(t.Context(), host.Options{Binary: binary, DataSource: source, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h, log
}

func query(do string) []backend.DataQuery {
	now := time.Now()
	return []backend.DataQuery{{
		RefID: "A", Interval: time.Second, MaxDataPoints: 10, JSON: []byte(`{"do":"` + do + `"}`),
		TimeRange: backend.TimeRange{From: now.Add(-time.Hour), To: now},
	}}
}

func TestQueryData(t *testing.T) {
	h, _ := start(t)
	other := source
	other.UID, other.URL = "other", "http://second"
	for _, c := range []struct {
		name    string
		host    *host.Host
		headers map[string]string
		want    string
	}{
		{"panel", h, nil, "http://first admin 1s 10 1h0m0s"},
		{"alert rule", h, map[string]string{host.FromAlert: "true"}, "http://first grafana_scheduler 1s 10 1h0m0s"},
		{"another data source of the same process", h.WithDataSource(other), nil, "http://second admin 1s 10 1h0m0s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			responses, err := c.host.QueryData(t.Context(), query("echo"), c.headers)
			if err != nil {
				t.Fatal(err)
			}
			if got := responses.Responses["A"].Frames[0].At(0, 0); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if _, err := h.QueryData(t.Context(), query("no response"), nil); err == nil || !strings.Contains(err.Error(), `returned no response for refId "A"`) {
		t.Errorf("a query without response: %v", err)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	h, _ := start(t)
	health, err := h.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusOk || health.Message != "healthy" {
		t.Errorf("health: %+v %v", health, err)
	}
	metrics, err := h.CollectMetrics(t.Context())
	if err != nil || !bytes.Contains(metrics, []byte("go_goroutines")) {
		t.Errorf("metrics: %d bytes, %v", len(metrics), err)
	}
}

func TestQueryDataReportsExitedPlugin(t *testing.T) {
	h, log := start(t)
	_, err := h.QueryData(t.Context(), query("panic"), nil)
	if !errors.Is(err, host.ErrExited) || !strings.Contains(err.Error(), "intended panic") {
		t.Errorf("the query that panics: %v", err)
	}
	if !strings.Contains(log.String(), "intended panic") {
		t.Errorf("the log lacks the plugin's stderr: %q", log)
	}
	if _, err := h.CheckHealth(t.Context()); !errors.Is(err, host.ErrExited) {
		t.Errorf("a later call: %v", err)
	}
}

func TestProcessStops(t *testing.T) {
	for name, end := range map[string]func(*host.Host, context.CancelFunc){
		"Close":                 func(h *host.Host, _ context.CancelFunc) { h.Close() },
		"end of the context":    func(_ *host.Host, cancel context.CancelFunc) { cancel() },
		"both, and Close again": func(h *host.Host, cancel context.CancelFunc) { cancel(); h.Close(); h.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			binary, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			h, err := host.Start(ctx, host.Options{Binary: binary, DataSource: source})
			if err != nil {
				t.Fatal(err)
			}
			pid := h.Pid()
			end(h, cancel)
			for deadline := time.Now().Add(5 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("process %d is still running", pid)
				}
			}
		})
	}
}

func TestStartErrors(t *testing.T) {
	_, err := host.Start(t.Context(), host.Options{Binary: "/nowhere/gpx_modelmetrics"})
	if err == nil || !strings.Contains(err.Error(), "start the plugin /nowhere/gpx_modelmetrics") {
		t.Errorf("a missing binary: %v", err)
	}
	_, err = host.Start(t.Context(), host.Options{Binary: "/bin/ls"})
	if err == nil || !strings.Contains(err.Error(), "start the plugin /bin/ls") {
		t.Errorf("a program that isn't a plugin: %v", err)
	}
}
