package audit

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// scopeName is the name of the instrumentation scope of the exported records, and the value of
// their resource attribute service.name.
const scopeName = "modelmetrics-catalog-datasource"

// eventName is the event name of the exported records.
const eventName = "modelmetrics.policy_decision"

// Health is the state of the export over OTLP.
type Health struct {
	Enabled  bool   `json:"enabled"`  // the settings have an endpoint
	Endpoint string `json:"endpoint"` // host and optional port; "" without an endpoint
	Queued   int    `json:"queued"`   // events that wait
	Exported int64  `json:"exported"`
	Dropped  int64  `json:"dropped"`           // events that were not exported
	Problem  string `json:"problem,omitempty"` // of the last request; "" if there was none
}

// exporter exports events over OTLP/HTTP. An event is queued from the call of send until the
// endpoint has responded or the export has failed. The exporter drops an event if maxQueued
// events are queued already. The queue of the SDK's batch processor therefore never overflows.
// If it did, the processor would discard events, and the exporter couldn't count them.
type exporter struct {
	processor *sdklog.BatchProcessor
	logger    log.Logger
	transport *transport
	observer  Observer
	report    func(problem string)
	stopping  context.Context // ends the current request
	stop      context.CancelFunc
	ended     chan struct{} // closed when the batch processor has ended

	mu          sync.Mutex
	closed      bool
	queuedBytes int
	state       Health
}

func newExporter(o Options) (*exporter, error) {
	stopping, stop := context.WithCancel(context.Background())
	x := &exporter{
		observer: o.Observer, report: o.Report,
		stopping: stopping, stop: stop, ended: make(chan struct{}),
		state: Health{Enabled: true, Endpoint: o.Endpoint.host()},
	}
	x.transport = newTransport(x.setProblem)
	headers := map[string]string{}
	if o.Endpoint.Token != "" {
		headers["Authorization"] = "Bearer " + o.Endpoint.Token
	}
	// Each option of the SDK's exporter that an environment variable can set is set here.
	// Otherwise the exporter would read the variable.
	sender, err := otlploghttp.New(stopping,
		otlploghttp.WithEndpointURL(o.Endpoint.URL),
		otlploghttp.WithHeaders(headers),
		otlploghttp.WithCompression(otlploghttp.GzipCompression),
		otlploghttp.WithTLSClientConfig(nil),
		otlploghttp.WithTimeout(requestTimeout),
		otlploghttp.WithHTTPClient(x.transport.client()),
		otlploghttp.WithMaxRequestSize(maxRequestBytes),
		otlploghttp.WithMaxResponseSize(maxResponseBytes),
		otlploghttp.WithRetry(otlploghttp.RetryConfig{Enabled: true, InitialInterval: time.Second, MaxInterval: 10 * time.Second, MaxElapsedTime: exportTimeout}),
	)
	if err != nil {
		stop()
		return nil, fault.New(fault.Misconfigured, "The exporter of audit events can't be created: %v.", err)
	}
	x.processor = sdklog.NewBatchProcessor(&batchExporter{x: x, sender: sender},
		sdklog.WithMaxQueueSize(maxQueued),
		sdklog.WithExportMaxBatchSize(maxBatch),
		sdklog.WithExportInterval(exportInterval),
		sdklog.WithExportTimeout(exportTimeout),
	)
	const maxAttributes = 32
	x.logger = sdklog.NewLoggerProvider(
		sdklog.WithProcessor(x.processor),
		sdklog.WithAttributeCountLimit(maxAttributes),
		sdklog.WithAttributeValueLengthLimit(-1),
		// The SDK adds the attributes in the variable OTEL_RESOURCE_ATTRIBUTES, with which an
		// operator describes the host. Those set here take precedence.
		sdklog.WithResource(resource.NewSchemaless(
			attribute.String("service.name", scopeName),
			attribute.String("modelmetrics.datasource", o.Source.UID),
			attribute.Int64("modelmetrics.org_id", o.Source.Org),
		)),
	).Logger(scopeName)
	return x, nil
}

// send passes an event to the batch processor. If too many events are queued, or close has
// returned, it counts the event as dropped instead.
func (x *exporter) send(e Event) {
	r := newRecord(e)
	size := recordSize(r.WalkAttributes, r.Body())
	maxSize := share()
	x.mu.Lock()
	accepted := !x.closed && x.state.Queued < maxQueued && x.queuedBytes+size <= maxSize
	if accepted {
		x.state.Queued++
		x.queuedBytes += size
	}
	x.mu.Unlock()
	if !accepted {
		x.drop(1)
		return
	}
	x.logger.Emit(x.stopping, r)
}

func (x *exporter) drop(events int) {
	if events == 0 {
		return
	}
	x.mu.Lock()
	x.state.Dropped += int64(events)
	x.mu.Unlock()
	if x.observer != nil {
		x.observer.AuditDropped(events)
	}
}

// severities are the severities of the verdicts.
var severities = map[string]log.Severity{Allow: log.SeverityDebug, Observe: log.SeverityInfo, Block: log.SeverityWarn}

func newRecord(e Event) (r log.Record) {
	r.SetTimestamp(e.Time)
	r.SetEventName(eventName)
	r.SetSeverity(severities[e.Verdict])
	r.SetSeverityText(severities[e.Verdict].String())
	r.SetBody(attribute.StringValue(e.Text()))
	r.AddAttributes(attribute.Int64("org", e.Org))
	for _, a := range e.texts() {
		if a.text != "" {
			r.AddAttributes(attribute.String(a.name, a.text))
		}
	}
	return r
}

// recordSize returns the approximate memory of a record, in bytes.
func recordSize(walk func(func(attribute.KeyValue) bool), body attribute.Value) int {
	const overhead = 600 // of a record of the SDK with its attributes
	size := overhead + len(body.AsString())
	walk(func(a attribute.KeyValue) bool {
		if a.Value.Type() == attribute.STRING {
			size += len(a.Value.AsString())
		}
		return true
	})
	return size
}

func (x *exporter) flush(ctx context.Context) { _ = x.processor.ForceFlush(ctx) }

func (x *exporter) health() Health {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state
}

// close exports the queued events. It drops the events that remain after closeTimeout.
func (x *exporter) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = x.processor.Shutdown(ctx) // the state contains the error
	x.stop()
	<-x.ended
	x.transport.close()
	x.mu.Lock()
	x.closed = true
	remaining := x.state.Queued
	x.state.Queued, x.queuedBytes = 0, 0
	x.mu.Unlock()
	x.drop(remaining)
}

// batchExporter sends batches for the batch processor, which calls one method at a time.
type batchExporter struct {
	x      *exporter
	sender *otlploghttp.Exporter
}

// Export sends records. It returns no error, because the SDK would write the error to stderr.
func (b *batchExporter) Export(ctx context.Context, records []sdklog.Record) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.x.stopping, cancel)()
	size := 0
	for i := range records {
		size += recordSize(records[i].WalkAttributes, records[i].Body())
	}
	b.x.transport.reset()
	err := b.sender.Export(ctx, records)
	b.x.finish(len(records), size, b.x.transport.outcome(err))
	return nil
}

// Shutdown is called after the last call of Export.
func (b *batchExporter) Shutdown(ctx context.Context) error {
	defer close(b.x.ended)
	return b.sender.Shutdown(ctx)
}

// ForceFlush does nothing, because Export has sent all records when it returns.
func (b *batchExporter) ForceFlush(context.Context) error { return nil }

// finish updates the state after the export of a batch.
func (x *exporter) finish(events, size int, result outcome) {
	rejected := min(result.rejected, events)
	if result.problem != "" && result.rejected == 0 {
		rejected = events
	}
	x.mu.Lock()
	x.state.Queued -= events
	x.queuedBytes -= size
	x.state.Exported += int64(events - rejected)
	x.mu.Unlock()
	x.drop(rejected)
	x.setProblem(result.problem)
}

// setProblem sets the problem of the last request, which is "" if the request succeeded. It
// calls the function report when requests begin to fail, and when they succeed again.
func (x *exporter) setProblem(problem string) {
	x.mu.Lock()
	changed := (x.state.Problem == "") != (problem == "")
	x.state.Problem = problem
	x.mu.Unlock()
	if changed && x.report != nil {
		x.report(problem)
	}
}
