// Package prometheus runs a real Prometheus in this process: its TSDB, PromQL
// engine, scrape manager and web API, over the simulated fleet. WriteHistory
// fills a directory, Start scrapes the fleet into it and answers the HTTP API.
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

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

// Options say where the server keeps its data and what it scrapes.
type Options struct {
	Dir            string // TSDB directory, as WriteHistory left it or as a Server did
	Listen         string // host:port; port 0 takes a free one; no host means loopback
	Fleet          *fleet.Fleet
	Also           []Target      // scraped beside the fleet, from whenever they answer
	ScrapeInterval time.Duration // default fleet.Interval
	Logger         *slog.Logger  // default: warnings and errors to stderr
}

// Target is a scrape target beside the fleet's.
type Target struct {
	Job      string
	Instance string // host:port, where it is scraped too
	Path     string // of its metrics
}

// Server is a running Prometheus.
type Server struct {
	url  string
	stop []func() error // in the order of starting
	once sync.Once
	err  error
}

// URL is the server's base, without a slash at the end.
func (s *Server) URL() string { return s.url }

// Close stops the server and the fleet's exporters; neither a goroutine nor a
// listener is left. The directory can be started on again. Closing twice is
// allowed.
func (s *Server) Close() error {
	s.once.Do(func() {
		for _, stop := range slices.Backward(s.stop) {
			s.err = errors.Join(s.err, stop())
		}
	})
	return s.err
}

func (s *Server) onClose(stop func() error) { s.stop = append(s.stop, stop) }

// Start runs a Prometheus until Close, or until ctx ends (Close is then still
// due). It returns when the API answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.ScrapeInterval == 0 {
		o.ScrapeInterval = fleet.Interval
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
