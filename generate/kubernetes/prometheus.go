package kubernetes

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
)

const monitoringAPI = "monitoring.coreos.com/v1"

// prometheusRules adds a PrometheusRule for each rule file. The spec of a PrometheusRule is a
// rule file.
func prometheusRules(w *writer, from Sources, _ facts) error {
	for _, kind := range []struct {
		name, source string
		files        map[string][]byte
	}{
		{"rules-", "monitoring/rules/", from.RecordingRules},
		{"alerts-", "monitoring/alerts/", from.Alerts},
	} {
		for _, pack := range slices.Sorted(maps.Keys(kind.files)) {
			source := kind.source + pack + ".yaml"
			spec, err := parse(kind.files[pack])
			if err != nil {
				return fmt.Errorf("%s: %w", source, err)
			}
			if err := w.add(prometheusDir, kind.name+pack+".yaml", source, resource{
				APIVersion: monitoringAPI, Kind: "PrometheusRule", Metadata: named(kind.name+pack, nil), Spec: spec,
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

type serviceMonitorSpec struct {
	Selector  labelSelector `yaml:"selector"`
	Endpoints []endpoint    `yaml:"endpoints"`
}

// endpoint is a port of a container behind a service.
type endpoint struct {
	TargetPort  int          `yaml:"targetPort"`
	Path        string       `yaml:"path,omitempty"`
	Interval    string       `yaml:"interval"`
	Relabelings []relabeling `yaml:"relabelings"`
}

type relabeling struct {
	Action      string `yaml:"action"`
	TargetLabel string `yaml:"targetLabel,omitempty"`
	Replacement string `yaml:"replacement,omitempty"`
	Regex       string `yaml:"regex,omitempty"`
}

// jobLabel sets the label job, whose default is the name of the Kubernetes service.
func jobLabel(job string) relabeling {
	return relabeling{Action: "replace", TargetLabel: "job", Replacement: job}
}

// withoutServiceLabel drops the name of the Kubernetes service from the labels of a target. The
// metrics of Tessallite have a label service of their own. Prometheus would rename it.
func withoutServiceLabel() relabeling { return relabeling{Action: "labeldrop", Regex: "service"} }

// scrapeConfig is monitoring/prometheus.yml.
type scrapeConfig struct {
	Global struct {
		ScrapeInterval string `yaml:"scrape_interval"`
	} `yaml:"global"`
	ScrapeConfigs []struct {
		JobName       string `yaml:"job_name"`
		StaticConfigs []struct {
			Targets []string `yaml:"targets"`
		} `yaml:"static_configs"`
	} `yaml:"scrape_configs"`
}

// serviceMonitors adds a ServiceMonitor for each scrape job of Tessallite, and one for the
// metrics that the plugin exports through Grafana.
func serviceMonitors(w *writer, from Sources, f facts) error {
	const source = "monitoring/prometheus.yml"
	var config scrapeConfig
	if err := decode(from.Repository, source, &config); err != nil {
		return err
	}
	var monitors []any
	for _, job := range config.ScrapeConfigs {
		if len(job.StaticConfigs) != 1 || len(job.StaticConfigs[0].Targets) != 1 {
			return fmt.Errorf("%s: the job %s must have one target", source, job.JobName)
		}
		host, port, err := net.SplitHostPort(job.StaticConfigs[0].Targets[0])
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		number, err := strconv.Atoi(port)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		monitors = append(monitors, serviceMonitor(job.JobName, host, endpoint{
			TargetPort: number, Interval: config.Global.ScrapeInterval, Relabelings: []relabeling{jobLabel(job.JobName), withoutServiceLabel()},
		}))
	}
	if err := w.add(prometheusDir, "services-tessallite.yaml", source, monitors...); err != nil {
		return err
	}
	return w.add(prometheusDir, "services-grafana.yaml", "plugin.json", serviceMonitor("grafana", "grafana", endpoint{
		TargetPort: grafanaPort, Path: "/metrics/plugins/" + f.PluginID, Interval: config.Global.ScrapeInterval, Relabelings: []relabeling{jobLabel("modelmetrics")},
	}))
}

// grafanaPort is the port of Grafana's container. The name of the service's port is different in
// the Helm chart, kube-prometheus-stack and grafana-operator.
const grafanaPort = 3000

// serviceMonitor returns a ServiceMonitor of the services with a name in the recommended label.
func serviceMonitor(name, service string, scraped endpoint) resource {
	return resource{
		APIVersion: monitoringAPI, Kind: "ServiceMonitor", Metadata: named(name, nil),
		Spec: serviceMonitorSpec{labelSelector{map[string]string{"app.kubernetes.io/name": service}}, []endpoint{scraped}},
	}
}
