package prometheus

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/grafana/regexp"
	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/web"
)

// version is the version that /api/v1/status/buildinfo reports. It must match the version of
// the Prometheus module in go.mod: v0.315.0 belongs to 3.15.0.
const version = "3.15.0"

// startWeb serves the HTTP API on the listener with the default limits of
// Prometheus.
func (s *Server) startWeb(ctx context.Context, o Options, listener net.Listener, db *tsdb.DB,
	scrapes *scrape.Manager, cfg *config.Config, registry *client.Registry,
) error {
	external, err := url.Parse(s.url)
	if err != nil {
		return fmt.Errorf("prometheus: %w", err)
	}
	promQL := parser.NewParser(parser.Options{})
	engine := promql.NewEngine(promql.EngineOpts{
		Logger:                   o.Logger,
		Reg:                      registry,
		MaxSamples:               50_000_000,
		Timeout:                  2 * time.Minute,
		LookbackDelta:            5 * time.Minute,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		Parser:                   promQL,
	})
	s.onClose(engine.Close)

	// There are no rules, but /rules and /alerts need a manager.
	noRules := rules.NewManager(&rules.ManagerOptions{
		Context: ctx, Logger: o.Logger, Registerer: registry, Queryable: db, ExternalURL: external, Parser: promQL,
	})
	s.onClose(func() error { noRules.Stop(); return nil })

	ctx, cancel := context.WithCancel(ctx)
	handler := web.New(o.Logger, &web.Options{
		Context:         ctx,
		Storage:         db,
		LocalStorage:    localStorage{db},
		ExemplarStorage: db,
		TSDBDir:         o.Dir,
		QueryEngine:     engine,
		LookbackDelta:   5 * time.Minute,
		ScrapeManager:   scrapes,
		RuleManager:     noRules,
		Version:         &web.PrometheusVersion{Version: version},
		Flags:           map[string]string{},
		ListenAddresses: []string{listener.Addr().String()},
		ExternalURL:     external,
		RoutePrefix:     "/",
		MaxConnections:  512,
		ReadTimeout:     5 * time.Minute,
		CORSOrigin:      regexp.MustCompile("^$"), // allows no origin
		Registerer:      registry,
		Gatherer:        registry,
		Parser:          promQL,
	})
	if err := handler.ApplyConfig(cfg); err != nil {
		cancel()
		return fmt.Errorf("prometheus: %w", err)
	}
	handler.SetReady(web.Ready)
	ended := make(chan error, 1)
	go func() { ended <- handler.Run(ctx, []net.Listener{listener}, "") }()
	s.onClose(func() error {
		cancel()
		return <-ended
	})
	return nil
}
