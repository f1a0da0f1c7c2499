// Package prometheus runs a real Prometheus in this process: its TSDB, PromQL
// engine, scrape manager and web API. WriteHistory writes the history of a
// simulated fleet into a directory; Start serves the HTTP API for a directory and scrapes
// the fleet into the directory. The demo and the test suites call the package.
package prometheus

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Options describe a server.
type Options struct {
	Dir            string            // TSDB directory: empty, or written by WriteHistory or by a Server
	Listen         string            // host:port; port 0 is a free port; the default host is loopback
	Fleet          *simulation.Fleet // scraped if not nil
	Targets        []Target          // scraped in addition to the fleet
	ScrapeInterval time.Duration     // default simulation.Interval
	Logger         *slog.Logger      // default: warnings and errors to stderr
}

// Target is a scrape target that isn't part of the fleet. It needn't be up.
type Target struct {
	Job      string
	Instance string // host:port, which is also the address that is scraped
	Path     string // path of the metrics
}

// Server is a running Prometheus.
type Server struct {
	url  string
	stop []func() error // in start order
	once sync.Once
	err  error
}

// URL returns the server's base URL, without a trailing slash.
func (s *Server) URL() string { return s.url }

// Close stops the server and the fleet's exporters. Afterwards a new server can use the
// directory. Close may be called more than once: it then returns the error of the first
// call.
func (s *Server) Close() error {
	s.once.Do(func() {
		for _, stop := range slices.Backward(s.stop) {
			s.err = errors.Join(s.err, stop())
		}
	})
	return s.err
}

func (s *Server) onClose(stop func() error) { s.stop = append(s.stop, stop) }

// Start starts a Prometheus and returns when its API is ready. The API is served until Close
// or the end of ctx. The caller must call Close in both cases, because the end of ctx doesn't
// stop the scrapes.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.ScrapeInterval == 0 {
		o.ScrapeInterval = simulation.Interval
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	s := &Server{}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	listener, err := listen(ctx, o.Listen)
	if err != nil {
		return err
	}
	s.onClose(listener.Close)
	s.url = "http://" + listener.Addr().String()

	registry := client.NewRegistry()
	db, err := openStorage(o.Dir, o.Logger, registry)
	if err != nil {
		return err
	}
	s.onClose(db.Close)

	scrapes, cfg, err := s.startScraping(ctx, o, db, registry)
	if err != nil {
		return err
	}
	return s.startWeb(ctx, o, listener, db, scrapes, cfg, registry)
}
