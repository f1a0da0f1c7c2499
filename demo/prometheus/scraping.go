package prometheus

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

// defaultScrapeTimeout is Prometheus's own.
const defaultScrapeTimeout = 10 * time.Second

// startScraping serves the fleet and scrapes it into db.
func (s *Server) startScraping(ctx context.Context, o Options, db *tsdb.DB, registry *client.Registry) (*scrape.Manager, *config.Config, error) {
	exporters, err := o.Fleet.Serve(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.onClose(exporters.Close)
	cfg, err := scrapeConfig(o.Fleet, o.ScrapeInterval, o.Logger)
	if err != nil {
		return nil, nil, fmt.Errorf("prometheus: scrape configuration: %w", err)
	}
	options := &scrape.Options{DiscoveryReloadOnStartup: true}
	manager, err := scrape.NewManager(options, o.Logger, nil, nil, db, registry)
	if err != nil {
		return nil, nil, fmt.Errorf("prometheus: %w", err)
	}
	if err := manager.ApplyConfig(cfg); err != nil {
		return nil, nil, fmt.Errorf("prometheus: %w", err)
	}
	groups := make(chan map[string][]*targetgroup.Group, 1)
	groups <- targetGroups(o.Fleet, exporters)
	ended := make(chan error, 1)
	go func() { ended <- manager.Run(groups) }()
	s.onClose(func() error {
		manager.Stop()
		return <-ended
	})
	return manager, cfg, nil
}

// scrapeConfig has one scrape job per target, without service discovery: the
// scrape manager is handed the target groups.
func scrapeConfig(f *fleet.Fleet, interval time.Duration, logger *slog.Logger) (*config.Config, error) {
	var yaml strings.Builder
	// The protobuf format carries exemplars, as OpenMetrics does, and leaves names
	// alone: OpenMetrics would append _total to counters that lack it.
	fmt.Fprintf(&yaml, "global:\n  scrape_interval: %s\n  scrape_timeout: %s\n  scrape_protocols: [PrometheusProto, PrometheusText0.0.4]\nscrape_configs:\n",
		model.Duration(interval), model.Duration(min(interval, defaultScrapeTimeout)))
	for _, t := range f.Targets() {
		fmt.Fprintf(&yaml, "  - job_name: %s\n", t.Job)
	}
	return config.Load(yaml.String(), logger)
}

// targetGroups says where each target's exporter listens. The instance label
// is the target's own, so that live series continue those of the history.
func targetGroups(f *fleet.Fleet, exporters *fleet.Exporters) map[string][]*targetgroup.Group {
	groups := map[string][]*targetgroup.Group{}
	for _, t := range f.Targets() {
		address, ok := exporters.Address(t)
		if !ok {
			continue
		}
		groups[t.Job] = []*targetgroup.Group{{
			Source:  t.Job,
			Targets: []model.LabelSet{{model.AddressLabel: model.LabelValue(address)}},
			Labels:  model.LabelSet{model.InstanceLabel: model.LabelValue(t.Instance)},
		}}
	}
	return groups
}
