package corpus

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/teststorage"
	"github.com/prometheus/prometheus/web"
)

// swapped is the storage that is served: the newest one that the corpus opened.
type swapped struct {
	storage.Storage // nil; what the API asks for goes to the storage of now
	now             atomic.Pointer[teststorage.TestStorage]
}

func (s *swapped) Querier(from, to int64) (storage.Querier, error) {
	return s.now.Load().Querier(from, to)
}

func (s *swapped) ChunkQuerier(from, to int64) (storage.ChunkQuerier, error) {
	return s.now.Load().ChunkQuerier(from, to)
}

// open makes a storage as upstream's own run of the corpus does, and serves it.
func (s *swapped) open(tb testing.TB) storage.Storage {
	tb.Helper()
	opened := teststorage.New(tb, func(o *tsdb.Options) {
		o.EnableSTStorage = true
		o.FloatChunkEncoding = chunkenc.EncXOR2
		o.EnableHistogramSTEncoding = true
	})
	s.now.Store(opened)
	return opened
}

// serve answers Prometheus's HTTP API over the storage until the test ends, and
// returns its URL.
func serve(t *testing.T, engine *promql.Engine, data *swapped) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := url.URL{Scheme: "http", Host: listener.Addr().String()}
	registry := client.NewRegistry()
	handler := web.New(slog.New(slog.DiscardHandler), &web.Options{
		Context:         t.Context(),
		Storage:         data,
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
