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

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// defaultScrapeTimeout is Prometheus's default.
const defaultScrapeTimeout = 10 * time.Second

// startScraping starts to scrape the fleet and the other targets into db.
func (s *Server) startScraping(ctx context.Context, o Options, db *tsdb.DB, registry *client.Registry) (*scrape.Manager, *config.Config, error) {
	groups, err := s.targetGroups(ctx, o)
	if err != nil {
		return nil, nil, err
	}
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

// scrapeConfig returns a configuration that contains the scrape jobs, but no targets.
// startScraping passes the targets to the scrape manager.
func scrapeConfig(jobs []string, interval time.Duration, logger *slog.Logger) (*config.Config, error) {
	var yaml strings.Builder
	// The protobuf format contains exemplars, as OpenMetrics does, and doesn't change
	// names. OpenMetrics would append _total to the names of counters that lack it.
	fmt.Fprintf(&yaml, "global:\n  scrape_interval: %s\n  scrape_timeout: %s\n  scrape_protocols: [PrometheusProto, PrometheusText0.0.4]\nscrape_configs:\n",
		model.Duration(interval), model.Duration(min(interval, defaultScrapeTimeout)))
	for _, job := range jobs {
		fmt.Fprintf(&yaml, "  - job_name: %s\n", job)
	}
	return config.Load(yaml.String(), logger)
}

// targetGroups starts the fleet's exporters and returns the addresses of all targets by job.
// The label instance of a fleet's target is its simulated address instead of the exporter's,
// so that scrapes continue the series of the history. The job of a target without an exporter
// is in the result, too, but has no address for this target.
func (s *Server) targetGroups(ctx context.Context, o Options) (map[string][]*targetgroup.Group, error) {
	groups := map[string][]*targetgroup.Group{}
	add := func(job, instance, address, path string) {
		groups[job] = append(groups[job], &targetgroup.Group{
			Source:  instance,
			Targets: []model.LabelSet{{model.AddressLabel: model.LabelValue(address), model.MetricsPathLabel: model.LabelValue(path)}},
			Labels:  model.LabelSet{model.InstanceLabel: model.LabelValue(instance)},
		})
	}
	if o.Fleet != nil {
		exporters, err := o.Fleet.Serve(ctx)
		if err != nil {
			return nil, err
		}
		s.onClose(exporters.Close)
		for _, t := range o.Fleet.Targets() {
			if address, ok := exporters.Address(t); ok {
				add(t.Job, t.Instance, address, simulation.MetricsPath)
			} else if groups[t.Job] == nil {
				groups[t.Job] = []*targetgroup.Group{}
			}
		}
	}
	for _, t := range o.Targets {
		add(t.Job, t.Instance, t.Instance, t.Path)
	}
	return groups, nil
}
