package prometheus

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
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
	groups := targetGroups(o, exporters)
	cfg, err := scrapeConfig(slices.Sorted(maps.Keys(groups)), o.ScrapeInterval, o.Logger)
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
	discovered := make(chan map[string][]*targetgroup.Group, 1)
	discovered <- groups
	ended := make(chan error, 1)
	go func() { ended <- manager.Run(discovered) }()
	s.onClose(func() error {
		manager.Stop()
		return <-ended
	})
	return manager, cfg, nil
}

// scrapeConfig has the scrape jobs without service discovery: the scrape manager is
// handed the target groups.
func scrapeConfig(jobs []string, interval time.Duration, logger *slog.Logger) (*config.Config, error) {
	var yaml strings.Builder
	// The protobuf format carries exemplars, as OpenMetrics does, and leaves names
	// alone: OpenMetrics would append _total to counters that lack it.
	fmt.Fprintf(&yaml, "global:\n  scrape_interval: %s\n  scrape_timeout: %s\n  scrape_protocols: [PrometheusProto, PrometheusText0.0.4]\nscrape_configs:\n",
		model.Duration(interval), model.Duration(min(interval, defaultScrapeTimeout)))
	for _, job := range jobs {
		fmt.Fprintf(&yaml, "  - job_name: %s\n", job)
	}
	return config.Load(yaml.String(), logger)
}

// targetGroups says where each target's exporter listens, by job. The instance label
// is the target's own, so that live series continue those of the history.
func targetGroups(o Options, exporters *fleet.Exporters) map[string][]*targetgroup.Group {
	groups := map[string][]*targetgroup.Group{}
	add := func(job, instance, address, path string) {
		groups[job] = append(groups[job], &targetgroup.Group{
			Source:  instance,
			Targets: []model.LabelSet{{model.AddressLabel: model.LabelValue(address), model.MetricsPathLabel: model.LabelValue(path)}},
			Labels:  model.LabelSet{model.InstanceLabel: model.LabelValue(instance)},
		})
	}
	for _, t := range o.Fleet.Targets() {
		if address, ok := exporters.Address(t); ok {
			add(t.Job, t.Instance, address, fleet.MetricsPath)
		} else {
			groups[t.Job] = []*targetgroup.Group{}
		}
	}
	for _, t := range o.Also {
		add(t.Job, t.Instance, t.Instance, t.Path)
	}
	return groups
}
