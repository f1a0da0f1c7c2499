package kubernetes

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
	"go.yaml.in/yaml/v3"
)

const page = "docs/kubernetes.md"

var (
	// overlayFile matches an example of a file, which begins with the path of the file.
	overlayFile = regexp.MustCompile("(?ms)^```yaml\n# ((?:helm-)?overlay/\\S+)\n(.*?)^```$")
	// appliedPath matches a file or folder in a command.
	appliedPath = regexp.MustCompile(`\bdeploy/kubernetes[\w/.-]*`)
)

// TestDocumentedPaths checks that the files in the commands of the page exist, and that the page
// mentions each folder.
func TestDocumentedPaths(t *testing.T) {
	text := string(read(t, page))
	paths := appliedPath.FindAllString(text, -1)
	if len(paths) < 15 {
		t.Errorf("found only %q", paths)
	}
	for _, name := range paths {
		name = strings.TrimSuffix(name, ".")
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Errorf("%s: %v", page, err)
		}
	}
	folders, err := os.ReadDir(folder)
	if err != nil || len(folders) != 5 {
		t.Errorf("the folders are %v, %v", folders, err)
	}
	for _, entry := range folders {
		if !strings.Contains(text, "| `"+entry.Name()+"` |") {
			t.Errorf("%s doesn't describe the folder %s", page, entry.Name())
		}
	}
}

// TestDocumentedOverlays builds the overlays of the page and validates the result.
func TestDocumentedOverlays(t *testing.T) {
	base := t.TempDir()
	if err := os.CopyFS(filepath.Join(base, "modelmetrics-catalog-datasource", "deploy", "kubernetes"), os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	examples := overlayFile.FindAllStringSubmatch(string(read(t, page)), -1)
	if len(examples) != 5 {
		t.Fatalf("found %d files of overlays", len(examples))
	}
	for _, example := range examples {
		name := filepath.Join(base, filepath.FromSlash(example[1]))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(example[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kinds, err := grafanaKinds()
	if err != nil {
		t.Fatal(err)
	}
	v := newValidator(t, kinds)
	built := map[string]map[string]any{}
	for _, overlay := range []string{"overlay", "helm-overlay"} {
		for _, resource := range build(t, filepath.Join(base, overlay)) {
			value, err := resource.Map()
			if err != nil {
				t.Fatal(err)
			}
			if got := check(t, v, value); got.Status != validator.Valid {
				t.Errorf("%s: %s: %v", overlay, resource.GetName(), got.Err)
			}
			if resource.GetNamespace() != "grafana" {
				t.Errorf("%s: %s has the namespace %q", overlay, resource.GetName(), resource.GetNamespace())
			}
			if resource.GetName() == "modelmetrics-datasource" {
				built[overlay] = value
			}
		}
	}
	type settings struct {
		URL            string
		JSONData       map[string]any    `yaml:"jsonData"`
		SecureJSONData map[string]string `yaml:"secureJsonData"`
	}
	var operator struct{ Spec struct{ Datasource settings } }
	var helm struct{ Datasources []settings }
	text, err := yaml.Marshal(built["overlay"])
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &operator); err != nil {
		t.Fatal(err)
	}
	provisioned, _ := lookup(t, built["helm-overlay"], "data")["modelmetrics.yaml"].(string)
	if err := yaml.Unmarshal([]byte(provisioned), &helm); err != nil || len(helm.Datasources) != 1 {
		t.Fatalf("%v\n%s", err, provisioned)
	}
	for way, got := range map[string]settings{"operator": operator.Spec.Datasource, "helm": helm.Datasources[0]} {
		if got.URL == "" || got.JSONData["timeInterval"] != "15s" || got.JSONData["access"] == nil || !strings.Contains(got.SecureJSONData["httpHeaderValue1"], "$") {
			t.Errorf("%s: the settings are %+v", way, got)
		}
	}
}
