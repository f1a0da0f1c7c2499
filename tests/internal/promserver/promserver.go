// Package promserver runs Prometheus's HTTP API inside the process of a test. It is for suites
// that write the samples into Prometheus's storage themselves.
package promserver

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/web"
)

// Serve starts a server with Prometheus's HTTP API, and returns the URL of the server. The
// API returns the series in data, and the exemplars if data can store exemplars. The server
// stops when the test ends.
func Serve(t *testing.T, engine *promql.Engine, data storage.Storage) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := url.URL{Scheme: "http", Host: listener.Addr().String()}
	registry := client.NewRegistry()
	exemplars, _ := data.(storage.ExemplarQueryable)
	handler := web.New(slog.New(slog.DiscardHandler), &web.Options{
		Context:         t.Context(),
		Storage:         data,
		ExemplarStorage: exemplars,
		QueryEngine:     engine,
		LookbackDelta:   5 * time.Minute,
		Version:         &web.PrometheusVersion{Version: "3.15.0"},
		ListenAddresses: []string{at.Host},
		ExternalURL:     &at,
		RoutePrefix:     "/",
		MaxConnections:  512,
		ReadTimeout:     time.Minute,
		Registerer:      registry,
		Gatherer:        registry,
		Parser:          parser.NewParser(promqltest.TestParserOpts),
	})
	if err := handler.ApplyConfig(&config.Config{}); err != nil {
		t.Fatal(err)
	}
	handler.SetReady(web.Ready)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- handler.Run(ctx, []net.Listener{listener}, "") }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return at.String()
}
