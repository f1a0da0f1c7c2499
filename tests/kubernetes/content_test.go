package kubernetes

import (
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	kubeyaml "sigs.k8s.io/yaml"
)

// Limits of Kubernetes.
const (
	maxConfigMap   = 1 << 20
	maxAnnotations = 256 << 10 // kubectl apply writes the resource to an annotation
)

// as converts a resource to a Go type. A key that the type doesn't have is an error.
func as[T any](t *testing.T, d document) T {
	t.Helper()
	text, err := yaml.Marshal(d.value)
	if err != nil {
		t.Fatal(err)
	}
	var value T
	if err := kubeyaml.UnmarshalStrict(text, &value); err != nil {
		t.Fatalf("%s: %v", d.file, err)
	}
	return value
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readYAML[T any](t *testing.T, name string) T {
	t.Helper()
	var value T
	if err := yaml.Unmarshal(read(t, name), &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

func TestNamesAndSizes(t *testing.T) {
	seen := map[string]string{}
	for _, d := range documents(t) {
		id := d.kind() + " " + d.name()
		// The network policies are two examples of one resource.
		if other, exists := seen[id]; exists && d.kind() != "NetworkPolicy" {
			t.Errorf("%s is both in %s and in %s", id, other, d.file)
		}
		seen[id] = d.file
		for _, problem := range validation.IsDNS1123Label(d.name()) {
			t.Errorf("%s: %s: %s", d.file, d.name(), problem)
		}
		metadata := d.value["metadata"].(map[string]any)
		for key, value := range metadata["labels"].(map[string]any) {
			for _, problem := range slices.Concat(validation.IsQualifiedName(key), validation.IsValidLabelValue(value.(string))) {
				t.Errorf("%s: label %s=%s: %s", d.file, key, value, problem)
			}
		}
		if metadata["namespace"] != nil {
			t.Errorf("%s has a namespace", d.file)
		}
		text, err := json.Marshal(d.value)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > maxAnnotations {
			t.Errorf("%s has %d bytes, more than kubectl apply can write to an annotation", d.file, len(text))
		}
		size := 0
		data, _ := d.value["data"].(map[string]any)
		for key, value := range data {
			size += len(value.(string))
			for _, problem := range validation.IsConfigMapKey(key) {
				t.Errorf("%s: %s: %s", d.file, key, problem)
			}
		}
		if size > maxConfigMap {
			t.Errorf("%s has %d bytes of data", d.file, size)
		}
	}
}

// TestDashboards checks the ConfigMaps of dashboards and the resources that refer to them.
func TestDashboards(t *testing.T) {
	texts, refs := map[string]string{}, map[string]bool{}
	folderName := ""
	for _, d := range documents(t) {
		switch {
		case d.kind() == "GrafanaFolder":
			folderName = d.name()
		case d.kind() == "GrafanaDashboard":
			spec := d.value["spec"].(map[string]any)
			ref := spec["configMapRef"].(map[string]any)
			refs[ref["name"].(string)+"/"+ref["key"].(string)] = true
		case d.kind() == "ConfigMap" && strings.HasPrefix(d.file, "dashboards/"):
			for key, text := range d.value["data"].(map[string]any) {
				texts[d.name()+"/"+key] = text.(string)
				if want := string(read(t, "dashboards/"+key)); text != want {
					t.Errorf("%s isn't dashboards/%s", d.file, key)
				}
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "dashboards", "*.json"))
	if err != nil || len(files) != len(texts) || len(texts) != len(refs) {
		t.Errorf("%d dashboards, %d in ConfigMaps, %d GrafanaDashboards, %v", len(files), len(texts), len(refs), err)
	}
	for ref := range refs {
		if texts[ref] == "" {
			t.Errorf("a GrafanaDashboard refers to %s, which doesn't exist", ref)
		}
	}
	for _, d := range documents(t) {
		if spec, _ := d.value["spec"].(map[string]any); spec["folderRef"] != nil && spec["folderRef"] != folderName {
			t.Errorf("%s: there is no GrafanaFolder %v", d.file, spec["folderRef"])
		}
	}
}

// TestGrafanaAlerts checks that the sidecars get the provisioning files as they are, and that
// grafana-operator gets the same rules. It ignores the keys that the operator doesn't use.
func TestGrafanaAlerts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "provisioning", "alerting", "*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("found %q, %v", files, err)
	}
	all := documents(t)
	for _, file := range files {
		base := filepath.Base(file)
		text := string(read(t, "provisioning/alerting/"+base))
		helm := all[slices.IndexFunc(all, func(d document) bool { return d.file == "grafana-helm/alerts-"+base })]
		if diff := cmp.Diff(map[string]any{"modelmetrics-" + base: text}, helm.value["data"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", helm.file, diff)
		}
		provisioned := readYAML[struct{ Groups []map[string]any }](t, "provisioning/alerting/"+base)
		operator := all[slices.IndexFunc(all, func(d document) bool { return d.file == "grafana-operator/alerts-"+base })]
		if len(provisioned.Groups) != 1 {
			t.Fatalf("%s has %d groups", base, len(provisioned.Groups))
		}
		want := provisioned.Groups[0]
		delete(want, "orgId")
		delete(want, "folder") // folderRef
		for _, rule := range want["rules"].([]any) {
			delete(rule.(map[string]any), "dashboardUid") // the annotation __dashboardUid__
			delete(rule.(map[string]any), "panelId")
		}
		got := maps.Clone(operator.value["spec"].(map[string]any))
		delete(got, "instanceSelector")
		delete(got, "folderRef")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operator.file, diff)
		}
	}
}

// TestDatasource checks that both data sources have the provisioned settings, but aren't the
// default.
func TestDatasource(t *testing.T) {
	type file struct{ Datasources []map[string]any }
	want := readYAML[file](t, "provisioning/datasources/modelmetrics.yaml").Datasources[0]
	want["isDefault"] = false
	all := documents(t)
	helm := all[slices.IndexFunc(all, func(d document) bool { return d.file == "grafana-helm/datasource.yaml" })]
	var got file
	if err := yaml.Unmarshal([]byte(helm.value["data"].(map[string]any)["modelmetrics.yaml"].(string)), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]map[string]any{want}, got.Datasources); diff != "" {
		t.Errorf("%s (-want +got):\n%s", helm.file, diff)
	}
	operator := all[slices.IndexFunc(all, func(d document) bool { return d.kind() == "GrafanaDatasource" })].value["spec"].(map[string]any)
	if operator["uid"] != want["uid"] {
		t.Errorf("the uid is %v", operator["uid"])
	}
	values := readYAML[values](t, "deploy/kubernetes/grafana-helm/values.yaml")
	address := values.Env["PROMETHEUS_URL"]
	if want["url"] != "$PROMETHEUS_URL" || address == "" {
		t.Errorf("the data source has the URL %v, and PROMETHEUS_URL is %q", want["url"], address)
	}
	want["url"] = address
	delete(want, "uid")
	delete(want, "orgId")
	if diff := cmp.Diff(want, operator["datasource"]); diff != "" {
		t.Errorf("GrafanaDatasource (-want +got):\n%s", diff)
	}
	checkPolicies(t, all, address)
}

// checkPolicies checks that the network policies permit connections to the URL of the data
// source.
func checkPolicies(t *testing.T, all []document, address string) {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	namespace := strings.Split(parsed.Hostname(), ".")[1]
	for _, d := range all {
		if d.kind() != "NetworkPolicy" {
			continue
		}
		text, err := yaml.Marshal(d.value)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"kubernetes.io/metadata.name: " + namespace + "\n", "port: " + parsed.Port() + "\n", "port: 53\n"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s doesn't contain %q", d.file, want)
			}
		}
	}
}

// rule is a recording rule or an alert, with its expression as Prometheus writes it.
type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

func canonical(t *testing.T, expr string) string {
	t.Helper()
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return parsed.String()
}

// TestPrometheusRules checks that each PrometheusRule has the groups of its rule file.
func TestPrometheusRules(t *testing.T) {
	rules := 0
	for _, d := range documents(t) {
		if d.kind() != "PrometheusRule" {
			continue
		}
		kind, pack, _ := strings.Cut(strings.TrimPrefix(d.file, "prometheus-operator/"), "-")
		type group struct {
			Name, Interval string
			Rules          []rule
		}
		want := readYAML[struct{ Groups []group }](t, "monitoring/"+kind+"/"+pack).Groups
		var got []group
		for _, g := range as[monitoringv1.PrometheusRule](t, d).Spec.Groups {
			converted := group{Name: g.Name, Interval: string(*g.Interval)}
			for _, r := range g.Rules {
				one := rule{r.Record, r.Alert, canonical(t, r.Expr.String()), "", r.Labels, r.Annotations}
				if r.For != nil {
					one.For = string(*r.For)
				}
				converted.Rules = append(converted.Rules, one)
			}
			got = append(got, converted)
		}
		for _, g := range want {
			for i := range g.Rules {
				g.Rules[i].Expr = canonical(t, g.Rules[i].Expr)
				rules++
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.file, diff)
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "monitoring", "*s", "*.yaml"))
	if err != nil || rules < 60 || len(files) < 10 {
		t.Errorf("%d rules, %d files, %v", rules, len(files), err)
	}
}

// TestServiceMonitors checks the labels of targets after the relabeling: job is the name in
// monitoring/prometheus.yml, and Tessallite's own label service is free.
func TestServiceMonitors(t *testing.T) {
	type config struct {
		ScrapeConfigs []struct {
			JobName string `yaml:"job_name"`
		} `yaml:"scrape_configs"`
	}
	want := []string{"modelmetrics"}
	for _, job := range readYAML[config](t, "monitoring/prometheus.yml").ScrapeConfigs {
		want = append(want, job.JobName)
	}
	var got []string
	for _, d := range documents(t) {
		if d.kind() != "ServiceMonitor" {
			continue
		}
		for _, endpoint := range as[monitoringv1.ServiceMonitor](t, d).Spec.Endpoints {
			// The names of services' ports differ between the charts.
			if endpoint.TargetPort == nil || endpoint.TargetPort.IntValue() == 0 {
				t.Errorf("%s: the endpoint has no number of a container's port", d.file)
			}
			var configs []*relabel.Config
			for _, r := range endpoint.RelabelConfigs {
				c := relabel.DefaultRelabelConfig
				c.Action = relabel.Action(r.Action)
				c.TargetLabel = r.TargetLabel
				if r.Replacement != nil {
					c.Replacement = *r.Replacement
				}
				if r.Regex != "" {
					c.Regex = relabel.MustNewRegexp(r.Regex)
				}
				if err := c.Validate(model.UTF8Validation); err != nil {
					t.Errorf("%s: %v", d.file, err)
				}
				configs = append(configs, &c)
			}
			builder := labels.NewBuilder(labels.FromStrings("job", "a", "service", "a", "namespace", "n", "pod", "p", "instance", "10.0.0.1:80"))
			keep := relabel.ProcessBuilder(builder, configs...)
			target := builder.Labels()
			if !keep || target.Get("namespace") != "n" || target.Get("pod") != "p" || target.Get("instance") != "10.0.0.1:80" {
				t.Errorf("%s: the target has the labels %s", d.file, target)
			}
			if d.file == "prometheus-operator/services-tessallite.yaml" && target.Get("service") != "" {
				t.Errorf("%s: the target has the labels %s", d.file, target)
			}
			if !slices.Contains(got, target.Get("job")) {
				got = append(got, target.Get("job"))
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the jobs are %q instead of %q", got, want)
	}
}

// TestKustomizations builds the kustomizations, as kubectl apply -k does, and compares the
// resources with the files. Alerts, the Grafana and the ServiceMonitors are applied separately.
func TestKustomizations(t *testing.T) {
	for name, folders := range map[string][]string{
		"dashboards": {"dashboards"}, "grafana-operator": {"dashboards", "grafana-operator"},
		"grafana-helm": {"dashboards", "grafana-helm"}, "prometheus-operator": {"prometheus-operator"},
	} {
		var want []string
		for _, d := range documents(t) {
			dir, file, _ := strings.Cut(d.file, "/")
			if slices.Contains(folders, dir) && !strings.HasPrefix(file, "alerts-") && !strings.HasPrefix(file, "services-") && d.kind() != "Grafana" {
				want = append(want, d.kind()+" "+d.name())
			}
		}
		var got []string
		for _, r := range build(t, filepath.Join(folder, name)) {
			got = append(got, r.GetKind()+" "+r.GetName())
			// In kube-prometheus-stack, the sidecar reads all namespaces.
			isForSidecar := name == "grafana-helm" && strings.HasPrefix(r.GetName(), "modelmetrics-dashboard-")
			if _, labeled := r.GetLabels()["grafana_dashboard"]; labeled != isForSidecar {
				t.Errorf("%s: %s is selected by the sidecar for dashboards: %t", name, r.GetName(), labeled)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// build returns the resources of the kustomization in a folder.
func build(t *testing.T, path string) []*resource.Resource {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return built.Resources()
}
