package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/receive"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/respond"
)

// observation is what the SDK shows and returns for a sequence of calls.
type observation struct {
	Responses []string // with status, error and error source
	Frames    []data.Frames
	Metrics   []string // with labels and numbers of observations
	Spans     []string // with names of attributes
	Logs      []string // with names of fields
}

// TestEncodingKeepsTheSDK sends the same calls to the SDK's server without and with the
// interceptor and the codec of main. Frames, statuses, error sources, metrics, spans and lines
// of the log must be the same, so that the SDK's middlewares work as before.
func TestEncodingKeepsTheSDK(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	otel.SetTracerProvider(trace.NewTracerProvider(trace.WithSpanProcessor(spans)))
	without := observe(t, spans)
	encoded := 0
	countEncoded := func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		answer, err := respond.Intercept(ctx, req, info, handler)
		if _, ok := answer.(*respond.Response); ok {
			encoded++
		}
		return answer, err
	}
	if err := receive.Limit(countEncoded); err != nil {
		t.Fatal(err)
	}
	receive.CountSent()
	with := observe(t, spans)
	if encoded == 0 {
		t.Error("the SDK has encoded all frames")
	}
	if diff := cmp.Diff(without, with, data.FrameTestCompareOptions()...); diff != "" {
		t.Errorf("the SDK behaves differently (-without +with):\n%s", diff)
	}
	t.Logf("%d metrics, %d spans, %d lines", len(with.Metrics), len(with.Spans), len(with.Logs))
	if len(with.Metrics) == 0 || len(with.Spans) == 0 || len(with.Logs) == 0 {
		t.Error("the observation is empty")
	}
}

// observe starts the SDK's server with the SDK's middlewares, and calls it.
func observe(t *testing.T, spans *tracetest.SpanRecorder) observation {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch query := r.FormValue("query"); {
		case strings.Contains(query, "fail"):
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(`{"status":"error","errorType":"execution","error":"no"}`))
		case strings.HasSuffix(r.URL.Path, "query_range"):
			_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[[0,"1"],[15,"2"]]},{"metric":{"job":"b"},"values":[[0,"3"]]}]}}`))
		default:
			_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a"},"value":[0,"1"]}]}}`))
		}
	}))
	defer upstream.Close()
	made, err := plugin.NewInstance(t.Context(), backend.DataSourceInstanceSettings{UID: "u", Name: "n", Type: plugin.ID, URL: upstream.URL, JSONData: []byte(`{"maxRetries":0}`)})
	if err != nil {
		t.Fatal(err)
	}
	d := made.(*plugin.DataSource)
	defer d.Dispose()

	registry := prometheus.NewRegistry()
	defer func(r prometheus.Registerer, g prometheus.Gatherer, l, defaultLogger log.Logger) {
		prometheus.DefaultRegisterer, prometheus.DefaultGatherer, backend.Logger, log.DefaultLogger = r, g, l, defaultLogger
	}(prometheus.DefaultRegisterer, prometheus.DefaultGatherer, backend.Logger, log.DefaultLogger)
	lines := &lines{}
	prometheus.DefaultRegisterer, prometheus.DefaultGatherer = registry, registry
	backend.Logger, log.DefaultLogger = recorder{lines}, recorder{lines}
	spans.Reset()

	listener := httptest.NewUnstartedServer(nil).Listener // a free port
	address := listener.Addr().String()
	_ = listener.Close()
	server, err := backend.TestStandaloneServe(backend.ServeOpts{CheckHealthHandler: d, CallResourceHandler: d, QueryDataHandler: d, QueryChunkedDataHandler: d, AdmissionHandler: plugin.Admission{}}, address)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()

	var o observation
	for _, format := range []backend.DataFrameFormat{backend.DataFrameFormat_ARROW, backend.DataFrameFormat_JSON} {
		for _, queries := range [][]string{
			{`{"expr":"up","range":true}`},
			{`{"expr":"up","range":true,"format":"time_series_wide"}`, `{"expr":"up","instant":true}`, `{"expr":"up","instant":true,"format":"table"}`, `{"expr":"up","range":true,"format":"heatmap"}`},
			{`{"expr":"fail","range":true}`, `{"expr":"up","range":true,"instant":true}`},
			{`{"expr":"sum("}`},
			{},
		} {
			o.query(t, pluginv2.NewDataClient(connection), format, queries)
		}
	}
	if _, err := pluginv2.NewDiagnosticsClient(connection).CheckHealth(t.Context(), &pluginv2.CheckHealthRequest{PluginContext: &pluginv2.PluginContext{}}); err != nil {
		t.Error(err)
	}
	server.GracefulStop()
	o.Metrics, o.Logs = metrics(t, registry), lines.sorted()
	for _, span := range spans.Ended() {
		var attributes []string
		for _, a := range span.Attributes() {
			attributes = append(attributes, string(a.Key))
		}
		slices.Sort(attributes)
		o.Spans = append(o.Spans, fmt.Sprint(span.Name(), span.SpanKind(), span.Status().Code, attributes))
	}
	slices.Sort(o.Spans)
	return o
}

// address matches the address of the upstream server, which differs between observations.
var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func (o *observation) query(t *testing.T, client pluginv2.DataClient, format backend.DataFrameFormat, queries []string) {
	t.Helper()
	request := &backend.QueryDataRequest{Format: format, Headers: map[string]string{"X-Dashboard-Uid": "d"}}
	for i, text := range queries {
		request.Queries = append(request.Queries, backend.DataQuery{
			RefID: string(rune('A' + i)), JSON: []byte(text), MaxDataPoints: 100, Interval: 15 * time.Second,
			TimeRange: backend.TimeRange{From: time.Unix(0, 0), To: time.Unix(600, 0)},
		})
	}
	answer, err := client.QueryData(t.Context(), backend.ToProto().QueryDataRequest(request))
	if err != nil {
		o.Responses = append(o.Responses, err.Error())
		return
	}
	for _, refID := range slices.Sorted(maps.Keys(answer.GetResponses())) {
		r := answer.GetResponses()[refID]
		text := address.ReplaceAllString(r.GetError(), "HOST")
		o.Responses = append(o.Responses, fmt.Sprintf("%s %d %s %s %s %d", refID, r.GetStatus(), r.GetErrorSource(), text, r.GetFormat(), len(r.GetFrames())))
		if format == backend.DataFrameFormat_JSON {
			o.Responses = append(o.Responses, string(bytes.Join(r.GetFrames(), nil)))
			continue
		}
		frames, err := data.UnmarshalArrowFrames(r.GetFrames())
		if err != nil {
			t.Error(err)
		}
		o.Frames = append(o.Frames, frames)
	}
}

// metrics returns the metrics of a registry. Sums and buckets depend on durations, so they are
// left out.
func metrics(t *testing.T, from prometheus.Gatherer) []string {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, family := range families {
		for _, m := range family.GetMetric() {
			text := family.GetName()
			for _, l := range m.GetLabel() {
				text += " " + l.GetName() + "=" + l.GetValue()
			}
			all = append(all, fmt.Sprint(text, " ", m.GetCounter().GetValue(), " ", m.GetHistogram().GetSampleCount()))
		}
	}
	return all
}

// lines are lines of the log.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) sorted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(slices.Values(l.all))
}

// recorder is a logger that records the level, the message and the names of the fields.
type recorder struct{ *lines }

func (r recorder) add(level, message string, args []any) {
	for i := 0; i < len(args); i += 2 {
		message += fmt.Sprint(" ", args[i])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, level+" "+message)
}

func (r recorder) Debug(message string, args ...any) { r.add("debug", message, args) }
func (r recorder) Info(message string, args ...any)  { r.add("info", message, args) }
func (r recorder) Warn(message string, args ...any)  { r.add("warn", message, args) }
func (r recorder) Error(message string, args ...any) { r.add("error", message, args) }
func (r recorder) With(...any) log.Logger            { return r }
func (r recorder) Level() log.Level                  { return log.Debug }
func (r recorder) FromContext(ctx context.Context) log.Logger {
	r.add("context", "", log.ContextualAttributesFromContext(ctx))
	return r
}
