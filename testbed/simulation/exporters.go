package simulation

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// MetricsPath is the path of an exporter's metrics.
const MetricsPath = "/metrics"

// Exporters serve a fleet's targets over HTTP, each at MetricsPath on a loopback
// port of its own. A scrape first advances the fleet to the wall clock.
type Exporters struct {
	servers   []*http.Server
	addresses map[*Target]string
}

// Serve starts an exporter for every target that isn't Gone. The caller must close the
// exporters. ctx applies only to the start.
func (f *Fleet) Serve(ctx context.Context) (*Exporters, error) {
	e := &Exporters{addresses: map[*Target]string{}}
	for _, t := range f.targets {
		if f.currentCondition(t) == Gone {
			continue
		}
		handler, err := f.Exporter(t)
		if err != nil {
			return nil, errors.Join(err, e.Close())
		}
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("exporter of %s: %w", t.Job, err), e.Close())
		}
		mux := http.NewServeMux()
		mux.Handle("GET "+MetricsPath, handler)
		server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
		go func() { _ = server.Serve(listener) }() // returns when Close closes the listener
		e.servers = append(e.servers, server)
		e.addresses[t] = listener.Addr().String()
	}
	return e, nil
}

// Address returns the host:port of a target's exporter, or false if the target has no
// exporter.
func (e *Exporters) Address(t *Target) (string, bool) {
	address, ok := e.addresses[t]
	return address, ok
}

// Close stops all exporters and aborts responses in progress.
func (e *Exporters) Close() error {
	var errs []error
	for _, s := range e.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// currentCondition advances the fleet to the wall clock and returns the target's
// condition.
func (f *Fleet) currentCondition(t *Target) Condition {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.catchUp(time.Now())
	return t.scrape.Condition
}

// Gatherer returns a gatherer of a target's metrics. It doesn't advance the fleet.
func (f *Fleet) Gatherer(t *Target) (client.Gatherer, error) {
	registry := client.NewRegistry()
	if err := registry.Register(collector{f, t}); err != nil {
		return nil, fmt.Errorf("exporter of %s: %w", t.Job, err)
	}
	return registry, nil
}

// Exporter returns the handler of a target's metrics. A request first advances the fleet to the
// wall clock.
func (f *Fleet) Exporter(t *Target) (http.Handler, error) {
	gatherer, err := f.Gatherer(t)
	if err != nil {
		return nil, err
	}
	metrics := promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch f.currentCondition(t) {
		case Down, Gone:
			http.Error(w, t.Job+" is down", http.StatusServiceUnavailable)
			return
		case Slow:
			select {
			case <-time.After(slowResponse):
			case <-r.Context().Done():
				return
			}
		case Serving:
		}
		metrics.ServeHTTP(w, r)
	}), nil
}

// collector collects a target's state as constant metrics.
type collector struct {
	fleet  *Fleet
	target *Target
}

func (c collector) Describe(ch chan<- *client.Desc) {
	for _, f := range c.target.families {
		ch <- f.desc
	}
	for _, f := range c.target.passing {
		ch <- f.family.desc
	}
}

func (c collector) Collect(ch chan<- client.Metric) {
	c.fleet.mu.Lock()
	defer c.fleet.mu.Unlock()
	for _, f := range c.target.families {
		for _, child := range f.children {
			ch <- child.metric(f.desc)
		}
	}
	for _, f := range c.target.passing {
		for _, p := range f.current {
			ch <- p.metric(f.family.desc)
		}
	}
}
