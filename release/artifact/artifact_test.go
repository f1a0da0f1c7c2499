package artifact

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
)

var date = time.Date(2026, 8, 14, 9, 30, 0, 0, time.UTC)

// options returns the options for a release of the build for linux/amd64. On another platform,
// it skips the test.
func options(t *testing.T) Options {
	t.Helper()
	folder := filepath.Join("..", "..", "dist")
	if _, err := os.Stat(filepath.Join(folder, "module.js")); err != nil {
		t.Skip("there is no build: run go tool mage build")
	}
	if platform := runtime.GOOS + "/" + runtime.GOARCH; platform != "linux/amd64" {
		t.Skipf("the build is for %s, but the catalog requires an executable for linux/amd64: run go tool mage package", platform)
	}
	return Options{Root: filepath.Join("..", ".."), Dist: hostBuild(t, folder), Out: t.TempDir(), Date: date, Platforms: []string{"linux/amd64"}}
}

// hostBuild copies the build, but of the executables only the one for linux/amd64. It returns
// the folder of the copy.
func hostBuild(t *testing.T, folder string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "dist")
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	executables, err := filepath.Glob(filepath.Join(copied, executablePrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range executables {
		if !strings.HasSuffix(name, "_linux_amd64") {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	return copied
}

// TestRelease makes the release of the build. Make fails if the zip violates a rule of
// Grafana's catalog, except for the missing signature.
func TestRelease(t *testing.T) {
	o := options(t)
	name, err := Make(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	files := unzip(t, name)
	for _, want := range []string{
		"plugin.json", "module.js", "README.md", "CHANGELOG.md", "LICENSE", noticesName, "gpx_modelmetrics_linux_amd64",
		"img/tessallite-overview.png", "dashboards/tessallite-overview.json", "provisioning/alerting/tessallite.yaml",
		"provisioning/alerting-10.4.0/tessallite.yaml",
		"provisioning/dashboards/modelmetrics.yaml", "provisioning/datasources/modelmetrics.yaml",
		"prometheus/rules/tessallite.yaml", "prometheus/alerts/tessallite.yaml", "examples/notifications.yaml",
	} {
		if files["modelmetrics-catalog-datasource/"+want] == nil {
			t.Errorf("the zip doesn't contain %s", want)
		}
	}
	if text := string(files["modelmetrics-catalog-datasource/plugin.json"]); !strings.Contains(text, `"updated": "2026-08-14"`) {
		t.Errorf("plugin.json doesn't contain the date of the release:\n%s", text)
	}
	if text := string(files["modelmetrics-catalog-datasource/provisioning/datasources/modelmetrics.yaml"]); !strings.Contains(text, "isDefault: false") {
		t.Errorf("the data source would replace the default of an existing Grafana:\n%s", text)
	}
	notices := string(files["modelmetrics-catalog-datasource/"+noticesName])
	for _, want := range []string{"github.com/grafana/grafana-plugin-sdk-go v", "@codemirror/view ", "std 1.", "Copyright (c) "} {
		if !strings.Contains(notices, want) {
			t.Errorf("the notices don't contain %q", want)
		}
	}
	checkSBOM(t, o, notices)
	checkChecksums(t, o)
	checkInstallationPage(t, files)
}

// pluginPath matches a path within the plugin's folder.
var pluginPath = regexp.MustCompile(`plugins/(modelmetrics-catalog-datasource/[\w./-]*\w)`)

// checkInstallationPage checks that the zip contains the files and folders that
// docs/install.md names.
func checkInstallationPage(t *testing.T, files map[string][]byte) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "install.md"))
	if err != nil {
		t.Fatal(err)
	}
	matches := pluginPath.FindAllSubmatch(page, -1)
	if len(matches) < 3 {
		t.Errorf("docs/install.md names %d paths of the plugin, want at least 3", len(matches))
	}
	for _, match := range matches {
		// The page names files, folders, and the executables as gpx_*.
		if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return strings.HasPrefix(name, string(match[1])) }) {
			t.Errorf("docs/install.md names %s, which the zip doesn't contain", match[1])
		}
	}
}

func unzip(t *testing.T, name string) map[string][]byte {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string][]byte{}
	for _, file := range archive.File {
		content, err := fs.ReadFile(archive, file.Name)
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = content
		if !file.Modified.Equal(date) {
			t.Errorf("%s has the time %v", file.Name, file.Modified)
		}
	}
	return files
}

// checkSBOM checks that the notices contain the components of the SBOM.
func checkSBOM(t *testing.T, o Options, notices string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(o.Out, "*.cdx.json"))
	if err != nil || len(names) != 1 {
		t.Fatalf("SBOMs: %q, %v", names, err)
	}
	content, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(content), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.Metadata.Timestamp != "2026-08-14T09:30:00Z" {
		t.Errorf("the SBOM has the time %s", bom.Metadata.Timestamp)
	}
	ecosystems := map[string]int{}
	for _, c := range *bom.Components {
		ecosystems[strings.Split(c.PackageURL, "/")[0]]++
		if !strings.Contains(notices, c.Name+" "+c.Version+" (") {
			t.Errorf("the notices don't contain %s", c.PackageURL)
		}
	}
	if ecosystems["pkg:golang"] < 50 || ecosystems["pkg:npm"] < 10 {
		t.Errorf("the SBOM lists the components %v", ecosystems)
	}
}

// checkChecksums checks that checksums.txt has the correct checksums of three files.
func checkChecksums(t *testing.T, o Options) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Out, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	if len(lines) != 6 {
		t.Fatalf("checksums.txt lists not three files:\n%s", text)
	}
	for sum, name := range pairs(lines) {
		content, err := os.ReadFile(filepath.Join(o.Out, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
			t.Errorf("the checksum of %s is wrong", name)
		}
	}
}

func pairs(words []string) map[string]string {
	all := map[string]string{}
	for pair := range slices.Chunk(words, 2) {
		all[pair[0]] = pair[1]
	}
	return all
}

// TestReproducible checks that the bytes of a release don't depend on the folder of the build,
// or on the times and permissions of its files.
func TestReproducible(t *testing.T) {
	first := options(t)
	second := options(t)
	err := filepath.WalkDir(second.Dist, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		old := time.Now().Add(-1000 * time.Hour)
		return os.Chtimes(name, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(second.Dist, "module.js"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{first, second} {
		if _, err := Make(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	sums := func(o Options) map[string]string {
		text, err := os.ReadFile(filepath.Join(o.Out, "checksums.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return pairs(strings.Fields(string(text)))
	}
	if a, b := sums(first), sums(second); !maps.Equal(a, b) {
		t.Errorf("the releases differ: %v and %v", a, b)
	}
}

func TestStageRefusesOtherExecutables(t *testing.T) {
	o := Options{Dist: t.TempDir(), Out: t.TempDir(), Platforms: []string{"linux/amd64", "windows/arm64"}}
	plugin := Plugin{ID: "example", executable: "gpx_example"}
	for _, name := range []string{"gpx_example_linux_amd64", "gpx_example_windows_arm64.exe"} {
		if err := checkExecutables(o, plugin); err == nil {
			t.Errorf("without %s, the build is complete", name)
		}
		if err := os.WriteFile(filepath.Join(o.Dist, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := checkExecutables(o, plugin); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(o.Dist, "gpx_example_linux_386"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkExecutables(o, plugin); err == nil {
		t.Error("an executable for another platform is accepted")
	}
}

func TestVersionIsTheSameEverywhere(t *testing.T) {
	plugin, err := readPlugin(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.ReadFile(filepath.Join("..", "..", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `"version": "` + plugin.Version + `"`; strings.Count(string(lock[:400]), want) != 2 {
		t.Errorf("package-lock.json doesn't have %s, the version of package.json: run npm install", want)
	}
}
