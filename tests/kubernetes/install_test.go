package kubernetes

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	kubeyaml "sigs.k8s.io/yaml"
)

// values are the keys of grafana-helm/values.yaml that the tests read.
type values struct {
	Env                 map[string]string
	ExtraEmptyDirMounts []map[string]string          `yaml:"extraEmptyDirMounts"`
	ExtraInitContainers []map[string]any             `yaml:"extraInitContainers"`
	Sidecar             map[string]map[string]any    `yaml:"sidecar"`
	INI                 map[string]map[string]string `yaml:"grafana.ini"`
}

// container converts a container to the Go type of Kubernetes.
func container(t *testing.T, value any) corev1.Container {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var c corev1.Container
	if err := kubeyaml.UnmarshalStrict(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// grafana returns the spec and the pod of the resource Grafana.
func grafana(t *testing.T) (spec, pod map[string]any) {
	t.Helper()
	all := documents(t)
	d := all[slices.IndexFunc(all, func(d document) bool { return d.kind() == "Grafana" })]
	return lookup(t, d.value, "spec"), lookup(t, d.value, "spec.deployment.spec.template.spec")
}

// TestInstallationsAreEqual checks that the Helm chart and grafana-operator install the plugin
// with the same init container, from the release of the version in package.json.
func TestInstallationsAreEqual(t *testing.T) {
	spec, pod := grafana(t)
	operator := container(t, pod["initContainers"].([]any)[0])
	helm := readYAML[values](t, "deploy/kubernetes/grafana-helm/values.yaml")
	if len(helm.ExtraInitContainers) != 1 || len(helm.ExtraEmptyDirMounts) != 1 {
		t.Fatalf("got %+v", helm)
	}
	chart := container(t, helm.ExtraInitContainers[0])
	newest := readYAML[struct{ Dependencies map[string]string }](t, "tests/grafana13/package.json").Dependencies["@grafana/runtime"]
	if image := "docker.io/grafana/grafana:" + newest; newest == "" || operator.Image != image || spec["version"] != image || !strings.Contains(chart.Image, ".Values.image.tag") {
		t.Errorf("the images are %s, %s and %s", spec["version"], operator.Image, chart.Image)
	}
	operator.Image, chart.Image = "", ""
	if diff := cmp.Diff(operator, chart); diff != "" {
		t.Errorf("the init containers differ (-operator +chart):\n%s", diff)
	}
	main := container(t, pod["containers"].([]any)[0])
	volume := operator.VolumeMounts[0].Name
	if main.VolumeMounts[0].Name != volume || helm.ExtraEmptyDirMounts[0]["name"] != volume ||
		main.VolumeMounts[0].MountPath != helm.ExtraEmptyDirMounts[0]["mountPath"] || lookup(t, pod, "volumes.0")["name"] != volume {
		t.Errorf("the volumes are %+v and %+v", main.VolumeMounts, helm.ExtraEmptyDirMounts)
	}
	manifest := readYAML[struct{ ID string }](t, "plugin.json")
	pkg := readYAML[struct{ Version string }](t, "package.json")
	want := []corev1.EnvVar{
		{Name: "RELEASE", Value: "https://github.com/modelmetrics/" + manifest.ID + "/releases/download/v" + pkg.Version},
		{Name: "ZIP", Value: manifest.ID + "-" + pkg.Version + ".zip"},
	}
	if diff := cmp.Diff(want, operator.Env); diff != "" {
		t.Errorf("the environment differs (-want +got):\n%s", diff)
	}
	const unsigned = "allow_loading_unsigned_plugins"
	if config := lookup(t, spec, "config.plugins"); helm.INI["plugins"][unsigned] != manifest.ID || config[unsigned] != manifest.ID {
		t.Errorf("grafana.ini is %v, and the resource Grafana has %v", helm.INI, config)
	}
}

// TestSidecarsReadTheConfigMaps checks that a sidecar reads each ConfigMap, and that the sidecars
// are enabled.
func TestSidecarsReadTheConfigMaps(t *testing.T) {
	helm := readYAML[values](t, "deploy/kubernetes/grafana-helm/values.yaml")
	read := map[string]int{}
	count := func(labels map[string]string) {
		for name, sidecar := range helm.Sidecar {
			if value, ok := labels[sidecar["label"].(string)]; ok && value == sidecar["labelValue"] && sidecar["enabled"] == true {
				read[name]++
			}
		}
	}
	for _, r := range build(t, filepath.Join(folder, "grafana-helm")) {
		count(r.GetLabels())
		annotation := helm.Sidecar["dashboards"]["folderAnnotation"].(string)
		if strings.HasPrefix(r.GetName(), "modelmetrics-dashboard-") && r.GetAnnotations()[annotation] != "Model platforms" {
			t.Errorf("%s has no folder", r.GetName())
		}
	}
	for _, d := range documents(t) {
		if strings.HasPrefix(d.file, "grafana-helm/alerts-") { // the kustomization doesn't contain them
			count(as[corev1.ConfigMap](t, d).Labels)
		}
	}
	if diff := cmp.Diff(map[string]int{"dashboards": 7, "datasources": 1, "alerts": 6}, read); diff != "" {
		t.Errorf("ConfigMaps by sidecar (-want +got):\n%s", diff)
	}
}

// TestInstallScript runs the script of the init container in the shell and with the programs of
// busybox, as in Grafana's image.
func TestInstallScript(t *testing.T) {
	_, pod := grafana(t)
	init := container(t, pod["initContainers"].([]any)[0])
	archive := pluginZip(t)
	name, sum := init.Env[1].Value, fmt.Sprintf("%x", sha256.Sum256(archive))
	for _, c := range []struct {
		name, checksums string
		installed       bool
	}{
		{"good", sum + "  " + name + "\n" + strings.Repeat("0", 64) + "  sbom.json\n", true},
		{"wrong checksum", strings.Repeat("0", 64) + "  " + name + "\n", false},
		{"no checksum", sum + "  other.zip\n", false},
		{"no checksums.txt", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch path.Base(r.URL.Path) {
				case name:
					_, _ = w.Write(archive)
				case "checksums.txt":
					if c.checksums == "" {
						w.WriteHeader(http.StatusNotFound)
					}
					_, _ = w.Write([]byte(c.checksums))
				}
			}))
			defer server.Close()
			plugins := t.TempDir()
			for range 2 { // the container starts again after a failure
				output, err := runScript(t, strings.ReplaceAll(init.Command[2], init.VolumeMounts[0].MountPath, plugins), server.URL, name)
				if (err == nil) != c.installed {
					t.Fatalf("%v\n%s", err, output)
				}
			}
			info, err := os.Stat(filepath.Join(plugins, "plugin", "gpx_plugin"))
			if (err == nil) != c.installed {
				t.Fatalf("the executable exists: %v", err == nil)
			}
			if c.installed {
				if info.Mode().Perm() != 0o755 {
					t.Errorf("the executable has the mode %v", info.Mode())
				}
				if entries, err := os.ReadDir(plugins); err != nil || len(entries) != 1 {
					t.Errorf("the folder contains %v, %v", entries, err)
				}
			}
		})
	}
}

// pluginZip returns a zip of a folder with an executable.
func pluginZip(t *testing.T) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	header := &zip.FileHeader{Name: "plugin/gpx_plugin", Method: zip.Deflate}
	header.SetMode(0o755)
	file, err := w.CreateHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("executable")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func runScript(t *testing.T, script, release, name string) (string, error) {
	t.Helper()
	programs := t.TempDir()
	for program, as := range map[string][]string{"busybox": {"sh", "rm", "grep", "sha256sum", "unzip"}, "curl": {"curl"}} {
		file, err := exec.LookPath(program)
		if err != nil {
			t.Skipf("%s isn't installed. On Debian, it is in the package of this name", program)
		}
		for _, link := range as {
			if err := os.Symlink(file, filepath.Join(programs, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command(filepath.Join(programs, "sh"), "-c", script)
	cmd.Env = []string{"PATH=" + programs, "RELEASE=" + release, "ZIP=" + name}
	output, err := cmd.CombinedOutput()
	return string(output), err
}
