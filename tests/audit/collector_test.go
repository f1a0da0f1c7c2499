// Package audit tests that audit events reach an OpenTelemetry collector: its OTLP receiver runs
// within the test process.
package audit

import (
	"context"
	"net"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	meter "go.opentelemetry.io/otel/metric/noop"
	tracer "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

// record is a log record that the collector has received.
type record struct {
	body, severity, event string
	attributes, resource  map[string]any
	authorization         []string // of the request
}

// collector is an OTLP receiver that keeps the log records.
type collector struct {
	url      string
	mu       sync.Mutex
	records  []record
	requests int
}

// startCollector starts a collector, which the end of the test stops.
func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	address := freeAddress(t)
	c.url = "http://" + address
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	parsed := confmap.NewFromStringMap(map[string]any{"protocols": map[string]any{
		"http": map[string]any{"endpoint": address, "include_metadata": true},
	}})
	if err := parsed.Unmarshal(config); err != nil {
		t.Fatal(err)
	}
	sink, err := consumer.NewLogs(c.consume)
	if err != nil {
		t.Fatal(err)
	}
	settings := receiver.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: component.TelemetrySettings{
		Logger: zap.NewNop(), TracerProvider: tracer.NewTracerProvider(), MeterProvider: meter.NewMeterProvider(), Resource: pcommon.NewResource(),
	}}
	logs, err := factory.CreateLogs(t.Context(), settings, config, sink)
	if err != nil {
		t.Fatal(err)
	}
	if err := logs.Start(t.Context(), noExtensions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := logs.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// noExtensions is the host of a receiver without extensions.
type noExtensions struct{}

func (noExtensions) GetExtensions() map[component.ID]component.Component { return nil }

// freeListener listens at a free port until the test ends.
func freeListener(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener := freeListener(t)
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func (c *collector) consume(ctx context.Context, batch plog.Logs) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	for _, resource := range batch.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, r := range scope.LogRecords().All() {
				c.records = append(c.records, record{
					body: r.Body().AsString(), severity: r.SeverityText(), event: r.EventName(),
					attributes: r.Attributes().AsRaw(), resource: resource.Resource().Attributes().AsRaw(),
					authorization: client.FromContext(ctx).Metadata.Get("Authorization"),
				})
			}
		}
	}
	return nil
}

// received returns the records so far.
func (c *collector) received() []record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]record{}, c.records...)
}
