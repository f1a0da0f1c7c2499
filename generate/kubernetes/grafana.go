package kubernetes

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

const grafanaAPI = "grafana.integreatly.org/v1beta1"

// folderName is the name of the GrafanaFolder without the prefix.
const folderName = "folder"

// labelSelector selects resources by their labels.
type labelSelector struct {
	MatchLabels map[string]string `yaml:"matchLabels"`
}

// grafanas selects the Grafana resources that get a data source, a folder, a dashboard or an alert
// rule. The label is that of the examples in grafana-operator's documentation.
func grafanas() labelSelector {
	return labelSelector{map[string]string{"dashboards": "grafana"}}
}

// configMap returns a ConfigMap with a file.
func configMap(name, file, text string, labels map[string]string) resource {
	return resource{APIVersion: "v1", Kind: "ConfigMap", Metadata: named(name, labels), Data: map[string]string{file: text}}
}

// sidecar returns a ConfigMap that a sidecar of Grafana's Helm chart copies to a folder of
// Grafana. The sidecars select ConfigMaps by label.
func sidecar(name, label, file, text string) resource {
	return configMap(name, file, text, map[string]string{label: "1"})
}

// dashboardPrefix is the start of the names of dashboards' ConfigMaps, without namePrefix.
const dashboardPrefix = "dashboard-"

type dashboardSpec struct {
	InstanceSelector labelSelector `yaml:"instanceSelector"`
	FolderRef        string        `yaml:"folderRef"`
	ConfigMapRef     keyRef        `yaml:"configMapRef"`
}

type keyRef struct {
	Name string `yaml:"name"`
	Key  string `yaml:"key"`
}

// dashboards adds a ConfigMap for each dashboard, and a GrafanaDashboard that refers to the
// ConfigMap, for grafana-operator. For the sidecar, a patch adds a label to the ConfigMaps.
func dashboards(w *writer, from Sources, f facts) error {
	names, err := fs.Glob(from.Repository, "dashboards/*.json")
	if err != nil {
		return err
	}
	var all []any
	for _, name := range names {
		text, err := fs.ReadFile(from.Repository, name)
		if err != nil {
			return err
		}
		file := path.Base(name)
		uid := strings.TrimSuffix(file, ".json")
		dashboard := configMap(dashboardPrefix+uid, file, string(text), nil)
		dashboard.Metadata.Annotations = map[string]string{"grafana_folder": f.Folder}
		if err := w.add(dashboardsDir, uid+".yaml", name, dashboard); err != nil {
			return err
		}
		all = append(all, resource{
			APIVersion: grafanaAPI, Kind: "GrafanaDashboard", Metadata: named(uid, nil),
			Spec: dashboardSpec{grafanas(), namePrefix + folderName, keyRef{dashboard.Metadata.Name, file}},
		})
	}
	return w.add(operatorDir, "dashboards.yaml", "dashboards", all...)
}

func grafanaFolder(w *writer, _ Sources, f facts) error {
	return w.add(operatorDir, "folder.yaml", "provisioning/dashboards/modelmetrics.yaml", resource{
		APIVersion: grafanaAPI, Kind: "GrafanaFolder", Metadata: named(folderName, nil),
		Spec: struct {
			InstanceSelector labelSelector `yaml:"instanceSelector"`
			Title            string        `yaml:"title"`
		}{grafanas(), f.Folder},
	})
}

// datasourceSource is the file with the settings of the data source.
const datasourceSource = "provisioning/datasources/modelmetrics.yaml"

// provisionedDatasource adds the provisioning file of the data source for the sidecar.
func provisionedDatasource(w *writer, from Sources, _ facts) error {
	text, err := fs.ReadFile(from.Repository, datasourceSource)
	if err != nil {
		return err
	}
	file, err := parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", datasourceSource, err)
	}
	list := field(file, "datasources")
	if list == nil || len(list.Content) != 1 || field(list.Content[0], "isDefault") == nil {
		return fmt.Errorf("%s must have one data source with the key isDefault", datasourceSource)
	}
	// A Grafana with two provisioned default data sources doesn't start, and other charts often
	// provision a default.
	field(list.Content[0], "isDefault").Value = "false"
	var provisioned bytes.Buffer
	encoder := yaml.NewEncoder(&provisioned)
	encoder.SetIndent(2)
	if err := encoder.Encode(file); err != nil {
		return err
	}
	return w.add(helmDir, "datasource.yaml", datasourceSource,
		sidecar("datasource", "grafana_datasource", path.Base(datasourceSource), provisioned.String()))
}

// datasource contains the keys of a provisioned data source that a GrafanaDatasource also has.
// The uid is a key of the resource, and grafana-operator uses only the first organization.
type datasource struct {
	Name      string         `yaml:"name"`
	Type      string         `yaml:"type"`
	Access    string         `yaml:"access"`
	URL       string         `yaml:"url"`
	IsDefault bool           `yaml:"isDefault"`
	Editable  bool           `yaml:"editable"`
	JSONData  map[string]any `yaml:"jsonData"`
}

// operatorDatasource adds the GrafanaDatasource.
func operatorDatasource(w *writer, from Sources, f facts) error {
	var file struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			datasource `yaml:",inline"`
			UID        string `yaml:"uid"`
			OrgID      int64  `yaml:"orgId"`
		} `yaml:"datasources"`
	}
	text, err := fs.ReadFile(from.Repository, datasourceSource)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true) // no setting is omitted silently
	if err := decoder.Decode(&file); err != nil {
		return fmt.Errorf("%s: %w", datasourceSource, err)
	}
	if len(file.Datasources) != 1 {
		return fmt.Errorf("%s must have one data source", datasourceSource)
	}
	provisioned := file.Datasources[0]
	settings := provisioned.datasource
	settings.URL = f.PrometheusURL
	settings.IsDefault = false
	return w.add(operatorDir, "datasource.yaml", datasourceSource, resource{
		APIVersion: grafanaAPI, Kind: "GrafanaDatasource", Metadata: named("datasource", nil),
		Spec: struct {
			InstanceSelector labelSelector `yaml:"instanceSelector"`
			UID              string        `yaml:"uid"`
			Datasource       datasource    `yaml:"datasource"`
		}{grafanas(), provisioned.UID, settings},
	})
}

type ruleGroupSpec struct {
	InstanceSelector labelSelector `yaml:"instanceSelector"`
	FolderRef        string        `yaml:"folderRef"`
	Name             string        `yaml:"name"`
	Interval         string        `yaml:"interval"`
	Rules            []rules.Rule  `yaml:"rules"`
}

// grafanaAlerts adds the alert rules of each pack: the provisioning file for the sidecar, and a
// GrafanaAlertRuleGroup.
func grafanaAlerts(w *writer, from Sources, _ facts) error {
	for _, pack := range slices.Sorted(maps.Keys(from.GrafanaAlerts)) {
		text := from.GrafanaAlerts[pack]
		source := "provisioning/alerting/" + pack + ".yaml"
		if err := w.add(helmDir, "alerts-"+pack+".yaml", source, sidecar("alerts-"+pack, "grafana_alert", namePrefix+pack+".yaml", string(text))); err != nil {
			return err
		}
		file, err := rules.Read(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		var groups []any
		for _, group := range file.Groups {
			for i := range group.Rules {
				// grafana-operator uses the annotations __dashboardUid__ and __panelId__ instead.
				group.Rules[i].DashboardUID, group.Rules[i].PanelID = "", 0
			}
			groups = append(groups, resource{
				APIVersion: grafanaAPI, Kind: "GrafanaAlertRuleGroup", Metadata: named("alerts-"+group.Name, nil),
				Spec: ruleGroupSpec{grafanas(), namePrefix + folderName, group.Name, group.Interval, group.Rules},
			})
		}
		if err := w.add(operatorDir, "alerts-"+pack+".yaml", source, groups...); err != nil {
			return err
		}
	}
	return nil
}
