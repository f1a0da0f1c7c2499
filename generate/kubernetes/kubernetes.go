// Package kubernetes generates the files in deploy/kubernetes: resources for grafana-operator,
// for the sidecars of Grafana's Helm chart and for prometheus-operator. It reads dashboards,
// rules, provisioning files and scrape jobs as they are in the repository, and wraps them in
// resources. The command generate calls it and writes the files. docs/kubernetes.md describes
// how to apply them.
package kubernetes

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Dir is the folder of all files. Each way to install has a folder in it.
const Dir = "deploy/kubernetes"

// The folders in Dir.
const (
	dashboardsDir    = "dashboards"
	operatorDir      = "grafana-operator"
	helmDir          = "grafana-helm"
	prometheusDir    = "prometheus-operator"
	networkPolicyDir = "network-policy"
)

// prometheusURL is the address of Prometheus in the data source. prometheus-operator creates
// the service prometheus-operated for every Prometheus that it runs.
const prometheusURL = "http://prometheus-operated.monitoring.svc:9090"

// Sources are the inputs of Generate.
type Sources struct {
	Repository fs.FS // the files of the repository

	// The generated files of each pack, by the name of the pack.
	RecordingRules map[string][]byte // for Prometheus
	Alerts         map[string][]byte // for Prometheus
	GrafanaAlerts  map[string][]byte // for Grafana's provisioning
}

// Generate returns the texts of all files by their path from the root of the repository. The
// function comment returns the first line of a file, without #, for the source of the file.
func Generate(from Sources, comment func(source string) string) (map[string][]byte, error) {
	f, err := readFacts(from.Repository)
	if err != nil {
		return nil, err
	}
	w := writer{comment: comment, files: map[string][]byte{}}
	for _, add := range []func(*writer, Sources, facts) error{
		dashboards, grafanaFolder, provisionedDatasource, operatorDatasource, grafanaAlerts, prometheusRules, serviceMonitors, templates, kustomizations,
	} {
		if err := add(&w, from, f); err != nil {
			return nil, err
		}
	}
	return w.files, nil
}

// facts are the values that are defined elsewhere in the repository, and the values derived
// from them.
type facts struct {
	PluginID, Version string // of the plugin
	Release           string // URL of the folder of the release's files
	Zip               string // file name of the plugin in the release
	GrafanaImage      string
	Folder            string // title of Grafana's folder
	PrometheusURL     string
	// The namespace and the port in PrometheusURL.
	PrometheusNamespace, PrometheusPort string
}

func readFacts(repository fs.FS) (facts, error) {
	var manifest struct{ ID string }
	var pkg struct{ Version string }
	var newest struct{ Dependencies map[string]string }
	var provider struct{ Providers []struct{ Folder string } }
	for name, target := range map[string]any{
		"plugin.json": &manifest, "package.json": &pkg, "tests/grafana13/package.json": &newest,
		"provisioning/dashboards/modelmetrics.yaml": &provider,
	} {
		if err := decode(repository, name, target); err != nil {
			return facts{}, err
		}
	}
	grafana := newest.Dependencies["@grafana/runtime"]
	if manifest.ID == "" || pkg.Version == "" || grafana == "" || len(provider.Providers) != 1 {
		return facts{}, fmt.Errorf("the plugin's id or version, the version of Grafana or the folder of the dashboards is unknown: %+v, %+v, %q, %+v",
			manifest, pkg, grafana, provider)
	}
	address, err := url.Parse(prometheusURL)
	if err != nil {
		return facts{}, err
	}
	return facts{
		PluginID: manifest.ID, Version: pkg.Version,
		Release:             "https://github.com/modelmetrics/" + manifest.ID + "/releases/download/v" + pkg.Version,
		Zip:                 manifest.ID + "-" + pkg.Version + ".zip",
		GrafanaImage:        "docker.io/grafana/grafana:" + grafana,
		Folder:              provider.Providers[0].Folder,
		PrometheusURL:       prometheusURL,
		PrometheusNamespace: strings.Split(address.Hostname(), ".")[1],
		PrometheusPort:      address.Port(),
	}, nil
}

// kustomizations adds a kustomization.yaml to the folders that can be applied as a whole. The
// alerts aren't part of them, because an alert of a platform that isn't installed reports that
// there is no data.
func kustomizations(w *writer, _ Sources, _ facts) error {
	bases := map[string][]string{dashboardsDir: nil, operatorDir: {dashboardsDir}, helmDir: {dashboardsDir}, prometheusDir: nil}
	for dir, others := range bases {
		var resources []string
		for _, other := range others {
			resources = append(resources, "../"+other)
		}
		for name := range w.files {
			file := path.Base(name)
			if path.Base(path.Dir(name)) == dir && !strings.HasPrefix(file, "alerts-") && !slices.Contains(separate, dir+"/"+file) {
				resources = append(resources, file)
			}
		}
		slices.Sort(resources)
		k := kustomization{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization", Resources: resources}
		if dir == helmDir {
			k.Patches = []patch{forDashboardSidecar()}
		}
		if err := w.add(dir, "kustomization.yaml", "the names of the files in this folder", k); err != nil {
			return err
		}
	}
	return nil
}

// separate lists the files that aren't part of a kustomization, in addition to the alerts:
// values.yaml isn't a resource, a cluster can already have a Grafana, and ServiceMonitors belong
// to the namespaces of the services.
var separate = []string{
	helmDir + "/values.yaml", operatorDir + "/grafana.yaml",
	prometheusDir + "/services-tessallite.yaml", prometheusDir + "/services-grafana.yaml",
}

type kustomization struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Resources  []string `yaml:"resources"`
	Patches    []patch  `yaml:"patches,omitempty"`
}

// patch is a JSON patch of all resources of a kind whose name matches a regular expression.
type patch struct {
	Target struct {
		Kind string `yaml:"kind"`
		Name string `yaml:"name"`
	} `yaml:"target"`
	Patch string `yaml:"patch"`
}

// forDashboardSidecar adds the label by which the sidecar for dashboards selects ConfigMaps. In
// kube-prometheus-stack, this sidecar reads the ConfigMaps of all namespaces. The ConfigMaps for
// grafana-operator therefore don't have the label: they belong to another Grafana.
func forDashboardSidecar() patch {
	var p patch
	p.Target.Kind, p.Target.Name = "ConfigMap", namePrefix+dashboardPrefix+".*"
	p.Patch = "- {op: add, path: /metadata/labels/grafana_dashboard, value: \"1\"}\n"
	return p
}
